"Typical wrong answers to the exercises of chapter 18: for each exercise, pairs of an answer and words of its message."


def trained(name, net, **settings):
    options = "".join(f", {k}={v}" for k, v in settings.items())
    return f"def {name}(x, y): return learn({net}, x, y{options})"


WRONG = {
    "fence": [
        ("def fence(): return learn(network(2, 3, 2), *points['circles'])", "choose them by hand"),
        ("def fence(): return hand_made(sign=-1.0)()", "changed places"),
        ("def fence(): return hand_made(bar=-5.0)()", "better than a coin"),
        ("def fence(): return hand_made(angles=(0, 90, 180))()", "Not the right fence"),
        ("def fence(): return network(2, 5, 2)", "must be Linear(2, 3)"),
        ("def fence(): network(2, 3, 2)", "Is there a `return`?"),
    ],
    "turns_of": [
        (
            "def turns_of(x, y): return best_of(-np.arange(0.5, 3.0, 0.01))(x, y) * -1",
            "turn back, as unrolled does",
        ),
        ("def turns_of(x, y): return best_of(np.arange(0.5, 2.6, 0.01))(x, y)", "go from 0.5 up to 3"),
        ("def turns_of(x, y): return best_of(np.arange(0.5, 3.1, 0.5))(x, y)", "too far apart"),
        ("def turns_of(x, y): return best_of(np.arange(0.5, 3.1, 0.2))(x, y)", "too far apart"),
        ("def turns_of(x, y): return 1.67", "must depend on the points"),
        ("def turns_of(x, y): return 2.0", "must depend on the points"),
        ("def turns_of(x, y): return best_of(np.arange(0.5, 3.0, 0.01), worst=True)(x, y)", "not shortest"),
        ("def turns_of(x, y): return best_of(np.arange(0.5, 3.1, 0.1))(x, y)", "too far apart"),
        ("def turns_of(x, y): pass", "Is there a `return`?"),
    ],
    "frugal": [
        (trained("frugal", "network(2, 20, 2, bend=Tanh)"), "5 n + 2"),
        (trained("frugal", "network(2, 5, 2)", steps=300), "a smooth bend"),
        (trained("frugal", "network(2, 2, 2, bend=Tanh)"), "a smooth bend"),
        ("def frugal(x, y): return Features(unrolled, 2).double()", "no features"),
        ("def frugal(x, y): return network(2, 40, 2)", "not learned enough"),
    ],
    "humble": [
        ("def humble(x, y): return mixed(in_box)(x, y)", "not that to a middle or a box"),
        ("def humble(x, y): return mixed(from_origin)(x, y)", "not that to a middle or a box"),
        ("def humble(x, y): return mixed(from_mean)(x, y)", "not that to a middle or a box"),
        ("def humble(x, y): return lambda p: beliefs(moon_net)(p) * 0.9", "sum to 1"),
        ("def humble(x, y): return beliefs(learn(network(2, 16, 16, 2), x, y))", "Too sure far away"),
        ("def humble(x, y): return mixed(lambda p, x: 1.0, by=0.001)(x, y)", "Not sure enough anywhere"),
        ("def humble(x, y): return lambda p: np.full((len(p), 2), 0.5)", "Humble everywhere"),
        ("def humble(x, y): return beliefs(learn(network(2, 2), x, y))", "Too few right near"),
        ("def humble(x, y): return lambda p: beliefs(moon_net)(p).max(1)", "shape [1000, 2]"),
    ],
}

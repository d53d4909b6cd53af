"Typical wrong answers to the exercises of chapter 15: for each exercise, pairs of an answer and words of its message."


def pick(score, tie="rate", best="min"):
    return f"""
def pick(losses):
    def key(rate): return {score}([math.inf if math.isnan(v) else v for v in losses[rate]]), {tie}
    return {best}(losses, key=key)"""


def chance(body):
    return f"def chance(a, b):\n    return {body}"


def champion(optimizer):
    return f"def champion(ps): return {optimizer}"


WRONG = {
    "pick": [
        (pick("np.mean"), "one bad seed"),
        (pick("min"), "is luck"),
        (
            "def pick(losses):\n    kept = {r: [v for v in vs if v == v] or [math.inf] for r, vs in losses.items()}\n"
            "    return min(kept, key=lambda r: (np.median(kept[r]), r))",
            "not left out",
        ),
        (pick("np.median", tie="-rate"), "the smaller rate wins"),
        (pick("np.median", best="max"), "not the highest"),
        ("def pick(losses): min(losses)", "Is there a `return`?"),
    ],
    "chance": [
        (chance("sum(u < v for u in a for v in b) / (len(a) * len(b))"), "count half"),
        (chance("sum((u > v) + (u == v) / 2 for u in a for v in b) / (len(a) * len(b))"), "Better is lower"),
        (chance("sum((u < v) + (u == v) / 2 for u, v in zip(a, b)) / min(len(a), len(b))"), "All pairs"),
        (chance("sum((u < v) + (u == v) / 2 for u in a for v in b) / len(a)"), "number of pairs"),
        (chance("sum((u < v) + (u == v) / 2 for u in a for v in b)"), "number of pairs"),
    ],
    "needed": [
        ("def needed(curve, goal): return next((i + 1 for i, v in enumerate(curve) if v <= goal), math.inf)", "must stay"),
        ("def needed(curve, goal): return from_the_end(curve, goal, lambda v, g: v < g)", "At the goal"),
        ("def needed(curve, goal): return from_the_end(curve, goal) - 1", "Count from 1"),
        ("def needed(curve, goal): return min(from_the_end(curve, goal), len(curve))", "Never is infinity"),
    ],
    "champion": [
        (champion("SGD(ps, lr=0.05)"), "flew out"),
        (champion("SGD(ps, lr=0.01, momentum=0.85)"), "not good enough"),
        (champion("SGD(ps, lr=0.001)"), "Not there"),
        ("def champion(ps): SGD(ps, lr=0.01)", "Is there a `return`?"),
    ],
}

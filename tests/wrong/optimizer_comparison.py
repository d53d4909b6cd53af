"Typical wrong answers to the exercises of chapter 19: for each exercise, pairs of an answer and words of its message."


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
        (pick("(lambda vs: sorted(vs)[len(vs) // 2])"), "mean of the two in the middle"),
        (pick("(lambda vs: sorted(vs)[(len(vs) - 1) // 2])"), "mean of the two in the middle"),
        (pick("np.median", tie="0"), "the smaller rate wins"),
        ("def pick(losses): return min(losses, key=lambda r: (np.nanmedian(losses[r]), r))", "not left out"),
        (
            "def pick(losses):\n    for r in losses: losses[r] = [math.inf if v != v else v for v in losses[r]]\n"
            "    return picking()(losses)",
            "has changed",
        ),
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
        (chance("sum((u < v) + (u == v) / 2 for u in a for v in b) / (len(a) + len(b))"), "number of pairs"),
        (chance("(np.sign(np.subtract.outer(b, a)).mean() + 1) / 2"), "don't subtract"),
        (chance("a.sort() or b.sort() or share(a, b)"), "has changed"),
        (chance("sum(u < v for u in a for v in b) / (len(a) * len(b))"), "count half"),
        (chance("sum((u > v) + (u == v) / 2 for u in a for v in b) / (len(a) * len(b))"), "Better is lower"),
        (chance("sum((u < v) + (u == v) / 2 for u, v in zip(a, b)) / min(len(a), len(b))"), "All pairs"),
        (chance("sum((u < v) + (u == v) / 2 for u in a for v in b) / len(a)"), "number of pairs"),
        (chance("sum((u < v) + (u == v) / 2 for u in a for v in b)"), "number of pairs"),
    ],
    "needed": [
        ("def needed(curve, goal): return from_the_end(curve, goal, lambda v, g: not v > g)", "not a number"),
        (
            "def needed(curve, goal):\n    here = lambda i: all(v <= goal for v in curve[i:i + 2])\n"
            "    return next((i + 1 for i in range(len(curve)) if here(i)), math.inf)",
            "gave",
        ),
        ("def needed(curve, goal): return next((i + 1 for i, v in enumerate(curve) if v <= goal), math.inf)", "must stay"),
        ("def needed(curve, goal): return from_the_end(curve, goal, lambda v, g: v < g)", "At the goal"),
        ("def needed(curve, goal): return from_the_end(curve, goal) - 1", "Count from 1"),
        ("def needed(curve, goal): return min(from_the_end(curve, goal), len(curve))", "Never is infinity"),
    ],
    "champion": [
        ("from build_your_own_torch.optim import LBFGS\n" + champion("LBFGS(ps)"), "needs one for each"),
        (champion("[SGD(ps, lr=0.01)]"), "not a list"),
        ("def champion(ps):\n    ps[0].data[:] = 0\n    return SGD(ps, lr=0.01)", "moved before"),
        (champion("SGD(ps, lr=0.05)"), "flew out"),
        (champion("SGD(ps, lr=0.01, momentum=0.85)"), "not good enough"),
        (champion("SGD(ps, lr=0.001)"), "Not there"),
        ("def champion(ps): SGD(ps, lr=0.01)", "Is there a `return`?"),
    ],
}

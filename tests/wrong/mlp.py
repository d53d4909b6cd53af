"Typical wrong answers to the exercises of chapter 17: for each exercise, pairs of an answer and words of its message."


def uses(name, expression):
    return f"def {name}(x, y): return {expression}(x, y)"


def committee(body, members="ModuleList(nets)"):
    return f"""
from build_your_own_torch.nn import ModuleList
class Committee(Module):
    def __init__(self, nets):
        super().__init__()
        self.nets = {members}
    def forward(self, x):
        outs = [net(x) for net in self.nets]
        return {body}"""


WRONG = {
    "learner": [
        (
            "def learner(x, y):\n    x, y = (learner.__globals__[name][test] for name in 'xy')\n"
            "    return learned(rounds=10)(x, y)",
            "the labels of the test set",
        ),
        (uses("learner", "learned()"), "learned the wrong labels"),
        (uses("learner", "learned(0.3, 0.1, evaluated=False)"), "dropout is still on"),
        (uses("learner", "learned(rounds=0)"), "not learned anything"),
        (
            "def learner(x, y):\n    net = learned(rounds=2)(x, y)\n    return lambda new: net(new).argmax(-1)",
            "not class numbers",
        ),
        ("def learner(x, y): network()", "Is there a `return`?"),
    ],
    "suspects": [
        ("def suspects(x, y): return [0] * 150", "more than once"),
        (uses("suspects", "by_surprise(descending=False, dropout=0.5, decay=0.3, rounds=40)"), "sort the other way"),
        (uses("suspects", "by_surprise(rounds=100)"), "hardly surprised by any"),
        (uses("suspects", "by_surprise(n=90, rounds=1)"), "150 rows"),
    ],
    "Committee": [
        (committee("log(sum(softmax(o, -1) for o in outs) / 3)"), "as many networks as there are"),
        (committee("stack(outs).mean(0)"), "mean of the scores"),
        (committee("log_softmax(stack(outs).mean(0), -1)"), "mean of the scores"),
        (committee("log_softmax(stack([softmax(o, -1) for o in outs]).mean(0), -1)"), "without another softmax"),
        (committee("log(stack([softmax(o, -1) for o in outs]).mean(0)).detach()"), "Without a graph"),
        (committee("stack([log_softmax(o, -1) for o in outs]).mean(0)"), "mean of the logarithms"),
        (committee("stack([softmax(o, -1) for o in outs]).mean(0)"), "Return the logarithm"),
        (committee("log(stack([softmax(o, -1) for o in outs]).sum(0))"), "take the mean"),
        (committee("log(stack([softmax(o, -1) for o in outs]).mean(1))"), "not over images"),
        (committee("log_softmax(outs[-1], -1)"), "Only one network"),
        (committee("log(stack([softmax(o, -1) for o in outs]).mean(0))", "list(nets)"), "ModuleList registers"),
    ],
    "small": [
        (
            "def small(x, y):\n    class Secret(Module):\n        def __init__(self, net):\n            super().__init__()\n"
            "            self.last, self.first = net[2], [net[0]]\n"
            "        def forward(self, x): return self.last(self.first[0](x).relu())\n"
            "    return Secret(smaller(40, 5)(x, y))",
            "not all of them parameters",
        ),
        (
            "def small(x, y):\n    x, y = (small.__globals__[name][order[1437:]] for name in 'xy')\n"
            "    return smaller(6)(x, y)",
            "the labels of the other 360 images",
        ),
        (uses("small", "smaller(60)"), "two thin layers"),
        (uses("small", "smaller(3, 10)"), "it reads too few"),
        (uses("small", "smaller(6, rounds=0)"), "not learned anything"),
    ],
}

"Typical wrong answers to the exercises of chapter 4: for each exercise, pairs of an answer and words of its message."


def root(move, steps="steps", dtype="float64"):
    return f"""
def root(f, x, steps):
    for _ in range({steps}):
        leaf = tensor(x, dtype=np.dtype("{dtype}"), requires_grad=True)
        y = f(leaf)
        s = grad(y, leaf)[0].item()
        y = y.item()
        x = {move}
    return x"""


def reversal(forward, backward):
    return f"""
class Reversal(Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return {forward}
    @staticmethod
    def backward(ctx, g): return {backward}"""


def steepness(answer, create=True):
    return f"""
def steepness(f, x):
    x = tensor(x.data, requires_grad=True)
    s, = grad(f(x).sum(), x, create_graph={create})
    return {answer}"""


WRONG = {
    "root": [
        (root("x + y / s"), "moved away"),
        (root("x - y * s"), "Divide the value"),
        (root("x - s"), "looks for a minimum"),
        (root("x - s / y"), "the other way round"),
        (root("x - y / s", "1"), "one step only"),
        (root("x - y / s", "steps - 1"), "One step is missing"),
        (root("x - y / s", dtype="float32"), "a leaf of float64"),
    ],
    "bends": [
        (
            """
def bends(f, x):
    x = tensor(x.data, requires_grad=True)
    slope, = grad(f(x), x, create_graph=True)
    return grad(slope.sum(), x)[0]""",
            "added up the rows",
        ),
        ("def bends(f, x): return hessian(f, x)", "only its diagonal"),
        (
            """
def bends(f, x):
    x = tensor(x.data, requires_grad=True)
    return grad(f(x), x)[0]""",
            "the first derivatives",
        ),
        (
            """
def bends(f, x):
    x = tensor(x.data, requires_grad=True)
    return grad(f(x), x)[0] ** 2""",
            "You squared",
        ),
        ("def bends(f, x): return hessian(f, x).trace()", "one number for each"),
    ],
    "Reversal": [
        (reversal("x * 1", "g, None"), "turn it round"),
        (reversal("x * 1", "g * ctx.strength, None"), "turn it round"),
        (reversal("x * 1", "-g, None"), "with strength 1"),
        (reversal("-strength * x", "-ctx.strength * g, None"), "pass unchanged"),
        (reversal("-strength * x", "g, None"), "turned the value round"),
        (reversal("x * 1", "-ctx.strength * g"), "for each argument"),
    ],
    "steepness": [
        (steepness("(s * s).sum(-1).mean()", False), "create_graph=True"),
        (steepness("(s * s).mean()"), "adds up its squares"),
        (steepness("(s * s).sum()"), "take their mean"),
        (steepness("s.norm(dim=-1).mean()"), "to be squared"),
        (steepness("(s.mean(0) ** 2).sum()"), "before squaring"),
    ],
}

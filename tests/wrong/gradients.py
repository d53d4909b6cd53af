"Typical wrong answers to the exercises of chapter 8: for each exercise, pairs of an answer and words of its message."


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
        (root("x - y / s", "max(1, steps)"), "no steps asked for"),
        (root("x - y / s").replace("return x", "return tensor(x)"), "a tensor, expected 1.41422, a number"),
        (
            """
def root(f, x, steps):
    at = lambda v: f(tensor(v, dtype=float64)).item()
    for _ in range(steps): x -= at(x) / ((at(x + 1e-6) - at(x - 1e-6)) / 2e-6)
    return x""",
            "and grad for the slope",
        ),
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
        ("def bends(f, x): return np.diag(hessian(f, x).data)", "an array, expected (15.5949, 11, 12.2974), a tensor"),
        ("def bends(f, x): return tensor(np.diag(hessian(f, x).data).astype('float32'))", "gave dtype float32"),
        (
            """
def bends(f, x):
    slope, = grad(f(x.requires_grad_()), x, create_graph=True)
    return stack([grad(slope[i], x, retain_graph=True)[0][i] for i in range(len(x))])""",
            "x itself was changed",
        ),
    ],
    "Reversal": [
        (reversal("x * 1", "g, None"), "turn it round"),
        (reversal("x * 1", "g * ctx.strength, None"), "turn it round"),
        (reversal("x * 1", "-g, None"), "with strength 1"),
        (reversal("-strength * x", "-ctx.strength * g, None"), "pass unchanged"),
        (reversal("-strength * x", "g, None"), "turned the value round"),
        (reversal("x * 1", "-ctx.strength * g"), "for each argument"),
        (reversal("x * 1", "-ctx.strength * g, 0"), "for gradient of the strength, expected None"),
        (reversal("x * 1", "g / -ctx.strength, None"), "for gradient of the sum of squares, expected (-1, 2, -3)"),
        (reversal("x * 1", "-Reversal.strength * g, None").replace("ctx.strength =", "Reversal.strength ="), "keep it in ctx"),
        ("def Reversal(x, strength): return x", "Reversal is a class"),
    ],
    "steepness": [
        (steepness("(s * s).sum(-1).mean()", False), "create_graph=True"),
        (steepness("(s * s).mean()"), "adds up its squares"),
        (steepness("(s * s).sum()"), "take their mean"),
        (steepness("s.norm(dim=-1).mean()"), "to be squared"),
        (steepness("(s.mean(0) ** 2).sum()"), "before squaring"),
        (steepness("(s * s).sum() / 4"), "for value, expected 1.93191"),
        (steepness("(s * s).sum(-1).mean().item()"), "not of class float"),
        (
            """
def steepness(f, x):
    x = tensor(x.data, requires_grad=True)
    f(x).sum().backward()
    return tensor((x.grad ** 2).sum(-1).mean())""",
            "use grad, not backward()",
        ),
    ],
}

"Typical wrong answers to the exercises of chapter 2: for each exercise, pairs of an answer and words of its message."
WRONG = {
    "outer": [
        ("def outer(a, b): return a[:, None] * b, lambda g: a @ g, lambda g: g @ b", "the wrong way round"),
        ("def outer(a, b): return a[:, None] * b, lambda g: 0 * a + b.sum(), lambda g: 0 * b + a.sum()", "forget g"),
        ("def outer(a, b): return a * b, lambda g: g * b, lambda g: g * a", "expected"),
        ("def outer(a, b): return b[:, None] * a, lambda g: b @ g, lambda g: g @ a", "lies on its side"),
        ("def outer(a, b): return a[:, None] * b, lambda g: g * b, lambda g: g * a[:, None]", "summed over the other"),
        ("def outer(a, b): a[:, None] * b", "Is there a `return`?"),
        ("""
def outer(a, b):
    c = np.zeros((len(a), len(b)))
    c[:] = a[:, None] * b
    return c, lambda g: g @ b, lambda g: a @ g""", "gave dtype float64 for value, expected dtype float32"),
        ("""
def outer(a, b):
    c = a[:, None] * b
    a *= 2
    return c, lambda g: g @ b, lambda g: a @ g / 2""", "wrote into its operands"),
        ("def outer(a, b): return a[:, None] * b, lambda g: g @ b", "its rule returned 1 vjps"),
    ],
    "softmax": [
        ("""
def softmax(x):
    y = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    return y, lambda g: y * (g - (g * y).sum(-1, keepdims=True))""", "subtract the largest"),
        ("""
def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    y = e / e.sum(-1, keepdims=True)
    return y, lambda g: g * y * (1 - y)""", "Every output depends on every score"),
        ("""
def softmax(x):
    e = np.exp(x - x.max())
    y = e / e.sum(-1, keepdims=True)
    return y, lambda g: y * (g - (g * y).sum(-1, keepdims=True))""", "the largest of all rows"),
        ("""
def softmax(x):
    e = np.exp(x - x.mean(-1, keepdims=True))
    y = e / e.sum(-1, keepdims=True)
    return y, lambda g: y * (g - (g * y).sum(-1, keepdims=True))""", "Minus the mean"),
        ("""
def softmax(x):
    x -= x.max(-1, keepdims=True)
    e = np.exp(x)
    y = e / e.sum(-1, keepdims=True)
    return y, lambda g: y * (g - (g * y).sum(-1, keepdims=True))""", "wrote into its operands"),
        ("""
def softmax(x):
    e = np.exp(x - x.max())
    y = e / e.sum()
    return y, lambda g: y * (g - (g * y).sum())""", "The sum ran over all rows"),
        ("""
def softmax(x):
    e = np.exp(x - x.max(0, keepdims=True))
    y = e / e.sum(0, keepdims=True)
    return y, lambda g: y * (g - (g * y).sum(0, keepdims=True))""", "down the columns"),
        ("""
def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    y = e / e.sum(-1, keepdims=True)
    return y, lambda g: y * (g - g.sum(-1, keepdims=True))""", "the sum is of g times y"),
        ("""
def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    y = e / e.sum(-1, keepdims=True)
    return y, lambda g: g * y""", "own derivative is missing"),
        *[(f"""
def softmax(x):
    e = np.exp({shifted})
    y = e / e.sum(-1, keepdims=True)
    return y, lambda g: y * (g - (g * y).sum(-1, keepdims=True))""", message) for shifted, message in [
            ("x - np.maximum(x.max(-1, keepdims=True), 0)", "may all lie far below 0"),
            ("x - abs(x).max(-1, keepdims=True)", "may all lie far below 0"),
            ("np.clip(x, -700, 700)", "gave (0.5, 0.5,"),
            ("x.astype(float) - x.max(-1, keepdims=True)", "gave dtype float64 for value"),
            ("x - x.max(1, keepdims=True)", "axis 1 is out of bounds")]],
    ],
    "running": [
        ("def running(x): return np.cumsum(x), lambda g: np.cumsum(g)", "runs the wrong way"),
        ("def running(x): return np.cumsum(x), lambda g: np.cumsum(g[::-1])", "in reverse order"),
        ("def running(x): return np.cumsum(x), lambda g: g", "its own g only"),
        ("def running(x): return np.cumsum(x), lambda g: g.sum() * np.ones_like(x)", "Every number got the sum"),
        ("def running(x): return np.cumsum(x), lambda g: np.cumsum(g[::-1])[::-1] - g", "You left out g[i]"),
        ("""
def running(x):
    for i in range(1, len(x)): x[i] += x[i - 1]
    return x, lambda g: np.cumsum(g[::-1])[::-1]""", "wrote into its operands"),
        ("def running(x): return np.cumsum(x), lambda g: np.cumsum(x[::-1])[::-1]", "gave (4, 3, 1, 4) for gradient 0"),
        ("def running(x): return x, lambda g: g", "for value, expected (1, 3, 0, 4)"),
    ],
    "round_through": [
        ("def round_through(x): return Tensor(np.round(x.data))", "the graph ends here"),
        ("def round_through(x): return x + (Tensor(np.round(x.data)) - x)", "x counts for nothing"),
        ("def round_through(x): return x", "expected"),
        ("def round_through(x): return x + (Tensor(np.round(x.data)) - x).detach() * 0", "The value is not rounded"),
        ("def round_through(x): return Tensor(np.round(x.data), requires_grad=True)", "the graph ends here"),
        ("def round_through(x): return x * 0 + Tensor(np.round(x.data))", "x counts for nothing"),
        ("""
def round_through(x):
    x.data = np.round(x.data)
    return x""", "x itself was changed"),
        ("def round_through(x): return x + (Tensor(np.floor(x.data + 0.5)) - x).detach()", "to the even neighbour"),
        ("def round_through(x): return x * (Tensor(np.round(x.data)) / x).detach()", "for gradient, expected (0, 4, -6)"),
        ("def round_through(x): return np.round(x.data)", "is a tensor, not of class ndarray"),
        ("def round_through(x): return (x + Tensor(np.round(x.data)) - x).detach()", "the graph ends here"),
    ],
    "jacobian_by_walks": [
        ("""
def jacobian_by_walks(f, x):
    leaf = Tensor(x, requires_grad=True)
    out = f(leaf)
    rows = []
    for row in np.eye(out.data.size):
        out.backward(row.reshape(out.shape), retain_graph=True)
        rows.append(leaf.grad.ravel().copy())
    return np.stack(rows)""", "leaves accumulate"),
        ("""
def jacobian_by_walks(f, x):
    leaf = Tensor(x, requires_grad=True)
    out = f(leaf)
    rows = []
    for row in np.eye(out.data.size):
        leaf.grad = None
        out.backward(row.reshape(out.shape))
        rows.append(leaf.grad.ravel())
    return np.stack(rows)""", "Call that one with retain_graph=True"),
        ("""
def jacobian_by_walks(f, x):
    leaf = Tensor(x, requires_grad=True)
    f(leaf).sum().backward()
    return leaf.grad""", "one walk for each output"),
        ("""
def jacobian_by_walks(f, x):
    return jacobian(lambda a: f(Tensor(a)).data, x)""", "Nobody walked"),
        *[(f"""
def jacobian_by_walks(f, x):
    rows = []
    for row in np.eye(f(Tensor(x)).data.size):
        leaf = Tensor(x, requires_grad=True)
        out = f(leaf)
        out.backward(row.reshape(out.shape))
        rows.append(leaf.grad{ravel})
    return np.stack(rows{axis})""", message) for ravel, axis, message in [
            (".ravel()", ", 1", "yours is transposed"),
            ("", "", "gave shape [3, 1, 2], expected shape [3, 2]")]],
    ],
}

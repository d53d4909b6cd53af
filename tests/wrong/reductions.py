"Typical wrong answers to the exercises of chapter 7: for each exercise, pairs of an answer and words of its message."
WRONG = {
    "masked_mean": [
        ("def masked_mean(x, mask): return (x * mask).sum(-1) / mask.sum(-1)", "NaN times 0 is NaN"),
        ("def masked_mean(x, mask): return where(mask, x, 0.0).mean(-1)", "Divide by the true ones"),
        ("def masked_mean(x, mask): return x[mask].mean()", "One mean for everything"),
        ("def masked_mean(x, mask): return where(mask, x, 0.0).sum(0) / mask.sum(0)", "down the columns"),
        ("def masked_mean(x, mask): return where(mask, 0.0, x).sum(-1) / (~mask).sum(-1)", "where the mask is false"),
        ("def masked_mean(x, mask): where(mask, x, 0.0).sum(-1) / mask.sum(-1)", "Is there a `return`?"),
        ("def masked_mean(x, mask): return where(mask, x, 0.0).sum(-1) / (where(mask, x, 0.0) != 0).sum(-1)", "may hold 0"),
        ("def masked_mean(x, mask): return Tensor(np.nanmean(np.where(mask.data, x.data, np.nan), -1))", "x gets no gradient"),
        ("def masked_mean(x, mask): return np.nanmean(np.where(mask.data, x.data, np.nan), -1)", "not of class ndarray"),
        ("""
def masked_mean(x, mask):
    x.data[~mask.data] = 0
    return x.sum(-1) / mask.sum(-1)""", "wrote into its arguments"),
    ],
    "attend": [(f"""
def attend(q, k, v):
    n, d = q.shape[-2:]
    later = ones(n, n, dtype=np.dtype(bool)).triu(1)
    {body}""", message) for body, message in [
        ("return (q @ k.mT).masked_fill(later, -inf).softmax(-1) @ v", "not divided by the root"),
        ("return (q @ k.mT / d).masked_fill(later, -inf).softmax(-1) @ v", "Divide by its root"),
        ("return (q @ k.mT / d ** 0.5).softmax(-1) @ v", "Every place hears all others"),
        ("return (q @ k.mT / d ** 0.5).masked_fill(later.T, -inf).softmax(-1) @ v", "what came before"),
        ("return (q @ k.mT / d ** 0.5).masked_fill(~later.T, -inf).softmax(-1) @ v", "expected"),
        ("return (q @ k.mT / d ** 0.5).masked_fill(later, -inf).softmax(1) @ v", "over the queries"),
        ("return (q @ k.mT / d ** 0.5).softmax(-1).masked_fill(later, 0.0) @ v", "after the softmax"),
        ("return (q @ k.mT / v.shape[-1] ** 0.5).masked_fill(later, -inf).softmax(-1) @ v", "for value at [0, 1]"),
        ("return (q @ k.mT / 2).masked_fill(later, -inf).softmax(-1) @ v", "for value at [0, 1]"),
        ("return (k @ q.mT / d ** 0.5).masked_fill(later, -inf).softmax(-1) @ v", "for value at [0, 1]"),
        ("return (q @ k.mT / d ** 0.5).masked_fill(later, -inf).softmax(-1)", "gave shape [2, 3, 3] for value"),
        ("return (q @ k.mT / d ** 0.5).masked_fill(later, -inf).softmax(-1) @ v.detach()", "for gradient 2 at [0, 0]"),
    ]],
    "cosines": [
        ("def cosines(a, b): return a @ b.T", "Divide by the lengths"),
        ("def cosines(a, b): return (a / a.norm(dim=0)) @ (b / b.norm(dim=0)).T", "A vector is a row"),
        ("def cosines(a, b): return (a @ b.T) / a.norm(dim=1, keepdim=True)", "Only the first"),
        ("def cosines(a, b): return (a @ b.T) / b.norm(dim=1)", "Only the second"),
        ("def cosines(a, b): return (a @ b.T) / ((a * a).sum(1, True) * (b * b).sum(1))", "squares of the lengths"),
        ("def cosines(a, b): return (a @ b.T) / (a.norm() * b.norm())", "the whole table"),
        ("def cosines(a, b): return ((a @ b.T) / (a.norm(dim=1, keepdim=True) * b.norm(dim=1))).T", "lies on its side"),
        ("def cosines(a, b): return ((a @ b.T) / (a.norm(dim=1, keepdim=True) * b.norm(dim=1))).abs()", "for value at [0]"),
        ("def cosines(a, b): return (a @ b.T) / (a.norm(dim=1, keepdim=True) * b.norm(dim=1)).detach()", "for gradient 0 at"),
        ("def cosines(a, b): return (a / a.norm(dim=1, keepdim=True) * b / b.norm(dim=1, keepdim=True)).sum(1)",
         "raised RuntimeError"),
    ],
    "weighted_variance": [
        ("""
def weighted_variance(x, w):
    return (w * (x - x.mean(-1, keepdim=True)) ** 2).sum(-1) / w.sum(-1)""", "The mean has no weights yet"),
        ("""
def weighted_variance(x, w):
    return ((x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).mean(-1)""", "The squares have no weights yet"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).mean(-1)""", "You divided by how many there are"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).sum(-1) / (x.shape[-1] - 1)""", "You divided by n - 1"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).sum(-1) / (w.sum(-1) - 1)""", "without taking 1 off"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).sum(-1)""", "That is the sum"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(-1, True)) ** 2).sum(-1)""", "need not add up to 1"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).mean(-1, True)) ** 2).sum(-1) / w.sum(-1)""", "The mean, too, is divided"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(-1) / w.sum(-1)) ** 2).sum(-1) / w.sum(-1)""", "keepdim=True"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(0, True) / w.sum(0, True)) ** 2).sum(0) / w.sum(0)""", "variances of the columns"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum() / w.sum()) ** 2).sum(-1) / w.sum(-1)""", "One mean for everything"),
        ("""
def weighted_variance(x, w):
    return ((w * (x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).sum(-1) / w.sum(-1)).sqrt()""",
         "the root of the variance"),
        ("""
def weighted_variance(x, w):
    return x.var(dim=-1, correction=0)""", "the plain variance"),
        ("""
def weighted_variance(x, w):
    return ((w * (x - (w * x).sum(-1, True) / w.sum(-1, True))) ** 2).sum(-1) / w.sum(-1)""", "A weight counts once"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).sum(-1, True) / w.sum(-1, True)""",
         "keepdim for the mean only"),
        ("""
def weighted_variance(x, w):
    return (w * x ** 2).sum(-1) / w.sum(-1) - ((w * x).sum(-1) / w.sum(-1)) ** 2""", "lose most digits"),
        ("""
def weighted_variance(x, w):
    w = w.detach(); return (w * (x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).sum(-1) / w.sum(-1)""",
         "w gets no gradient"),
        ("""
def weighted_variance(x, w):
    m = (w * x).sum(-1, True) / w.sum(-1, True); w /= 2; return (w * (x - m) ** 2).sum(-1) / w.sum(-1)""",
         "raised RuntimeError"),
        ("""
def weighted_variance(x, w):
    m = (w * x).sum(-1, True) / w.sum(-1, True); w.data /= 2; return (w * (x - m) ** 2).sum(-1) / w.sum(-1)""",
         "wrote into its arguments"),
        ("""
def weighted_variance(x, w):
    d = x.data - np.average(x.data, -1, w.data)[:, None]; return np.average(d * d, -1, w.data)""", "not of class ndarray"),
        ("""
def weighted_variance(x, w):
    (w * (x - (w * x).sum(-1, True) / w.sum(-1, True)) ** 2).sum(-1) / w.sum(-1)""", "Is there a `return`?"),
        ("""
def weighted_variance(x, w):
    return (w * (x - (w * x).sum(-1, True) / w.sum(-1, True)).abs()).sum(-1) / w.sum(-1)""",
         "gave (1, 1.45455) for value, expected (2, 3.40909)"),
    ],
}

"Typical wrong answers to the exercises of chapter 4: for each exercise, pairs of an answer and words of its message."
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
    return x.sum(-1) / mask.sum(-1)""", "wrote into its operands"),
    ],
    "windows": [
        ("def windows(x, size): return x[:len(x) // size * size].reshape(-1, size)", "don't overlap"),
        ("def windows(x, size): return x[arange(len(x) - size)[:, None] + arange(size)]", "One window is missing"),
        ("def windows(x, size): return x[arange(size)[:, None] + arange(len(x) - size + 1)]", "yours are columns"),
        ("def windows(x, size): return Tensor(np.lib.stride_tricks.sliding_window_view(x.data, size))", "x gets no gradient"),
        ("def windows(x, size): return x[(arange(len(x))[:, None] + arange(size)) % len(x)]", "gave shape [6, 3] for value"),
        ("def windows(x, size): return arange(len(x) - size + 1)[:, None] + arange(size)", "Those are the places"),
        ("def windows(x, size): return np.lib.stride_tricks.sliding_window_view(x.data, size)", "not of class ndarray"),
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
}

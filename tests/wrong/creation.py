"Typical wrong answers to the exercises of chapter 4: for each exercise, pairs of an answer and words of its message."
WRONG = {
    "one_hot": [
        ("def one_hot(labels, n): return eye(n)[:, labels]", "lie down a column"),
        ("def one_hot(labels, n): return eye(n)[labels].T", "lie down a column"),
        ("""
def one_hot(labels, n):
    out = zeros(len(labels), n)
    out[arange(len(labels)), labels] = 1
    return out""", "any number of axes"),
        ("def one_hot(labels, n): return eye(n)[labels.reshape(labels.numel())]", "are lost"),
        ("def one_hot(labels, n): return eye(labels.data.max(initial=-1) + 1)[labels]", "even if the last"),
        ("def one_hot(labels, n): return eye(n)[labels - 1]", "Labels start at 0"),
        ("def one_hot(labels, n): return eye(n + 1)[labels]", "A row has n places"),
        ("def one_hot(labels, n): return 1 - eye(n)[labels]", "Zeros and ones are exchanged"),
        ("def one_hot(labels, n): return eye(n)[labels.reshape(-1)].sum(0)", "how often each label occurs"),
        ("def one_hot(labels, n): return eye(n) ", "pick them by the labels"),
        ("def one_hot(labels, n): return eye(n, dtype=int64)[labels]", "gave dtype int64 for value, expected dtype float32"),
        ("def one_hot(labels, n): return eye(n, dtype=float64)[labels]",
         "gave dtype float64 for value, expected dtype float32"),
        ("def one_hot(labels, n): return np.eye(n, dtype='float32')[labels.data]", "not of class ndarray"),
        ("def one_hot(labels, n): return [[float(i == label) for i in range(n)] for label in labels.tolist()]",
         "not of class list"),
        ("def one_hot(labels, n): eye(n)[labels]", "Is there a `return`?"),
        ("""
def one_hot(labels, n):
    labels.data[...] = 0
    return eye(n)[labels]""", "wrote into its arguments"),
        ("def one_hot(labels, n): return arange(n) * eye(n)[labels]", "it should be a 1"),
        ("def one_hot(labels, n): return 2 * eye(n)[labels]", "gave (0, 0, 2, 0) for value at [0], expected (0, 0, 1, 0)"),
    ],
    "checkerboard": [
        ("""
def checkerboard(n, m):
    k = arange(1, n + 1)[:, None] + arange(m)
    return k - 2 * (k / 2).long()""", "It begins with 1"),
        ("def checkerboard(n, m): return arange(n)[:, None] + arange(m)", "whether they are odd"),
        ("""
def checkerboard(n, m):
    k = arange(n * m).reshape(n, m)
    return k - 2 * (k / 2).long()""", "Counting through"),
        ("def checkerboard(n, m): return Tensor(np.arange(m, dtype=np.int64) % 2).expand(n, m)", "the row counts as well"),
        ("def checkerboard(n, m): return Tensor(np.arange(n, dtype=np.int64) % 2)[:, None].expand(n, m)",
         "the column counts as well"),
        ("""
def checkerboard(n, m):
    k = arange(n)[:, None] * arange(m)
    return k - 2 * (k / 2).long()""", "A product is odd only if"),
        ("""
def checkerboard(n, m):
    odd = lambda k: k - 2 * (k / 2).long()
    return odd(arange(n))[:, None] + odd(arange(m))""", "you have 2"),
        ("""
def checkerboard(n, m):
    k = arange(m)[:, None] + arange(n)
    return k - 2 * (k / 2).long()""", "on its side"),
        ("""
def checkerboard(n, m):
    out = zeros(n, m, dtype=int64)
    out[1::2, ::2] = 1
    return out""", "Every other row"),
        ("""
def checkerboard(n, m):
    out = zeros(n, m)
    out[::2, 1::2] = 1
    out[1::2, ::2] = 1
    return out""", "gave dtype float32 for value, expected dtype int64"),
        ("""
def checkerboard(n, m):
    k = arange(n)[:, None] + arange(m)
    return (k - 2 * (k / 2).long()).bool()""", "gave dtype bool for value, expected dtype int64"),
        ("def checkerboard(n, m): return np.indices((n, m)).sum(0) % 2", "not of class ndarray"),
        ("def checkerboard(n, m): return [[(i + j) % 2 for j in range(m)] for i in range(n)]", "not of class list"),
        ("def checkerboard(n, m): arange(n)[:, None] + arange(m)", "Is there a `return`?"),
        ("""
def checkerboard(n, m):
    k = arange(n)[:, None] + arange(m)
    return k - (k / 2).long()""", "gave (0, 1, 1, 2) for value at [0], expected (0, 1, 0, 1)"),
    ],
    "split_at_random": [
        ("""
def split_at_random(n, share):
    k = int(share * n)
    p = randperm(n)
    return p[:k], p[k:]""", "int cuts off"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    p = randperm(n)
    return p[k:], p[:k]""", "have changed places"),
        ("""
def split_at_random(n, share):
    p, heads = randperm(n), rand(n).data < share
    return p[heads], p[~heads]""", "The sizes change"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    return arange(k), arange(k, n)""", "Neighbours stay together"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    return randperm(k), k + randperm(n - k)""", "Neighbours stay together"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    return randperm(n)[:k], randperm(n)[k:]""", "in both heaps"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    return randint(n, (k,)), randint(n, (n - k,))""", "come twice in one heap"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    p = randperm(n) + 1
    return p[:k], p[k:]""", "Places go from 0 to n - 1, got"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    p = randperm(n)
    return p[:k], p[k + 1:]""", "Missing from both heaps"),
        ("""
def split_at_random(n, share):
    manual_seed(1)
    k = round(share * n)
    p = randperm(n)
    return p[:k], p[k:]""", "set no seed"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    p = randperm(n, generator=Generator())
    return p[:k], p[k:]""", "set no seed"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    p = Tensor(np.random.default_rng().permutation(n).astype(np.int64))
    return p[:k], p[k:]""", "not the same: draw with the library's randperm"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    if n > 50: p = randperm(n)
    else: p = Tensor(np.concatenate([[0], 1 + randperm(n - 1).data]).astype(np.int64))
    return p[:k], p[k:]""", "all are equally likely"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    p = np.random.permutation(n)
    return p[:k], p[k:]""", "are tensors, not of class ndarray"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    p = randperm(n) * 1.0
    return p[:k], p[k:]""", "vectors of int64, got float32"),
        ("def split_at_random(n, share): return randperm(n)", "a pair of tensors, not of class Tensor"),
        ("""
def split_at_random(n, share):
    k = round(share * n)
    p = randperm(n)
    p[:k], p[k:]""", "Is there a `return`?"),
    ],
    "exponential": [
        ("def exponential(rate, shape): return -rand(shape).log() / rate", "rand can give 0"),
        ("def exponential(rate, shape): return (1 - rand(shape)).log() / rate", "change the sign"),
        ("def exponential(rate, shape): return -(1 - rand(shape)).log() * rate", "If many birds come"),
        ("def exponential(rate, shape): return -(1 - rand(shape)).log()", "The rate is missing"),
        ("def exponential(rate, shape): return -(1 - rand(shape)).log() / math.log(10) / rate", "to base 10"),
        ("def exponential(rate, shape): return -(1 - rand(shape)).log() / math.log(2) / rate", "to base 2"),
        ("def exponential(rate, shape): return (1 + rand(shape)).log() / rate", "1 + u"),
        ("def exponential(rate, shape): return rand(shape).exp() / rate", "undo it, with the logarithm"),
        ("def exponential(rate, shape): return rand(shape) / rate", "uniform still"),
        ("def exponential(rate, shape): return rand(shape)", "uniform still"),
        ("def exponential(rate, shape): return rand(shape) * rate", "uniform still"),
        ("def exponential(rate, shape): return 1 - (-rate * rand(shape)).exp()", "it is the share"),
        ("def exponential(rate, shape): return randn(shape) / rate", "normal numbers"),
        ("def exponential(rate, shape): return -(1 - randn(shape)).log() / rate", "Some are NaN"),
        ("def exponential(rate, shape): return normal(1.0, 0.2, shape) / rate", "for deviation times rate, expected 1"),
        ("def exponential(rate, shape): return -(1 - rand(1)).log().expand(shape) / rate", "One number in many places"),
        ("def exponential(rate, shape): manual_seed(3); return -(1 - rand(shape)).log() / rate", "set no seed"),
        ("def exponential(rate, shape): return -(1 - rand(shape, generator=Generator())).log() / rate", "set no seed"),
        ("def exponential(rate, shape): return Tensor(np.random.default_rng().exponential(1 / rate, shape).astype('float32'))",
         "draw with the library's rand"),
        ("def exponential(rate, shape): return -(1 - rand(shape, dtype=float64)).log() / rate", "The dtype is float64"),
        ("def exponential(rate, shape): return -(1 - rand(shape[0])).log() / rate", "The shape is [100], expected [100, 200]"),
        ("def exponential(rate, shape): return -np.log(1 - rand(shape).data) / rate", "not of class ndarray"),
        ("def exponential(rate, shape): -(1 - rand(shape)).log() / rate", "Is there a `return`?"),
        ("def exponential(rate, shape): return (1 / (1 - rand(shape)) - 1) / rate", "for mean times rate, expected 1"),
    ],
}

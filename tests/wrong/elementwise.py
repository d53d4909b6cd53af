"Typical wrong answers to the exercises of chapter 5: for each exercise, pairs of an answer and words of its message."
WRONG = {
    "softplus": [
        ("def softplus(x): return log(1 + exp(x))", "e to the 800 is infinite"),
        ("def softplus(x): return log1p(exp(x))", "e to the 800 is infinite"),
        ("def softplus(x): return x + log1p(exp(-x))", "at the other end"),
        ("def softplus(x): return where(x > 30, x, log1p(exp(x)))", "by a where inside as well"),
        ("def softplus(x): return where(x < 0, log1p(exp(x)), x + log1p(exp(-x)))", "by a where inside as well"),
        ("def softplus(x): return maximum(x, 0) + (1 + exp(-abs(x))).log()", "There is log1p"),
        ("def softplus(x): return relu(x) + log(1 + exp(-abs(x)))", "There is log1p"),
        ("def softplus(x): return x.relu() + log1p(exp(-abs(x)))", "At 0 the slope is a half"),
        ("def softplus(x): return log1p(exp(-abs(x)))", "Above it, x must be added"),
        ("def softplus(x): return log1p(exp(clamp(x, max=88)))", "gave 88 for value"),
        ("def softplus(x): return log1p(exp(x.clamp(max=20)))", "A clamp cuts off"),
        ("def softplus(x): return relu(x)", "with its corner"),
        ("def softplus(x): return Tensor(np.logaddexp(0, x.data).astype(x.dtype))", "x gets no gradient"),
        ("def softplus(x): return np.logaddexp(0, x.data)", "a tensor, not of class ndarray"),
        ("def softplus(x): maximum(x, 0) + log1p(exp(-abs(x)))", "Is there a `return`?"),
        ("""
def softplus(x):
    x.data[x.data > 100] = 100
    return maximum(x, 0) + log1p(exp(-abs(x)))""", "wrote into its arguments"),
        ("def softplus(x): return maximum(x, 0) - log1p(exp(-abs(x)))", "gave -0.313262 for value at [2], expected 0.313262"),
    ],
    "huber": [
        ("def huber(x, delta): return where(x <= delta, x * x / 2, delta * (abs(x) - delta / 2))", "far below 0 are large"),
        ("def huber(x, delta): return where(abs(x) < delta, x ** 2 / 2, delta * (x - delta / 2))", "needs the absolute value"),
        ("def huber(x, delta): return where(abs(x) <= delta, x ** 2, delta * (abs(x) - delta / 2))", "halve them"),
        ("def huber(x, delta): return where(abs(x) <= delta, x ** 2 / 2, delta * abs(x))", "lies too high"),
        ("def huber(x, delta): return where(abs(x) <= delta, x ** 2 / 2, delta * (abs(x) - delta))", "not delta"),
        ("def huber(x, delta): return where(abs(x) <= delta, x ** 2 / 2, abs(x) - delta / 2)", "so multiply"),
        ("def huber(x, delta): return where(abs(x) <= delta, x ** 2 / (2 * delta), abs(x) - delta / 2)", "divided by delta"),
        ("def huber(x, delta): return where(abs(x) <= delta, delta * (abs(x) - delta / 2), x ** 2 / 2)", "wrong way round"),
        ("def huber(x, delta): return square(x) / 2", "squares everywhere"),
        ("def huber(x, delta): return where(abs(x) <= delta, x ** 2 / 2, delta * (abs(x) - delta / 2)).mean()",
         "no mean and no sum"),
        ("def huber(x, delta): return where(abs(x) <= 1, x ** 2 / 2, abs(x) - 0.5)", "huber(((0.3, -0.7), (2.5, -6)), 2) gave"),
        ("""
def huber(x, delta):
    size = np.abs(x.data)
    return Tensor(np.where(size <= delta, size ** 2 / 2, delta * (size - delta / 2)).astype(x.dtype))""", "x gets no gradient"),
        ("""
def huber(x, delta):
    size = np.abs(x.data)
    return np.where(size <= delta, size ** 2 / 2, delta * (size - delta / 2))""", "not of class ndarray"),
        ("def huber(x, delta): where(abs(x) <= delta, x ** 2 / 2, delta * (abs(x) - delta / 2))", "Is there a `return`?"),
        ("""
def huber(x, delta):
    x.data[:] = np.abs(x.data)
    return where(x <= delta, x ** 2 / 2, delta * (x - delta / 2))""", "wrote into its arguments"),
    ],
    "divided": [
        ("def divided(a, b): return where(b != 0, a / b, 0.0)", "by a where inside"),
        ("""
def divided(a, b):
    y = a / b
    return where(isfinite(y), y, 0.0)""", "by a where inside"),
        ("def divided(a, b): return a / where(b == 0, 1.0, b)", "one more where, outside"),
        ("def divided(a, b): return a / b", "the plain quotient"),
        ("def divided(a, b): return a / (b + 1e-8)", "A little something"),
        ("def divided(a, b): return where(b > 0, a / where(b > 0, b, 1.0), 0.0)", "below 0 divides as well"),
        ("def divided(a, b): return where(b == 0, a / where(b != 0, b, 1.0), 0.0)", "wrong way round"),
        ("def divided(a, b): return where(a != 0, a / where(a != 0, b, 1.0), 0.0)", "a may be"),
        ("def divided(a, b): return where(a != 0, b / where(a != 0, a, 1.0), 0.0)", "b divided by a"),
        ("def divided(a, b): return where(b != 0, a / Tensor(np.where(b.data != 0, b.data, 1).astype(b.dtype)), 0.0)",
         "b gets no gradient"),
        ("def divided(a, b): return where(b != 0, a / where(b != 0, b, 1.0), 0.0).detach()", "there are no gradients"),
        ("""
def divided(a, b):
    b.data[b.data == 0] = math.inf
    return a / b""", "wrote into its arguments"),
        ("def divided(a, b): return np.divide(a.data, b.data, out=np.zeros_like(a.data * b.data), where=b.data != 0)",
         "not of class ndarray"),
        ("def divided(a, b): return where(b != 0, a * where(b != 0, b, 1.0), 0.0)", "gave 6 for value at [0], expected 1.5"),
        ("def divided(a, b): where(b != 0, a / where(b != 0, b, 1.0), 0.0)", "Is there a `return`?"),
    ],
    "angle": [
        ("def angle(x): return remainder(x, 2 * math.pi)", "from 0 to a full turn"),
        ("def angle(x): return (x + math.pi) % (2 * math.pi)", "and not back"),
        ("def angle(x): return x % (2 * math.pi) - math.pi", "move them before the remainder too"),
        ("def angle(x): return (x - math.pi) % (2 * math.pi) + math.pi", "to three halves"),
        ("def angle(x): return (x + math.pi) % math.pi - math.pi", "after half a turn"),
        ("def angle(x): return atan(sin(x) / cos(x))", "as the tangent does"),
        ("def angle(x): return (x + 180) % 360 - 180", "in radians"),
        ("def angle(x): return -((math.pi - x) % (2 * math.pi) - math.pi)", "pi itself becomes -pi"),
        ("def angle(x): return x - 2 * math.pi * (x / (2 * math.pi)).round()", "takes the even one"),
        ("def angle(x): return x - 2 * math.pi * trunc(x / (2 * math.pi))", "Cut off towards 0"),
        ("def angle(x): return where(x > math.pi, x - 2 * math.pi, where(x < -math.pi, x + 2 * math.pi, x))",
         "One turn is not enough"),
        ("def angle(x): return clamp(x, -math.pi, math.pi)", "they should come round"),
        ("def angle(x): return Tensor(((x.data + math.pi) % (2 * math.pi) - math.pi).astype(x.dtype))", "x gets no gradient"),
        ("def angle(x): return (x.data + math.pi) % (2 * math.pi) - math.pi", "not of class ndarray"),
        ("def angle(x): remainder(x + math.pi, 2 * math.pi) - math.pi", "Is there a `return`?"),
        ("""
def angle(x):
    with no_grad(): x += math.pi
    return x % (2 * math.pi) - math.pi""", "wrote into its arguments"),
        ("def angle(x): return remainder(x + math.pi, 6.28) - math.pi", "gave -2.28 for value at [3], expected -2.28319"),
    ],
}

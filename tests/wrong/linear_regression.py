"Typical wrong answers to the exercises of chapter 12: for each exercise, pairs of an answer and words of its message."


def predictor(fit="(x - x.mean(0)) / x.std(0)", rate=0.3, ask="(new - x.mean(0)) / x.std(0)"):
    return f"""
def predictor(x, y):
    w = descend(with_constant({fit}), y, {rate}, 200)[1]
    return lambda new: with_constant({ask}) @ w"""


def by_adam(loss, steps=300):
    return f"def steady(Z, y):\n    return by_descent(lambda p, y: {loss}, {steps})(Z, y)"


def careful(pull):
    return f"def careful(X, y):\n    pull = {pull}\n    return linalg.inv(X.T @ X + pull) @ (X.T @ y)"


def interval(low, high):
    return f"""
def interval(x, y):
    w = best_weights(x, y)
    r = (y - x @ w).data
    return lambda new: (new @ w + {low}, new @ w + {high})"""


WRONG = {
    "predictor": [
        (predictor(ask="(new - new.mean(0)) / (new.std(0, correction=0) + 1e-9)"), "their own mean"),
        (predictor("x", 2e-5, "new"), "not within 2 %"),
        (predictor("x", 0.1, "new"), "are wild"),
        (predictor(ask="new"), "are wild"),
        ("def predictor(x, y): return no_constant(x, y)", "is there a constant"),
        (predictor(rate=0.004), "a rate near 0.3"),
    ],
    "steady": [
        ("def steady(Z, y): return best_weights(Z, y)", "no better than the formula"),
        (by_adam("((p - y) ** 2).mean()"), "no better than the formula"),
        (by_adam("huber_loss(p, y, delta=10.0)"), "Between good and the formula"),
        (by_adam("huber_loss(p, y)", 4), "far from good"),
        ("def steady(Z, y): return zeros(4).double()", "far from good"),
        ("def steady(Z, y): Z", "Is there a `return`?"),
    ],
    "careful": [
        (careful("1e-8 * eye(7).double()"), "nothing holds"),
        (careful("0.3 * eye(7).double()"), "held back as well"),
        ("def careful(X, y): return best_weights(X, y)", "Singular matrix"),
        (careful("0.02 * eye(7).double()"), "helps a little"),
        (careful("10.0 * eye(7).double()"), "far towards zero"),
        (careful("0.9 * eye(7).double()"), "Worse than no pull"),
        (careful("tensor(np.diag([5.0] * 6 + [0.0]))"), "the pull is too large"),
        ("def careful(X, y): return linalg.inv(X.T @ X + 0.3 * eye(12).double()) @ (X.T @ y)", "raised RuntimeError"),
    ],
    "interval": [
        ("def interval(x, y): return of_the_mean(x, y)", "Too narrow"),
        (interval("r.mean() - 0.1", "r.mean() + 0.1"), "Too narrow"),
        (interval("1.5 * r.min()", "1.5 * r.max()"), "nearly all are inside"),
        (interval("np.quantile(r, 0.2)", "np.quantile(r, 0.8)"), "Nine tenths"),
        (interval("np.quantile(r, 0.95)", "np.quantile(r, 0.05)"), "changed places"),
    ],
}

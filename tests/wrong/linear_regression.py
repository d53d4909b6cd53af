"Typical wrong answers to the exercises of chapter 16: for each exercise, pairs of an answer and words of its message."


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
        ("def predictor(x, y): return flipper_only(x, y)", "all three lengths"),
        (
            predictor().replace(
                "return lambda new: with_constant((new - x.mean(0)) / x.std(0)) @ w",
                "m, s = x.mean(0), x.std(0)\n    def f(new):\n        new -= m\n"
                "        return with_constant(new / s) @ w\n    return f",
            ),
            "changes the lengths",
        ),
        (predictor(ask="(new - new.mean(0)) / (new.std(0, correction=0) + 1e-9)"), "their own mean"),
        (predictor("x", 2e-5, "new"), "not within 2 %"),
        (predictor("x", 0.1, "new"), "are wild"),
        (predictor(ask="new"), "are wild"),
        ("def predictor(x, y): return no_constant(x, y)", "is there a constant"),
        (predictor(rate=0.004), "a rate near 0.3"),
    ],
    "steady": [
        ("def steady(Z, y): return best_weights(Z, y.clamp(max=6.5))", "only clipped still pull"),
        ("def steady(Z, y): return best_weights(Z, mass)", "gave"),
        ("def steady(Z, y): return best_weights(Z, y)", "no better than the formula"),
        (by_adam("((p - y) ** 2).mean()"), "no better than the formula"),
        (by_adam("huber_loss(p, y, delta=10.0)"), "Between good and the formula"),
        (by_adam("huber_loss(p, y)", 4), "far from good"),
        ("def steady(Z, y): return zeros(4).double()", "far from good"),
        ("def steady(Z, y): Z", "Is there a `return`?"),
    ],
    "careful": [
        ("def careful(X, y): return pulled(3.0)(X, y)", "held back too far"),
        (careful("1e-8 * eye(7).double()"), "Nothing holds"),
        (careful("0.3 * eye(7).double()"), "leave it alone"),
        ("def careful(X, y): return best_weights(X, y)", "Singular matrix"),
        (careful("0.02 * eye(7).double()"), "try a larger pull"),
        (careful("10.0 * eye(7).double()"), "leave it alone"),
        (careful("0.9 * eye(7).double()"), "leave it alone"),
        (careful("tensor(np.diag([5.0] * 6 + [0.0]))"), "held back too far"),
        ("def careful(X, y): return linalg.inv(X.T @ X + 0.3 * eye(12).double()) @ (X.T @ y)", "raised RuntimeError"),
    ],
    "interval": [
        (
            "def interval(x, y):\n    low, high = np.quantile(y.data, (0.05, 0.95))\n"
            "    return lambda new: (np.full(len(new), low), np.full(len(new), high))",
            "the same for every bird",
        ),
        (interval("new[:, 0].mean() - 0.5", "new[:, 0].mean() + 0.5"), "must not depend on the others"),
        (interval("0", "0").replace("(new @ w + 0, new @ w + 0)", "(-0.5, 0.5)"), "an entry for each bird"),
        ("def interval(x, y): return of_the_mean(x, y)", "Too narrow"),
        (interval("r.mean() - 0.1", "r.mean() + 0.1"), "Too narrow"),
        (interval("1.5 * r.min()", "1.5 * r.max()"), "nearly all are inside"),
        (interval("np.quantile(r, 0.2)", "np.quantile(r, 0.8)"), "Nine tenths"),
        (interval("np.quantile(r, 0.95)", "np.quantile(r, 0.05)"), "changed places"),
    ],
}

"Typical wrong answers to the exercises of chapter 3: for each exercise, pairs of an answer and words of its message."


def shares(answer, restore=True):
    return f"""
def shares(f, x):
    before = x.data.copy()
    found = {answer}
    {"x.data[:] = before" if restore else ""}
    return found"""


def swap_rows(*lines): return "\n    ".join(["def swap_rows(x, i, j):", *lines, "return x"])


def raise_diagonal(*lines): return "\n    ".join(["def raise_diagonal(x, v):", *lines, "return x"])


def total_(*lines): return "\n    ".join(["def total_(x):", *lines, "return x"])


WRONG = {
    "shares": [
        (shares("f(x).data.base is x.data"), "If x is a view itself, both have the same base"),
        (shares("True"), "Always yes?"),
        (shares("False"), "Always no?"),
        (shares("owner(f(x).data) is not owner(x.data)"), "The wrong way round"),
        ("def shares(f, x):\n    y = f(x)\n    before = x.data.copy()\n    y += 1\n    return bool((x.data != before).any())",
         "x is not as it was"),
    ],
    "swap_rows": [
        (swap_rows("first = x[i]", "x[i] = x[j]", "x[j] = first"), "Both rows are the same now"),
        (swap_rows("x[i] = x[j]"), "Both rows are the same now"),
        (swap_rows("x.data[[i, j]] = x.data[[j, i]]"), "but the history is not"),
        (swap_rows("first = x[i] * 1", "x[i] = x[j].detach()", "x[j] = first.detach()"), "a detached row has no history"),
        (swap_rows("x[:, [i, j]] = x[:, [j, i]]"), "Those are columns"),
        ("def swap_rows(x, i, j):\n    return x[[j, i, *range(2, len(x))]]", "Return x itself"),
    ],
    "raise_diagonal": [
        (raise_diagonal("i = list(range(len(x)))", "d = x[i, i]", "d += v"), "what you added was lost"),
        (raise_diagonal("d = x.view(-1)[::len(x)]", "d += v"), "Every n places is a column"),
        (raise_diagonal("d = x.view(-1)[len(x) - 1::len(x) - 1]", "d += v"), "That is the other diagonal"),
        (raise_diagonal("d = x.view(-1)[::len(x) + 2]", "d += v"), "leaves the diagonal after the first row"),
        (raise_diagonal("x.data.reshape(-1)[::len(x) + 1] += v.data"), "past the engine"),
        (raise_diagonal("x += v"), "All numbers grew"),
        ("def raise_diagonal(x, v):\n    return x + v", "Return x itself"),
    ],
    "total_": [
        (total_("x[1:] += x[:-1]"), "one after the other, from the front"),
        (total_("for i in reversed(range(1, len(x))): x[i] += x[i - 1]"), "one after the other, from the front"),
        (total_("for i in range(len(x)): x[i] += x[i - 1]"), "start at 1"),
        (total_("for i in range(1, len(x) - 1): x[i] += x[i - 1]"), "The last number was left out"),
        (total_("x.data[:] = np.cumsum(x.data)"), "gradients pass you by"),
        (total_("for i in range(1, len(x)): x[i] += x[i - 1].detach()"), "gradients pass you by"),
        ("def total_(x):\n    return Tensor(np.cumsum(x.data))", "Return x itself"),
    ],
}

"Typical wrong answers to the exercises of chapter 11: for each exercise, pairs of an answer and words of its message."


def gain(answer, density="np.exp(-z ** 2 / 2) / math.sqrt(2 * math.pi)"):
    return f"""
def gain_of(bend):
    z = np.linspace(-8, 8, 4001)
    p, dz = {density}, z[1] - z[0]
    y = bend(tensor(z)).data
    return float({answer})"""


def scale(divide, onward="x = bend(linear(x, w))"):
    return f"""
def scale_(weights, x, bend):
    for w in weights:
        z = linear(x, w)
        {divide}
        {onward}"""


def residual(first, last, none="zeros_(last)"):
    return f"""
def residual_(blocks, depth):
    for first, last in blocks:
        {first}
        if depth is None: {none}
        else: {last}"""


def alive(share, onward="x = bend(z).detach()"):
    return f"""
def alive(bend, weights, x):
    shares = []
    for w in weights:
        z = tensor(linear(x, w).data, requires_grad=True)
        y = bend(z)
        y.sum().backward()
        shares.append(float({share}))
        {onward}
    return shares"""


GPT2 = "normal_(last, 0.0, 0.02 / math.sqrt(2 * depth))"

WRONG = {
    "gain_of": [
        (gain("(y ** 2 * p).sum() ** -0.5"), "The step of the grid"),
        (gain("(y ** 2 * p).sum() * dz"), "the second moment"),
        (gain("1 / ((y ** 2 * p).sum() * dz)"), "The root is missing"),
        (gain("((y ** 2 * p).sum() * dz) ** 0.5"), "1 divided by it"),
        (gain("1 / abs((y * p).sum() * dz)"), "squared the mean"),
        (gain("((y ** 2 * p).sum() * dz - ((y * p).sum() * dz) ** 2) ** -0.5"), "That is the variance"),
        (gain("(y ** 2).mean() ** -0.5"), "The density is missing"),
        (gain("(((y * p) ** 2).sum() * dz) ** -0.5"), "Square first"),
        (gain("tensor((y ** 2 * p).sum() * dz) ** -0.5").replace("float(", "("), "a tensor, expected 1.41421, a number"),
        (gain("2 ** 0.5 + 0 * y.sum()"), "gain_of(itself) gave 1.41421, expected 1"),
        (gain("1 / ((np.abs(y) * p).sum() * dz)"), "not the root mean square".replace("not the root", "not the root of the")),
    ],
    "scale_": [
        (scale("w.data /= z.std().item()", "x = bend(z)"), "compute it again"),
        (scale("w.data /= z.var().item()"), "not by the variance"),
        (scale("w = w / z.std().item()"), "have not changed"),
        (scale("w.data /= z.std().item()", "x = linear(x, w)"), "left out on the way"),
        (scale("w.data *= z.std().item()"), "You multiplied"),
        (scale("w.data /= w.std().item()"), "You measured the weights"),
        (scale("w.data /= bend(z).std().item()"), "after the bend"),
        (scale("s = z.std().item(); w.data /= s", "x = bend(z) / s"), "Divide before the bend"),
        (scale("w.data /= z.data.std()"), "NumPy's std"),
        (scale("w.data /= (z * z).mean().item() ** 0.5"), "root of the mean square"),
        (scale("w.data /= z.data.std(0, ddof=1)[:, None]"), "one number for the whole layer"),
        (scale("x.data /= z.std().item()"), "The batch x was changed"),
    ],
    "residual_": [
        (residual("kaiming_normal_(first)", "normal_(last, 0.0, 0.02 / math.sqrt(depth))"), "The 2 under the root"),
        (residual("kaiming_normal_(first)", "normal_(last, 0.0, 0.02 / (2 * depth))"), "not by twice the depth"),
        (residual("kaiming_normal_(first)", "normal_(last, 0.02 / math.sqrt(2 * depth))"), "the mean first"),
        (residual("kaiming_normal_(first)", GPT2, "normal_(last, 0.0, 0.02)"), "Without a depth"),
        (residual("kaiming_normal_(first)", "normal_(last, 0.0, 0.02)"), "The depth is missing"),
        (residual("zeros_(first)", GPT2), "If both are zero"),
        (residual("pass", GPT2), "as they were"),
        (residual("kaiming_normal_(first)", GPT2, "pass"), "Without a depth"),
        (residual("kaiming_normal_(first)", GPT2.replace("depth", "len(blocks)")), "how many the network has"),
        (residual("xavier_normal_(first)", GPT2), "kaiming, not xavier"),
        (residual("kaiming_normal_(first, mode='fan_out')", GPT2), "fan_out"),
        (residual("kaiming_normal_(first, nonlinearity='linear')", GPT2), "its factor of two"),
        (residual("kaiming_normal_(first, a=1)", GPT2), "its factor of two"),
        (residual("kaiming_uniform_(first)", GPT2), "Those numbers are uniform"),
        (residual("kaiming_normal_(first)", "s = 0.02 / math.sqrt(2 * depth) * 3 ** 0.5; uniform_(last, -s, s)"),
         "Those numbers are uniform"),
        (residual("kaiming_normal_(first); first.data *= 1 + 0.1 * (first is blocks[0][0])", GPT2), "gave (1.1, 1, 1)"),
        (residual("kaiming_normal_(first)", GPT2 + "; first.data[:], last.data[:] = blocks[0][0].data, blocks[0][1].data",
                  "zeros_(last); first.data[:] = blocks[0][0].data"), "All blocks have the same numbers"),
        (residual("kaiming_normal_(first[0]); first.data[:] = first.data[0]", GPT2), "first"),
    ],
    "alive": [
        (alive("(y.data > 0.01).mean()"), "positive results"),
        (alive("(z.grad > 0.01).sum()"), "not which share"),
        (alive("z.grad.mean()"), "the mean slope"),
        (alive("(z.grad > 0.01).mean()", "pass"), "went into all layers"),
        (alive("(z.grad > 0.01).mean()", "x = z.detach()"), "missing on the way"),
        (alive("(z.grad <= 0.01).mean()"), "without a slope"),
        (alive("(abs(z.grad) > 0.01).mean()"), "no absolute value"),
        (alive("(z.grad > 0).mean()"), "not more than 0."),
        (alive("(z.grad > 0.1).mean()"), "expected (0.374219, 0.428125"),
        (alive("(z.grad > 0.01).all(0).mean()"), "expected (0.374219, 0.428125"),
        ("""
def alive(bend, weights, x):
    seen = []
    for w in weights:
        seen.append(linear(x, w).requires_grad_())
        seen[-1].retain_grad()
        x = bend(seen[-1])
    x.sum().backward()
    return [float((z.grad > 0.01).mean()) for z in seen]""", "a fresh leaf"),
    ],
}

"Typical wrong answers to the exercises of chapter 7: for each exercise, pairs of an answer and words of its message."


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
    ],
    "alive": [
        (alive("(y.data > 0.01).mean()"), "positive results"),
        (alive("(z.grad > 0.01).sum()"), "not which share"),
        (alive("z.grad.mean()"), "the mean slope"),
        (alive("(z.grad > 0.01).mean()", "pass"), "went into all layers"),
        (alive("(z.grad > 0.01).mean()", "x = z.detach()"), "missing on the way"),
        (alive("(z.grad <= 0.01).mean()"), "without a slope"),
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

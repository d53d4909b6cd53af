"Typical wrong answers to the exercises of chapter 10: for each exercise, pairs of an answer and words of its message."


def focal(answer, logp="log_softmax(logits, 1)"):
    return f"""
def focal(logits, target, gamma):
    logp = {logp}.gather(1, target[:, None])
    p = logp.exp()
    return {answer}"""


def pinball(answer):
    return f"""
def pinball(input, target, q):
    d = target - input
    return {answer}"""


def standard(answer):
    return f"""
def standard(x, eps):
    mean, var = x.mean(1, keepdim=True), x.var(1, correction=0, keepdim=True)
    return {answer}"""


def contrast(scores, answer="(cross_entropy(s, i) + cross_entropy(s.T, i)) / 2"):
    return f"""
def contrast(a, b, temperature):
    s, i = {scores}, arange(len(a))
    return {answer}"""


COSINES = "normalize(a) @ normalize(b).T"

WRONG = {
    "focal": [
        (focal("-(p ** gamma * logp).mean()"), "listen to the easy ones"),
        (focal("((1 - p) ** gamma * logp).mean()"), "the sign is missing"),
        (focal("-((1 - p) ** gamma * logp).sum()"), "take the mean"),
        (focal("-logp.mean()"), "The factor is missing"),
        (focal("-((1 - p) ** gamma * logp).mean()", "(logits.exp() / logits.exp().sum(1, keepdim=True)).log()"), "a thousand"),
        (focal("-((1 - p) ** gamma * logp).mean()", "softmax(logits, 1).log()"), "a thousand"),
        (focal("-((1 - p) ** gamma * logp).mean()", "log_softmax(logits, 0)"), "over the classes"),
        (focal("-((1 - p) * gamma * logp).mean()"), "raised to it"),
        (focal("-((1 - p).detach() ** gamma * logp).mean()"), "for gradient 0"),
        (focal("-((1 - p) ** 2 * logp).mean()"), "for value, expected 0.162372"),
        (focal("-((1 - p) ** gamma * logp)"), "gave shape [3, 1] for value, expected shape []"),
        (focal("-((1 - p) ** gamma * logp).mean().item()"), "not of class float"),
    ],
    "pinball": [
        (
            "def pinball(input, target, q):\n    d = input - target\n    return where(d > 0, q * d, (q - 1) * d).mean()",
            "changed places",
        ),
        (pinball("where(d > 0, q * d, (1 - q) * d).mean()"), "never negative"),
        (pinball("(q * d.abs()).mean()"), "the two sides differ"),
        (pinball("where(d > 0, q * d, (q - 1) * d).sum()"), "take the mean"),
        (pinball("where(d > 0, (1 - q) * d, -q * d).mean()"), "changed places"),
        (pinball("where(d > 0, q * d, 0.0).mean()"), "below 0 count"),
        (pinball("where(d > 0, q * d * d, (1 - q) * d * d).mean()"), "Squares"),
        (pinball("where(d > 0, 0.9 * d, -0.1 * d).mean()"), "expected 1.875"),
        (pinball("where(d > 0, q * d, (q - 1) * d)"), "for value, expected shape []"),
        (pinball("d.mean().maximum(0) * q + (-d.mean()).maximum(0) * (1 - q)"), "for value, expected 1.78333"),
        (pinball("where(d > 0, q * d.detach(), (q - 1) * d).mean()"), "for gradient 0"),
    ],
    "standard": [
        (standard("(x - mean) / (x.var(1, keepdim=True) + eps).sqrt()"), "correction=0"),
        (standard("(x - mean) / (var.sqrt() + eps)"), "under the root"),
        (standard("(x - mean) / (var + eps)"), "take its root"),
        (standard("(x - x.mean(0)) / (x.var(0, correction=0) + eps).sqrt()"), "each row should"),
        (standard("x / (var + eps).sqrt()"), "not subtracted"),
        (standard("(x - mean) / var.sqrt()"), "eps is missing"),
        (standard("(x - x.mean()) / (x.var(correction=0) + eps).sqrt()"), "One mean for the whole"),
        (standard("(x - mean.detach()) / (var.detach() + eps).sqrt()"), "no detach"),
        (standard("(x - mean) / (var + 0.01).sqrt()"), "for value at"),
        (standard("(x - mean) / ((x - mean).abs().mean(1, keepdim=True) + eps)"), "for value at"),
        (standard("(x.data - mean.data) / np.sqrt(var.data + eps)"), "not of class ndarray"),
    ],
    "contrast": [
        (contrast("a @ b.T / temperature"), "normalize first"),
        (contrast(f"{COSINES} * temperature"), "divide"),
        (contrast(f"{COSINES} / temperature", "cross_entropy(s, i)"), "Only from a to b"),
        (contrast(f"{COSINES} / temperature", "cross_entropy(s.T, i)"), "Only from b to a"),
        (contrast(f"{COSINES} / temperature", "cross_entropy(s, i) + cross_entropy(s.T, i)"), "take their mean"),
        (contrast(COSINES), "temperature is missing"),
        (contrast("normalize(a, dim=0) @ normalize(b, dim=0).T / temperature"), "The columns have length 1"),
        (contrast(f"{COSINES} / temperature", "cross_entropy((s + s.T) / 2, i)"), "for value, expected"),
        (contrast(f"{COSINES} / temperature ** 2"), "for value, expected"),
        (contrast("normalize(a).detach() @ normalize(b).T / temperature"), "for gradient 0"),
        (contrast(f"{COSINES} / temperature", "cross_entropy(s, i).item()"), "not of class float"),
    ],
}

"Typical wrong answers to the exercises of chapter 13: for each exercise, pairs of an answer and words of its message."


def sign(update):
    return f"""
class SignSGD(Optimizer):
    def __init__(self, params, lr=0.01): super().__init__(params, {{"lr": lr}})
    def _update(self, p, g, state, group): {update}"""


def averaged(mix, answer, start="0.0", count="0"):
    return f"""
class Averaged:
    def __init__(self, beta): self.beta, self.a, self.n = beta, {start}, {count}
    def add(self, x):
        self.a = {mix}
        self.n += 1
        return {answer}"""


MIX = "self.beta * self.a + (1 - self.beta) * x"
RIGHT = "self.a / (1 - self.beta ** self.n)"


def groups(first="p.ndim >= 2", learned="p.requires_grad", rates=("'weight_decay': decay", "'weight_decay': 0.0")):
    return f"""
def groups(model, decay):
    ps = [p for p in model.parameters() if {learned}]
    a, b = [p for p in ps if {first}], [p for p in ps if not ({first})]
    return [{{"params": a, {rates[0]}}}, {{"params": b, {rates[1]}}}]"""


def sam(
    move="radius * p.grad / length",
    forget="optimizer.zero_grad()",
    back="p.data[:] = old",
    again="second = closure().item()",
    answer="first",
):
    return f"""
def sam_step(optimizer, params, closure, radius):
    optimizer.zero_grad()
    first = closure().item()
    before = [p.data.copy() for p in params]
    length = math.sqrt(sum(float((p.grad ** 2).sum()) for p in params))
    for p in params: p.data += {move}
    {forget}
    {again}
    for p, old in zip(params, before): {back}
    optimizer.step()
    return {answer}"""


WRONG = {
    "SignSGD": [
        (sign('p -= group["lr"] * np.where(g > 0, 1.0, -1.0)'), "is 0 nothing moves"),
        (sign('g[:] = np.sign(g); p -= group["lr"] * g'), "change p only"),
        (
            sign('p -= [group["lr"] * (1 if v > 0 else -1 if v < 0 else 0) for v in g]'),
            "raised ValueError",
        ),
        (sign('p += group["lr"] * np.sign(g)'), "uphill"),
        (sign('p -= group["lr"] * g'), "only the sign counts"),
        (sign('p = p - group["lr"] * np.sign(g)'), "Nothing moved"),
        (sign('p -= self.defaults["lr"] * np.sign(g)'), "rates of their own"),
        (sign('p -= group["lr"] * g / np.linalg.norm(g)'), "direction of the whole gradient"),
        (sign('p -= group["lr"] * np.sign(p)'), "not of the parameter"),
    ],
    "Averaged": [
        (averaged("self.a + x", "self.a / self.n"), "mean of all numbers"),
        (averaged(MIX, "self.a"), "biased towards 0"),
        (averaged(MIX, RIGHT, count="1"), "begins with 1"),
        (averaged("(1 - self.beta) * self.a + self.beta * x", RIGHT), "changed places"),
        (averaged(f"({MIX}) / (1 - self.beta ** (self.n + 1))", "self.a"), "keep the biased average"),
        (averaged(MIX, "self.a / (1 - self.beta)"), "changes with the count"),
        (averaged(f"x if self.a is None else {MIX}", "self.a", "None"), "counts in full"),
        (averaged("self.beta * self.a + x", RIGHT), "weighted by 1 - beta"),
    ],
    "groups": [
        (groups(first="p.ndim > 2"), "Two axes are enough"),
        (groups(first="p.numel() > 3"), "not that of entries"),
        (groups().replace("not (p.ndim >= 2)", "p.ndim == 1"), "A single number has no axes"),
        (groups().replace("for p in ps if not (", "for p in model.parameters() if not ("), "in the second group, too"),
        (groups(learned="True"), "Frozen parameters"),
        (groups(rates=("'weight_decay': 0.0", "'weight_decay': decay")), "changed places"),
        (groups(rates=("'weight_decay': decay", "")), "so it gets the optimizer's"),
        (groups(first="p.ndim >= 1"), "two axes or more"),
        (groups(first="p.ndim == 2"), "three axes decays"),
        (groups(rates=("'weight_decay': decay", "'weight_decay': decay")), "Both groups decay"),
    ],
    "sam_step": [
        (sam().replace("closure().item()\n    before", "closure()\n    before"), "a Python float"),
        (sam(answer="np.array(first)"), "a Python float"),
        (sam(back="p.data -= radius * p.grad / length"), "keep copies"),
        (sam().replace("    optimizer.zero_grad()\n    first", "    first"), "at the beginning, too"),
        (sam(again="closure(); second = closure().item()", forget="optimizer.zero_grad()"), "gave"),
        (sam().replace("    before =", "    closure()\n    before ="), "called twice a step"),
        (sam().replace("math.sqrt(", "float("), "root of the sum"),
        (sam().replace("optimizer.step()", "[p.data.__isub__(0.02 * p.grad) for p in params]"), "optimizer.step()"),
        (sam("radius * p.grad / np.linalg.norm(p.grad)"), "all gradients together"),
        (sam("-radius * p.grad / length"), "You looked downhill"),
        (sam(forget="pass"), "forget the first"),
        (sam(back="pass"), "did not move back"),
        (sam(answer="second"), "The first loss"),
        (sam("radius * p.grad"), "not divided by its length"),
        (
            "def sam_step(optimizer, params, closure, radius):\n    optimizer.zero_grad()\n"
            "    loss = closure().item()\n    optimizer.step()\n    return loss",
            "No second look",
        ),
    ],
}

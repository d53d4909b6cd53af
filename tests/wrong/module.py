"Typical wrong answers to the exercises of chapter 9: for each exercise, pairs of an answer and words of its message."


def residual(forward, keep="self.inner = inner", start="super().__init__()"):
    return f"""
class Residual(Module):
    def __init__(self, inner):
        {start}
        {keep}
    def forward(self, x): return {forward}"""


def following(parameters, buffers="s.data[:] = b.data"):
    return f"""
def follow(shadow, model, decay):
    for s, p in zip(shadow.parameters(), model.parameters()): {parameters}
    for s, b in zip(shadow.buffers(), model.buffers()): {buffers}"""


def shapes(hook, remove=True, names="model.named_modules()", skip="if not name: continue"):
    end = "for handle in handles: handle.remove()" if remove else ""
    return f"""
def shapes(model, x):
    found, handles = {{}}, []
    for name, module in {names}:
        {skip}
        handles.append(module.register_forward_hook({hook}))
    model(x)
    {end}
    return found"""


NAMED = "lambda m, args, out, name=name: found.update({name: out.shape})"
EMA = "s.data[:] = decay * s.data + (1 - decay) * p.data"

WRONG = {
    "count": [
        ("def count(model): return sum(p.numel() for p in model.parameters())", "frozen parameters"),
        ("def count(model): return len([p for p in model.parameters() if p.requires_grad])", "how many tensors"),
        (
            "def count(model): return sum(p.numel() for _, p in model.named_parameters(remove_duplicate=False)"
            " if p.requires_grad)",
            "counted twice",
        ),
        ("def count(model): return sum(t.numel() for t in model.state_dict().values())", "A state_dict has buffers"),
        (
            "def count(model): return sum(p.numel() for p in model._parameters.values() if p.requires_grad)",
            "own parameters",
        ),
        ("def count(model): sum(p.numel() for p in model.parameters())", "Is there a `return`?"),
        ("def count(model): return sum(len(p) for p in model.parameters() if p.requires_grad)", "gave 9, expected 15"),
        (
            "def count(model): return sum({p.shape: p.numel() for p in model.parameters() if p.requires_grad}.values())",
            "gave 12, expected 15",
        ),
        ("def count(model): return [p.numel() for p in model.parameters()]", "a list, expected 15, a number"),
    ],
    "freeze": [
        (
            """
def freeze(model, path):
    for name, p in model.named_parameters():
        if name.startswith(path):
            p.requires_grad_(False)
            p.grad = None""",
            "ask for the submodule",
        ),
        ("def freeze(model, path): model.get_submodule(path).requires_grad_(False)", "Old gradients"),
        (
            """
def freeze(model, path):
    model.requires_grad_(False)
    model.zero_grad()""",
            "Everything is frozen",
        ),
        ("def freeze(model, path): model.get_submodule(path).zero_grad()", "still ask for new ones"),
        ("def freeze(model, path): model.get_submodule(path).eval()", "Nothing was frozen"),
        (
            """
def freeze(model, path):
    model.get_submodule(path).requires_grad_(False)
    model.zero_grad()""",
            "All gradients were forgotten",
        ),
        (
            """
def freeze(model, path):
    part = model.get_submodule(path)
    part.requires_grad = False""",
            "Nothing was frozen",
        ),
        (
            """
def freeze(model, path):
    for p in model.get_submodule(path).parameters():
        p.requires_grad = False
        p.grad[:] = 0""",
            "A gradient of zeros is still one",
        ),
        (
            """
def freeze(model, path):
    for p in model.get_submodule(path).parameters():
        p.requires_grad, p.grad, p.data = False, None, p.data * 0""",
            "numbers changed",
        ),
        (
            """
def freeze(model, path):
    for p in model.get_submodule(path).parameters(recurse=False):
        p.requires_grad, p.grad = False, None""",
            "gave True for requires_grad, 11.0.weight, expected False",
        ),
    ],
    "Residual": [
        (residual("x + self.inner.forward(x)"), "You called forward directly"),
        (residual("self.inner(x)"), "The input is missing"),
        (residual("x + self.inner[0](x)", "self.inner = [inner]"), "in nobody's list"),
        (residual("x + self.layer(x)", "self.layer = inner"), "call it inner"),
        (residual("self.inner(x) + self.inner(x)"), "called twice"),
        (residual("self.inner(self.inner(x))"), "on its own output"),
        (residual("x * self.inner(x)"), "Multiplied"),
        (residual("x + self.inner(x)", start="pass"), "call super().__init__()"),
        (residual("(x + self.inner(x)).detach()"), "no no_grad, no detach"),
        (residual("no_grad()(lambda: x + self.inner(x))()"), "no no_grad, no detach"),
        (residual("x.data + self.inner(x).data"), "not of class ndarray"),
        (residual("x.add_(self.inner(x))"), "The input was changed"),
        (residual("self.inner(x).add_(x)"), "The input was changed"),
        (residual("x + self.inner(x)", "self.inner = copy.deepcopy(inner)"), "a copy of inner"),
        (residual("x + self.inner(x)").replace("def forward", "def foward"), "Residual has no forward"),
        (residual("x + self.inner(x)", "self.inner = inner; self.more = Parameter(zeros(1))"), "gave (more, inner.weight"),
    ],
    "follow": [
        (following("s.data[:] = (1 - decay) * s.data + decay * p.data"), "changed places"),
        (following(EMA, "pass"), "left behind"),
        (following(EMA, "s.data[:] = decay * s.data + (1 - decay) * b.data"), "copied, not averaged"),
        (following(EMA, "s.data = b.data"), "own arrays now"),
        (following("s = decay * s + (1 - decay) * p"), "did not move"),
        (following("s.mul_(decay).add_(p * (1 - decay))"), "use no_grad or .data"),
        (following("p.data[:] = decay * p.data + (1 - decay) * s.data", "b.data[:] = s.data"), "other way round"),
        (following("s.data[:] = decay * s.data + p.data"), "add up to 1"),
        (
            """
def follow(shadow, model, decay):
    for (name, s), p in zip(list(shadow.named_parameters()), model.parameters()):
        path, _, last = name.rpartition(".")
        setattr(shadow.get_submodule(path), last, Parameter((decay * s + (1 - decay) * p).data))
    for s, b in zip(shadow.buffers(), model.buffers()): s.data[:] = b.data""",
            "new objects",
        ),
        (following("s.requires_grad_(False).mul_(decay).add_(p.data * (1 - decay))"), "no longer require grad"),
        (following("s.data += decay * (p.data - s.data)"), "changed places"),
        (
            """
def follow(shadow, model, decay):
    mixed = {k: decay * v + (1 - decay) * model.state_dict()[k] for k, v in shadow.state_dict().items()}
    shadow.load_state_dict(mixed)""",
            "copied, not averaged",
        ),
    ],
    "shapes": [
        (shapes(NAMED, remove=False), "remove the handles"),
        (shapes("lambda m, args, out: found.update({name: out.shape})"), "under one name"),
        (shapes(NAMED, skip="pass"), "leave out the name ''"),
        (shapes(NAMED.replace("out.shape", "args[0].shape")), "shapes of the inputs"),
        (shapes(NAMED, names="model.named_children()"), "further down"),
        (shapes(NAMED.replace("out.shape", "list(out.shape)")), "is a tuple, not of class list"),
        (shapes(NAMED.replace("out.shape", "out.shape[1:]")), "for shapes, expected ((5, 16), (5, 3))"),
        ("def shapes(model, x): return {name: m(x).shape for name, m in model.named_modules() if name}", "raised RuntimeError"),
    ],
}

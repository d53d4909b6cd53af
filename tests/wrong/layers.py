"Typical wrong answers to the exercises of chapter 12: for each exercise, pairs of an answer and words of its message."


def layer_scale(keep="self.gamma = Parameter(ones(n) * start)", forward="x * self.gamma"):
    return f"""
class LayerScale(Module):
    def __init__(self, n, start=1e-4):
        super().__init__()
        {keep}
    def forward(self, x): return {forward}"""


def drop_path(forward):
    return f"""
class DropPath(Module):
    def __init__(self, p):
        super().__init__()
        self.p = p
    def forward(self, x):
        alone = (len(x), *[1] * (x.ndim - 1))
        {forward}"""


def weight_norm(weight, g="weight.norm(dim=1, keepdim=True)", bias="self.bias", more="pass"):
    return f"""
class WeightNorm(Module):
    def __init__(self, linear):
        super().__init__()
        weight = linear.weight.detach().clone()
        self.v, self.g = Parameter(weight), Parameter({g})
        self.bias = linear.bias
        {more}
    def forward(self, x): return F.linear(x, {weight}, {bias})"""


def fold(
    s="norm.weight.data / np.sqrt(norm.running_var.data + norm.eps)", bias="(b - norm.running_mean.data) * s + norm.bias.data"
):
    return f"""
def fold(linear, norm):
    s = {s}
    made = Linear(linear.in_features, linear.out_features)
    b = 0 if linear.bias is None else linear.bias.data
    made.weight.data = linear.weight.data * s[:, None]
    made.bias.data = {bias}
    return made"""


LENGTH = "self.v.norm(dim=1, keepdim=True)"
KEEP = "(bernoulli(ones(*alone) * (1 - self.p)))"
CALM = "if not self.training: return x\n        "

WRONG = {
    "LayerScale": [
        (layer_scale("self.gamma = ones(n) * start"), "not among the parameters"),
        (layer_scale("self.gamma = Parameter(ones(1) * start)"), "one for each"),
        (layer_scale("self.register_buffer('gamma', ones(n) * start)"), "not among the parameters"),
        (layer_scale("self.gamma = Parameter(ones(n))"), "does not begin at start"),
        (layer_scale(forward="x + self.gamma"), "don't add"),
        (layer_scale("self.weight = Parameter(ones(n) * start)", "x * self.weight"), "should be gamma"),
        (layer_scale(forward="x * self.gamma * self.gamma"), "not twice"),
        (layer_scale(forward="x * self.gamma.detach()"), "hears no gradient"),
        (layer_scale("self.gamma = Parameter(ones(1, n) * start)"), "for shapes, expected ((2))"),
        (layer_scale("self.gamma = Parameter(randn(n) * start)"), "for value at"),
        (layer_scale(forward="x.detach() * self.gamma"), "for gradient of the input"),
        (layer_scale(forward="x.data * self.gamma.data"), "not of class ndarray"),
    ],
    "DropPath": [
        (drop_path(f"{CALM}return F.dropout(x, self.p)"), "drop whole rows"),
        (drop_path(f"{CALM}return x * F.dropout(ones(*alone), self.p) * (1 - self.p)"), "divided by 1 - p"),
        (drop_path(f"{CALM}return x * F.dropout(ones(*alone), 1 - self.p)"), "the probability of going"),
        (drop_path("return x * F.dropout(ones(*alone), self.p)"), "look at self.training"),
        (drop_path("return x"), "Nothing was dropped"),
        (drop_path(f"{CALM}return F.dropout(ones(*alone), self.p) * ones(*x.shape)"), "x is not in the answer"),
        (drop_path(f"{CALM}return x.detach() * F.dropout(ones(*alone), self.p)"), "no detach, no .data"),
        (drop_path(f"{CALM}self.keep = getattr(self, 'keep', F.dropout(ones(*alone), self.p)); return x * self.keep"),
         "draw anew each time"),
        (drop_path(f"{CALM}manual_seed(0); return x * F.dropout(ones(*alone), self.p)"), "draw anew each time"),
        (drop_path(f"{CALM}return x * F.dropout(ones(1), self.p).item()"), "All rows go together"),
        (drop_path(f"{CALM}return x[F.dropout(ones(len(x)), self.p).data > 0]"), "The output has the shape"),
        (drop_path(f"{CALM}x.data *= F.dropout(ones(*alone), self.p).data; return x"), "The input was changed"),
        (drop_path("if self.training: return x * F.dropout(ones(*alone), self.p)"), "Is there a `return`?"),
    ],
    "WeightNorm": [
        (weight_norm("self.g * self.v / self.v.norm(dim=0, keepdim=True)", "weight.norm(dim=0, keepdim=True)"), "dim=1"),
        (weight_norm("self.g * self.v / self.v.norm()", "weight.norm().reshape(1, 1)"), "not of the whole matrix"),
        (weight_norm(f"self.g * self.v / {LENGTH}", "ones(2, 1)"), "computes what it did"),
        (weight_norm("self.g * self.v"), "is not divided by its length"),
        (weight_norm(f"self.g * self.v / {LENGTH}", bias="None"), "The bias is missing"),
        (weight_norm("self.w", more=f"self.w = (self.g * self.v / {LENGTH}).detach()"), "no gradient"),
        (weight_norm("self.w", more=f"self.w = self.g * self.v / {LENGTH}"), "are not heard"),
        (weight_norm(f"self.v / {LENGTH}"), "multiplied in again"),
        (weight_norm(f"self.g * self.v / {LENGTH}.detach()"), "through the length"),
        (weight_norm(f"self.g[:, None] * self.v / {LENGTH}", "weight.norm(dim=1)"), "gave (2) for shapes, g, expected (2, 1)"),
        (weight_norm(f"self.g.detach() * self.v / {LENGTH}"), "for gradients, g"),
        (weight_norm(f"self.g * self.v / {LENGTH}", more="self.linear = linear"), "gave (bias, g, linear.weight, v) for names"),
        (weight_norm("self.g * self.v / self.v.abs().sum(1, True)"), "for value at"),
    ],
    "fold": [
        (fold("norm.weight.data / np.sqrt(norm.running_var.data)"), "eps is missing"),
        (fold("norm.weight.data / (norm.running_var.data + norm.eps)"), "root is missing"),
        (fold(bias="b - norm.running_mean.data * s + norm.bias.data"), "scaled as well"),
        (fold(bias="b * s + norm.bias.data"), "to be taken away"),
        (fold(bias="(b - norm.running_mean.data) * s"), "beta, is missing"),
        (fold("1 / np.sqrt(norm.running_var.data + norm.eps)"), "gamma, is missing"),
        ("def fold(linear, norm): return Sequential(linear, norm)", "two layers still"),
        (fold(bias="(b + norm.running_mean.data) * s + norm.bias.data"), "for value at"),
        (fold().replace("return made", "norm.running_mean.data[:] = 0\n    return made"), "The given layers were changed"),
        (fold().replace("s[:, None]", "s.mean()"), "a scale of its own"),
        (fold().replace("b = 0 if linear.bias is None else", "b ="), "raised AttributeError"),
    ],
}

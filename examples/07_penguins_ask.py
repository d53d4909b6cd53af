"""Many into one: the real run of nbs/07_reductions.ipynb, made from its cells."""

from build_your_own_torch.datasets import penguins
from build_your_own_torch.ops.creation import arange, inf, manual_seed, ones, randn, randperm, tensor
from build_your_own_torch.ops.places import cat
from build_your_own_torch.tensor import no_grad

measures = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
species = ("Adelie", "Chinstrap", "Gentoo")
birds = [b for b in penguins() if None not in (b[m] for m in measures)]
manual_seed(0)
x = cat([tensor([[b[m] for m in measures] for b in birds]), randn(len(birds), 1)], dim=1)
kind = tensor([species.index(b["species"]) for b in birds])
print(f"{len(birds)} birds, {[int((kind == i).sum()) for i in range(3)]} of {species}")

manual_seed(1)
train, held_out = randperm(len(birds)).split([256, len(birds) - 256])
x = (x - x[train].mean(0)) / x[train].std(0)

def asked(queries, scale):
    "How much each of `queries` believes each training bird, itself not at all."
    a, b = x[queries] * scale, x[train] * scale
    distance = ((a[:, None] - b) ** 2).sum(-1)
    return (-distance).masked_fill(queries[:, None] == train, -inf).softmax(-1)

def probabilities(queries, scale):
    vote = (kind[train][:, None] == arange(3)).float()
    return asked(queries, scale) @ vote

def surprise(queries, scale):
    "The mean of minus the logarithm of what the true species was given."
    given = probabilities(queries, scale).gather(1, kind[queries][:, None])
    return -(given + 1e-9).log().mean()

def report(scale):
    right = int((probabilities(held_out, scale).argmax(-1) == kind[held_out]).sum())
    print(f"held out: right on {right} of {len(held_out)},",
          f"surprise {surprise(held_out, scale).item():.3f}")

scale = ones(5, requires_grad=True)
with no_grad(): report(scale)
for _ in range(100):
    scale.grad = None
    surprise(train, scale).backward()
    scale.data -= 1.0 * scale.grad
with no_grad(): report(scale)

for m, s in zip((*measures, "noise"), scale.detach().abs()): print(f"{m:18} counts {s.item():.2f}")

"""A working vocabulary: the real run of nbs/03_operations.ipynb, made from its cells."""

from build_your_own_torch.datasets import penguins
from build_your_own_torch.operations import arange, inf, manual_seed, ones, randperm
from build_your_own_torch.tensor import tensor

measures = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
species = ("Adelie", "Chinstrap", "Gentoo")
birds = [b for b in penguins() if None not in (b[m] for m in measures)]
x = tensor([[b[m] for m in measures] for b in birds])
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

scale = ones(4, requires_grad=True)
losses = []
for _ in range(60):
    p = probabilities(train, scale).gather(1, kind[train][:, None])
    loss = -(p + 1e-9).log().mean()
    scale.grad = None
    loss.backward()
    scale.data -= 1.0 * scale.grad
    losses.append(loss.item())

guess = probabilities(held_out, scale.detach()).argmax(-1)
right = int((guess == kind[held_out]).sum())
print(f"right on {right} of {len(held_out)} held out, loss {losses[0]:.3f} to {losses[-1]:.3f}")
for m, s in zip(measures, scale.detach().abs()): print(f"{m:18} counts {s:.2f}")

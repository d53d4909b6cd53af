"""A number that remembers: the real run of nbs/01_scalar.ipynb, made from its cells."""
import random
from statistics import mean, stdev

from build_your_own_torch.autograd_scalar import MLP
from build_your_own_torch.datasets import penguins
from build_your_own_torch.viz import progress

measures = ("bill_length_mm", "bill_depth_mm")
birds = [b for b in penguins() if b["species"] in ("Chinstrap", "Gentoo")]
whole = [b for b in birds if None not in (b[m] for m in measures)]
print(f"{len(birds)} birds, {len(birds) - len(whole)} not measured")

random.Random(0).shuffle(whole)
cut = len(whole) // 4
held_out, train = whole[:cut], whole[cut:]

centre = [mean(b[m] for b in train) for m in measures]
spread = [stdev(b[m] for b in train) for m in measures]

def inputs(bird):
    return [(bird[m] - c) / s for m, c, s in zip(measures, centre, spread)]

def target(bird): return 1.0 if bird["species"] == "Gentoo" else -1.0

def loss_of(model, birds):
    losses = [(1 + (-target(b) * model(inputs(b))).exp()).log() for b in birds]
    return sum(losses) / len(losses)

def right(model, birds):
    return sum(target(b) * model(inputs(b)).data > 0 for b in birds)

def downhill(model, birds, lr):
    "One step; returns the loss before it."
    loss = loss_of(model, birds)
    for p in model.parameters(): p.grad = 0.0
    loss.backward()
    for p in model.parameters(): p.data -= lr * p.grad
    return loss.data

def fit(model, birds, steps, lr):
    losses, bar = [], progress(range(steps))
    for _ in bar:
        losses.append(downhill(model, birds, lr))
        bar.note = f"loss {losses[-1]:.3f}"
    return losses

line = MLP(2, [1])
line_losses = fit(line, train, steps=600, lr=2.0)

model = MLP(2, [8, 1])
losses = fit(model, train, steps=600, lr=2.0)

for name, m in [("one neuron", line), ("eight and one", model)]:
    print(f"{name}: right on {right(m, train)} of {len(train)} in training,",
          f"on {right(m, held_out)} of {len(held_out)} held out")

"""Layers: the real run of nbs/12_layers.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.autograd import no_grad
from build_your_own_torch.datasets import digits
from build_your_own_torch.nn.layers import BatchNorm1d, CrossEntropyLoss, Dropout, Flatten, Linear, ReLU
from build_your_own_torch.nn.module import Sequential
from build_your_own_torch.ops.creation import arange, manual_seed, randperm, tensor

images, labels = digits()
x = tensor(images / 16.0).float()
y = tensor(labels)
manual_seed(0)
train, held_out = randperm(len(x)).split([1437, 360])
print(f"{len(train)} digits to learn from, {len(held_out)} held out")

def network():
    "The network from the top of the chapter."
    return Sequential(Flatten(), Linear(64, 64), BatchNorm1d(64), ReLU(), Dropout(0.2),
                      Linear(64, 10))

model, loss = network(), CrossEntropyLoss()

def epoch(model, rows, rate, batch=64):
    "One round through the digits `rows` in random order; returns the mean loss."
    losses = []
    for part in rows[randperm(len(rows))].split(batch):
        out = loss(model(x[part]), y[part])
        model.zero_grad()
        out.backward()
        for p in model.parameters(): p.data -= rate * p.grad
        losses.append(out.item())
    return float(np.mean(losses))

def right(model, rows):
    "The share of the digits `rows` that are read right."
    model.eval()
    with no_grad(): answers = model(x[rows]).argmax(-1)
    model.train()
    return (answers == y[rows]).float().mean().item()

def trained(model, rows, rounds=40):
    "The mean losses of the rounds, the last quarter with small steps."
    return [epoch(model, rows, rate=0.3 if i < 0.75 * rounds else 0.05)
            for i in range(rounds)]

history = trained(model, train)
print(f"loss {history[-1]:.3f}, {right(model, held_out):.1%} of the held-out digits right")

stranger, first, last = network(), arange(1437), arange(1437, len(x))
trained(stranger, first)
print(f"{right(stranger, last):.1%} of the last fifth right, "
      "after learning from the first four")

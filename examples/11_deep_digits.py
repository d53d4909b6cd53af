"""Where weights start: the real run of nbs/11_initialization.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import digits
from build_your_own_torch.nn.functional import cross_entropy, linear, relu
from build_your_own_torch.nn.init import kaiming_normal_, xavier_normal_
from build_your_own_torch.ops.creation import manual_seed, tensor, zeros

images, labels = digits()
x = tensor(images.reshape(len(images), 64) / 16.0)
x, y = (x - x.mean()) / x.std(), tensor(labels)

def deep(scale, seed=0, depth=20, width=64):
    """The weights of a deep network: Kaiming's, times `scale`, and a last layer for ten
    classes."""
    manual_seed(seed)
    shapes = [(width, width)] * depth + [(10, width)]
    *weights, last = [zeros(*shape, dtype=x.dtype) for shape in shapes]
    weights = [kaiming_normal_(w).mul_(scale) for w in weights]
    return [w.requires_grad_() for w in [*weights, xavier_normal_(last)]]

def scores(weights, x):
    for w in weights[:-1]: x = relu(linear(x, w))
    return linear(x, weights[-1])

def descend(weights, steps=300, batch=128, rate=0.007):
    "The losses of some steps of gradient descent."
    losses = []
    for step in range(steps):
        rows = slice(step * batch % 1664, step * batch % 1664 + batch)  # thirteen, and again
        loss = cross_entropy(scores(weights, x[rows]), y[rows])
        loss.backward()
        for w in weights:
            w.data -= rate * w.grad
            w.grad = None
        losses.append(loss.item())
    return losses

losses = {}
for name, scale in {"half": 0.5, "Kaiming": 1.0, "double": 2.0}.items():
    with np.errstate(all="ignore"): runs = [descend(deep(scale, seed)) for seed in range(3)]
    losses[name] = runs[0]
    print(f"{name:8} first", *(f"{run[0]:.2g}" for run in runs),
          "  last round below", np.ceil(max(np.mean(run[-13:]) for run in runs)))

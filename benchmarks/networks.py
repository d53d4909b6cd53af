"""Networks of modules: a training step beside PyTorch eager, taking turns in one process, one BLAS thread.

    uv run --no-sync benchmarks/networks.py        (needs torch, see CONTRIBUTING.md)

`large`: 784-512-512-10 on 256 rows; `small`: 64-64-64-10 on 32 rows, both with cross-entropy and plain gradient descent;
`adam`: `large` with Adam. From the same weights, which are carried over as a `state_dict`.
"""
from tensor import race  # noqa: I001  first: it sets the number of threads

import numpy as np
import torch

import build_your_own_torch as ours

rng = np.random.default_rng(0)


def network(T, sizes):
    layers = [m for a, b in zip(sizes, sizes[1:]) for m in (T.nn.Linear(a, b), T.nn.ReLU())]
    return T.nn.Sequential(*layers[:-1])


def step_of(T, kind, net, x, y):
    "A function that makes a training step and returns the loss."
    loss, x, y = T.nn.CrossEntropyLoss(), T.tensor(x), T.tensor(y)
    optimizer = getattr(T.optim, kind)(net.parameters(), lr=1e-3 if kind == "Adam" else 1e-2)
    def step():
        out = loss(net(x), y)
        optimizer.zero_grad()
        out.backward()
        optimizer.step()
        return out.item()
    return step


def main():
    large, small = (784, 512, 512, 10), (64, 64, 64, 10)
    for name, kind, sizes, rows, inner, rounds in (
            ("large", "SGD", large, 256, 1, 60), ("small", "SGD", small, 32, 10, 100), ("adam", "Adam", large, 256, 1, 60)):
        mine, theirs = network(ours, sizes), network(torch, sizes)
        mine.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
        x, y = rng.standard_normal((rows, sizes[0])).astype(np.float32), rng.integers(0, 10, rows)
        steps = {"ours": step_of(ours, kind, mine, x, y), "torch": step_of(torch, kind, theirs, x, y)}
        assert np.allclose([steps["ours"]() for _ in range(10)], [steps["torch"]() for _ in range(10)], rtol=1e-3)
        race(name, steps, inner, "ms a step", 1e3, rounds)


if __name__ == "__main__": main()

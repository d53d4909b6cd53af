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


def step_of(T, net, x, y):
    "A function that makes a training step and returns the loss."
    loss, x, y = T.nn.CrossEntropyLoss(), T.tensor(x), T.tensor(y)
    def step():
        out = loss(net(x), y)
        out.backward()
        with T.no_grad():
            for p in net.parameters():
                if T is ours:
                    p.grad *= 0.01
                    p.data -= p.grad
                else: p.add_(p.grad, alpha=-0.01)
                p.grad = None
        return out.item()
    return step


def adam_step_of(T, net, x, y):
    "A function that makes a training step with Adam and returns the loss."
    loss, x, y, optimizer = T.nn.CrossEntropyLoss(), T.tensor(x), T.tensor(y), T.optim.Adam(net.parameters(), lr=1e-3)
    def step():
        out = loss(net(x), y)
        optimizer.zero_grad()
        out.backward()
        optimizer.step()
        return out.item()
    return step


def main():
    large, small = (784, 512, 512, 10), (64, 64, 64, 10)
    for name, make, sizes, rows, inner, rounds in (
            ("large", step_of, large, 256, 1, 60), ("small", step_of, small, 32, 10, 100),
            ("adam", adam_step_of, large, 256, 1, 60)):
        mine, theirs = network(ours, sizes), network(torch, sizes)
        mine.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
        x, y = rng.standard_normal((rows, sizes[0])).astype(np.float32), rng.integers(0, 10, rows)
        steps = {"ours": make(ours, mine, x, y), "torch": make(torch, theirs, x, y)}
        assert np.allclose([steps["ours"]() for _ in range(10)], [steps["torch"]() for _ in range(10)], rtol=1e-3)
        race(name, steps, inner, "ms a step", 1e3, rounds)


if __name__ == "__main__": main()

"""Small tensor work: our engine beside PyTorch eager and hand-written NumPy, taking turns in one process, one BLAS thread.

    uv run --no-sync benchmarks/tensor.py        (needs torch, see CONTRIBUTING.md)

`ops`: 100 elementwise operations on 8×8 float32, forward and backward. `mlp`: a training step of a 64-64-64-10 network on
32 rows with cross-entropy and plain gradient descent.
"""
import os
import statistics
import time

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"): os.environ[_name] = "1"

import numpy as np
import torch

import build_your_own_torch as ours

torch.set_num_threads(1)
ROUNDS = 100
rng = np.random.default_rng(0)


def elementwise(T, x, w, b):
    y = x
    for _ in range(20): y = ((y * w + b).tanh() - x).exp()
    return y.sum()


def numpy_elementwise(x, w, b):
    "The same value and gradients, written by hand."
    y, before, squashed, after = x, [], [], []
    for _ in range(20):
        before.append(y)
        t = np.tanh(y * w + b)
        squashed.append(t)
        y = np.exp(t - x)
        after.append(y)
    g, gw, gb, gx = np.ones_like(y), 0.0, 0.0, 0.0
    for y, t, e in zip(reversed(before), reversed(squashed), reversed(after)):
        g = g * e
        gx = gx - g
        g = g - g * t * t
        gb, gw, g = gb + g, gw + g * y, g * w
    return gx + g, gw, gb


def ops(T, make):
    arrays = [make(a) for a in small]
    for a in arrays: a.requires_grad_()
    elementwise(T, *arrays).backward()
    return [np.asarray(a.grad) for a in arrays]


def mlp_step(T, weights, x, rows, labels):
    h = x
    for i, (w, b) in enumerate(weights):
        h = h @ w + b
        if i < 2: h = h.relu()
    loss = -h.log_softmax(-1)[rows, labels].mean()
    loss.backward()
    with T.no_grad():
        for pair in weights:
            for p in pair:
                if T is ours: p.data -= 0.01 * p.grad
                else: p -= 0.01 * p.grad
                p.grad = None
    return loss.item()


small = [(rng.standard_normal((8, 8)) * 0.5).astype(np.float32) for _ in range(3)]
sizes = (64, 64, 64, 10)
start = [((rng.standard_normal((a, b)) / a ** 0.5).astype(np.float32), np.zeros(b, np.float32))
         for a, b in zip(sizes, sizes[1:])]
data, targets = rng.standard_normal((32, 64)).astype(np.float32), rng.integers(0, 10, 32)


def network(T):
    "A function that makes a training step, from the same weights."
    weights = [tuple(T.tensor(a.copy()).requires_grad_() for a in pair) for pair in start]
    x, rows, labels = T.tensor(data), T.arange(32), T.tensor(targets)
    return lambda: mlp_step(T, weights, x, rows, labels)


def race(title, runners, inner, unit, scale, rounds=ROUNDS):
    times = {name: [] for name in runners}
    for _ in range(rounds):
        for name, run in runners.items():
            begin = time.perf_counter()
            for _ in range(inner): run()
            times[name].append((time.perf_counter() - begin) / inner * scale)
    medians = {name: statistics.median(t) for name, t in times.items()}
    ratios = ", ".join(f"{medians['ours'] / m:.2f} x {name}" for name, m in medians.items() if name != "ours")
    print(f"{title}: " + ", ".join(f"{name} {m:.2f} {unit}" for name, m in medians.items()) + f"; {ratios}")


def main():
    found, wanted = ops(ours, ours.tensor), ops(torch, torch.tensor)
    for a, b, c in zip(found, wanted, numpy_elementwise(*small)):
        assert np.allclose(a, b, atol=1e-3, rtol=1e-3) and np.allclose(a, c, atol=1e-3, rtol=1e-3)
    race("ops", {"ours": lambda: ops(ours, ours.tensor), "torch": lambda: ops(torch, torch.tensor),
                 "numpy": lambda: numpy_elementwise(*small)}, 5, "us an operation", 1e6 / 100)
    mine, theirs = network(ours), network(torch)
    assert np.allclose([mine() for _ in range(20)], [theirs() for _ in range(20)], atol=1e-4)
    race("mlp", {"ours": mine, "torch": theirs}, 10, "us a step", 1e6)


if __name__ == "__main__": main()

"""A round through 1437 samples beside PyTorch's DataLoader, taking turns in one process, without workers.

    uv run --no-sync benchmarks/loading.py        (needs torch, see CONTRIBUTING.md)

`tensors`: a TensorDataset of images and labels; `arrays`: a dataset whose samples are an array and a number.
"""
from tensor import race  # noqa: I001  first: it sets the number of threads

import numpy as np
import torch

import build_your_own_torch as ours

rng = np.random.default_rng(0)
IMAGES, LABELS = rng.random((1437, 64)).astype(np.float32), rng.integers(0, 10, 1437)


class Arrays:
    def __len__(self): return len(IMAGES)

    def __getitem__(self, i): return IMAGES[i], int(LABELS[i])


def round_of(T, kind, size):
    "A function that goes through all batches once."
    data = Arrays() if kind == "arrays" else T.utils.data.TensorDataset(T.tensor(IMAGES), T.tensor(LABELS))
    loader = T.utils.data.DataLoader(data, size, shuffle=True)
    def once():
        for _ in loader: pass
    return once


def main():
    for kind in ("tensors", "arrays"):
        for size in (16, 64, 256):
            rounds = {"ours": round_of(ours, kind, size), "torch": round_of(torch, kind, size)}
            race(f"{kind} by {size}", rounds, 1, "ms a round", 1e3, 40)


if __name__ == "__main__": main()

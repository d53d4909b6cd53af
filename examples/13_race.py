"""Ways down: the real run of nbs/13_optimizers.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import digits
from build_your_own_torch.nn.layers import BatchNorm1d, CrossEntropyLoss, Linear, ReLU
from build_your_own_torch.nn.module import Sequential
from build_your_own_torch.ops.creation import manual_seed, randperm, tensor
from build_your_own_torch.optim.optimizers import SGD, Adam, AdamW, Muon

images, labels = digits()
x, y = tensor(images.reshape(-1, 64) / 16.0), tensor(labels)
manual_seed(0)
train, held_out = randperm(len(x)).split([1437, 360])

def run(make, rate, seed, rounds=5, batch=64):
    "The losses of all steps, and the share of held-out digits that are read right."
    manual_seed(seed)
    net = Sequential(Linear(64, 64), BatchNorm1d(64), ReLU(), Linear(64, 10)).double()
    loss = CrossEntropyLoss()
    optimizers, losses = make(net, rate), []
    for _ in range(rounds):
        for rows in train[randperm(len(train))].split(batch):
            out = loss(net(x[rows]), y[rows])
            net.zero_grad()
            out.backward()
            for optimizer in optimizers: optimizer.step()
            losses.append(out.item())
    right = net.eval()(x[held_out]).argmax(-1) == y[held_out]
    return losses, right.float().mean().item()

def muon(net, rate):
    matrices = [p for p in net.parameters() if p.ndim == 2]
    others = [p for p in net.parameters() if p.ndim != 2]
    return [Muon(matrices, lr=rate, weight_decay=0.0), AdamW(others, lr=0.01)]

runs = {"SGD": lambda net, rate: [SGD(net.parameters(), lr=rate)],
        "momentum": lambda net, rate: [SGD(net.parameters(), lr=rate, momentum=0.9)],
        "Adam": lambda net, rate: [Adam(net.parameters(), lr=rate)],
        "Muon": muon}

def last_round(results): return np.mean([losses[-23:] for losses, _ in results])

best = {}
for name, make in runs.items():
    tries = {rate: [run(make, rate, seed) for seed in (1, 2)]
             for rate in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)}
    rate = min(tries, key=lambda r: last_round(tries[r]))
    best[name] = tries[rate]
    print(f"{name:9}", *(f"{v:.2f} at {r}, " for r, t in tries.items() if (v := last_round(t)) < 0.3),
          f"best at {rate}: {np.mean([r for _, r in best[name]]):.0%} right")

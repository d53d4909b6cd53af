"""Ways down: the real run of nbs/09_optimizers.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import digits
from build_your_own_torch.nn.layers import BatchNorm1d, CrossEntropyLoss, Linear, ReLU
from build_your_own_torch.nn.module import Sequential
from build_your_own_torch.operations import manual_seed, randperm, tensor
from build_your_own_torch.optim.optimizers import SGD, Adam, AdamW, Muon

images, labels = digits()
x, y = tensor(images.reshape(-1, 64) / 16.0).float(), tensor(labels)
manual_seed(0)
train, held_out = randperm(len(x)).split([1437, 360])

def run(make, rounds=5, batch=64):
    "The losses of all steps, and the share of held-out digits that are read right."
    manual_seed(1)
    net = Sequential(Linear(64, 64), BatchNorm1d(64), ReLU(), Linear(64, 10))
    loss = CrossEntropyLoss()
    optimizers, losses = make(net), []
    for _ in range(rounds):
        for rows in train[randperm(len(train))].split(batch):
            out = loss(net(x[rows]), y[rows])
            net.zero_grad()
            out.backward()
            for optimizer in optimizers: optimizer.step()
            losses.append(out.item())
    right = net.eval()(x[held_out]).argmax(-1) == y[held_out]
    return losses, right.float().mean().item()

def muon(net):
    matrices = [p for p in net.parameters() if p.ndim == 2]
    others = [p for p in net.parameters() if p.ndim != 2]
    return [Muon(matrices, lr=0.03, weight_decay=0.0), AdamW(others, lr=0.01)]

runs = {"SGD": lambda net: [SGD(net.parameters(), lr=0.3)],
        "momentum": lambda net: [SGD(net.parameters(), lr=0.1, momentum=0.9)],
        "Adam": lambda net: [Adam(net.parameters(), lr=0.01)],
        "Muon": muon}
results = {name: run(make) for name, make in runs.items()}
for name, (losses, right) in results.items():
    print(f"{name:9} mean loss of the last round {np.mean(losses[-23:]):.3f}, "
          f"{right:.1%} right")

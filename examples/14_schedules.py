"""Rates that move: the real run of nbs/14_schedules.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.autograd import no_grad
from build_your_own_torch.datasets import digits
from build_your_own_torch.nn.layers import BatchNorm1d, CrossEntropyLoss, Linear, ReLU
from build_your_own_torch.nn.module import Sequential
from build_your_own_torch.ops.creation import manual_seed, randperm, tensor
from build_your_own_torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR, SequentialLR
from build_your_own_torch.optim.optimizers import SGD

images, labels = digits()
x, y = tensor(images.reshape(-1, 64) / 16.0), tensor(labels)
manual_seed(0)
train, held_out = randperm(len(x)).split([1437, 360])
measure = CrossEntropyLoss()

def trained(rate, schedule, seed, rounds=6):
    """The losses on digits seen and held out, and the share of the latter that is read
    right."""
    manual_seed(seed)
    net = Sequential(Linear(64, 64), BatchNorm1d(64), ReLU(), Linear(64, 10)).double()
    optimizer = SGD(net.parameters(), lr=rate, momentum=0.9)
    steps = schedule(optimizer, rounds * 90)
    for _ in range(rounds):
        for rows in train[randperm(len(train))].split(16):
            net.zero_grad()
            measure(net(x[rows]), y[rows]).backward()
            optimizer.step()
            steps.step()
    net.eval()
    with no_grad(): seen, held = net(x[train]), net(x[held_out])
    right = (held.argmax(-1) == y[held_out]).float().mean()
    return measure(seen, y[train]).item(), measure(held, y[held_out]).item(), right.item()

def one_rate(optimizer, total): return LambdaLR(optimizer, lambda t: 1.0)

def warm_up_and_cosine(optimizer, total):
    warm = total // 10
    up = LinearLR(optimizer, 0.1, total_iters=warm)
    down = CosineAnnealingLR(optimizer, total - warm)
    return SequentialLR(optimizer, [up, down], [warm])

unseen = {}
for rate in (0.01, 0.03, 0.1, 0.3):
    for schedule in (one_rate, warm_up_and_cosine):
        loss, held, right = np.median([trained(rate, schedule, seed) for seed in range(5)], 0)
        print(f"{rate:5} {schedule.__name__:18}",
              f"loss {loss:.3f}, held out {held:.3f}, right {right:.1%}")
        unseen[rate, schedule] = held

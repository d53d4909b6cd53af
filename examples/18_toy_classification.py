"""Where the line runs: the real run of nbs/18_toy_classification.ipynb, made from its cells."""
import copy

import numpy as np

from build_your_own_torch.autograd import no_grad
from build_your_own_torch.datasets import blobs, circles, moons, spirals
from build_your_own_torch.nn.functional import softmax
from build_your_own_torch.nn.layers import GELU, CrossEntropyLoss, Linear, ReLU, Tanh
from build_your_own_torch.nn.module import Module, Sequential
from build_your_own_torch.ops.creation import manual_seed, tensor
from build_your_own_torch.ops.places import cat, stack
from build_your_own_torch.optim.optimizers import Adam
from build_your_own_torch.tensor import cos, sin
from build_your_own_torch.training import evaluate, fit


def network(*sizes, bend=ReLU, seed=1):
    "Linear layers of these sizes, with a bend between each and the next."
    manual_seed(seed)
    parts = [m for a, b in zip(sizes, sizes[1:]) for m in (Linear(a, b), bend())]
    return Sequential(*parts[:-1]).double()

def learn(net, x, y, steps=600, lr=0.02):
    "Train on all points at once."
    fit(net, [(tensor(x).double(), tensor(y))], Adam(net.parameters(), lr=lr),
        CrossEntropyLoss(), steps)
    return net

def right(net, x, y):
    "The share of points whose class it gets right."
    return evaluate(net, [(tensor(x).double(), tensor(y))], CrossEntropyLoss())[1]

def size(net): return sum(p.numel() for p in net.parameters())

def beliefs(net):
    "The network as a function from points to probabilities, for drawing."
    def f(points):
        with no_grad(): return softmax(net(tensor(points).double()), -1).data
    return f

sets = {"blobs": blobs, "moons": moons, "circles": circles, "spirals": spirals}
points = {name: make(300) for name, make in sets.items()}
fresh = {name: make(1000, seed=9) for name, make in sets.items()}
linear = {name: learn(network(2, y.max() + 1), x, y) for name, (x, y) in points.items()}
for name, net in linear.items():
    print(f"{name:8} {right(net, *fresh[name]):.1%} of new points right")

x, y = points["circles"]
def five(n): return [learn(network(2, n, 2, seed=seed), x, y) for seed in range(1, 6)]

widths = {f"{n} unit{'s' * (n > 1)}": five(n) for n in (1, 2, 3, 4, 8, 32)}
shares = {name: sorted(right(net, *fresh["circles"]) for net in nets)
          for name, nets in widths.items()}
for name, share in shares.items():
    print(f"{name:9} five starts", *(f"{v:.1%}" for v in share))

angles = np.radians(np.arange(0, 360, 2))
along = fresh["circles"][0] @ np.stack([np.cos(angles), np.sin(angles)])
best_line = max(((along > c) == fresh["circles"][1][:, None]).mean(0).max()
                for c in np.linspace(-1.2, 1.2, 121))
print(f"no straight border gets more than {best_line:.1%} right")

coil, coil_fresh = spirals(400, turns=2.0), spirals(1000, turns=2.0, seed=9)
shapes = {"one layer of 75": (2, 75, 2), "two of 17": (2, 17, 17, 2),
          "three of 12": (2, 12, 12, 12, 2)}
deep = {}
for name, sizes in shapes.items():
    nets = [learn(network(*sizes, seed=seed), *coil, steps=500, lr=0.01)
            for seed in range(1, 6)]
    nets.sort(key=lambda net: right(net, *coil_fresh))
    deep[name] = nets[2]
    print(f"{name:16} {size(nets[0])} parameters, five starts",
          *(f"{right(net, *coil_fresh):.1%}" for net in nets))

bends = {}
for bend, lr in ((ReLU, 0.03), (GELU, 0.01), (Tanh, 0.01)):
    nets = [learn(network(2, 17, 17, 2, bend=bend, seed=seed), *coil, steps=1000, lr=lr)
            for seed in range(1, 6)]
    nets.sort(key=lambda net: right(net, *coil_fresh))
    bends[bend.__name__] = nets[2]
    print(f"{bend.__name__:5} five starts",
          *(f"{right(net, *coil_fresh):.1%}" for net in nets))

net = network(2, 17, 17, 2, bend=Tanh, seed=2)
frames = {"step 0": beliefs(copy.deepcopy(net))}
optimizer, done = Adam(net.parameters(), lr=0.01), 0
for until in (5, 10, 20, 30, 45, 60, 80, 100, 130, 160, 200, 250, 300, 370, 450, 550,
              700, 850, 1000):
    fit(net, [(tensor(coil[0]).double(), tensor(coil[1]))], optimizer, CrossEntropyLoss(),
        until - done)
    done = until
    frames[f"step {done}: {right(net, *coil_fresh):.0%} right"] = beliefs(copy.deepcopy(net))
print(list(frames)[-1])

class Features(Module):
    "A linear layer on functions of the points."
    def __init__(self, f, inputs, classes=2):
        super().__init__()
        self.f, self.linear = f, Linear(inputs, classes)

    def forward(self, x): return self.linear(self.f(x))

def squares(x): return cat([x, x ** 2], 1)

manual_seed(1)
round_net = learn(Features(squares, 4).double(), *points["circles"])
print(f"circles: {size(round_net)} parameters, {right(round_net, *fresh['circles']):.1%} right")

def unrolled(x, turns=2.0):
    """The points turned back by `turns` full turns for each unit of distance from the
    middle."""
    angle = 2 * np.pi * turns * (x ** 2).sum(1).sqrt()
    a, b = x[:, 0], x[:, 1]
    return stack([a * cos(angle) + b * sin(angle), b * cos(angle) - a * sin(angle)], 1)

manual_seed(1)
unroller = learn(Features(unrolled, 2).double(), *coil)
print(f"spirals: {size(unroller)} parameters, {right(unroller, *coil_fresh):.1%} right")

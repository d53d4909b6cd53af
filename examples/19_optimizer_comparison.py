"""A fair race: the real run of nbs/19_optimizer_comparison.ipynb, made from its cells."""
import math
import time

import numpy as np

from build_your_own_torch.autograd import no_grad
from build_your_own_torch.datasets import digits, read_data, spirals
from build_your_own_torch.nn.layers import CrossEntropyLoss, Linear, ReLU
from build_your_own_torch.nn.module import Parameter, Sequential
from build_your_own_torch.ops.creation import manual_seed, randperm, tensor
from build_your_own_torch.optim.optimizers import SGD, Adam, AdamW, Lion, Muon, RMSprop

CURVATURES = tensor(np.geomspace(1, 100, 16))
TURN = tensor(np.linalg.qr(np.random.default_rng(0).standard_normal((16, 16)))[0])

def ravine(seed):
    w = Parameter(np.random.default_rng(seed).standard_normal((4, 4)))
    loss = lambda: (CURVATURES * (TURN @ (w.reshape(16) - 1)) ** 2).sum() / 2
    return [w], loss, loss

def coil(seed):
    x, y = spirals(200, turns=1.5, seed=seed)
    x, y, measure = tensor(x).double(), tensor(y), CrossEntropyLoss()
    manual_seed(seed)
    net = Sequential(Linear(2, 24), ReLU(), Linear(24, 24), ReLU(), Linear(24, 2)).double()
    loss = lambda: measure(net(x), y)
    return list(net.parameters()), loss, loss

images, labels = digits()
X, Y = tensor(images.reshape(-1, 64) / 16.0), tensor(labels)

def reading(seed):
    manual_seed(seed)
    net, measure = (Sequential(Linear(64, 48), ReLU(), Linear(48, 10)).double(),
                    CrossEntropyLoss())
    order = randperm(len(X))
    train, rest = order[:1437], order[1437:]
    def loss():
        rows = train[randperm(len(train))[:64]]
        return measure(net(X[rows]), Y[rows])
    return list(net.parameters()), loss, lambda: measure(net(X[rest]), Y[rest])

problems = {"ravine": (ravine, 100), "spirals": (coil, 200), "digits": (reading, 120)}

def muon(ps, lr):
    matrices, others = [p for p in ps if p.ndim == 2], [p for p in ps if p.ndim != 2]
    return [Muon(matrices, lr, weight_decay=0.0),
            *([AdamW(others, lr / 10, weight_decay=0.0)] if others else [])]

optimizers = {"SGD": lambda ps, lr: [SGD(ps, lr)],
              "momentum": lambda ps, lr: [SGD(ps, lr, momentum=0.9)],
              "RMSprop": lambda ps, lr: [RMSprop(ps, lr)],
              "Adam": lambda ps, lr: [Adam(ps, lr)],
              "AdamW": lambda ps, lr: [AdamW(ps, lr)],
              "Lion": lambda ps, lr: [Lion(ps, lr)],
              "Muon": muon}
RATES = [float(f"{10 ** (e / 2):.3g}") for e in range(-8, 3)]
print("rates", *RATES)

def run(problem, optimizer, rate, seed, timed=False):
    "Twenty losses over the run and, if asked, the seconds of an average step."
    make, steps = problems[problem]
    ps, loss, final = make(seed)
    parts, curve, seconds = optimizers[optimizer](ps, rate), [], 0.0
    for t in range(steps):
        start = time.perf_counter()
        for part in parts: part.zero_grad()
        loss().backward()
        with np.errstate(all="ignore"):
            for part in parts: part.step()
        seconds += time.perf_counter() - start
        if (t + 1) % (steps // 20): continue
        with no_grad(), np.errstate(all="ignore"): value = final().item()
        curve.append(value if math.isfinite(value) else math.inf)
    return curve, seconds / steps if timed else 0.0

def sweep(rates, seeds, timed=False):
    "All runs: (problem, optimizer, rate, seed, seconds a step, twenty losses)."
    rows = []
    for problem in problems:
        for optimizer in optimizers:
            for rate in rates:
                for seed in seeds:
                    with np.errstate(all="ignore"):
                        curve, seconds = run(problem, optimizer, rate, seed, timed)
                    rows.append((problem, optimizer, rate, seed, seconds, *curve))
    return rows

def written(rows):
    "The runs as text, one a line; losses with four digits."
    return "".join(f"{p},{o},{rate:g},{seed},{s:.3g},{','.join(f'{v:.4g}' for v in curve)}\n"
                   for p, o, rate, seed, s, *curve in rows)

SWEEP = "b6318e1ec924775cea94075cc992bf6391eae02ba5c2dbb10d6b59212a297b62"

def read(text):
    rows = (line.split(",") for line in text.splitlines())
    return {(p, o, float(rate), int(seed)): (float(s), [float(v) for v in curve])
            for p, o, rate, seed, s, *curve in rows}

runs = read(read_data("sweep.csv", SWEEP))
for key in (("ravine", "momentum", 0.01, 0), ("digits", "Adam", 0.01, 5)):
    print(*key, "now", f"{run(*key)[0][-1]:.4g}, on file {runs[key][1][-1]:.4g}")

TUNING, JUDGING = range(3), range(3, 8)

def last(problem, optimizer, rate, seeds):
    return [runs[problem, optimizer, rate, seed][1][-1] for seed in seeds]

def chosen(problem, optimizer):
    return min(RATES, key=lambda rate: np.median(last(problem, optimizer, rate, TUNING)))

for problem in problems:
    print(f"{problem}: last loss over five new seeds")
    sgd_time = np.median([runs[problem, "SGD", rate, seed][0]
                          for rate in RATES for seed in JUDGING])
    for optimizer in optimizers:
        rate = chosen(problem, optimizer)
        losses = sorted(last(problem, optimizer, rate, JUDGING))
        time_ratio = (np.median([runs[problem, optimizer, rate, seed][0] for seed in JUDGING])
                      / sgd_time)
        print(f"  {optimizer:9} rate {rate:<8g} median {losses[2]:.2g},",
              f"from {losses[0]:.2g} to {losses[-1]:.2g};",
              f"a step takes {time_ratio:.1f} times SGD's")

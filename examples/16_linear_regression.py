"""What does a penguin weigh?: the real run of nbs/16_linear_regression.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import penguins
from build_your_own_torch.nn.functional import one_hot
from build_your_own_torch.nn.layers import Linear, MSELoss
from build_your_own_torch.ops.creation import manual_seed, ones, randint, randperm, tensor
from build_your_own_torch.ops.places import cat
from build_your_own_torch.ops.rare import linalg
from build_your_own_torch.optim.optimizers import SGD

LENGTHS = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")
birds = [bird for bird in penguins() if bird["body_mass_g"] and bird["sex"]]
lengths = tensor(np.array([[bird[name] for name in LENGTHS] for bird in birds]))
mass = tensor(np.array([bird["body_mass_g"] / 1000 for bird in birds]))
print(f"{len(birds)} birds of {mass.mean().item():.2f} kg, "
      f"give or take {mass.std().item():.2f} kg")

def with_constant(x): return cat([x, ones(len(x), 1).double()], 1)

def best_weights(X, y):
    "The weights with the smallest mean squared error."
    return linalg.inv(X.T @ X) @ (X.T @ y)

def error(X, y, w):
    "The root of the mean squared error: in kilograms, as the masses are."
    return ((X @ w - y) ** 2).mean().sqrt().item()

X = with_constant(lengths)
w = best_weights(X, mass)
for name, v in zip((*LENGTHS, "constant"), w.tolist()): print(f"{name:18} {v:7.4f}")
alone = X[:, 2:]  # the flipper and the constant
print(f"error {error(X, mass, w):.3f} kg; with the flipper alone "
      f"{error(alone, mass, best_weights(alone, mass)):.3f}; "
      f"the mean alone is off by {mass.std(correction=0).item():.3f} kg")

middle, spread = lengths.mean(0), lengths.std(0, correction=0)

def standardized(x): return (x - middle) / spread

Z = with_constant(standardized(lengths))

def columns(*parts): return with_constant(cat([standardized(lengths), *parts], 1))

kinds = one_hot(tensor([("Adelie", "Chinstrap", "Gentoo").index(b["species"])
                        for b in birds]))[:, 1:].double()
male = tensor([[float(b["sex"] == "male")] for b in birds]).double()
models = {"the mean": ones(len(birds), 1).double(), "lengths": columns(),
          "lengths, kind": columns(kinds), "lengths, kind, sex": columns(kinds, male)}

def unseen_error(X, y, parts=10):
    "The error on birds that were left out of the fit, each of them once."
    manual_seed(0)
    squares = []
    for out in randperm(len(X)).chunk(parts):
        seen = np.setdiff1d(np.arange(len(X)), out.data)
        squares.append((X[out] @ best_weights(X[seen], y[seen]) - y[out]) ** 2)
    return cat(squares).mean().sqrt().item()

for name, M in models.items():
    print(f"{name:19} seen {error(M, mass, best_weights(M, mass)):.3f}, "
          f"unseen {unseen_error(M, mass):.3f} kg")

def bootstrap(X, y, times=500):
    """The best weights for samples drawn from the birds with replacement: (times,
    columns)."""
    manual_seed(0)
    return np.stack([best_weights(X[rows], y[rows]).data
                     for rows in randint(len(X), (times, len(X)))])

M = models["lengths, kind"]
draws = bootstrap(M, mass)
names = ("bill length", "bill depth", "flipper", "Chinstrap", "Gentoo", "constant")
for name, best, (low, high) in zip(names, best_weights(M, mass).tolist(),
                                   np.quantile(draws, (0.025, 0.975), 0).T):
    print(f"{name:12} {best:+.2f} kg, 95 of 100 draws between {low:+.2f} and {high:+.2f}")

manual_seed(0)
net, measure = Linear(3, 1).double(), MSELoss()
optimizer = SGD(net.parameters(), lr=0.3)
z, y = standardized(lengths), mass.unsqueeze(1)
for _ in range(50):
    optimizer.zero_grad()
    measure(net(z), y).backward()
    optimizer.step()
print(f"error after 50 steps {measure(net(z), y).item() ** 0.5:.3f} kg")

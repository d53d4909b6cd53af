"""A place for parameters: the real run of nbs/09_module.ipynb, made from its cells."""
import io

import numpy as np

from build_your_own_torch.datasets import penguins
from build_your_own_torch.nn.module import Module, Parameter
from build_your_own_torch.ops.creation import arange, manual_seed, ones, randn, randperm, tensor, zeros
from build_your_own_torch.ops.reductions import log_softmax


class Dense(Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = Parameter(randn(n_out, n_in) / n_in ** 0.5)
        self.bias = Parameter(zeros(n_out))
    def forward(self, x): return x @ self.weight.T + self.bias

class Net(Module):
    def __init__(self, n_in=4, hidden=16, n_out=3):
        super().__init__()
        self.first, self.second = Dense(n_in, hidden), Dense(hidden, n_out)
    def forward(self, x): return self.second(self.first(x).relu())

measures = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
species = ("Adelie", "Chinstrap", "Gentoo")
birds = [b for b in penguins() if None not in (b[m] for m in measures)]
x = tensor([[b[m] for m in measures] for b in birds])
kind = tensor([species.index(b["species"]) for b in birds])
manual_seed(0)
train, held_out = randperm(len(birds)).split([256, len(birds) - 256])

class Classifier(Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.register_buffer("mean", zeros(4))
        self.register_buffer("std", ones(4))
        self.net = Net(4, hidden, 3)
    def measure(self, x):
        self.mean, self.std = x.mean(0), x.std(0)
    def forward(self, x): return self.net((x - self.mean) / self.std)

def right(model, rows):
    return f"{int((model(x[rows]).argmax(-1) == kind[rows]).sum())} of {len(rows)}"

model = Classifier()
model.measure(x[train])
for _ in range(150):
    model.zero_grad()
    loss = -log_softmax(model(x[train]), -1)[arange(len(train)), kind[train]].mean()
    loss.backward()
    for p in model.parameters(): p.data -= 0.5 * p.grad
print(f"loss {loss.item():.3f}, right on {right(model, held_out)} birds it has not seen")

file = io.BytesIO()  # or a name, such as "penguins.npz"
np.savez(file, **{name: t.numpy() for name, t in model.state_dict().items()})
file.seek(0)
fresh = Classifier()
print(f"before loading {right(fresh, held_out)}", end=", ")
fresh.load_state_dict(np.load(file))
print(f"after {right(fresh, held_out)}")

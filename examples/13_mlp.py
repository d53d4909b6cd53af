"""Learning, not remembering: the real run of nbs/13_mlp.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import digits
from build_your_own_torch.nn.layers import CrossEntropyLoss, Dropout, Linear, ReLU
from build_your_own_torch.nn.module import Sequential
from build_your_own_torch.operations import manual_seed, randperm, tensor
from build_your_own_torch.optim.optimizers import AdamW
from build_your_own_torch.training import evaluate, fit
from build_your_own_torch.utils.data import DataLoader, TensorDataset
from build_your_own_torch.viz import progress

images, labels = digits()
x, y = tensor(images.reshape(-1, 64) / 16.0), tensor(labels)  # in 64 bits, see below
manual_seed(0)
order = randperm(len(x))
learn, check, test = order[:600], order[600:1100], order[1100:]

hurried = y[learn].clone()
wrong = np.arange(0, 600, 5)  # the order is random, so every fifth is as good as any
hurried[wrong] = (hurried[wrong] + 1 + tensor(np.arange(120) % 9)) % 10  # adds 1 to 9
print(f"{len(learn)} to learn from, {(hurried != y[learn]).sum().item()} of them wrong;",
      f"{len(check)} to check, {len(test)} to test")

def network(width=160, dropout=0.0, seed=1):
    manual_seed(seed)
    return Sequential(Linear(64, width), ReLU(), Dropout(dropout),
                      Linear(width, width), ReLU(), Dropout(dropout),
                      Linear(width, 10)).double()

def trained(dropout=0.0, decay=0.0, patience=None, seed=1, rounds=60):
    "A network after training on the hurried labels, and what was noted."
    net = network(dropout=dropout, seed=seed)
    batches = DataLoader(TensorDataset(x[learn], hurried), 40, shuffle=True)
    optimizer = AdamW(net.parameters(), lr=0.005, weight_decay=decay)
    valid = [(x[check], y[check])]
    return net, fit(net, batches, optimizer, CrossEntropyLoss(), rounds, valid,
                    patience=patience)

ways = {"none of them": {}, "early stopping": {"patience": 8},
        "dropout": {"dropout": 0.5}, "weight decay": {"decay": 1.0},
        "all three": {"dropout": 0.5, "decay": 0.3, "patience": 20}}

bar, nets, curves, shares = progress(list(ways.items())), {}, {}, {}
for name, settings in bar:
    runs = [trained(seed=seed, **settings) for seed in (1, 2, 3)]
    nets[name], curves[name] = runs[0]
    shares[name] = sorted(evaluate(net, [(x[check], y[check])], CrossEntropyLoss())[1]
                          for net, _ in runs)
    bar.note = name
for name in ways:
    print(f"{name:15}", *(f"{share:.1%}" for share in shares[name]),
          "right on the validation set")
checked = {name: three[1] for name, three in shares.items()}

chosen = max(checked, key=checked.get)
shares = {name: evaluate(nets[name], [(x[test], y[test])], CrossEntropyLoss())[1]
          for name in ("none of them", chosen)}
print({name: f"{share:.1%}" for name, share in shares.items()})

"""Learning, not remembering: the real run of nbs/17_mlp.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import digits
from build_your_own_torch.nn.layers import CrossEntropyLoss, Dropout, Linear, ReLU
from build_your_own_torch.nn.module import Sequential
from build_your_own_torch.ops.creation import manual_seed, randperm, tensor
from build_your_own_torch.optim.optimizers import AdamW
from build_your_own_torch.training import evaluate, fit
from build_your_own_torch.utils.data import DataLoader, TensorDataset
from build_your_own_torch.viz import progress

images, labels = digits()
x, y = tensor(images.reshape(-1, 64) / 16.0), tensor(labels)  # in 64 bits, see below
manual_seed(0)
order = randperm(len(x))
learn, check, test = order[:600], order[600:1100], order[1100:]

filed = y[order[:1100]].clone()
wrong = np.arange(0, 1100, 5)  # the order is random, so every fifth is as good as any
filed[wrong] = (filed[wrong] + 1 + tensor(np.arange(220) % 9)) % 10  # adds 1 to 9
hurried, doubtful = filed.split([600, 500])
wrong = wrong[:120]  # those to learn from
print(f"{len(learn)} to learn from, {(hurried != y[learn]).sum().item()} of them wrong;",
      f"{len(check)} to check, {(doubtful != y[check]).sum().item()} wrong;",
      f"{len(test)} to test")

def network(width=160, dropout=0.0, seed=1):
    manual_seed(seed)
    return Sequential(Linear(64, width), ReLU(), Dropout(dropout),
                      Linear(width, width), ReLU(), Dropout(dropout),
                      Linear(width, 10)).double()

def trained(dropout=0.0, decay=0.0, patience=None, seed=1, rounds=60,
            rows=learn, said=hurried):
    "A network after training on labels on file, and what was noted."
    net = network(dropout=dropout, seed=seed)
    batches = DataLoader(TensorDataset(x[rows], said), 40, shuffle=True)
    optimizer = AdamW(net.parameters(), lr=0.005, weight_decay=decay)
    valid = [(x[check], doubtful)]
    return net, fit(net, batches, optimizer, CrossEntropyLoss(), rounds, valid,
                    patience=patience)

ways = {"none of them": {}, "early stopping": {"patience": 8},
        "dropout": {"dropout": 0.5}, "weight decay": {"decay": 1.0},
        "all three": {"dropout": 0.5, "decay": 0.3, "patience": 20}}

bar, nets, curves, shares = progress(list(ways.items())), {}, {}, {}
for name, settings in bar:
    runs = [trained(seed=seed, **settings) for seed in (1, 2, 3)]
    nets[name], curves[name] = [net for net, _ in runs], runs[0][1]
    shares[name] = sorted(evaluate(net, [(x[check], doubtful)], CrossEntropyLoss())[1]
                          for net in nets[name])
    bar.note = name
checked = {name: three[1] for name, three in shares.items()}
for name in ways:
    print(f"{name:15} agrees with", *(f"{share:.1%}" for share in shares[name]),
          f"of the validation labels: about {(checked[name] - 0.2 / 9) / (0.8 - 0.2 / 9):.0%} right")

chosen = max(checked, key=checked.get)
def tested(net): return evaluate(net, [(x[test], y[test])], CrossEntropyLoss())[1]

shares = {name: sorted(map(tested, nets[name])) for name in ("none of them", chosen)}
for name, three in shares.items():
    print(f"{name:15}", *(f"{share:.1%}" for share in three), "right on the test set")

care = {"dropout": 0.5, "decay": 0.3}
lessons = {"the 500 alone": dict(care, rows=check, said=doubtful),
           "all 1100": dict(care, rows=order[:1100], said=filed),
           "the 500, true labels, no care": dict(rows=check, said=y[check])}
for name, settings in lessons.items():
    three = sorted(tested(trained(seed=seed, rounds=25, **settings)[0]) for seed in (1, 2, 3))
    print(f"{name:30}", *(f"{share:.1%}" for share in three), "right on the test set")

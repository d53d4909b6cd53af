"""A handful at a time: the real run of nbs/15_data.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import digits
from build_your_own_torch.nn.layers import BatchNorm1d, CrossEntropyLoss, Linear, ReLU
from build_your_own_torch.nn.module import Sequential
from build_your_own_torch.ops.creation import manual_seed, randn
from build_your_own_torch.optim.lr_scheduler import OneCycleLR
from build_your_own_torch.optim.optimizers import AdamW
from build_your_own_torch.utils.data import DataLoader, Dataset
from build_your_own_torch.viz import progress

PLACES = np.indices((8, 8)).reshape(2, -1) - 3.5

def look_up(image, rows, columns):
    "The image between its points; outside there is no ink."
    paper = np.pad(image, 1)
    r, c = np.clip(rows + 1, 0, 8.999), np.clip(columns + 1, 0, 8.999)
    i, j = r.astype(int), c.astype(int)
    down, along = r - i, c - j
    above = (1 - along) * paper[i, j] + along * paper[i, j + 1]
    below = (1 - along) * paper[i + 1, j] + along * paper[i + 1, j + 1]
    return ((1 - down) * above + down * below).reshape(8, 8).astype(np.float32)

def another_hand(image):
    "The image a little turned, slanted, stretched and shifted."
    turn, slant, high, wide, up, left = randn(6).tolist()
    bend = np.array([[np.exp(0.1 * high), 0.1 * (slant - turn)],
                     [0.1 * turn, np.exp(0.1 * wide)]])
    rows, columns = bend @ PLACES + 3.5
    return look_up(image, rows + 0.4 * up, columns + 0.4 * left)

class Hands(Dataset):
    """Digits as samples of 64 numbers and a label, perhaps written by another hand each
    time."""
    def __init__(self, images, labels, change):
        self.images, self.labels, self.change = images / 16.0, labels, change

    def __len__(self): return len(self.images)

    def __getitem__(self, i):
        image = (another_hand(self.images[i]) if self.change
                 else self.images[i].astype(np.float32))
        return image.reshape(64), self.labels[i]

images, labels = digits()
exam = Hands(images[1437:], labels[1437:], change=False)

def right_in_exam(change, seed, rounds=30):
    "The share of the harder exam that a network, once trained, reads correctly."
    manual_seed(seed)
    net = Sequential(Linear(64, 128), BatchNorm1d(128), ReLU(), Linear(128, 10))
    loader = DataLoader(Hands(images[:1437], labels[:1437], change), 32, shuffle=True)
    optimizer, measure = AdamW(net.parameters()), CrossEntropyLoss()
    schedule = OneCycleLR(optimizer, 0.01, epochs=rounds, steps_per_epoch=len(loader))
    for _ in range(rounds):
        for x, y in loader:
            optimizer.zero_grad()
            measure(net(x), y).backward()
            optimizer.step()
            schedule.step()
    [(x, y)] = DataLoader(exam, len(exam))
    return (net.eval()(x).argmax(-1) == y).float().mean().item()

bar = progress([(change, seed) for seed in range(3) for change in (False, True)])
results = {False: [], True: []}
for change, seed in bar:
    results[change].append(right_in_exam(change, seed))
    bar.note = f"{results[change][-1]:.1%} right"
for change, shares in results.items():
    print("changed images:" if change else "as they are:   ",
          *(f"{share:.1%}" for share in shares))

"""Shared memory: the real run of nbs/03_views.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import co2
from build_your_own_torch.tensor import Tensor, tensor

weeks = np.array([(int(t), v) for t, v in co2() if v is not None])
years = np.arange(1959, 2002)
means = np.array([weeks[weeks[:, 0] == year, 1].mean() for year in years])
print(f"{means[0]:.1f} ppm in 1959, {means[-1]:.1f} in 2001")

def errors(portions):
    "What each year's mean was off from its prediction, and the table of levels and rises."
    table = Tensor(np.zeros((len(means), 2)))
    table[0] = np.array([means[0], 1.0])
    off = Tensor(np.zeros(len(means)))
    for i in range(1, len(means)):
        predicted = table[i - 1].sum()
        error = off[i] = means[i] - predicted
        table[i, 0] = predicted + portions[0] * error
        table[i, 1] = table[i - 1, 1] + portions[1] * error
    return off, table

portions = tensor([0.5, 0.1], dtype=np.float64, requires_grad=True)
for step in range(60):
    off, table = errors(portions)
    loss = (off * off).mean()
    portions.grad = None
    loss.backward()
    portions.data -= 0.3 * portions.grad
    if step in (0, 59): print(f"mean squared error {loss.item():.3f}")
print("shares", portions.data.round(2))

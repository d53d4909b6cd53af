"""Arrays that remember: the real run of nbs/02_tensor.ipynb, made from its cells."""
import math

import numpy as np

from build_your_own_torch.datasets import co2
from build_your_own_torch.tensor import Tensor, no_grad
from build_your_own_torch.viz import progress

measured = [(t, v) for t, v in co2() if v is not None]
years, ppm = (np.array(column) for column in zip(*measured))
print(f"{len(co2())} weeks, {len(years)} measured, {years[0]:.1f} to {years[-1]:.1f}")

known = years < 1992
t, y = Tensor(years[known]), Tensor(ppm[known])

def trend(t, w):
    u = (t - 1975) / 17
    return w[0] + w[1] * u + w[2] * u * u

def season(t, w):
    year = t * (2 * math.pi)
    half = year * 2
    return w[3] * year.sin() + w[4] * year.cos() + w[5] * half.sin() + w[6] * half.cos()

def fit(t, y, steps=300, lr=0.2):
    w, losses = [Tensor(np.zeros((), t.dtype), requires_grad=True) for _ in range(7)], []
    bar = progress(range(steps))
    for _ in bar:
        off = trend(t, w) + season(t, w) - y
        loss = (off * off).mean()
        for v in w: v.grad = None
        loss.backward()
        for v in w: v.data -= lr * v.grad
        losses.append(loss.item())
        bar.note = f"loss {losses[-1]:.2f}"
    return w, losses

w, losses = fit(t, y)

def error(chosen):
    t, y = Tensor(years[chosen]), Tensor(ppm[chosen])
    off = trend(t, w) + season(t, w) - y
    return (off * off).mean().item() ** 0.5

with no_grad():
    print(f"off by {error(known):.2f} ppm before 1992, {error(~known):.2f} after")

w, losses = fit(Tensor(years), Tensor(ppm))
with no_grad():
    print(f"off by {error(known):.2f} ppm before 1992, {error(~known):.2f} after")

time = Tensor(np.array([1960.0, 1970.0, 1980.0, 1990.0, 2000.0]), requires_grad=True)
trend(time, [v.detach() for v in w]).sum().backward()
for year, rate in zip(time.data, time.grad): print(f"{year:.0f}: {rate:.2f} ppm a year")

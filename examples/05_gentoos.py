"""Number by number: the real run of nbs/05_elementwise.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import penguins
from build_your_own_torch.ops.creation import tensor
from build_your_own_torch.ops.elementwise import sigmoid, where
from build_your_own_torch.tensor import no_grad

birds = [b for b in penguins() if b["species"] == "Gentoo" and b["body_mass_g"] and b["sex"]]
kilos = tensor([b["body_mass_g"] / 1000 for b in birds])
male = tensor([b["sex"] == "male" for b in birds])
print(f"{len(birds)} Gentoos, {male.sum().item()} of them males")

def chance(kilos): return sigmoid(w * (kilos - 5) + b)

def surprise():
    p = chance(kilos)
    return -where(male, p, 1 - p).log().mean()

w, b = (tensor(0.0, requires_grad=True) for _ in range(2))
for step in range(301):
    loss = surprise()
    if step % 100 == 0: print(f"step {step:3}: surprise {loss.item():.3f}")
    w.grad = b.grad = None
    loss.backward()
    w.data -= 10 * w.grad
    b.data -= 10 * b.grad

with no_grad(): right = ((chance(kilos) > 0.5) == male).float().mean().item()
print(f"as likely a male as a female at {5 - b.item() / w.item():.2f} kg,",
      f"right on {right:.0%} of these birds,")
print(f"and every 100 g make the odds {np.exp(w.item() / 10):.1f} times as high")
assert right > 0.85 and loss.item() < 0.25

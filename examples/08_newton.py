"""Trust and reach: the real run of nbs/08_gradients.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.autograd import grad, hessian
from build_your_own_torch.datasets import penguins
from build_your_own_torch.ops.creation import tensor

measures = ("bill_length_mm", "bill_depth_mm")
birds = [b for b in penguins()
         if b["species"] in ("Chinstrap", "Gentoo") and b["bill_length_mm"]]
x = np.array([[b[m] for m in measures] for b in birds])
x = tensor(np.column_stack([(x - x.mean(0)) / x.std(0), np.ones(len(x))]))
sign = tensor([1.0 if b["species"] == "Gentoo" else -1.0 for b in birds])

def loss(w):
    return (1 + (-(x @ w) * sign).exp()).log().mean() + 0.001 * (w * w).sum()

w = tensor(np.zeros(3), requires_grad=True)
for step in range(8):
    slope, = grad(loss(w), w)
    print(f"step {step}  loss {loss(w).item():.6f}  slope {slope.norm().item():.1e}")
    w.data -= np.linalg.solve(hessian(loss, w).data, slope.data)

"""Losses and bends: the real run of nbs/10_functional.ipynb, made from its cells."""

from build_your_own_torch.datasets import penguins
from build_your_own_torch.nn.functional import huber_loss, l1_loss, linear, mse_loss
from build_your_own_torch.ops.creation import tensor

birds = [b for b in penguins() if b["body_mass_g"]]
flipper = tensor([[b["flipper_length_mm"]] for b in birds])
mass = tensor([[b["body_mass_g"] / 1000] for b in birds])
x = (flipper - flipper.mean()) / flipper.std()
noted = mass.clone()
noted[::10] *= 0.1

def fitted_line(loss):
    """Slope and height of the line that 400 steps of gradient descent on `loss` find in
    what was noted."""
    weight, bias = tensor([[0.0]], requires_grad=True), tensor([3.0], requires_grad=True)
    for _ in range(400):
        loss(linear(x, weight, bias), noted).backward()
        for p in (weight, bias):
            p.data -= 0.1 * p.grad
            p.grad = None
    return weight.detach(), bias.detach()

def robust(y, target): return huber_loss(y, target, delta=0.3)

lines = {"squares": fitted_line(mse_loss), "Huber": fitted_line(robust)}
for name, line in lines.items():
    off = l1_loss(linear(x, *line), mass).item()
    print(f"{name:8} off by {1000 * off:.0f} g from the true masses")

"""Shapes and places: the real run of nbs/06_places.ipynb, made from its cells."""

from build_your_own_torch.datasets import penguins
from build_your_own_torch.ops.creation import manual_seed, randperm, tensor
from build_your_own_torch.ops.places import stack

measures = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
kinds = ("Adelie", "Chinstrap", "Gentoo")
birds = [b for b in penguins() if None not in (b[m] for m in measures)]
x = tensor([[b[m] for m in measures] for b in birds])
species = tensor([kinds.index(b["species"]) for b in birds])

manual_seed(0)
new, old = randperm(len(birds)).split([len(birds) // 3, len(birds) - len(birds) // 3])
middle = x[old].mean(0)
deviation = ((x[old] - middle) ** 2).mean(0).sqrt()
standard = (x - middle) / deviation
print(f"{len(new)} new birds, {len(old)} known ones")

def named_by(k, x):
    "What the `k` nearest known birds say each new bird is."
    distances = ((x[new][:, None] - x[old]) ** 2).sum(-1)
    votes = species[old][distances.topk(k, largest=False).indices]
    counts = stack([(votes == i).sum(1) for i in range(3)], dim=1)
    return counts.sort(dim=1, descending=True).indices[:, 0]

def right(k, x): return (named_by(k, x) == species[new]).sum().item()

for k in (1, 5, 25):
    print(f"k = {k:2}: of {len(new)} birds {right(k, x):3} right in grams and millimetres,",
          f"{right(k, standard)} standardised")

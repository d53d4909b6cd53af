"""Out of nothing: the real run of nbs/04_creation.ipynb, made from its cells."""

import numpy as np

from build_your_own_torch.datasets import penguins
from build_your_own_torch.ops.creation import manual_seed, randint, tensor


def weights(species):
    "The weights of all birds of a species, in grams."
    birds = [b["body_mass_g"] for b in penguins() if b["species"] == species]
    return tensor([grams for grams in birds if grams is not None])

adelie, chinstrap, gentoo = map(weights, ("Adelie", "Chinstrap", "Gentoo"))
for grams in (adelie, chinstrap, gentoo): print(f"{len(grams)} birds of {grams.mean().item():.0f} g")

def resampled(grams, times=2000):
    "The means of samples of the same size, drawn with repeats."
    places = randint(len(grams), (times, len(grams)))
    return grams[places].mean(dim=1)

manual_seed(0)
for name, grams in [("Chinstrap", chinstrap), ("Gentoo", gentoo)]:
    difference = (resampled(grams) - resampled(adelie)).numpy()
    low, high = np.quantile(difference, [0.025, 0.975])
    print(f"{name} minus Adelie: 95 in 100 samples between {low:.0f} and {high:.0f} g,",
          f"{(difference < 0).mean():.0%} below 0")

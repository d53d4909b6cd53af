"torch.utils' names, gathered from the chapters' modules."
from . import data

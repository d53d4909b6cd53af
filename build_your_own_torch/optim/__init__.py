"torch.optim's names, gathered from the chapters' modules."
from . import lr_scheduler
from .optimizers import Adadelta, Adagrad, Adam, Adamax, AdamW, LBFGS, Lion, Muon, NAdam, Optimizer, RMSprop, SGD

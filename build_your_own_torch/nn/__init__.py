"torch.nn's names, gathered from the chapters' modules."
from . import functional, init, utils
from .layers import (
    BCELoss, BCEWithLogitsLoss, BatchNorm1d, BatchNorm2d, Bilinear, CosineSimilarity, CrossEntropyLoss, Dropout, ELU, Embedding,
    Flatten, GELU, GLU, GroupNorm, Hardtanh, HuberLoss, KLDivLoss, L1Loss, LayerNorm, LeakyReLU, Linear, LogSigmoid, LogSoftmax,
    MSELoss, Mish, NLLLoss, RMSNorm, ReLU, SELU, SiLU, Sigmoid, SmoothL1Loss, Softmax, Softplus, Tanh, Unflatten)
from .module import Identity, Module, ModuleDict, ModuleList, Parameter, ParameterList, Sequential, summary

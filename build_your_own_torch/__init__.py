"""PyTorch rebuilt from nothing. Every module here is exported from a notebook in `nbs/`; this file gathers their names.

    import build_your_own_torch as torch
"""
import numpy as _np

from .operations import *  # noqa: F403
from .tensor import Tensor, cos, enable_grad, exp, float32, int64, is_grad_enabled, log, matmul, mean, no_grad, relu, set_grad_enabled, sin, tanh
from .tensor import eq, ge, gt, le, lt, mul, ne, neg, pow, result_type, sum  # noqa: A004

from . import autograd, nn, optim, utils
from .autograd import set_detect_anomaly
from .nn.module import load, save

float = float32
int, bool = _np.dtype("int32"), _np.dtype("bool")
dtype, Size = _np.dtype, tuple  # what their classes are called here

def inference_mode(mode=True):
    "Nothing is recorded inside `with inference_mode():`, or in a function under `@inference_mode()`."
    return no_grad(mode) if callable(mode) else (no_grad if mode else enable_grad)()


__version__ = "0.1.0"

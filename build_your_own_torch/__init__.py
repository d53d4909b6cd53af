"""PyTorch rebuilt from nothing. Every module here is exported from a notebook in `nbs/`; this file gathers their names.

    import build_your_own_torch as torch
"""
import sys as _sys
from difflib import get_close_matches as _near
from functools import lru_cache as _lru_cache, partial as _partial, wraps as _wraps
from inspect import signature as _signature
from types import FunctionType as _FunctionType, ModuleType as _ModuleType

import numpy as _np
from numpy import ndarray as _ndarray

from .ops import *  # noqa: F403
from .tensor import Tensor, cos, exp, float32, int64, is_grad_enabled, log, matmul, relu, sin, tanh
from .tensor import in_our_words as _in_our_words, explained as _explained
from .tensor import mul, neg, result_type  # noqa: A004
from .views import reshape, view, permute, transpose, expand
from .ops import eq, ge, gt, le, lt, ne, pow, sum, mean
from . import printing

from . import autograd, nn, optim, utils
from .autograd import set_detect_anomaly, no_grad, enable_grad, set_grad_enabled
from .nn.module import load, save

del alike_floats, flat, only_floats, pointwise, wide  # noqa: F821 - with which chapters 5 and 7 make operations
float = float32
int, bool = _np.dtype("int32"), _np.dtype("bool")
dtype, Size = _np.dtype, tuple  # what their classes are called here

def inference_mode(mode=True):
    "Nothing is recorded inside `with inference_mode():`, or in a function under `@inference_mode()`."
    return no_grad(mode) if callable(mode) else (no_grad if mode else enable_grad)()


__version__ = "0.1.0"

# The rest is about names. First those of parameters: what programs, and NumPy's, call them too.
_ALSO = {"dim": "axis", "keepdim": "keepdims", "dim0": "axis0", "dim1": "axis1", "size": "shape", "shape": "size",
         "input": "x a x1 A tensor", "other": "x2 mat2 vec vec2 tensor", "tensor": "input x", "A": "input x", "array": "ndarray",
         "split_size_or_sections": "split_size"}


def _courteous(f, first=0):
    """`f`, if that makes a difference, with its parameters from the `first` on by other names too, a `*size` as `size=`, and
    arrays as tensors. What `op` makes sees to this itself."""
    made = hasattr(f, "is_op") and not hasattr(f.__wrapped__, "is_op")
    given = _signature(f).parameters
    names, star = list(given), next((n for n, p in given.items() if p.kind is p.VAR_POSITIONAL), None)
    other = {also: n for n in _ALSO if n in names[first:] for also in _ALSO[n].split() if also not in names}
    if made or not (other or star): return f

    @_wraps(f)
    def call(*args, **options):
        try:
            if not options and _ndarray not in map(type, args): return f(*args)  # most often
            options = {other.get(k, k): v for k, v in options.items()}
            if star in options:
                before = [options.pop(n) for n in names[len(args):names.index(star)]]
                args = (*args, *before, options.pop(star))
            return f(*[as_tensor(a) if type(a) is _ndarray else a for a in args], **options)  # noqa: F405
        except (ValueError, IndexError) as e:  # of NumPy's, perhaps
            if _in_our_words(str(e)): raise _explained(e, f.__name__, args) from e
            raise
    return call


def _courtesies(place, first=0):
    for name, f in list(vars(place).items()):
        if name[0] == "_" or type(f) is not _FunctionType or (call := _courteous(f, first)) is f: continue
        if not first: call.__module__ = place.__name__  # where a pickle finds it
        setattr(place, name, call)


# Then those of modules: which are shown, what is said of others, and where else PyTorch has them.
_MODULES = ["", "nn", "nn.functional", "nn.init", "nn.utils", "optim", "optim.lr_scheduler", "utils", "utils.data", "autograd"]
_PLACES = {  # what is in one module or class here -> PyTorch's modules for it
    linalg: "linalg", cuda: "cuda", autograd.functional: "autograd.functional",  # noqa: F405
    autograd: "autograd.function autograd.variable autograd.grad_mode utils.checkpoint",
    nn: "nn.parameter nn.modules nn.modules.module nn.modules.container nn.modules.linear nn.modules.sparse nn.modules.activation "
        "nn.modules.loss nn.modules.normalization nn.modules.batchnorm nn.modules.dropout nn.modules.flatten nn.modules.distance",
    nn.utils: "nn.utils.clip_grad nn.utils.convert_parameters",
    optim: "optim.optimizer optim.sgd optim.adagrad optim.rmsprop optim.adadelta optim.adam optim.adamw optim.nadam optim.adamax "
           "optim.lbfgs",
    utils.data: "utils.data.dataset utils.data.dataloader utils.data.sampler"}


def _names(place):
    "The public names of a module or class: no modules from elsewhere, no methods, no constants of a chapter."
    def public(name, value):
        if name.startswith("_"): return False
        if isinstance(value, _ModuleType): return value.__name__.partition(".")[2] in _MODULES
        code = getattr(value, "__code__", None)
        return not (code and code.co_varnames[:1] in (("self",), ("cls",)) or name.isupper() and not callable(value))
    return [n for n in getattr(place, "__all__", vars(place)) if public(n, getattr(place, n))]


@_lru_cache
def _absent(place, where, name):
    nearest = _near(name, dir(place), 1, 0.8)
    hint = f": did you mean {where}.{nearest[0]}?" if nearest else ""
    return f"{where}.{name} is not in this library, which is only a part of PyTorch{hint}"


def _missing(place, where, name):
    raise AttributeError(name if name.startswith("__") else _absent(place, where, name), name=name)


def _mannered(name, module):
    "Let `module` show its public names, and say what it does not have."
    module.__dir__ = _partial(_names, module)
    module.__getattr__ = _partial(_missing, module, f"torch.{name}".strip("."))


def _place(name, source):
    "The module `name` of PyTorch, which has the names of `source`."
    module = _sys.modules[f"{__name__}.{name}"] = _ModuleType(f"{__name__}.{name}", source.__doc__)
    module.__all__ = _names(source)
    vars(module).update({n: getattr(source, n) for n in module.__all__})
    above, _, last = module.__name__.rpartition(".")
    setattr(_sys.modules[above], last, module)
    if not isinstance(source, _ModuleType): _MODULES.append(name)
    _mannered(name, module)


for _name in _MODULES: _mannered(_name, _sys.modules[f"{__name__}.{_name}".strip(".")])
for _source, _given in _PLACES.items():
    for _name in _given.split(): _place(_name, _source)
for _name in ("", "nn.functional", "linalg"): _courtesies(_sys.modules[f"{__name__}.{_name}".strip(".")])
_courtesies(Tensor, 1)

"""A rule runs on any array that answers NumPy's functions. Here it runs on arrays that do little else: they keep their numbers
to themselves, as those on another device do, and refuse to be mixed with NumPy's. On PyTorch's samples their values, gradients
and second gradients are those of NumPy's arrays; what needs NumPy's arrays is named in `EXCEPTIONS`, with the reason."""
import random
from collections import Counter
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin
from test_lockstep import KINDS, Run, attempt
from test_samples import inputs, samples, tensors, translated  # noqa: F401

import build_your_own_torch as ours

EACH = 25  # samples of an operation with one dtype, at most
EXCEPTIONS = {
    "linspace": "makes an array of numbers, even if they come in tensors",
    "searchsorted": "rows one by one with np.vectorize, which is for NumPy's arrays",
}


class Elsewhere(NDArrayOperatorsMixin):
    "An array that can be computed with, but doesn't become one of NumPy's."
    def __init__(self, hidden, base=None): self.hidden, self.base = hidden, base

    def __array__(self, *args, **options): raise TypeError("these numbers stay where they are")

    def __array_ufunc__(self, ufunc, method, *args, **options):
        if any(isinstance(x, ours.Tensor) for x in args): return NotImplemented  # tensors know what to do
        result = answered(getattr(ufunc, method), args, options)
        return options["out"][0] if "out" in options else result

    def __array_function__(self, function, types, args, options):
        if any(issubclass(t, ours.Tensor) for t in types): return NotImplemented
        if function is np.asarray and isinstance(args[0], np.ndarray):  # the only way in: np.asarray(numbers, like=self)
            return Elsewhere(np.array(*args, **options))
        return answered(function, args, options)

    def __getattr__(self, name):  # NumPy's methods and properties, but none that shows the memory
        if name.startswith("_") or name in ("hidden", "data", "ctypes", "tobytes"): raise AttributeError(name)
        found = getattr(np.ndarray, name)
        if not callable(found): return shown(getattr(self.hidden, name), self)
        return lambda *args, **options: answered(found, (self, *args), options)

    def __getitem__(self, index): return answered(np.ndarray.__getitem__, (self, index))
    def __setitem__(self, index, value): answered(np.ndarray.__setitem__, (self, index, value))
    def __iter__(self): return (self[i] for i in range(len(self)))
    def __len__(self): return len(self.hidden)
    def __bool__(self): return bool(self.hidden)
    def __int__(self): return int(self.hidden)
    def __float__(self): return float(self.hidden)


def answered(function, args, options=()):
    "What `function` makes of the numbers of these arrays."
    given = []
    def numbers(x):
        if isinstance(x, np.ndarray): raise TypeError(f"{function.__name__} mixes arrays of two kinds")
        if isinstance(x, (list, tuple)): return type(x)(map(numbers, x))
        if not isinstance(x, Elsewhere): return x
        given.append(x)
        return x.hidden
    result = function(*numbers(args), **{k: numbers(v) for k, v in dict(options).items()})
    return result if function in (np.ndarray.item, np.ndarray.tolist) else shown(result, *given)


def shown(x, *given):
    "A result with arrays like the `given`; one in the memory of one of them has that as its base."
    if isinstance(x, (list, tuple)): return tuple(shown(v, *given) for v in x)
    if not isinstance(x, (np.ndarray, np.generic)): return x
    source = next((a for a in given if np.may_share_memory(a.hidden, x)), None)
    return Elsewhere(np.asarray(x), source if source is None or source.base is None else source.base)


def computed(f, args, given, array):
    "Values, gradients and second gradients with arrays made by `array`, or an error: pairs of words and a list."
    leaves: list = []
    def placed(x):
        if isinstance(x, (list, tuple)): return type(x)(map(placed, x))
        if not isinstance(x, ours.Tensor): return x
        t = ours.Tensor(array(x.data.copy()))
        if x.requires_grad: leaves.append(t.requires_grad_())
        return t
    def wave(y): return ours.Tensor(array(np.cos(np.arange(y.numel()) + 1.0).reshape(y.shape).astype(y.dtype)))
    ours.manual_seed(0)
    try:
        ys = tensors(f(*placed(args), **{k: placed(v) for k, v in given.items()}))
        yield "value", ys
        for words in "gradient", "second gradient":
            ys = [y for y in ys if isinstance(y, ours.Tensor) and y.requires_grad]
            if not ys or not leaves: return
            ys = ours.autograd.grad(ys, leaves, list(map(wave, ys)), create_graph=words == "gradient", allow_unused=True)
            yield words, ys
    except Exception as e: yield f"{type(e).__name__}: {e}", []


def difference(x, y):
    "What is different in a result `y` elsewhere from NumPy's `x`, or an empty string."
    if not isinstance(x, ours.Tensor) or not isinstance(y, ours.Tensor): return "" if x is y or x == y else f"{y} and not {x}"
    if not isinstance(y.data, Elsewhere): return f"it became an {type(y.data).__name__}"
    x, y = x.data, y.data.hidden
    if (x.dtype, x.shape) != (y.dtype, y.shape): return f"{y.dtype}{y.shape} and not {x.dtype}{x.shape}"
    return "" if np.allclose(x, y, 1e-9, 1e-9, equal_nan=True) else f"{y.ravel()[:4]} and not {x.ravel()[:4]}"


def problem(f, sample):
    "What goes wrong elsewhere, or an empty string; None for a sample without tensors, or refused with NumPy's arrays."
    try: args, given = translated((sample.input, *sample.args), []), translated(sample.kwargs, [])
    except TypeError: return None  # a type that NumPy doesn't have
    wanted = [(words, ys) for words, ys in computed(f, args, given, np.asarray) if ys]
    if not wanted or not any(isinstance(x, ours.Tensor) for x in tensors((*args, *given.values()))): return None
    for (words, xs), (now, ys) in zip(wanted, computed(f, args, given, Elsewhere)):
        found = [now] if words != now else [d for d in map(difference, xs, ys) if d]
        if found: return f"{words}: {found[0]}"
    return ""


def overwriting(name):
    "The method that overwrites a tensor, on a copy of it; nothing if there is none."
    method = getattr(ours.Tensor, f"{name}_", None) if "." not in name else None
    return [lambda input, *args, **given: method(input.clone(), *args, **given)] if method else []


@pytest.mark.filterwarnings("ignore")
def test_samples_with_any_array(samples):  # noqa: F811
    passed, failed, words = Counter(), Counter(), []
    for info, call in samples:
        for dtype in "float64", "int64":
            for sample in islice(inputs(info, dtype, True), EACH):
                for found in [problem(f, sample) for f in (call, *overwriting(info.name))]:
                    if found: words.append(f"{info.name} {dtype}: {found}")
                    if found is not None: (failed if found else passed)[info.name] += 1
    assert set(failed) <= set(EXCEPTIONS), "\n".join(words)
    assert len(passed) > 200 and failed.total() <= 0.02 * (passed + failed).total(), (passed.total(), failed)


def test_programs_with_any_array():
    "Views, writes, hooks, retained graphs."
    there = SimpleNamespace(**vars(ours))
    there.tensor = lambda array, **options: ours.Tensor(Elsewhere(array.copy()), **options)
    for seed in range(300):
        r, runs = random.Random(seed), (Run(ours, seed), Run(there, seed))
        acts = [("step", r.choice(KINDS), r.random(), r.random(), r.random()) for _ in range(12)]
        for name, *args in (*acts, ("gradients", r.choice([1, 2]))):
            (found, e), (other, f) = (attempt(getattr(run, name), *args) for run in runs)
            if e is None and "overwritten" in str(f): break  # NumPy's numbers are not arrays, and not overwritten
            assert type(e) is type(f), (seed, name, args, e, f)
            pairs = [*zip(runs[0].pool, runs[1].pool, strict=True), *zip(found or [], other or [], strict=True)]
            for pair in pairs:
                pair = [t if t is None or isinstance(t, ours.Tensor) else ours.Tensor(t) for t in pair]  # `grad` is an array
                assert not difference(*pair), (seed, name, args)


def test_arrays_of_two_kinds_are_not_mixed():
    here, there = np.ones(3), Elsewhere(np.ones(3))
    for act in (lambda: here + there, lambda: np.maximum(there, here), lambda: np.where(there > 0, there, here),
                lambda: there[np.arange(2)], lambda: np.asarray(there), lambda: np.stack([here, there])):
        with pytest.raises(TypeError): act()


def test_kernels_are_offered_to_arrays(monkeypatch):
    asked, usual = set(), Elsewhere.__array_function__
    monkeypatch.setattr(Elsewhere, "__array_function__", lambda self, f, *rest: asked.add(f) or usual(self, f, *rest))
    x = ours.Tensor(Elsewhere(np.ones(3)), requires_grad=True)
    x[1:].sum().backward()
    assert {f.__module__.partition(".")[0] for f in asked} == {"numpy", "build_your_own_torch"}

"""The samples on which PyTorch tests its own operations, tens of thousands: values, gradients, second gradients, methods, in
place, spread out in memory, and mistakes. What is computed otherwise here is named in `KNOWN`, with the reason."""
import numpy as np
import pytest
from compare import numbers
from conftest import reference

import build_your_own_torch as ours

DTYPES = "float64", "float32", "float16", "int64", "int32", "uint8", "bool"
CHANCE = {"bernoulli", "multinomial", "normal", "rand_like", "randint", "randn", "randn_like", "nn.functional.dropout",
          "empty", "empty_like", "new_empty"}
NO_POWERS = "NumPy refuses negative powers of integers, PyTorch makes zeros of most"
EMPTIED = "a batch of which padding leaves nothing and then copies the border of that"

KNOWN = {  # operation -> reason, and the samples it is a reason for
    "__rpow__": (NO_POWERS, lambda s, dtype: "int" in dtype),
    "all": ("bytes are not answered with bytes", lambda s, dtype: dtype == "uint8"),
    "any": ("bytes are not answered with bytes", lambda s, dtype: dtype == "uint8"),
    "arange": ("ends are made whole before counting, not only for int64", lambda s, dtype: dtype in ("int32", "uint8")),
    "argsort": ("equals keep their order", lambda s, dtype: s.input.numel() > 1000),
    "einsum": ("sums of short integers stay short", lambda s, dtype: dtype in ("int32", "uint8")),
    "gather": ("an index has as many axes as the tensor", lambda s, dtype: s.args[1].ndim != s.input.ndim),
    "index_add": ("what is added to a number is a list of one, as the index", lambda s, dtype: not s.input.ndim),
    "nn.functional.batch_norm": ("channels are axis 1", lambda s, dtype: s.input.ndim < 2),
    "nn.functional.embedding": ("rows are neither shortened nor weighed by how often they occur",
                                lambda s, dtype: {"max_norm", "scale_grad_by_freq", "sparse"} & set(s.kwargs)),
    "nn.functional.hardtanh": ("integers become floats", lambda s, dtype: "int" in dtype),
    "nn.functional.layer_norm": ("a single number less itself is 0, in PyTorch not quite",
                                 lambda s, dtype: s.input.numel() == 1 and dtype == "float32"),
    "nn.functional.pad": (EMPTIED, lambda s, dtype: -4 in s.args[0]),
    "nn.functional.scaled_dot_product_attention": ("chance", lambda s, dtype: s.kwargs.get("dropout_p")),
    "norm": ("the number of what is not 0 is a constant", lambda s, dtype: 0 in s.args),
    "linalg.norm": ("the number of what is not 0 is a constant, and matrices without numbers have no largest column",
                    lambda s, dtype: 0 in (*s.args, *s.input.shape, s.kwargs.get("ord"))),
    "linalg.vector_norm": ("the number of what is not 0 is a constant", lambda s, dtype: 0 in (*s.args, s.kwargs.get("ord"))),
    "pow": (NO_POWERS, lambda s, dtype: "int" in dtype and hasattr(s.args[0], "ndim") and (s.args[0] < 0).any()),
    "scatter": ("`reduce` is on its way out of PyTorch", lambda s, dtype: "reduce" in s.kwargs),
    "sort": ("equals keep their order", lambda s, dtype: s.input.numel() > 1000),
    "square": ("a bool times itself is a bool", lambda s, dtype: dtype == "bool"),
    "topk": ("of equals the first comes first", lambda s, dtype: dtype not in ("float64", "float32")),
}
ONCE = {"linalg.svdvals", "linalg.norm", "norm", "linalg.vector_norm"}  # some of these can't be differentiated twice

IN_ANOTHER_ORDER = {
    "einsum": lambda operands, equation: ours.einsum(equation, *operands),
    "where": lambda input, condition, other: ours.where(condition, input, other),
    "nn.functional.embedding": lambda weight, places, **given: ours.nn.functional.embedding(places, weight, **given),
    "T": lambda input: input.T, "mT": lambda input: input.mT,
}
METHODS = {"bool", "double", "float", "half", "int", "long", "short", "permute", "view", "reshape", "expand", "repeat", "to"}


@pytest.fixture(scope="module")
def samples():
    "PyTorch's descriptions of its operations, those that are known here."
    reference("expecttest")  # PyTorch's tests import it
    reference("torch")
    from torch.testing._internal.common_methods_invocations import op_db
    known = [(info, counterpart(info.name)) for info in op_db if info.name not in CHANCE | {"zero_"}]
    known = [pair for pair in known if pair[1]]
    assert len(known) > 200
    return known


def counterpart(name):
    if name in IN_ANOTHER_ORDER: return IN_ANOTHER_ORDER[name]
    if name in METHODS: return getattr(ours.Tensor, name)
    found = ours
    for part in name.split("."): found = getattr(found, part, None)
    return found or getattr(ours.Tensor, name, None)


def translated(x, leaves):
    "PyTorch's arguments as ours; what requires grad is noted in `leaves`, both."
    import torch
    if isinstance(x, torch.Tensor):
        t = spread(ours.Tensor(x.detach().numpy().copy()), x.stride())
        if x.requires_grad:
            t.requires_grad_()
            leaves.append((x, t))
        return t
    if isinstance(x, torch.Size): return tuple(x)
    if isinstance(x, (list, tuple)): return type(x)(translated(v, leaves) for v in x)
    if isinstance(x, dict): return {k: translated(v, leaves) for k, v in x.items() if k != "memory_format"}
    if isinstance(x, torch.dtype): return np.dtype(str(x).removeprefix("torch."))
    return str(x) if isinstance(x, torch.device) else x


def spread(t, strides):
    "The tensor with strides that PyTorch's has, if those are no more than twice as far."
    if not t.ndim or strides[-1] != 2: return t
    wide = np.zeros((*t.shape, 2), t.dtype)
    wide[..., 0] = t.data
    return ours.Tensor(wide[..., 0])


def tensors(x):
    "All tensors in a result."
    if isinstance(x, (list, tuple)): return [t for part in x for t in tensors(part)]
    return [x]


def difference(mine, theirs, digits):
    "What is different, or an empty string."
    if not hasattr(theirs, "detach"): return "" if mine == theirs else f"{mine} and not {theirs}"
    x, y = numbers(mine), numbers(theirs)
    if (x.dtype, x.shape) != (y.dtype, y.shape): return f"{x.dtype}{x.shape} and not {y.dtype}{y.shape}"
    short = x.dtype.kind == "f" and x.dtype.itemsize
    rtol = {2: 1e-2, 4: 2e-5}.get(short, 10.0 ** -digits)
    size = np.abs(y[np.isfinite(y)]).max(initial=1.0) if x.size else 1.0
    if np.allclose(x, y, rtol, rtol * size, equal_nan=True): return ""
    return f"{x.ravel()[:4]} and not {y.ravel()[:4]}"


def waves(y): return np.cos(np.arange(y.numel()) + 1.0).reshape(tuple(y.shape)).astype(numbers(y).dtype)


def gradients(mine, theirs, leaves, twice):
    "The differences of first gradients, and of second."
    import torch
    pairs = [(a, b) for a, b in zip(mine, theirs) if hasattr(b, "requires_grad") and b.requires_grad]
    if not pairs or not leaves: return
    mine, theirs = zip(*pairs)
    xs, ts = zip(*leaves)
    given = [waves(y) for y in theirs]
    wanted = torch.autograd.grad(theirs, xs, list(map(torch.from_numpy, given)), create_graph=twice, allow_unused=True)
    found = ours.autograd.grad(mine, ts, list(map(ours.Tensor, given)), create_graph=twice, allow_unused=True)
    for a, b in zip(found, wanted):
        a, b = (np.zeros(1) if g is None else g for g in (a, b))
        if not (numbers(a).any() or numbers(b).any()): continue  # None and zeros are the same
        yield difference(a, b, 9)
    if not twice: return
    wanted = [(i, g) for i, g in enumerate(wanted) if g is not None and g.requires_grad]
    if not wanted: return
    whole = sum((torch.from_numpy(waves(g)) * g).sum() for _, g in wanted)
    try: wanted_again = torch.autograd.grad(whole, xs, allow_unused=True)
    except RuntimeError: return  # PyTorch has no second derivative
    mine = [(i, found[i]) for i, _ in wanted if found[i] is not None and found[i].requires_grad]
    whole = sum((ours.Tensor(waves(g)) * g).sum() for _, g in mine)
    found_again = ours.autograd.grad(whole, ts, allow_unused=True) if mine else [None] * len(ts)
    for a, b in zip(found_again, wanted_again):
        a, b = (np.zeros(1) if g is None else g for g in (a, b))
        if numbers(a).any() or numbers(b).any(): yield difference(a, b, 8)


def described(info, sample, how):
    words = [f"{tuple(x.shape)}" if hasattr(x, "shape") else f"{x!r:.40}" for x in (sample.input, *sample.args)]
    words += [f"{k}={v!r:.40}" for k, v in sample.kwargs.items()]
    return f"{how} {info.name}({', '.join(words)})"


def examined(info, sample, dtype, how, theirs, mine):
    "What goes wrong with one sample, or nothing."
    _, known = KNOWN.get(info.name, ("", None))
    if known and known(sample, dtype): return
    first = sample.input.clone() if how == "in place" else sample.input
    try: wanted = theirs(first, *sample.args, **sample.kwargs)
    except Exception: return  # PyTorch refuses it with these types
    if wanted is NotImplemented or any(isinstance(x, complex) for x in (sample.input, *sample.args)): return
    leaves: list = []
    try: input, args, given = (translated(v, leaves) for v in (sample.input, sample.args, sample.kwargs))
    except TypeError: return  # a type that NumPy doesn't have
    try:
        found = mine(input.clone() if how == "in place" else input, *args, **given)
        a, b = tensors(found), tensors(wanted)
        problems = [f"{len(a)} results and not {len(b)}"] if len(a) != len(b) else []
        problems += [difference(*pair, 11) for pair in zip(a, b, strict=False)]
        if not any(problems) and leaves:
            problems += gradients(a, b, leaves, dtype == "float64" and info.name not in ONCE)
    except Exception as e: problems = [f"{type(e).__name__}: {e}"]
    for problem in filter(None, problems): return f"{described(info, sample, how)}: {problem}"


def inputs(info, dtype, grad):
    "Samples for gradients, or without `grad` more of them: extreme numbers, mixed types."
    import torch
    dtype = getattr(torch, dtype)
    if dtype not in info.dtypes: return []
    torch.manual_seed(0)
    if not grad: return info.reference_inputs("cpu", dtype)
    return info.sample_inputs("cpu", dtype, requires_grad=info.supports_autograd and dtype.is_floating_point)


def report(problems, counted, least):
    problems = [p for p in problems if p]
    assert counted > least, counted
    assert not problems, f"{len(problems)} of {counted}:\n" + "\n".join(problems[:50])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.filterwarnings("ignore")
def test_values(samples, dtype):
    problems = [examined(info, s, dtype, "", info, mine) for info, mine in samples for s in inputs(info, dtype, False)]
    report(problems, len(problems), 4000)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.filterwarnings("ignore")
def test_gradients(samples, dtype):
    problems = [examined(info, s, dtype, "", info, mine) for info, mine in samples for s in inputs(info, dtype, True)]
    report(problems, len(problems), 3000)


@pytest.mark.parametrize("how", ["method", "in place"])
@pytest.mark.filterwarnings("ignore")
def test_methods(samples, how):
    "Also of arrays whose numbers don't lie side by side."
    problems = []
    for info, _ in samples:
        theirs = info.get_method() if how == "method" else info.get_inplace()
        mine = getattr(ours.Tensor, info.name + ("_" if how == "in place" else ""), None)
        if theirs is None or mine is None or "." in info.name or info.name in IN_ANOTHER_ORDER: continue
        for dtype in ("float64", "int64"):
            for sample in inputs(info, dtype, True):
                if how == "in place" and (sample.broadcasts_input or not info.supports_inplace_autograd): continue
                for s in (sample, sample.noncontiguous()): problems.append(examined(info, s, dtype, how, theirs, mine))
    report(problems, len(problems), 500)


def shared(call, input, args, given):
    "Which results change when the input is written to, and whether it changes, or refuses, when the first result is."
    out = [x for x in tensors(call(input, *args, **given)) if hasattr(x, "add_") and x.dtype == input.dtype]
    if not out: return []
    def changed(written, watched):
        before = [numbers(x).copy() for x in watched]
        try: written.add_(1)
        except RuntimeError: return ["refused"]
        return [not np.array_equal(numbers(x), b, equal_nan=True) for x, b in zip(watched, before, strict=True)]
    return changed(input, out) + changed(out[0], [input])


@pytest.mark.filterwarnings("ignore")
def test_what_is_a_view_and_what_a_copy(samples):
    "By writing into the operand and looking at the result, and the other way round."
    problems = []
    for info, mine in samples:
        _, known = KNOWN.get(info.name, ("", None))
        for sample in inputs(info, "float64", True):
            if not hasattr(sample.input, "detach") or known and known(sample, "float64"): continue
            if "channels_last" in str(sample.kwargs): continue  # another order in memory, which is not here
            problems.append("")
            first = sample.input.detach()
            here = translated(first, [])
            args, given = translated(sample.args, []), translated(sample.kwargs, [])
            try: wanted = shared(info, first, sample.args, sample.kwargs)
            except Exception: continue  # PyTorch refuses
            try: found = shared(mine, here, args, given)
            except Exception as e: found = e
            if found != wanted: problems[-1] = f"{described(info, sample, '')}: {found!r} and not {wanted}"
    report(problems, len(problems), 1000)


LENIENT = {  # plain numbers and lists where PyTorch insists on tensors, narrower or complex numbers that are converted
    "__radd__", "__rand__", "__rmod__", "__rmul__", "__ror__", "__rpow__", "__rsub__", "__rxor__", "bitwise_and", "bitwise_or",
    "bitwise_xor", "eq", "ge", "gt", "isclose", "le", "logical_and", "logical_or", "logical_xor", "lt", "masked_fill", "max",
    "maximum", "min", "minimum", "multinomial", "ne", "nn.functional.embedding", "pow", "remainder"}


@pytest.mark.filterwarnings("ignore")
def test_mistakes(samples):
    "What PyTorch refuses is refused."
    taken, counted = [], 0
    for info, mine in samples:
        if info.error_inputs_func is None or info.name in LENIENT: continue
        for mistake in info.error_inputs("cpu"):
            sample, counted = mistake.sample_input, counted + 1
            try: mine(*translated((sample.input, *sample.args), []), **translated(sample.kwargs, []))
            except Exception: continue
            taken.append(described(info, sample, "taken:"))
    report(taken, counted, 100)


def module_samples(dtype, training):
    "For each module known here: PyTorch's module with its numbers, ours, and what to call both with."
    import torch
    from torch.testing._internal.common_modules import module_db
    for info in module_db:
        mine = ours.nn
        for part in info.name.split(".")[1:]: mine = getattr(mine, part, None)
        if not mine: continue
        torch.manual_seed(0)
        for sample in info.module_inputs_func(info, "cpu", dtype, True, training):
            if not sample.forward_input: continue
            args, given = sample.constructor_input.args, sample.constructor_input.kwargs
            theirs = info.module_cls(*args, **given).to(dtype).train(training)
            yield theirs, mine(*translated(args, []), **translated(given, [])), sample.forward_input


def module_difference(theirs, mine, call):
    leaves: list = []
    mine.load_state_dict(translated(dict(theirs.state_dict()), []))
    found = mine(*translated(call.args, leaves), **translated(call.kwargs, leaves))
    wanted = theirs(*call.args, **call.kwargs)
    yield difference(found, wanted, 11)
    yield "" if repr(mine) == repr(theirs) else f"{mine!r} and not {theirs!r}"
    for name, t in theirs.state_dict().items(): yield difference(mine.state_dict()[name], t, 11)
    if not wanted.requires_grad: return
    g = waves(wanted)
    wanted.backward(wanted.new_tensor(g))
    found.backward(g)
    leaves += zip(theirs.parameters(), mine.parameters(), strict=True)
    for x, t in leaves:
        if x.grad is not None: yield difference(ours.Tensor(t.grad), x.grad, 9)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.filterwarnings("ignore")
def test_modules(samples, dtype, training):
    "Values, representations, states, gradients."
    import torch
    problems = []
    for theirs, mine, call in module_samples(getattr(torch, dtype), training):
        if dtype == "float64": mine.double()
        found = [f"{theirs!r}: {d}" for d in module_difference(theirs, mine.train(training), call) if d]
        problems.append(found[0] if found else "")
    report(problems, len(problems), 250)


@pytest.mark.filterwarnings("ignore")
def test_optimizers(samples):
    "Twelve steps with each of the settings PyTorch tries; Muon only runs, since PyTorch's computes in 16 bits."
    import torch
    from torch.testing._internal.common_optimizers import optim_db
    problems = []
    for info in optim_db:
        mine = getattr(ours.optim, info.optim_cls.__name__, None)
        for setting in info.optim_inputs_func("cpu") if mine else ():
            if setting.kwargs.get("line_search_fn"): continue  # there is none here
            theirs = trained(torch, info.optim_cls, setting.kwargs)
            here = trained(ours, mine, translated(setting.kwargs, []))
            muon = info.optim_cls.__name__ == "Muon"
            same = muon or all(np.allclose(numbers(a), numbers(b), 1e-10) for a, b in zip(here, theirs, strict=True))
            problems.append("" if same else f"{info.optim_cls.__name__} {setting.kwargs}")
    report(problems, len(problems), 50)


def trained(T, optimizer, setting):
    "A matrix after twelve steps towards a map between random numbers."
    rng = np.random.default_rng(0)
    start, x, y = (T.tensor(rng.standard_normal(shape)) for shape in ((3, 4), (7, 3), (7, 4)))
    w = T.nn.Parameter(start)
    steps = optimizer([w], **setting)
    def closure():
        steps.zero_grad()
        loss = ((x @ w - y) ** 2).mean()
        loss.backward()
        return loss
    return w, *[steps.step(closure) for _ in range(12)]

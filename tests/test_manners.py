"""What programs written for PyTorch meet at the edges of the library: names it has and has not, other names of parameters,
help, and what it says to shapes and types that don't fit."""
import collections
import copy
import importlib
import inspect
import itertools
import pickle
import pydoc
import re
import types

import numpy as np
import pytest
from conftest import reference

import build_your_own_torch as ours

PLACES = ["", "nn", "nn.functional", "nn.init", "nn.utils", "optim", "optim.lr_scheduler", "utils", "utils.data", "autograd",
          "autograd.functional", "linalg", "cuda"]
OURS = {  # what PyTorch has elsewhere, or not at all
    "contiguous", "expand", "repeat", "view", "inv", "vector_norm", "set_detect_anomaly", "summary", "Lion", "range_test",
    "WorkerInfo", "Context", "RemovableHandle", "checkpoint", "jacobian", "hessian", "vjp", "jvp", "hvp", "once_differentiable"}
NUMPYS = r"gufunc|signature|remapped|core dim|newaxis|einstein|out of bounds|not be broadcast|cannot reshape|object has no"


def place(path, library=ours):
    for name in path.split(".") if path else (): library = getattr(library, name)
    return library


def outcome(f, *args, **given):
    "The result, or the error."
    try: return f(*args, **given)
    except Exception as e: return e


@pytest.mark.parametrize("path, name, nearest", [
    ("nn", "Conv2d", None), ("nn", "Liner", "torch.nn.Linear"), ("nn.functional", "conv2d", None), ("", "compile", None),
    ("nn.functional", "cross_entrpy", "torch.nn.functional.cross_entropy"), ("linalg", "solve", None),
    ("cuda", "synchronize", None),
    ("optim", "AdmW", "torch.optim.AdamW"), ("optim.lr_scheduler", "StepRL", "torch.optim.lr_scheduler.StepLR"),
    ("nn.init", "dirac_", None), ("nn.utils", "weight_norm", None), ("utils", "cpp_extension", None),
    ("autograd", "profiler", None),
    ("utils.data", "DistributedSampler", None), ("nn.modules", "Conv2d", None), ("optim.adam", "Adm", "torch.optim.adam.Adam")])
def test_an_absent_name(path, name, nearest):
    here = place(path)
    with pytest.raises(AttributeError) as e: getattr(here, name)
    where = f"torch.{path}".rstrip(".")
    said = f"{where}.{name} is not in this library, which is only a part of PyTorch"
    assert str(e.value) == said + (f": did you mean {nearest}?" if nearest else "")
    assert not hasattr(here, name) and getattr(here, name, 7) == 7 and e.value.name == name
    with pytest.raises(ImportError): exec(f"from build_your_own_torch.{path} import {name}".replace(". ", " "))


def test_absent_attributes_of_tensors_and_what_asks_for_them():
    x = ours.ones(2, 2)
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'svd'"): _ = x.svd
    assert not hasattr(x, "svd") and not hasattr(ours, "__path_not_there__") and not hasattr(ours.nn, "__wrapped__")
    for again in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))): assert again.tolist() == x.tolist()
    assert pickle.loads(pickle.dumps(ours.cat)) is ours.cat and pickle.loads(pickle.dumps(ours.linalg.inv)) is not None
    assert inspect.unwrap(ours.nn) is ours.nn and np.asarray(x).shape == (2, 2)


@pytest.mark.parametrize("path", PLACES)
def test_dir_shows_public_names_only(path):
    names = [n for n in dir(place(path)) if not n.startswith("_")]
    theirs = place(path, reference("torch"))
    assert names and set(names) == set(names) - {"np", "math", "partial", "annotations", "wrap", "describe"}
    assert {n for n in names if not hasattr(theirs, n)} <= OURS
    for n in names: assert hasattr(place(path), n)
    assert not [n for n in names if isinstance(getattr(place(path), n), types.ModuleType) and not hasattr(theirs, n)]


def test_other_places_of_names():
    for path in ("nn.parameter.Parameter", "nn.modules.Module", "nn.modules.module.Module", "nn.modules.linear.Linear",
                 "optim.adam.Adam",
                 "optim.optimizer.Optimizer", "optim.sgd.SGD", "utils.data.dataset.Dataset", "utils.data.dataloader.DataLoader",
                 "utils.data.sampler.Sampler", "autograd.Variable", "autograd.function.Function",
                 "autograd.function.once_differentiable",
                 "autograd.functional.vjp", "autograd.functional.hessian", "nn.utils.clip_grad.clip_grad_norm_", "linalg.inv",
                 "nn.utils.convert_parameters.parameters_to_vector", "utils.checkpoint.checkpoint", "nn.modules.loss.MSELoss"):
        module, _, name = path.rpartition(".")
        there = getattr(importlib.import_module(f"build_your_own_torch.{module}"), name)
        assert there is place(path) and getattr(importlib.import_module(f"{reference('torch').__name__}.{module}"), name)
    exec("import build_your_own_torch.optim.lr_scheduler, build_your_own_torch.nn.functional as F\nassert F.relu")
    assert ours.nn.modules.linear.Linear is ours.nn.Linear and ours.autograd.function.Function is ours.autograd.Function


def test_variables_of_older_programs():
    for T in (ours, reference("torch")):
        x = T.ones(2)
        v = T.autograd.Variable(x, requires_grad=True)
        (v * 2).sum().backward()
        assert v.grad.tolist() == [2.0, 2.0] and not x.requires_grad and isinstance(x, T.autograd.Variable)
        assert not isinstance(3, T.autograd.Variable)


def test_a_backward_that_is_differentiated_once():
    for T in (ours, reference("torch")):
        class Cube(T.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x ** 3
            @staticmethod
            @T.autograd.function.once_differentiable
            def backward(ctx, g): return g * 3 * ctx.saved_tensors[0] ** 2
        x = T.tensor([2.0], requires_grad=True)
        Cube.apply(x).sum().backward()
        assert x.grad.tolist() == [12.0]
        g, = T.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)
        assert g.tolist() == [12.0]
        with pytest.raises(RuntimeError): g.sum().backward()


def test_tensors_of_a_type():
    for T in (ours, reference("torch")):
        assert T.FloatTensor(2, 3).shape == (2, 3) and T.LongTensor(2).shape == (2,) and T.FloatTensor().shape == (0,)
        assert T.FloatTensor([1, 2]).tolist() == [1.0, 2.0] and str(T.LongTensor([1]).dtype).endswith("int64")
        for name in ("Double", "Half", "Int", "Short", "Char", "Byte", "Bool"):
            made = getattr(T, name + "Tensor")([1, 0])
            assert made.type() == f"torch.{name}Tensor" and isinstance(made, getattr(T, name + "Tensor"))
            assert not isinstance(made, T.FloatTensor) and T.ones(2).type(made.type()).dtype == made.dtype
        assert T.tensor([1.5]).type(T.LongTensor).tolist() == [1] and T.tensor([1]).type("torch.FloatTensor").tolist() == [1.0]


def test_a_tensor_of_a_size():
    for T in (ours, reference("torch")):
        assert T.Tensor(2, 3).shape == (2, 3) and T.Tensor(3).shape == (3,) and T.Tensor().shape == (0,)
        assert T.nn.Parameter(T.Tensor(2, 3)).shape == (2, 3) and T.Tensor([1.0, 2.0]).tolist() == [1.0, 2.0]


def test_help_shows_no_marks_of_cells():
    counted = 0
    for here in map(place, PLACES):
        for name in dir(here):
            value = getattr(here, name)
            if name.startswith("_") or isinstance(value, types.ModuleType) or not callable(value): continue
            if not str(getattr(value, "__module__", "")).startswith("build_your_own_torch"): continue
            counted += 1
            assert "# %%" not in pydoc.render_doc(value, renderer=pydoc.plaintext), name
            assert inspect.getdoc(value), name
    assert counted > 350, counted


def test_axis_and_other_names_of_parameters():
    i = [[0], [1]]
    for T in (ours, reference("torch")):
        x = T.arange(6.0).reshape(2, 3)
        assert T.cat((x, x), axis=1).shape == (2, 6) and T.stack((x, x), axis=1).shape == (2, 2, 3)
        assert x.unsqueeze(axis=0).shape == (1, 2, 3) and x[None].squeeze(axis=0).shape == (2, 3)
        assert T.topk(x, 1, axis=1)[0].tolist() == [[2.0], [5.0]]
        assert T.gather(x, axis=1, index=T.tensor(i)).tolist() == [[0.0], [4.0]]
        assert T.median(x, axis=0, keepdims=True)[0].shape == (1, 3) and T.unbind(x, axis=1)[0].tolist() == [0.0, 3.0]
        assert T.outer(input=x[0], vec2=x[1]).shape == (3, 3) and T.mm(x, mat2=x.T).shape == (2, 2)
        assert T.logical_and(input=x, other=x).tolist() == (x != 0).tolist() and T.max(x, other=x).tolist() == x.tolist()
        assert T.zeros(size=(2, 3)).shape == T.rand(size=(2, 3)).shape == T.randint(high=5, size=(2, 3)).shape == (2, 3)
        assert T.arange(end=3).tolist() == [0, 1, 2]
        assert T.reshape(input=x, shape=(3, 2)).shape == x.view(size=(3, 2)).shape == (3, 2)
        assert x[0].expand(size=(4, 3)).shape == (4, 3) and x.repeat(repeats=(2, 1)).shape == (4, 3)
        assert T.flip(x, dims=(0,)).tolist() == x.flip(dims=[0]).tolist() and T.broadcast_to(x[0], size=(2, 3)).shape == (2, 3)
        assert T.full_like(x, fill_value=2.0).tolist() == [[2.0] * 3] * 2
        assert x.clone().normal_(mean=3.0, std=0.0).tolist() == [[3.0] * 3] * 2
        with pytest.raises(TypeError): T.cat((x, x), axes=1)
        with pytest.raises(TypeError): T.arange()


def names_of(f, name):
    "The parameters of PyTorch's function, for each way to call it."
    try: return [list(inspect.signature(f).parameters)]
    except (ValueError, TypeError): pass
    native = "aten::" + name.replace("nn.functional.", "").replace(".", "_")
    schemas = reference("torch")._C._jit_get_schemas_for_operator(native)
    return [["input" if a.name == "self" else a.name for a in s.arguments] for s in schemas]


# what test_samples does not compare either
UNKNOWN = {"nn.functional.batch_norm", "nn.functional.pad", "index_add", "gather", "scatter", "linalg.svdvals"}
# the quickest functions are called by one name only
NUMPY = {"dim": "axis", "keepdim": "keepdims", "input": "x"}
QUICK = {"exp", "log", "tanh", "sin", "cos", "neg", "mul", "matmul", "sum", "mean", "relu", "add", "sub", "div", "pow"}


@pytest.mark.filterwarnings("ignore")
def test_parameters_by_name():
    "PyTorch's samples with their arguments by name, and by NumPy's names where PyTorch takes these."
    from test_samples import translated
    reference("expecttest")
    torch = reference("torch")
    from torch.testing._internal.common_methods_invocations import op_db
    refused, counted = [], 0
    for info in op_db:
        f, g = (outcome(place, info.name, T) for T in (torch, ours))
        dtype = next((d for d in (torch.float64, torch.int64, torch.bool) if d in info.dtypes), None)
        if isinstance(f, Exception) or isinstance(g, Exception) or not dtype or info.name in UNKNOWN: continue
        for sample in itertools.islice(info.sample_inputs("cpu", dtype), 6):
            for names, numpys in itertools.product(names_of(f, info.name), ({}, NUMPY)):
                args = sample.input, *sample.args
                if len(names) < len(args) or numpys and info.name in QUICK: continue
                given = {numpys.get(k, k): v for k, v in [*zip(names, args), *sample.kwargs.items()]}
                if {"out", "layout", "a"} & set(given) or isinstance(outcome(f, **given), Exception): continue
                counted += 1
                found = outcome(g, **translated(given, []))
                if isinstance(found, Exception): refused.append(f"{info.name}({', '.join(given)}): {found}")
    assert counted > 400, counted
    assert not refused, "\n".join(refused)


def test_functions_take_arrays():
    for name in "median sort argsort unique nonzero flip tril diag trace std all count_nonzero".split():
        f, x = getattr(ours, name), np.array([[3.0, 1.0], [2.0, 0.0]], np.float32)
        extra = ((0,),) if name == "flip" else ()
        for mine, same in zip(*(r if isinstance(r, tuple) else (r,) for r in (f(x, *extra), f(ours.tensor(x), *extra)))):
            assert mine.tolist() == same.tolist(), name
    x = ours.tensor([3.0, 1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    assert ours.median(x.grad).item() == 4.0 and ours.median(x.data).item() == 2.0
    F, p, y = ours.nn.functional, np.array([[0.5, 0.25]], np.float32), np.array([1])
    assert F.cross_entropy(p, y).item() == F.cross_entropy(ours.tensor(p), ours.tensor(y)).item()
    assert F.binary_cross_entropy(ours.tensor(p), p).item() == F.binary_cross_entropy(ours.tensor(p), ours.tensor(p)).item()


SHAPES = [(), (2,), (3,), (2, 3), (4, 5), (2, 2, 3), (3, 2, 3)]
PAIRS = {
    "matmul": lambda T, a, b: a @ b, "mm": lambda T, a, b: T.mm(a, b), "dot": lambda T, a, b: T.dot(a, b),
    "bmm": lambda T, a, b: T.bmm(a, b), "outer": lambda T, a, b: T.outer(a, b), "add": lambda T, a, b: a + b,
    "where": lambda T, a, b: T.where(a > 0, a, b), "einsum": lambda T, a, b: T.einsum("ij,jk->ik", a, b),
    "einsum ...": lambda T, a, b: T.einsum("...ij,...jk->...ik", a, b), "tensordot": lambda T, a, b: T.tensordot(a, b, 1),
    "linear": lambda T, a, b: T.nn.functional.linear(a, b),
    "linear with bias": lambda T, a, b: T.nn.functional.linear(a, b, T.ones(3)),
    "addmm": lambda T, a, b: T.addmm(T.ones(2, 2), a, b), "mse_loss": lambda T, a, b: T.nn.functional.mse_loss(a, b),
    "isclose": lambda T, a, b: T.isclose(a, b), "masked_select": lambda T, a, b: T.masked_select(a, b > 0),
    "reshape": lambda T, a, b: a.reshape(7), "expand": lambda T, a, b: a.expand_as(b), "inv": lambda T, a, b: T.linalg.inv(a),
    "det": lambda T, a, b: T.linalg.det(a), "sum": lambda T, a, b: a.sum(3), "max": lambda T, a, b: a.max(3),
    "sort": lambda T, a, b: a.sort(3), "softmax": lambda T, a, b: a.softmax(3), "copy_": lambda T, a, b: a.clone().copy_(b)}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PAIRS)
def test_shapes_that_do_not_fit(name):
    "Both libraries refuse the same, with the same kind of error, and ours without NumPy's words."
    torch, f = reference("torch"), PAIRS[name]
    for shapes in itertools.product(SHAPES, SHAPES):
        arrays = [np.eye(*s, dtype=np.float32) if len(s) == 2 else np.ones(s, np.float32) for s in shapes]
        mine, theirs = (outcome(f, T, *map(T.tensor, arrays)) for T in (ours, torch))
        if name == "linear with bias" and len(shapes[1]) == 1: continue  # PyTorch has no bias for one row
        assert isinstance(mine, Exception) == isinstance(theirs, Exception), (shapes, mine, theirs)
        if not isinstance(mine, Exception): continue
        assert isinstance(mine, type(theirs)) and not re.search(NUMPYS, str(mine)), (shapes, mine, theirs)


@pytest.mark.parametrize("f, said", [
    (lambda x: x @ x, r"matmul\(float32\[2, 3\], float32\[2, 3\]\): expected shapes that end in \[n,k\] and \[k,m\]"),
    (lambda x: x.sum() @ x, r"matmul\(float32\[\], float32\[2, 3\]\): expected shapes that end in"),
    (lambda x: x + x.T, r"add\(float32\[2, 3\], float32\[3, 2\]\): lengths, from the last on, must be equal or 1"),
    (lambda x: x.reshape(4), r"reshape\(float32\[2, 3\]\): 6 numbers don't make the shape \[4\]"),
    (lambda x: x.expand(4, 4), r"expand\(float32\[2, 3\]\): the shape does not broadcast to \[4,4\]"),
    (lambda x: ours.linalg.inv(x), r"inv\(float32\[2, 3\]\): expected square matrices"),
    (lambda x: x.sum(2), r"sum\(float32\[2, 3\]\): there is no axis 2"),
    (lambda x: ours.cat((x, x.T)), r"cat\(float32\[2, 3\], float32\[3, 2\]\): only the joined lengths may differ"),
    (lambda x: ours.nn.Linear(2, 4)(x), r"linear: float32\[2, 3\] does not end as float32\[4, 2\]")])
def test_the_words_for_shapes(f, said):
    with pytest.raises((RuntimeError, IndexError), match=said): f(ours.ones(2, 3))


DTYPES = "float32", "float64", "int64"
TYPED = {
    "matmul": (lambda T, a, b: a @ b, 2), "mv": (lambda T, a, b: T.mv(a, b[0]), 2), "addmm": (lambda T, *x: T.addmm(*x), 3),
    "einsum": (lambda T, a, b: T.einsum("ij,jk->ik", a, b), 2),
    "einsum without a sum": (lambda T, a, b: T.einsum("ij,ij->ij", a, b), 2),
    "linear": (lambda T, *x: T.nn.functional.linear(*x), 2), "bias": (lambda T, a, b, c: T.nn.functional.linear(a, b, c[0]), 3),
    "bilinear": (lambda T, a, b, c: T.nn.functional.bilinear(a, b, c[None]), 3),
    "embedding": (lambda T, *x: T.nn.functional.embedding(*x), 2),
    "layer_norm": (lambda T, a, b: T.nn.functional.layer_norm(a, (3,), b[0], b[1]), 2),
    "group_norm": (lambda T, a, b: T.nn.functional.group_norm(a, 1, b[0], b[1]), 2),
    "batch_norm": (lambda T, a, b: T.nn.functional.batch_norm(a, b[0], b[1]), 2),
    "batch_norm by the batch": (lambda T, a, b: T.nn.functional.batch_norm(a, None, None, b[0], b[1], True), 2),
    "cross_entropy": (lambda T, a, b: T.nn.functional.cross_entropy(a, b[0]), 2),
    "cross_entropy, probabilities": (lambda T, a, b: T.nn.functional.cross_entropy(a, b), 2),
    "cross_entropy, weights": (lambda T, a, b: T.nn.functional.cross_entropy(a, T.tensor([0, 1, 2]), b[0]), 2),
    "nll_loss": (lambda T, a, b: T.nn.functional.nll_loss(a, b[0]), 2),
    "mse_loss": (lambda T, *x: T.nn.functional.mse_loss(*x), 2),
    "binary_cross_entropy": (lambda T, *x: T.nn.functional.binary_cross_entropy(*x), 2),
    "kl_div": (lambda T, *x: T.nn.functional.kl_div(*x), 2),
    "with logits": (lambda T, *x: T.nn.functional.binary_cross_entropy_with_logits(*x), 2),
    "lerp": (lambda T, a, b: T.lerp(a, b, 0.5), 2),
    "cosine_similarity": (lambda T, *x: T.nn.functional.cosine_similarity(*x), 2), "isclose": (lambda T, *x: T.isclose(*x), 2),
    "attention": (lambda T, *x: T.nn.functional.scaled_dot_product_attention(*x), 3),
    "gather": (lambda T, a, b: T.gather(a, 0, b), 2),
    "index_select": (lambda T, a, b: T.index_select(a, 0, b[0]), 2),
    "index_add": (lambda T, a, b: T.index_add(a, 0, T.tensor([0, 1, 2]), b), 2),
    "Linear": (lambda T, a: T.nn.Linear(3, 2)(a), 1), "LayerNorm": (lambda T, a: T.nn.LayerNorm(3)(a), 1),
    "BatchNorm1d": (lambda T, a: T.nn.BatchNorm1d(3)(a), 1), "Embedding": (lambda T, a: T.nn.Embedding(3, 2)(a), 1),
    "softmax": (lambda T, a: T.softmax(a, 1), 1), "gelu": (lambda T, a: T.nn.functional.gelu(a), 1),
    "inv": (lambda T, a: T.linalg.inv(a), 1),
    "norm": (lambda T, a: T.norm(a), 1), "glu": (lambda T, a: T.nn.functional.glu(a[:, :2]), 1),
    "silu": (lambda T, a: T.nn.functional.silu(a), 1)}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TYPED)
def test_types_that_do_not_fit(name):
    torch, (f, n) = reference("torch"), TYPED[name]
    for dtypes in itertools.product(DTYPES, repeat=n):
        arrays = [np.eye(3, dtype=d) for d in dtypes]
        mine, theirs = (outcome(f, T, *map(T.tensor, arrays)) for T in (ours, torch))
        assert isinstance(mine, Exception) == isinstance(theirs, Exception), (dtypes, mine, theirs)
        if isinstance(mine, Exception): assert isinstance(mine, type(theirs)), (dtypes, mine, theirs)
        elif name != "with logits": assert str(mine.dtype) == str(theirs.dtype).removeprefix("torch."), dtypes


def test_settings_of_an_optimizer_of_ones_own():
    for T in (ours, reference("torch")):
        class Own(T.optim.Optimizer):
            def __init__(self, params, **defaults): super().__init__(params, defaults)
            def step(self, closure=None): pass
        p = T.ones(1, requires_grad=True)
        for given in (dict(betas=(0.9, 0.99, 0.999)), dict(rho=2.0), dict(lr=None), dict(eps=(1e-30, 1e-3)), dict(betas=0.9),
                      dict(alpha=-1.0)):
            group, = Own([p], **{"lr": 0.1, **given}).param_groups
            assert group["params"][0] is p and all(group[k] == v for k, v in given.items())
        own = Own([p], lr=0.1, betas=(0.9, 0.99, 0.999))
        T.optim.lr_scheduler.OneCycleLR(own, 0.1, 10)
        assert own.param_groups[0]["betas"] == (0.95, 0.99, 0.999)
        for given in (dict(lr=-1.0), dict(betas=(0.9, 1.0)), dict(eps=-1.0)):
            with pytest.raises(ValueError): T.optim.Adam([p], **given)


class Bag(dict):
    "A dict with something beside its entries."
    colour = "red"


def test_containers_of_a_batch():
    Point, T = collections.namedtuple("Point", "x y"), reference("torch")
    bag = Bag(a=1.0)
    bag.colour = "blue"
    samples = [(1, 2.5), [1, 2.5], Point(1, 2), {"a": 1}, collections.OrderedDict(a=1), bag,
               collections.defaultdict(list, a=[1, (2, 3)]),
               types.MappingProxyType({"a": 1}), collections.UserList([1, 2]), "word", b"word", range(2), True,
               [["deep", (1, {"b": 2})]]]
    for sample in samples:
        for name in ("default_collate", "default_convert"):
            given = [sample] * 2 if name == "default_collate" else sample
            mine, theirs = (getattr(L.utils.data, name)(given) for L in (ours, T))
            assert type(mine) is type(theirs) or hasattr(theirs, "dtype"), (sample, mine, theirs)
            assert plain(mine) == plain(theirs), sample
    assert ours.utils.data.default_collate([bag, bag]).colour == "blue"
    for sample in (None, {1, 2}, object(), np.array(["a"])):
        with pytest.raises(TypeError): ours.utils.data.default_collate([sample] * 2)


def plain(x):
    "A batch with lists for tensors."
    if hasattr(x, "tolist"): return x.tolist()
    if isinstance(x, collections.abc.Mapping): return {k: plain(v) for k, v in x.items()}
    return x if isinstance(x, (str, bytes, int, float)) else list(map(plain, x))


@pytest.mark.parametrize("f, total", [
    (lambda x: (x * 2, x * 3), lambda out: out[0].sum() + out[1].sum()), (lambda x: (x * 2, x * 3), lambda out: out[0].sum()),
    (lambda x: [x * 2, None, 7], lambda out: (out[0] * out[2]).sum()),
    (lambda x: {"a": x.exp(), "b": (x.sum(), 1)}, lambda out: out["b"][0]),
    (lambda x, scale=1.0: x * scale, lambda out: out.sum())])
def test_a_checkpoint_of_several_results(f, total):
    given, outcomes = {"scale": 3.0} if f.__code__.co_argcount == 2 else {}, []
    for T in (ours, reference("torch")):
        x = T.tensor([1.0, 2.0], requires_grad=True)
        out = T.utils.checkpoint.checkpoint(f, x, use_reentrant=False, **given)
        total(out).backward()
        outcomes.append((type(out).__name__, np.asarray(x.grad).tolist()))
    assert outcomes[0] == outcomes[1]


def test_old_programs_make_floats_of_lists():
    for T in (ours, reference("torch")):
        made = [T.Tensor([1, 2, 3]), T.Tensor([True, False]), T.Tensor(2, 3), T.Tensor(3), T.Tensor(), T.Tensor([[1], [2]])]
        assert {t.dtype for t in made} == {T.float32}
        assert [tuple(t.shape) for t in made] == [(3,), (2,), (2, 3), (3,), (0,), (2, 1)]
        assert made[0].mean().item() == 2.0 and made[1].tolist() == [1.0, 0.0]
    assert ours.Tensor(np.array([1.0, 2.0])).dtype == np.float64, "an array is shared, and keeps its type"

"Chapter 10 against PyTorch: every function and option, values, gradients and second gradients, extremes, errors."

import warnings

import numpy as np
import pytest
from compare import agree, arrays, numbers, same_failure
from conftest import reference

import build_your_own_torch as ours
from build_your_own_torch.nn import functional


def both(name, *inputs, rtol=1e-12, second=True, fixed=(), **options):
    "`functional.name` in both libraries: value, gradients of all floats but `fixed` options, and gradients of those."
    torch = reference("torch")
    outcomes = []
    for T, F in ((ours, functional), (torch, torch.nn.functional)):

        def made(v):
            if not isinstance(v, np.ndarray):
                return v
            return T.tensor(v.copy()).requires_grad_(v.dtype.kind == "f" and not any(v is options[k] for k in fixed))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given, named = [made(v) for v in inputs], {k: made(v) for k, v in options.items()}
            y = getattr(F, name)(*given, **named)
        out, leaves = [y], [t for t in (*given, *named.values()) if hasattr(t, "requires_grad") and t.requires_grad]
        if y.requires_grad:
            g = T.tensor(np.cos(np.arange(numbers(y).size) + 1.0).reshape(y.shape).astype(numbers(y).dtype)).requires_grad_()
            first = T.autograd.grad(y, leaves, g, create_graph=second, allow_unused=True)
            out += [zeros_like(T, t) if f is None else f for f, t in zip(first, leaves)]
            total = sum(((f * f).sum() for f in first if f is not None and f.requires_grad), start=0)
            if second and hasattr(total, "requires_grad") and total.requires_grad:
                more = T.autograd.grad(total, [*leaves, g], allow_unused=True)
                out += [zeros_like(T, t) if f is None else f for f, t in zip(more, [*leaves, g])]
        outcomes.append(out)
    mine, theirs = outcomes
    assert len(mine) == len(theirs)
    for a, b in zip(mine, theirs):
        agree(a, solid(b), rtol)


def zeros_like(T, t):
    return T.zeros(tuple(t.shape), dtype=t.dtype)


def solid(t):
    "PyTorch's zeros that take no memory can't become arrays."
    return t + 0 if getattr(t, "_is_zerotensor", bool)() else t


ACTIVATIONS = [
    ("relu", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.3}),
    ("elu", {}),
    ("elu", {"alpha": 0.7}),
    ("selu", {}),
    ("gelu", {}),
    ("gelu", {"approximate": "tanh"}),
    ("silu", {}),
    ("mish", {}),
    ("softplus", {}),
    ("softplus", {"beta": 3.0, "threshold": 2.0}),
    ("hardtanh", {}),
    ("hardtanh", {"min_val": -0.5, "max_val": 0.2}),
    ("logsigmoid", {}),
    ("glu", {}),
    ("glu", {"dim": 0}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("softmax", {"dim": 1}),
    ("log_softmax", {"dim": 0}),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name, options", ACTIVATIONS, ids=lambda v: str(v))
def test_activations(name, options, dtype):
    for shape in ((4, 6), (2, 4, 2), (4, 0)):
        both(name, arrays(shape)[0].astype(dtype) * 3, **options)


@pytest.mark.parametrize("name, options", ACTIVATIONS, ids=lambda v: str(v))
def test_activations_at_the_ends(name, options):
    ends = np.array([0.0, -0.0, 1e-300, -1e-300, 1e300, -1e300, 88.0, -88.0, 710.0, -710.0, -30.0, 30.0])
    torch = reference("torch")
    with np.errstate(all="ignore"):
        x, y = ours.tensor(ends.reshape(2, 6), requires_grad=True), torch.tensor(ends.reshape(2, 6), requires_grad=True)
        a, b = getattr(functional, name)(x, **options), getattr(torch.nn.functional, name)(y, **options)
        a.sum().backward()
        b.sum().backward()
    np.testing.assert_allclose(a.detach().data, b.detach().numpy(), rtol=1e-12, atol=1e-300)
    if name == "mish" or options.get("approximate") == "tanh":  # where 1e300 squared is inf * 0 in either or both
        both_finite = np.isfinite(x.grad) & np.isfinite(y.grad.numpy())
        np.testing.assert_allclose(x.grad[both_finite], y.grad.numpy()[both_finite], rtol=1e-9, atol=1e-14)
    else:
        np.testing.assert_allclose(x.grad, y.grad.numpy(), rtol=1e-9, atol=1e-30)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "selu", "silu", "mish", "hardtanh"])
def test_in_place(name):
    torch = reference("torch")
    for T, F in ((ours, functional), (torch, torch.nn.functional)):
        x = T.tensor([-1.0, 0.5, 2.0], requires_grad=True)
        y = x * 2
        z = getattr(F, name)(y, inplace=True)
        assert z is y
        z.sum().backward()
        if T is ours:
            mine, grad = z.detach().data.copy(), x.grad
    np.testing.assert_allclose(mine, z.detach().numpy(), rtol=1e-5)
    np.testing.assert_allclose(grad, x.grad.numpy(), rtol=1e-5)


REDUCTIONS = ["mean", "sum", "none"]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "name, options",
    [
        ("mse_loss", {}),
        ("l1_loss", {}),
        ("smooth_l1_loss", {}),
        ("smooth_l1_loss", {"beta": 0.3}),
        ("smooth_l1_loss", {"beta": 0}),
        ("huber_loss", {}),
        ("huber_loss", {"delta": 0.4}),
    ],
    ids=lambda v: str(v),
)
def test_quantities(name, options, reduction):
    for shapes in (((3, 4), (3, 4)), ((), ())):
        both(name, *arrays(*shapes), reduction=reduction, **options)
    with np.errstate(all="ignore"):
        both(name, *arrays((0, 2), (0, 2)), reduction=reduction, second=False, **options)
    both(name, *(a.astype(np.float32) for a in arrays((5,), (5,))), reduction=reduction, **options)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"ignore_index": 1},
        {"weight": np.array([0.2, 1.0, 3.0])},
        {"weight": np.array([0.2, 1.0, 0.0]), "ignore_index": 0},
        {"label_smoothing": 0.1},
        {"label_smoothing": 1.0},
        {"label_smoothing": 0.2, "weight": np.array([0.2, 1.0, 3.0])},
        {"label_smoothing": 0.2, "weight": np.array([0.2, 1.0, 3.0]), "ignore_index": 2},
    ],
    ids=str,
)
def test_cross_entropy(options, reduction):
    torch = reference("torch")
    for shape, target in (((4, 3), (4,)), ((3,), ()), ((2, 3, 4), (2, 4)), ((2, 3, 2, 2), (2, 2, 2))):
        x, t = arrays(shape)[0] * 3, np.random.default_rng(1).integers(0, 3, target)
        results = []
        for T, F in ((ours, functional), (torch, torch.nn.functional)):
            leaf = T.tensor(x, requires_grad=True)
            given = {k: T.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
            with np.errstate(all="ignore"):
                y = F.cross_entropy(leaf, T.tensor(t), reduction=reduction, **given)
            (first,) = T.autograd.grad(y.sum(), leaf, create_graph=True)
            (second,) = T.autograd.grad((first * first).sum(), leaf)
            results.append((y, first, second))
        for a, b in zip(*results):
            agree(a, b, 1e-10)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("options", [{}, {"weight": np.array([0.2, 1.0, 3.0])}, {"label_smoothing": 0.3}], ids=str)
def test_cross_entropy_with_distributions(options, reduction):
    for shape in ((4, 3), (3,), (2, 3, 2)):
        (x,) = arrays(shape)
        q = np.abs(arrays(shape, seed=3)[0])
        dim = 0 if len(shape) == 1 else 1
        weights = {k: v.astype(np.float64) for k, v in options.items() if isinstance(v, np.ndarray)}
        plain = {k: v for k, v in options.items() if k not in weights}
        torch = reference("torch")
        results = []
        for T, F in ((ours, functional), (torch, torch.nn.functional)):
            leaf, truth = T.tensor(x, requires_grad=True), T.tensor(q / q.sum(dim, keepdims=True), requires_grad=True)
            given = {k: T.tensor(v) for k, v in weights.items()}
            y = F.cross_entropy(leaf, truth, reduction=reduction, **given, **plain)
            results.append((y, *T.autograd.grad(y.sum(), [leaf, truth])))
        for a, b in zip(*results):
            agree(a, b, 1e-10)


@pytest.mark.parametrize(
    "scores",
    [[[1000.0, 0.0, -1000.0]], [[-np.inf, 0.0, 1.0]], [[1e30, -1e30, 0.0]], [[0.0, np.inf, 1.0]], [[0.0, np.nan, 1.0]]],
)
@pytest.mark.parametrize("target", [0, 1, 2])
def test_cross_entropy_at_the_ends(scores, target):
    torch = reference("torch")
    with np.errstate(all="ignore"):
        x, y = ours.tensor(scores, requires_grad=True), torch.tensor(scores, requires_grad=True)
        a, b = functional.cross_entropy(x, ours.tensor([target])), torch.nn.functional.cross_entropy(y, torch.tensor([target]))
        np.testing.assert_allclose(a.item(), b.item(), rtol=1e-6)
        a.backward()
        b.backward()
    np.testing.assert_allclose(x.grad, y.grad.numpy(), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "options",
    [{}, {"ignore_index": 1}, {"weight": np.array([0.2, 1.0, 3.0])}, {"weight": np.array([0.2, 1.0, 3.0]), "ignore_index": 0}],
    ids=str,
)
def test_nll_loss(options, reduction):
    torch = reference("torch")
    for shape, target in (((4, 3), (4,)), ((3,), ()), ((2, 3, 4), (2, 4))):
        results = []
        for T, F in ((ours, functional), (torch, torch.nn.functional)):
            leaf = T.tensor(arrays(shape)[0], requires_grad=True)
            given = {k: T.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
            t = T.tensor(np.random.default_rng(1).integers(0, 3, target))
            with np.errstate(all="ignore"):
                y = F.nll_loss(leaf, t, reduction=reduction, **given)
            results.append((y, *T.autograd.grad(y.sum(), leaf)))
        for a, b in zip(*results):
            agree(a, b)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_two_classes(reduction):
    (x,) = arrays((3, 4))
    p, t, w = (np.random.default_rng(i).uniform(0.05, 0.95, (3, 4)) for i in range(3))
    for options in ({}, {"weight": w}):
        both("binary_cross_entropy", p, t, reduction=reduction, rtol=1e-10, fixed=options, **options)
    for options in ({}, {"weight": w}, {"pos_weight": np.array([1.0, 2.0, 0.5, 3.0])}):
        both("binary_cross_entropy_with_logits", x * 3, t, reduction=reduction, rtol=1e-10, fixed=options, **options)
    both(
        "binary_cross_entropy",
        np.array([0.0, 1.0, 0.0, 1.0, 1e-300]),
        target=np.array([0.0, 1.0, 1.0, 0.0, 0.5]),
        fixed=["target"],
        reduction=reduction,
        rtol=1e-8,
        second=False,
    )
    ends = np.array([1e4, -1e4, 1e300, -1e300, 0.0])
    torch = reference("torch")
    for target in (0.0, 1.0, 0.5):
        with np.errstate(all="ignore"):
            a, b = ours.tensor(ends, requires_grad=True), torch.tensor(ends, requires_grad=True)
            functional.binary_cross_entropy_with_logits(
                a, ours.full((5,), target, dtype=ours.float64), reduction="sum"
            ).backward()
            torch.nn.functional.binary_cross_entropy_with_logits(
                b, torch.full((5,), target, dtype=torch.float64), reduction="sum"
            ).backward()
        np.testing.assert_allclose(a.grad, b.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("reduction", [*REDUCTIONS, "batchmean"])
@pytest.mark.parametrize("log_target", [False, True])
def test_kl_div(log_target, reduction):
    x, t = arrays((3, 4), (3, 4))
    both("kl_div", x, t if log_target else np.abs(t), reduction=reduction, log_target=log_target)
    if not log_target:
        both("kl_div", x, target=np.abs(t) * (t > 0), reduction=reduction, fixed=["target"])


def test_directions():
    for shapes in (((3, 4), (3, 4)), ((3, 4), (1, 4))):
        both("cosine_similarity", *arrays(*shapes), rtol=1e-10, second=False)
    both("cosine_similarity", *arrays((3, 4), (3, 4)), rtol=1e-10, dim=0, second=False)
    both("cosine_similarity", np.zeros((2, 3)), *arrays((2, 3)), second=False)
    for p in (1.0, 2.0, 3.0, np.inf):
        both("normalize", *arrays((3, 4)), p=p, dim=0, second=False, rtol=1e-10)
    agree(functional.normalize(ours.zeros(2, 3)), reference("torch").zeros(2, 3))


def test_linear_and_tables():
    for shape in ((5, 3), (3,), (2, 5, 3), (2, 2, 2, 3)):
        both("linear", *arrays(shape, (4, 3), (4,)))
        both("linear", *arrays(shape, (4, 3)))
    both("linear", *(a.astype(np.float32) for a in arrays((5, 3), (4, 3), (4,))))
    both("linear", *arrays((0, 3), (4, 3), (4,)), second=False)
    both("bilinear", *arrays((5, 3), (5, 2), (4, 3, 2), (4,)))
    both("bilinear", *arrays((2, 5, 3), (2, 5, 2), (4, 3, 2)))
    places = np.array([[0, 2, 2], [1, 0, 2]])
    for padding in (None, 0, 2, -1):
        both("embedding", places, *arrays((3, 4)), padding_idx=padding)
    both("one_hot", places)
    both("one_hot", places, num_classes=5)
    both("embedding", np.zeros((0,), np.int64), *arrays((3, 4)), second=False)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_normalisations(dtype):
    def a(*shapes):
        return [x.astype(dtype) for x in arrays(*shapes)]

    rtol = 1e-9 if dtype == "float64" else 2e-3
    both("layer_norm", *a((3, 4)), (4,), rtol=rtol)
    x, w, b = a((2, 3, 4), (3, 4), (3, 4))
    both("layer_norm", x, (3, 4), w, b, eps=1e-3, rtol=rtol)
    both("layer_norm", *a((3, 4)), [4], weight=a((4,))[0], rtol=rtol)
    both("rms_norm", x, (4,), a((4,))[0], 1e-3, rtol=rtol)
    both("rms_norm", x, (3, 4), rtol=rtol)
    both("group_norm", *a((2, 6, 3, 2)), 3, *a((6,), (6,)), rtol=rtol)
    both("group_norm", *a((4, 6)), 2, rtol=rtol)
    for shape in ((5, 3), (4, 3, 2), (2, 3, 2, 2)):
        both("batch_norm", a(shape)[0], None, None, *a((3,), (3,)), training=True, rtol=rtol)


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2), (2, 3, 2, 2)])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_keeps_running_statistics(shape, training):
    torch, results = reference("torch"), []
    for T, F in ((ours, functional), (torch, torch.nn.functional)):
        x, w, b = (T.tensor(a, requires_grad=True) for a in arrays(shape, (3,), (3,)))
        mean, var = T.zeros(3, dtype=T.float64), T.ones(3, dtype=T.float64)
        for _ in range(3):
            y = F.batch_norm(x, mean, var, w, b, training=training, momentum=0.3)
        (y * y).sum().backward()
        results.append([y, mean, var, *(T.tensor(np.array(t.grad)) for t in (x, w, b))])
    for a, b in zip(*results):
        agree(a, b, 1e-10)


@pytest.mark.parametrize(
    "mode, widths",
    [
        ("constant", (1, 2)),
        ("constant", (0, 1, 2, 0)),
        ("constant", (-1, 1, 1, -1)),
        ("constant", ()),
        ("reflect", (1, 2)),
        ("replicate", (3, 1)),
        ("circular", (2, 4)),
        ("reflect", (2, 1, 1, 0)),
        ("replicate", (2, 3, 0, 4)),
        ("circular", (1, 2, 2, 1)),
    ],
)
def test_pad(mode, widths):
    (x,) = arrays((2, 3, 4, 5) if len(widths) != 2 else (2, 3, 4))
    both("pad", x, widths, mode=mode)
    if mode == "constant":
        both("pad", x, widths, value=-1.5)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"is_causal": True},
        {"scale": 0.3},
        {"attn_mask": np.tri(3, 4, dtype=bool)},
        {"attn_mask": np.eye(3, 4, k=-1, dtype=bool)},
        {"attn_mask": np.where(np.tri(3, 4), 0.5, -np.inf)},
        {"attn_mask": np.full((3, 4), -np.inf)},
    ],
    ids=str,
)
def test_attention(options):
    torch, results = reference("torch"), []
    for T, F in ((ours, functional), (torch, torch.nn.functional)):
        q, k, v = (T.tensor(a, requires_grad=True) for a in arrays((2, 2, 3, 4), (2, 2, 4, 4), (2, 2, 4, 5)))
        given = {k_: T.tensor(o) if isinstance(o, np.ndarray) else o for k_, o in options.items()}
        y = F.scaled_dot_product_attention(q, k, v, **given)
        results.append((y, *T.autograd.grad((y * y).sum(), [q, k, v])))
    for a, b in zip(*results):
        agree(a, b, 1e-10)


def test_dropout():
    torch = reference("torch")
    for T, F in ((ours, functional), (torch, torch.nn.functional)):
        T.manual_seed(0)
        x = T.ones(200, 50, requires_grad=True)
        y = F.dropout(x, 0.3)
        y.sum().backward()
        out = numbers(y)
        assert set(np.unique(out).tolist()) == {0.0, np.float32(1 / 0.7)} and abs(out.mean() - 1) < 0.03
        assert (np.asarray(x.grad) == out).all()
        assert not numbers(F.dropout(x, 1.0)).any() and numbers(F.dropout(x, 0.0)).all()
        assert numbers(F.dropout(x, 0.9, training=False)).all()
        with pytest.raises(ValueError):
            F.dropout(x, 1.5)


def test_chance_is_repeated_by_the_seed():
    def draw():
        ours.manual_seed(3)
        return functional.dropout(ours.ones(20)).tolist()

    assert draw() == draw()



@pytest.mark.parametrize(
    "call",
    [
        lambda T, F: F.cross_entropy(T.zeros(2, 3), T.tensor([0, 3])),
        lambda T, F: F.cross_entropy(T.zeros(2, 3), T.tensor([0, -1])),
        lambda T, F: F.cross_entropy(T.zeros(2, 3), T.tensor([0, 1, 2])),
        lambda T, F: F.cross_entropy(T.zeros(2, 3), T.tensor([0.0, 1.0])),
        lambda T, F: F.cross_entropy(T.zeros(2, 3), T.tensor([0, 1]), weight=T.ones(2)),
        lambda T, F: F.cross_entropy(T.zeros(2, 3), T.tensor([0, 1]), label_smoothing=2.0),
        lambda T, F: F.cross_entropy(T.zeros(2, 3), T.tensor([0, 1]), reduction="average"),
        lambda T, F: F.mse_loss(T.zeros(2, 3), T.zeros(2, 3), reduction="average"),
        lambda T, F: F.mse_loss(T.zeros(2, 3), T.zeros(2, 4)),
        lambda T, F: F.huber_loss(T.zeros(2), T.zeros(2), delta=0.0),
        lambda T, F: F.smooth_l1_loss(T.zeros(2), T.zeros(2), beta=-1.0),
        lambda T, F: F.binary_cross_entropy(T.zeros(2), T.zeros(3)),
        lambda T, F: F.binary_cross_entropy(T.zeros(2) - 1, T.zeros(2)),
        lambda T, F: F.binary_cross_entropy_with_logits(T.zeros(2), T.zeros(3)),
        lambda T, F: F.linear(T.zeros(2, 3), T.zeros(4, 2)),
        lambda T, F: F.linear(T.zeros(2, 3), T.zeros(4, 3), T.zeros(5)),
        lambda T, F: F.embedding(T.tensor([3]), T.zeros(3, 2)),
        lambda T, F: F.embedding(T.tensor([0.5]), T.zeros(3, 2)),
        lambda T, F: F.one_hot(T.tensor([3]), 2),
        lambda T, F: F.one_hot(T.tensor([-1]), 2),
        lambda T, F: F.layer_norm(T.zeros(2, 3), (4,)),
        lambda T, F: F.group_norm(T.zeros(2, 3), 2),
        lambda T, F: F.batch_norm(T.zeros(1, 3), None, None, training=True),
        lambda T, F: F.glu(T.zeros(2, 3)),
        lambda T, F: F.gelu(T.zeros(2), approximate="yes"),
        lambda T, F: F.hardtanh(T.zeros(2), 1.0, -1.0),
        lambda T, F: F.pad(T.zeros(2, 3), (1,)),
        lambda T, F: F.pad(T.zeros(1, 2, 3), (3, 3), mode="reflect"),
        lambda T, F: F.pad(T.zeros(1, 2, 3), (1, 1), mode="mirror"),
        lambda T, F: F.scaled_dot_product_attention(T.zeros(2, 3), T.zeros(2, 3), T.zeros(2, 3), T.zeros(2, 2), is_causal=True),
        lambda T, F: F.scaled_dot_product_attention(T.zeros(2, 3), T.zeros(2, 4), T.zeros(2, 3)),
    ],
)
def test_errors_are_of_pytorchs_kind(call):
    torch = reference("torch")
    kinds = []
    for T, F in ((ours, functional), (torch, torch.nn.functional)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(Exception) as failed:
                call(T, F)
        kinds.append((failed.type, str(failed.value)))
    assert issubclass(kinds[0][0], kinds[1][0]), kinds
    assert kinds[0][1]


def test_broadcast_targets_warn():
    torch = reference("torch")
    for T, F in ((ours, functional), (torch, torch.nn.functional)):
        for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
            with pytest.warns(UserWarning):
                getattr(F, name)(T.zeros(4), T.zeros(4, 1))


def test_no_input_is_changed():
    x, w = ours.tensor(arrays((4, 3))[0]), ours.tensor(arrays((3,))[0])
    before = x.data.copy()
    functional.layer_norm(x, (3,), w), functional.dropout(x), functional.elu(x), functional.pad(x, (1, 1))
    functional.cross_entropy(x, ours.tensor([0, 1, 2, 0]), label_smoothing=0.1, weight=w.abs())
    functional.batch_norm(x, None, None, training=True)
    assert (x.data == before).all()


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "logsigmoid", "silu", "gelu", "mish", "elu", "selu"])
def test_three_derivatives_at_zero(name):
    torch = reference("torch")
    found = []
    for T, F in ((ours, functional), (torch, torch.nn.functional)):
        x = T.zeros(2, dtype=T.float64, requires_grad=True)
        values = [getattr(F, name)(x)]
        for _ in range(3):
            if values[-1].requires_grad: values.append(T.autograd.grad(values[-1].sum(), x, create_graph=True)[0])
        found.append(values[: 3 if name in ("elu", "selu") else 4])
    for a, b in zip(*found, strict=True): np.testing.assert_allclose(numbers(a), numbers(b), rtol=1e-12, atol=1e-14)


def test_numbers_without_axes():
    for name in ("gelu", "silu", "mish", "softplus", "logsigmoid", "elu", "hardtanh"): both(name, np.array(0.5))


def test_linear_without_inputs_or_outputs():
    torch = reference("torch")
    for shapes in (((2, 0), (3, 0), (3,)), ((2, 3), (0, 3), (0,)), ((0, 3), (4, 3), (4,)), ((2, 3), (4, 3), (1, 4))):
        grads = []
        for T, F in ((ours, functional), (torch, torch.nn.functional)):
            leaves = [T.tensor(a).requires_grad_() for a in arrays(*shapes)]
            F.linear(*leaves).sum().backward()
            grads.append([np.array(t.grad) for t in leaves])
        for a, b in zip(*grads): np.testing.assert_allclose(a, b)


@pytest.mark.parametrize(
    "call",
    [
        lambda T, F: F.embedding(T.tensor([0]), T.zeros(3, 2), padding_idx=5),
        lambda T, F: F.bilinear(T.ones(2, 3), T.ones(2, 5), T.ones(4, 5, 3)),
        lambda T, F: F.scaled_dot_product_attention(
            T.ones(2, 3), T.ones(2, 3), T.ones(2, 3), T.ones(2, 2, dtype=T.int64)
        ),
        lambda T, F: F.layer_norm(T.ones(3, 4), (4,), T.ones(3, 1)),
        lambda T, F: F.batch_norm(T.ones(3, 4), None, None, T.ones(1), training=True),
        lambda T, F: F.pad(T.ones(4), (-5, 3)),
        lambda T, F: F.cross_entropy(T.zeros(2, 3), T.ones(2, 3), ignore_index=1),
        lambda T, F: F.binary_cross_entropy(T.ones(2) / 2, T.ones(2) * 2),
        lambda T, F: F.binary_cross_entropy(T.ones(2) / 2, T.ones(2), weight=T.ones(3, 2)),
        lambda T, F: F.nll_loss(T.zeros(2, 3), T.tensor([0, 1]), weight=T.ones(2)),
    ],
    ids=range(10),
)
def test_what_is_refused(call):
    torch = reference("torch")
    for T, F in ((ours, functional), (torch, torch.nn.functional)):
        with pytest.raises((RuntimeError, ValueError, IndexError, AssertionError)): call(T, F)


def test_directions_are_broadcast_and_slopes_are_clipped():
    both("cosine_similarity", np.array([[3.0]]), np.array([[1.0, 1.0, 1.0]]), second=False)
    for name in ("huber_loss", "smooth_l1_loss"): both(name, np.array([np.inf, -np.inf, 2.0]), np.zeros(3), second=False)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_pad_cuts_and_leaves_empty_batches(mode):
    both("pad", *arrays((2, 3, 6)), (-2, 1), mode=mode)
    both("pad", np.zeros((0, 3, 4)), (1, 1), mode=mode, second=False)


def test_edges_of_functions():
    torch = reference("torch")
    for T in (ours, torch):
        F = T.nn.functional
        with pytest.raises(RuntimeError): F.dropout(T.tensor([1, 2, 3]))
        M, V = T.zeros(2), T.ones(2)
        for wrong in (dict(weight=T.ones(3)), dict(bias=T.ones(1))):
            with pytest.raises(RuntimeError): F.batch_norm(T.tensor([[1.0, 2.0], [3.0, 4.0]]), M, V, training=True, **wrong)
        assert M.tolist() == [0.0, 0.0]
        with pytest.raises(RuntimeError): F.batch_norm(T.tensor([[1.0], [2.0]]), T.zeros(3), T.ones(3), training=True)
        with pytest.raises(RuntimeError): F.batch_norm(T.ones(2, 2), None, None)
        half = T.ones(4, 3, dtype=T.float16)
        assert F.batch_norm(half, T.zeros(3), T.ones(3)).dtype == T.float16
        assert F.softplus(T.tensor([11.0, 15.0, 20.0], dtype=T.float16)).tolist() == [11.0, 15.0, 20.0]
        for mode, widths in (("circular", (0, 0)), ("reflect", (-1, 0))):
            x = T.tensor([[1.0, 2.0, 3.0]])
            F.pad(x, widths, mode).mul_(10)
            assert x.tolist() == [[1.0, 2.0, 3.0]]
        assert F.pad(T.tensor([[1.0, 2.0, 3.0]]), (1, 1), "reflect", 0.0).tolist() == [[2.0, 1.0, 2.0, 3.0, 2.0]]
        with pytest.raises(RuntimeError): F.embedding(T.tensor([1, 0]), T.tensor([5.0, 6.0, 7.0]))
        x = T.tensor([np.nan, 0.0], requires_grad=True)
        F.hardtanh(x).sum().backward()
        assert x.grad.tolist() == [1.0, 1.0]
        small = T.tensor([[1e-4, 2e-4, -1e-4]], dtype=T.float16)
        assert np.allclose(F.rms_norm(small, (3,)).tolist(), [[0.268, 0.536, -0.268]], atol=2e-3)


@pytest.mark.parametrize("name", ["elu", "gelu", "leaky_relu", "logsigmoid", "mish", "selu", "silu", "softplus"])
def test_whole_numbers_are_not_bent(name):
    assert "is for floats, got int64[3]" in same_failure(lambda x: getattr(
        ours.nn.functional if isinstance(x, ours.Tensor) else reference("torch").nn.functional, name)(x), np.array([-3, 0, 2]))


def test_gelu_far_out_in_16_bits():
    grads = []
    for T in (ours, reference("torch")):
        x = T.tensor([1000.0, -1000.0, 1.0, 300.0], dtype=T.float16, requires_grad=True)
        T.nn.functional.gelu(x, approximate="tanh").sum().backward()
        grads.append(x.grad)
    agree(*grads)

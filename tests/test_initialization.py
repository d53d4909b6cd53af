"Chapter 11 against PyTorch: what is exact exactly, what is chance by its distribution, and errors."

import math

import numpy as np
import pytest
from compare import agree
from conftest import reference

import build_your_own_torch as ours
from build_your_own_torch import nn

SHAPES = [(300, 400), (50, 20, 5, 5)]


def filled(name, shape, *args, **options):
    "A float64 tensor of the shape, filled by `name` in ours and in PyTorch's."
    torch = reference("torch")
    torch.manual_seed(0)
    ours.manual_seed(0)
    mine, theirs = ours.empty(*shape, dtype=ours.float64), torch.empty(*shape, dtype=torch.float64)
    assert getattr(nn.init, name)(mine, *args, **options) is mine
    getattr(torch.nn.init, name)(theirs, *args, **options)
    return mine.data, theirs.numpy()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "name, args, options",
    [
        ("uniform_", (), {}),
        ("uniform_", (-2, 3), {}),
        ("normal_", (), {}),
        ("normal_", (2.0, 0.1), {}),
        ("xavier_uniform_", (), {}),
        ("xavier_uniform_", (5 / 3,), {}),
        ("xavier_normal_", (0.5,), {}),
        ("kaiming_uniform_", (), {}),
        ("kaiming_uniform_", (math.sqrt(5),), {}),
        ("kaiming_uniform_", (), {"mode": "fan_out", "nonlinearity": "relu"}),
        ("kaiming_normal_", (), {"nonlinearity": "tanh"}),
        ("kaiming_normal_", (0.3, "fan_out"), {}),
        ("trunc_normal_", (), {}),
        ("trunc_normal_", (0.5, 2.0, -1.0, 3.0), {}),
        ("trunc_normal_", (0.0, 0.02), {}),
    ],
    ids=str,
)
def test_distributions(name, args, options, shape):
    mine, theirs = filled(name, shape, *args, **options)
    scale = theirs.std()
    assert abs(mine.mean() - theirs.mean()) < 0.02 * scale and abs(mine.std() - scale) < 0.02 * scale
    at = np.linspace(0.001, 0.999, 41)  # quantiles: the whole distribution, its ends included
    assert np.abs(np.quantile(mine, at) - np.quantile(theirs, at)).max() < 0.15 * scale


def test_exact_ones():
    for name, args in (("constant_", (0.3,)), ("zeros_", ()), ("ones_", ()), ("eye_", ())):
        mine, theirs = filled(name, (3, 5), *args)
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (4, 2, 3), (2, 4, 3)])
def test_orthogonal(shape):
    mine, theirs = filled("orthogonal_", shape, gain=2.0)
    a, b = (m.reshape(shape[0], -1) for m in (mine, theirs))
    gram = (lambda m: m @ m.T) if a.shape[0] <= a.shape[1] else (lambda m: m.T @ m)
    np.testing.assert_allclose(gram(a), gram(b), atol=1e-12)
    np.testing.assert_allclose(gram(a), 4 * np.eye(min(a.shape)), atol=1e-12)


def test_orthogonal_has_no_preferred_sign():
    ours.manual_seed(0)
    first = [nn.init.orthogonal_(ours.zeros(3, 3)).data[0, 0] for _ in range(400)]
    assert abs(np.mean(first)) < 0.1 and abs(np.mean(np.sign(first))) < 0.15


def test_gains():
    torch = reference("torch")
    for name in ("linear", "conv1d", "conv2d", "sigmoid", "tanh", "relu", "selu", "leaky_relu"):
        assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name), rel=1e-15)
    for slope in (0, 0.2, 1.0, math.sqrt(5)):
        assert nn.init.calculate_gain("leaky_relu", slope) == pytest.approx(
            torch.nn.init.calculate_gain("leaky_relu", slope), rel=1e-15
        )


def test_leaves_stay_leaves_and_chance_repeats():
    def draw(seed, generator=None):
        ours.manual_seed(seed)
        return [
            getattr(nn.init, f)(nn.Parameter(ours.zeros(6, 6)), generator=generator).data.copy()
            for f in (
                "uniform_",
                "normal_",
                "xavier_uniform_",
                "xavier_normal_",
                "kaiming_uniform_",
                "kaiming_normal_",
                "trunc_normal_",
                "orthogonal_",
            )
        ]

    for a, b, c in zip(draw(1), draw(1), draw(2)):
        assert (a == b).all() and not (a == c).all()
    own = lambda: ours.Generator().manual_seed(7)
    for a, b in zip(draw(1, own()), draw(2, own())):
        assert (a == b).all()
    p = nn.Parameter(ours.zeros(3, 3))
    nn.init.orthogonal_(p)
    assert p.is_leaf and p.requires_grad and p.grad is None and p.dtype == ours.float32


def test_a_fill_is_a_write_that_is_noticed():
    w = nn.Parameter(ours.ones(2, 2))
    y = (w * w).sum()
    nn.init.ones_(w)
    with pytest.raises(RuntimeError, match="overwritten in place"):
        y.backward()


@pytest.mark.parametrize(
    "call",
    [
        lambda T, init: init.kaiming_normal_(T.zeros(3)),
        lambda T, init: init.xavier_uniform_(T.zeros(3)),
        lambda T, init: init.eye_(T.zeros(3)),
        lambda T, init: init.orthogonal_(T.zeros(3)),
        lambda T, init: init.calculate_gain("gelu"),
        lambda T, init: init.kaiming_uniform_(T.zeros(3, 3), mode="fan"),
        lambda T, init: init.kaiming_normal_(T.zeros(3, 3), nonlinearity="gelu"),
    ],
)
def test_errors(call):
    torch = reference("torch")
    for T, init in ((ours, nn.init), (torch, torch.nn.init)):
        with pytest.raises(ValueError):
            call(T, init)


def test_empty_and_bare_tensors():
    for name in ("uniform_", "normal_", "zeros_", "trunc_normal_"):
        assert getattr(nn.init, name)(ours.zeros(0, 3)).shape == (0, 3)
        assert getattr(nn.init, name)(ours.zeros(())).shape == ()
    assert nn.init.orthogonal_(ours.zeros(0, 3)).shape == (0, 3)
    agree(nn.init.constant_(ours.zeros(2), 3), ours.full((2,), 3.0))
    with pytest.raises(ValueError):
        nn.init.trunc_normal_(ours.zeros(2), a=1, b=0)


def test_tails_and_whole_numbers():
    for a, b in ((10, 11), (-11, -10), (3, math.inf)):
        mine = nn.init.trunc_normal_(ours.zeros(2000, dtype=ours.float64), a=a, b=b).data
        assert a <= mine.min() and mine.max() <= b and mine.std() > 0.05 and len(np.unique(mine)) > 1900
    for name in ("uniform_", "normal_", "orthogonal_", "trunc_normal_"):
        with pytest.raises(RuntimeError, match="floats"): getattr(nn.init, name)(ours.zeros(2, 2, dtype=ours.int64))


@pytest.mark.parametrize("shape", SHAPES)
def test_fans_by_pytorchs_name(shape):
    torch = reference("torch")
    theirs = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(*shape))
    assert nn.init._calculate_fan_in_and_fan_out(ours.empty(*shape)) == theirs


@pytest.mark.parametrize("slope", [True, "1", [0.1]])
def test_a_slope_is_a_number(slope):
    for T in (ours, reference("torch")):
        with pytest.raises(ValueError): T.nn.init.calculate_gain("leaky_relu", slope)

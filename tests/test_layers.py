"Chapter 12 against PyTorch: every layer and option, in training and evaluation, weights carried both ways through NumPy."

import copy
import math
import pickle

import numpy as np
import pytest
from compare import agree, arrays
from conftest import reference

import build_your_own_torch as ours
from build_your_own_torch import nn

PLACES = np.array([[0, 2, 1], [2, 2, 4]])
LAYERS = [
    ("Linear", (3, 4), {}, [(5, 3)]),
    ("Linear", (3, 4), {"bias": False}, [(2, 5, 3)]),
    ("Linear", (3, 1), {}, [(3,)]),
    ("Bilinear", (3, 2, 4), {}, [(5, 3), (5, 2)]),
    ("Bilinear", (3, 2, 4), {"bias": False}, [(2, 5, 3), (2, 5, 2)]),
    ("Embedding", (5, 3), {}, [PLACES]),
    ("Embedding", (5, 3), {"padding_idx": -1}, [PLACES]),
    ("LayerNorm", (4,), {}, [(3, 4)]),
    ("LayerNorm", ((3, 4),), {"eps": 1e-2}, [(2, 3, 4)]),
    ("LayerNorm", ([4],), {"elementwise_affine": False}, [(3, 4)]),
    ("LayerNorm", (4,), {"bias": False}, [(3, 4)]),
    ("RMSNorm", (4,), {}, [(3, 4)]),
    ("RMSNorm", ((3, 4),), {"eps": 0.1, "elementwise_affine": False}, [(2, 3, 4)]),
    ("GroupNorm", (2, 4), {}, [(3, 4)]),
    ("GroupNorm", (4, 4), {"affine": False, "eps": 0.1}, [(3, 4, 2, 2)]),
    ("GroupNorm", (2, 4), {"bias": False}, [(3, 4, 2)]),
    ("BatchNorm1d", (4,), {}, [(5, 4)]),
    ("BatchNorm1d", (4,), {"momentum": None, "eps": 1e-2}, [(5, 4, 3)]),
    ("BatchNorm1d", (4,), {"affine": False, "momentum": 0.3}, [(5, 4)]),
    ("BatchNorm1d", (4,), {"bias": False}, [(5, 4)]),
    ("BatchNorm1d", (4,), {"track_running_stats": False}, [(5, 4)]),
    ("BatchNorm2d", (4,), {}, [(2, 4, 3, 2)]),
    ("BatchNorm2d", (4,), {"momentum": 1.0}, [(2, 4, 3, 2)]),
    ("Flatten", (), {}, [(2, 3, 4)]),
    ("Flatten", (0, 1), {}, [(2, 3, 4)]),
    ("Unflatten", (1, (2, 3)), {}, [(2, 6)]),
    ("Dropout", (0.0,), {}, [(3, 4)]),
    ("Dropout", (1.0,), {}, [(3, 4)]),
    ("Identity", (), {}, [(3, 4)]),
    ("ReLU", (), {}, [(3, 4)]),
    ("LeakyReLU", (0.3,), {}, [(3, 4)]),
    ("ELU", (), {"alpha": 0.5}, [(3, 4)]),
    ("SELU", (), {}, [(3, 4)]),
    ("GELU", (), {}, [(3, 4)]),
    ("GELU", ("tanh",), {}, [(3, 4)]),
    ("SiLU", (), {}, [(3, 4)]),
    ("Mish", (), {}, [(3, 4)]),
    ("Softplus", (2.0, 1.0), {}, [(3, 4)]),
    ("Hardtanh", (-0.5, 0.5), {}, [(3, 4)]),
    ("LogSigmoid", (), {}, [(3, 4)]),
    ("GLU", (), {}, [(3, 4)]),
    ("GLU", (0,), {}, [(4, 3)]),
    ("Sigmoid", (), {}, [(3, 4)]),
    ("Tanh", (), {}, [(3, 4)]),
    ("Softmax", (), {"dim": 1}, [(3, 4)]),
    ("LogSoftmax", (0,), {}, [(3, 4)]),
    ("CosineSimilarity", (), {}, [(3, 4), (3, 4)]),
    ("CosineSimilarity", (0,), {"eps": 1e-3}, [(3, 4), (3, 4)]),
]
Q = np.abs(arrays((4, 3), seed=5)[0])
CLASSES = np.array([0, 2, 1, 2])
WEIGHT = np.array([0.5, 1.0, 2.0])
LOSSES = [
    ("MSELoss", {}, [(4, 3), (4, 3)]),
    ("L1Loss", {"reduction": "sum"}, [(4, 3), (4, 3)]),
    ("SmoothL1Loss", {"beta": 0.3}, [(4, 3), (4, 3)]),
    ("HuberLoss", {"delta": 0.3, "reduction": "none"}, [(4, 3), (4, 3)]),
    ("CrossEntropyLoss", {}, [(4, 3), CLASSES]),
    ("CrossEntropyLoss", {"weight": WEIGHT, "ignore_index": 1}, [(4, 3), CLASSES]),
    ("CrossEntropyLoss", {"label_smoothing": 0.2, "reduction": "sum"}, [(4, 3), CLASSES]),
    ("NLLLoss", {"weight": WEIGHT}, [(4, 3), CLASSES]),
    ("BCELoss", {}, [1 / (1 + Q), Q / 4]),
    ("BCEWithLogitsLoss", {"pos_weight": WEIGHT}, [(4, 3), Q / 4]),
    ("KLDivLoss", {"reduction": "batchmean"}, [(4, 3), Q]),
    ("KLDivLoss", {"log_target": True}, [(4, 3), (4, 3)]),
]


def made(library, name, args, options):
    T, nn_ = library
    given = {k: T.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    return getattr(nn_, name)(*args, **given)


def both():
    torch = reference("torch")
    return (ours, nn), (torch, torch.nn)


def in_double(library, module, state):
    "The module in 64 bits with the weights of `state`, a dictionary of arrays."
    T, _ = library
    module.double()
    module.load_state_dict({k: T.tensor(v) for k, v in state.items()})
    return module


def inputs(library, shapes):
    T, _ = library
    found = arrays(*[s for s in shapes if isinstance(s, tuple)])
    data = [s if isinstance(s, np.ndarray) else found.pop(0) for s in shapes]
    return [T.tensor(a).requires_grad_(a.dtype.kind == "f") for a in data]


def ids(v):
    return str(v) if not isinstance(v, list) else ""


@pytest.mark.parametrize("name, args, options, shapes", LAYERS, ids=ids)
def test_layers(name, args, options, shapes):
    mine, theirs = (made(library, name, args, options) for library in both())
    assert repr(mine) == repr(theirs)
    rng = np.random.default_rng(0)
    state = {
        k: rng.uniform(0.5, 1.5, v.shape).astype(np.float64 if v.dtype.is_floating_point else np.int64)
        for k, v in theirs.state_dict().items()
    }
    assert list(mine.state_dict()) == list(state)
    for training in (True, False, True):
        outcomes = []
        for library, module in zip(both(), (mine, theirs)):
            in_double(library, module, state).train(training)
            given = inputs(library, shapes)
            for _ in range(2):
                module.zero_grad()
                y = module(*given)
                if y.requires_grad:
                    (y * y * y).sum().backward()
            grads = [np.asarray(t.grad) for t in (*given, *module.parameters()) if t.requires_grad and t.grad is not None]
            outcomes.append((y, grads, [np.asarray(v) for v in module.state_dict().values()]))
        (y, g, s), (z, h, t) = outcomes
        agree(y, z, 1e-9)
        assert len(g) == len(h)
        for a, b in zip([*g, *s], [*h, *t], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name, options, shapes", LOSSES, ids=ids)
def test_losses(name, options, shapes):
    outcomes = []
    for library in both():
        module = made(library, name, (), options)
        given = inputs(library, shapes)
        given[1:] = [t.detach() for t in given[1:]]
        y = module(*given)
        y.sum().backward()
        outcomes.append((y, given[0].grad, repr(module), list(module.state_dict())))
    (y, g, r, s), (z, h, q, t) = outcomes
    agree(y, z, 1e-10)
    np.testing.assert_allclose(g, h.numpy(), rtol=1e-10, atol=1e-14)
    assert r == q and s == t


def test_weights_travel_both_ways_in_a_whole_network():
    def build(nn_):
        return nn_.Sequential(
            nn_.Embedding(5, 6, padding_idx=0),
            nn_.LayerNorm(6),
            nn_.Linear(6, 8),
            nn_.GELU(),
            nn_.Flatten(),
            nn_.BatchNorm1d(24),
            nn_.Linear(24, 3),
        )

    torch = reference("torch")
    mine, theirs, x = build(nn), build(torch.nn), PLACES
    for source, target, T in ((theirs, mine, ours), (mine, theirs, torch)):
        with torch.no_grad():
            for p in source.parameters():
                p.data = p.data * 1.5
        target.load_state_dict({k: T.tensor(np.array(v.detach().numpy())) for k, v in source.state_dict().items()})
        for mode in (True, False):
            a, b = mine.train(mode)(ours.tensor(x)), theirs.train(mode)(torch.tensor(x))
            np.testing.assert_allclose(a.detach().data, b.detach().numpy(), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name, args", [("Linear", (40, 3000)), ("Bilinear", (20, 4, 3000)), ("Embedding", (300, 50))])
def test_default_initialisation_has_pytorchs_distribution(name, args):
    ours.manual_seed(0)
    reference("torch").manual_seed(0)
    mine, theirs = (getattr(n, name)(*args) for _, n in both())
    for (key, p), (_, q) in zip(mine.named_parameters(), theirs.named_parameters(), strict=True):
        at, scale = np.linspace(0, 1, 21)[1:-1], float(q.std())
        assert p.dtype == ours.float32
        assert np.abs(np.quantile(p.data, at) - np.quantile(q.detach().numpy(), at)).max() < 0.3 * scale, key
        bound = 1 / math.sqrt(args[0])
        if name != "Embedding":
            assert np.abs(p.data).max() <= bound and np.abs(p.data).max() > 0.9 * bound
    ours.manual_seed(0)
    assert (getattr(nn, name)(*args).weight.data == mine.weight.data).all()


def test_default_values():
    for T, n in both():
        assert not np.asarray(n.Embedding(3, 2, padding_idx=1).weight.detach())[1].any()
        for layer in (n.LayerNorm(3), n.GroupNorm(1, 3), n.BatchNorm1d(3)):
            assert np.asarray(layer.weight.detach()).tolist() == [1, 1, 1] and not np.asarray(layer.bias.detach()).any()
        norm = n.BatchNorm1d(2)
        assert (
            norm.running_mean.tolist() == [0, 0]
            and norm.running_var.tolist() == [1, 1]
            and norm.num_batches_tracked.item() == 0
        )
        assert (
            n.Linear(2, 2, dtype=T.float64).weight.dtype == T.float64
            and n.LayerNorm(2, dtype=T.float64).bias.dtype == T.float64
        )


def test_from_pretrained():
    for T, n in both():
        table = T.ones(3, 2)
        layer = n.Embedding.from_pretrained(table)
        assert not layer.weight.requires_grad and layer(T.tensor([1])).tolist() == [[1, 1]]
        assert n.Embedding.from_pretrained(table, freeze=False, padding_idx=0).weight.requires_grad


def test_dropout_in_both_lives():
    for T, n in both():
        T.manual_seed(0)
        layer, x = n.Dropout(0.25), T.ones(100, 100)
        y = np.asarray(layer(x))
        assert abs((y == 0).mean() - 0.25) < 0.03 and np.unique(y).tolist() == [0, np.float32(1 / 0.75)]
        assert (np.asarray(layer.eval()(x)) == 1).all()
        z = T.ones(10)
        assert n.Dropout(0.5, inplace=True)(z) is z


def test_twice():
    from build_your_own_torch.autograd import gradgradcheck

    ours.manual_seed(0)
    x = ours.tensor(arrays((5, 4))[0], requires_grad=True)
    for layer in (
        nn.Linear(4, 3),
        nn.LayerNorm(4),
        nn.BatchNorm1d(4),
        nn.GELU(),
        nn.RMSNorm(4),
        nn.GroupNorm(2, 4),
        nn.Softmax(1),
    ):
        assert gradgradcheck(layer.double(), x)


@pytest.mark.parametrize(
    "call",
    [
        lambda T, n: n.Linear(3, 4)(T.ones(2, 4)),
        lambda T, n: n.BatchNorm1d(3)(T.ones(2, 3, 4, 5)),
        lambda T, n: n.BatchNorm2d(3)(T.ones(2, 3)),
        lambda T, n: n.BatchNorm1d(3)(T.ones(2, 4)),
        lambda T, n: n.BatchNorm1d(3)(T.ones(1, 3)),
        lambda T, n: n.Dropout(1.5),
        lambda T, n: n.GroupNorm(2, 3),
        lambda T, n: n.LayerNorm(3)(T.ones(2, 4)),
        lambda T, n: n.Embedding(3, 2)(T.tensor([3])),
        lambda T, n: n.ReLU(slope=3),
        lambda T, n: n.GELU("no")(T.ones(1)),
        lambda T, n: n.CrossEntropyLoss(reduction="no")(T.ones(1, 2), T.tensor([0])),
        lambda T, n: n.Unflatten(1, (2, 2))(T.ones(2, 3)),
        lambda T, n: n.Embedding.from_pretrained(T.ones(3)),
    ],
)
def test_errors(call):
    kinds = []
    for T, n in both():
        with pytest.raises(Exception) as failed:
            call(T, n)
        kinds.append(failed.type)
    assert issubclass(kinds[0], kinds[1]) or kinds[1] is AssertionError, kinds


def test_layers_can_be_copied_and_pickled():
    ours.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.LeakyReLU(0.2), nn.Dropout(0.1), nn.Softmax(dim=1)).eval()
    x = ours.randn(5, 3)
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert repr(twin) == repr(net) and (twin(x).data == net(x).data).all()


def test_a_training_step_agrees():
    torch = reference("torch")

    def build(n):
        return n.Sequential(n.Linear(6, 8), n.BatchNorm1d(8), n.ReLU(), n.Linear(8, 3))

    mine, theirs = build(nn).double(), build(torch.nn).double()
    mine.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    x, y = arrays((12, 6))[0], np.arange(12) % 3
    for _ in range(30):
        losses = []
        for T, n, net in ((ours, nn, mine), (torch, torch.nn, theirs)):
            loss = n.CrossEntropyLoss()(net(T.tensor(x)), T.tensor(y))
            net.zero_grad()
            loss.backward()
            with T.no_grad():
                for p in net.parameters():
                    p -= 0.1 * T.tensor(np.asarray(p.grad))
            losses.append(loss.item())
        np.testing.assert_allclose(*losses, rtol=1e-9)


def test_statistics_can_be_switched_off():
    for T, n in both():
        norm = n.BatchNorm1d(2)
        norm.track_running_stats = False
        norm(T.tensor([[1.0, 2.0], [3.0, 5.0]]))
        assert norm.running_mean.tolist() == [0, 0]


def test_arguments_by_name():
    for T, n in both():
        assert n.ReLU()(input=T.ones(1)).item() == 1
        assert n.MSELoss()(input=T.ones(2), target=T.zeros(2)).item() == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda T, n: n.Bilinear(2, 3, 4)(T.ones(5, 3), T.ones(5, 2)),
        lambda T, n: n.BCEWithLogitsLoss(pos_weight=T.ones(3))(T.ones(3, 1), T.ones(3, 1)),
        lambda T, n: n.GroupNorm(1, 4)(T.zeros(3, 1, 5)),
        lambda T, n: n.GroupNorm(1, 4)(T.zeros(3)),
        lambda T, n: n.Unflatten(-5, (2, 2))(T.zeros(3, 4)),
    ],
    ids=range(5),
)
def test_what_is_refused(call):
    for T, n in both():
        with pytest.raises((RuntimeError, ValueError, IndexError)): call(T, n)


@pytest.mark.parametrize("make", [lambda T: T.nn.LayerNorm(3), lambda T: T.nn.GroupNorm(1, 3), lambda T: T.nn.RMSNorm(3),
                                  lambda T: T.nn.BatchNorm1d(3), lambda T: T.nn.BatchNorm1d(3, affine=False)])
def test_norms_can_be_reset(make):
    def reset(T):
        layer = make(T)
        layer(T.arange(12.0).reshape(4, 3))
        with T.no_grad():
            for p in layer.parameters(): p.fill_(7)
        layer.reset_parameters()
        return {k: v.tolist() for k, v in layer.state_dict().items()}
    assert reset(ours) == reset(reference("torch"))


@pytest.mark.parametrize("kind, args", [("BatchNorm1d", (2,)), ("LayerNorm", (2,)), ("GroupNorm", (1, 2)), ("RMSNorm", (2,))])
def test_norms_start_by_their_reset(kind, args):
    for _, layers in both():
        base = getattr(layers, kind)
        class Zero(base):
            def reset_parameters(self):
                base.reset_parameters(self)
                layers.init.zeros_(self.weight)
        assert Zero(*args).weight.tolist() == [0.0, 0.0] and base(*args).weight.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("f", [
    lambda F, x: F.layer_norm(x, (3,)), lambda F, x: F.rms_norm(x, (3,)), lambda F, x: F.group_norm(x, 3),
    lambda F, x: x / x.sum(), lambda F, x: F.batch_norm(x, None, None, training=True), lambda F, x: F.normalize(x),
], ids=range(6))
def test_results_may_be_overwritten(f):
    found = []
    for T, layers in both():
        x = T.tensor([[1.0, 2.0, 4.0], [0.0, -1.0, 3.0]], requires_grad=True)
        y = f(layers.functional, x)
        y.relu_()
        (y * y).sum().backward()
        found.append(np.asarray(x.grad))
    np.testing.assert_allclose(*found, rtol=1e-4, atol=1e-6)

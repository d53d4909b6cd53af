"Chapter 13 against PyTorch: parameters after 1, 10 and 100 steps, states, saving and resuming, clipping, errors."

import copy
import math

import numpy as np
import pytest
from conftest import reference

import build_your_own_torch as ours
from build_your_own_torch import nn, optim

CASES = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.02, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 1e-3, "maximize": True}),
    ("SGD", {}),
    ("RMSprop", {}),
    ("RMSprop", {"centered": True, "alpha": 0.9}),
    ("RMSprop", {"momentum": 0.7, "weight_decay": 0.1, "eps": 1e-3}),
    ("RMSprop", {"maximize": True, "lr": 1e-3}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adagrad", {"maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"rho": 0.5, "weight_decay": 0.1, "lr": 0.5, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"maximize": True}),
    ("Adam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.3, "amsgrad": True}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "momentum_decay": 0.02}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.05, "betas": (0.7, 0.9), "weight_decay": 0.1, "maximize": True}),
]


def both():
    torch = reference("torch")
    return (ours, optim), (torch, torch.optim)


def made(T, dtype="float64"):
    "Parameters of three shapes, one of which never has a gradient, and a loss with noise of its own at each step."
    rng = np.random.default_rng(0)
    ps = [T.nn.Parameter(T.tensor(rng.normal(size=s).astype(dtype))) for s in ((3, 2), (4,), (2, 2), (1,))]
    noise = rng.normal(size=(200, 4)).astype(dtype)

    def loss(i):
        a, b, c, _ = ps
        return (a**2).sum() * 2 + ((b - T.tensor(noise[i])) ** 4).sum() + (c * c[0, 0]).sum() ** 2

    return ps, loss


def numbers(ps):
    return [np.array(p.detach().numpy()) for p in ps]


def walk(optimizer, loss, start, stop):
    for i in range(start, stop):
        optimizer.zero_grad()
        loss(i).backward()
        optimizer.step()


@pytest.mark.parametrize("name, options", CASES, ids=str)
def test_steps_equal_pytorchs(name, options):
    runs = []
    for T, opt in both():
        ps, loss = made(T)
        optimizer, seen, start = getattr(opt, name)(ps, **options), [], 0
        for stop in (1, 10, 100):
            with np.errstate(all="ignore"):
                walk(optimizer, loss, start, stop)
            seen += numbers(ps)
            start = stop
        state = optimizer.state_dict()
        runs.append(
            (
                seen,
                {i: {k: np.asarray(v) for k, v in s.items() if v is not None} for i, s in state["state"].items()},
                state["param_groups"],
            )
        )
    (a, s, g), (b, t, h) = runs
    for x, y in zip(a, b):
        np.testing.assert_allclose(x, y, rtol=1e-10, atol=1e-10)
    # PyTorch's Adagrad has a state for a parameter without gradient, too
    assert s.keys() <= t.keys()
    for i in s:
        assert s[i].keys() == t[i].keys()
        for k in s[i]:
            np.testing.assert_allclose(s[i][k], t[i][k], rtol=1e-9, atol=1e-12)
    assert [x["params"] for x in g] == [x["params"] for x in h]
    for mine, theirs in zip(g, h):
        assert mine.items() <= theirs.items()


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop"])
def test_single_precision(name):
    seen = []
    for T, opt in both():
        ps, loss = made(T, "float32")
        walk(getattr(opt, name)(ps, lr=0.01), loss, 0, 20)
        assert all(p.dtype == T.float32 for p in ps)
        seen.append(numbers(ps))
    for x, y in zip(*seen):
        np.testing.assert_allclose(x, y, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "options", [{}, {"nesterov": False, "lr": 0.02}, {"adjust_lr_fn": "match_rms_adamw", "weight_decay": 0.0}]
)
def test_muon_is_pytorchs_but_for_16_bits(options):
    seen = []
    for T, opt in both():
        rng = np.random.default_rng(0)
        ps = [T.nn.Parameter(T.tensor(rng.normal(size=s))) for s in ((4, 6), (6, 4))]
        optimizer = opt.Muon(ps, **options)
        for _ in range(3):
            for p in ps:
                p.grad = T.tensor(rng.normal(size=p.shape)) if T is not ours else rng.normal(size=p.shape)
            optimizer.step()
        seen.append(numbers(ps))
    lr = options.get("lr", 1e-3)
    for x, y in zip(*seen):
        assert np.abs(x - y).max() < 0.15 * lr
    with pytest.raises(ValueError):
        optim.Muon([nn.Parameter(ours.ones(3))])


def test_lion():
    p, m = np.array([1.0, -2.0, 0.5]), np.zeros(3)
    q = nn.Parameter(p.copy())
    optimizer = optim.Lion([q], lr=0.1, betas=(0.8, 0.9), weight_decay=0.2)
    rng = np.random.default_rng(0)
    for _ in range(5):
        g = rng.normal(size=3)
        p = p * (1 - 0.1 * 0.2) - 0.1 * np.sign(0.8 * m + 0.2 * g)
        m = 0.9 * m + 0.1 * g
        q.grad = g
        optimizer.step()
    np.testing.assert_allclose(q.data, p, rtol=1e-14)


@pytest.mark.parametrize("name, options", [*CASES, ("Lion", {}), ("Muon", {})], ids=str)
def test_resuming_is_bit_for_bit(name, options):
    def run(stop):
        ps, loss = made(ours)
        ps = ps[::2] if name == "Muon" else ps
        optimizer = getattr(optim, name)(ps, **options)
        with np.errstate(all="ignore"):
            walk(optimizer, loss, 0, 7)
            if stop:
                saved = copy.deepcopy(optimizer.state_dict())
                optimizer = getattr(optim, name)(ps, lr=123.0)
                optimizer.load_state_dict(saved)
            walk(optimizer, loss, 7, 20)
        return numbers(ps)

    for x, y in zip(run(False), run(True)): assert np.array_equal(x, y, equal_nan=True)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_states_travel_between_the_libraries(name):
    torch = reference("torch")
    options = {"lr": 0.01, **({"momentum": 0.9} if name == "SGD" else {})}
    ps, loss = made(torch)
    theirs = getattr(torch.optim, name)(ps, **options)
    walk(theirs, loss, 0, 5)
    qs, mine_loss = made(ours)
    mine = getattr(optim, name)(qs, lr=9.0)
    mine.load_state_dict(theirs.state_dict())
    for p, q in zip(ps, qs):
        q.data[:] = p.detach().numpy()
    walk(theirs, loss, 5, 10)
    walk(mine, mine_loss, 5, 10)
    for x, y in zip(numbers(ps), numbers(qs)):
        np.testing.assert_allclose(x, y, rtol=1e-10)


def test_groups_closures_and_hooks():
    for T, opt in both():
        a, b = T.nn.Parameter(T.ones(1)), T.nn.Parameter(T.ones(1))
        optimizer, heard = opt.SGD([{"params": a}, {"params": [b], "lr": 1.0}], lr=0.5), []
        handles = [
            optimizer.register_step_pre_hook(lambda o, args, kwargs: heard.append("before")),
            optimizer.register_step_post_hook(lambda o, args, kwargs: heard.append("after")),
        ]

        def closure():
            optimizer.zero_grad()
            loss = (a + b).sum()
            loss.backward()
            return loss

        with T.no_grad():
            assert optimizer.step(closure).item() == 2
        for handle in handles:
            handle.remove()
        optimizer.step()
        assert (a.item(), b.item()) == (0.0, -1.0) and heard == ["before", "after"]
        optimizer.zero_grad(set_to_none=False)
        assert np.asarray(a.grad).tolist() == [0]
        c = T.nn.Parameter(T.ones(1))
        optimizer.add_param_group({"params": [c], "lr": 2.0})
        assert [g["lr"] for g in optimizer.param_groups] == [0.5, 1.0, 2.0]
        with pytest.raises(ValueError):
            optimizer.add_param_group({"params": [c]})
        with pytest.raises(ValueError):
            optimizer.load_state_dict(opt.SGD([c], lr=1.0).state_dict())


@pytest.mark.parametrize(
    "make",
    [
        lambda T, opt: opt.SGD([], lr=0.1),
        lambda T, opt: opt.SGD([T.ones(1, requires_grad=True) * 2], lr=0.1),
        lambda T, opt: opt.SGD([T.nn.Parameter(T.ones(1))], lr=-1),
        lambda T, opt: opt.SGD([T.nn.Parameter(T.ones(1))], lr=1, nesterov=True),
        lambda T, opt: opt.Adam([T.nn.Parameter(T.ones(1))], betas=(1.0, 0.9)),
        lambda T, opt: opt.Adam([T.nn.Parameter(T.ones(1))], eps=-1),
        lambda T, opt: opt.AdamW([T.nn.Parameter(T.ones(1))], weight_decay=-1),
        lambda T, opt: opt.RMSprop([T.nn.Parameter(T.ones(1))], alpha=-1),
        lambda T, opt: opt.Adadelta([T.nn.Parameter(T.ones(1))], rho=2),
        lambda T, opt: opt.Adagrad([T.nn.Parameter(T.ones(1))], lr_decay=-1),
        lambda T, opt: opt.SGD([T.nn.Parameter(T.ones(1))], momentum=-1),
    ],
    ids=range(11),
)
def test_wrong_settings(make):
    for T, opt in both():
        with pytest.raises(ValueError):
            make(T, opt)


def test_a_rate_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="lr"): optim.SGD([nn.Parameter(ours.ones(1))], lr=math.nan)


def test_a_single_tensor_or_a_number_is_refused():
    for T, opt in both():
        with pytest.raises(TypeError):
            opt.SGD(T.nn.Parameter(T.ones(1)), lr=0.1)
        with pytest.raises(TypeError):
            opt.SGD([3.0], lr=0.1)


def test_a_step_is_a_write_that_is_noticed():
    p = nn.Parameter(ours.ones(2))
    y = (p * p).sum()
    y.backward(retain_graph=True)
    optim.SGD([p], lr=0.1).step()
    with pytest.raises(RuntimeError, match="overwritten in place"):
        y.backward()


@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.0, math.inf])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clipping(norm_type, max_norm):
    torch, seen = reference("torch"), []
    for T in (ours, torch):
        ps, loss = made(T)
        loss(0).backward()
        length = T.nn.utils.clip_grad_norm_(ps, max_norm, norm_type=norm_type)
        clipped = [np.array(p.grad) for p in ps[:3]]
        T.nn.utils.clip_grad_value_(ps, 0.1)
        seen.append([np.array(length), *clipped, *(np.array(p.grad) for p in ps[:3])])
    for x, y in zip(*seen):
        np.testing.assert_allclose(x, y, rtol=1e-10)
    for T in (ours, torch):
        p = T.nn.Parameter(T.ones(2))
        assert T.nn.utils.clip_grad_norm_([p], 1.0).item() == 0
        p.grad = np.array([np.nan, 1.0], np.float32) if T is ours else T.tensor([np.nan, 1.0])
        with pytest.raises(RuntimeError):
            T.nn.utils.clip_grad_norm_(p, 1.0, error_if_nonfinite=True)


def test_vectors():
    for T in (ours, reference("torch")):
        net = T.nn.Linear(2, 3)
        v = T.nn.utils.parameters_to_vector(net.parameters())
        assert v.shape == (9,) and v.requires_grad
        T.nn.utils.vector_to_parameters(T.ones(9) * 2, net.parameters())
        assert net.bias.tolist() == [2, 2, 2] and net.weight.is_leaf and net.weight.shape == (3, 2)
    with pytest.raises(ValueError):
        nn.utils.vector_to_parameters(ours.ones(8), nn.Linear(2, 3).parameters())


def test_numbers_without_axes_and_hooks_in_order():
    for T, opt in both():
        for name in ("SGD", "Adam", "AdamW", "NAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta"):
            p = T.nn.Parameter(T.tensor(1.0))
            (p * p).backward()
            getattr(opt, name)([p]).step()
            assert p.shape == () and p.item() < 1
        p, heard = T.nn.Parameter(T.ones(2)), []
        optimizer = opt.SGD([p], lr=0.1)
        optimizer.register_step_pre_hook(lambda *a: heard.append("hook"))
        optimizer.step(lambda: heard.append("closure"))
        assert heard == ["hook", "closure"]
        p.grad = np.array([np.nan, 1.0], np.float32) if T is ours else T.tensor([np.nan, 1.0])
        optimizer.zero_grad(set_to_none=False)
        assert np.asarray(p.grad).tolist() == [0, 0]
        with pytest.raises((ValueError, IndexError)): opt.Adam([p], betas=(0.9,))


def test_clipping_in_half_precision():
    p = nn.Parameter(ours.ones(3, dtype=ours.float16))
    p.grad = np.full(3, 300, np.float16)
    assert abs(nn.utils.clip_grad_norm_([p], 1.0, norm_type="2").item() - 519.5) < 1
    np.testing.assert_allclose(p.grad, 3**-0.5, rtol=2e-3)


def test_an_empty_buffer_is_no_buffer():
    p = nn.Parameter(ours.ones(1))
    optimizer = optim.SGD([p], lr=0.1, momentum=0.9)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": {0: {"momentum_buffer": None}}})
    p.grad = np.ones(1, np.float32)
    optimizer.step()
    assert p.data[0] == np.float32(0.9)


def test_named_parameters():
    def names(T):
        layer = T.nn.Linear(2, 1)
        optimizer = T.optim.SGD(layer.named_parameters(), lr=0.1)
        optimizer.load_state_dict(optimizer.state_dict())
        return optimizer.param_groups[0]["param_names"], optimizer.state_dict()["param_groups"][0]["params"]
    assert names(ours) == names(reference("torch"))


def test_rates_may_be_tensors_and_steps_plain_numbers():
    for T, opt in both():
        p = T.nn.Parameter(T.tensor([1.0]))
        o = opt.Adam([p], lr=T.tensor(0.5))
        p.sum().backward()
        o.step()
        state = o.state_dict()
        state["state"][0]["step"] = 1.0
        o.load_state_dict(state)
        o.step()
        np.testing.assert_allclose(p.tolist(), [0.0], atol=1e-6)
        before = p.grad
        o.zero_grad(set_to_none=False)
        assert before.tolist() == [0.0]


def test_what_the_loaded_groups_do_not_know_is_forgotten():
    for T, opt in both():
        o = opt.SGD([T.nn.Parameter(T.tensor([1.0]))], lr=0.1)
        saved = o.state_dict()
        o.param_groups[0]["initial_lr"] = 0.3
        o.load_state_dict(saved)
        assert "initial_lr" not in o.param_groups[0]


LBFGS_OPTIONS = [{}, {"lr": 0.5}, {"max_iter": 5, "lr": 0.8}, {"history_size": 3}, {"max_iter": 1}, {"max_eval": 3},
                 {"tolerance_grad": 1e-2}, {"tolerance_change": 1e-3}]


def a_fit(T, optim, options):
    "Two parameters and one that is never used, and a closure with the loss of a fit without noise."
    rng = np.random.default_rng(0)
    x, y = T.tensor(rng.normal(size=(30, 4))), T.tensor(rng.normal(size=30))
    ps = [T.nn.Parameter(T.tensor(rng.normal(size=s))) for s in ((4,), (1,), (2, 2))]
    optimizer = optim.LBFGS(ps, **options)

    def closure():
        optimizer.zero_grad()
        miss = x @ ps[0] + ps[1] - y
        loss = (miss ** 2 + 0.1 * miss ** 4).mean()
        loss.backward()
        return loss

    return ps, optimizer, closure


@pytest.mark.parametrize("options", LBFGS_OPTIONS, ids=str)
@pytest.mark.parametrize("steps", [1, 3, 20])
def test_lbfgs(options, steps):
    runs = []
    for T, opt in both():
        ps, optimizer, closure = a_fit(T, opt, options)
        losses = [float(optimizer.step(closure)) for _ in range(steps)]
        state = optimizer.state[ps[0]]
        runs.append([*numbers(ps), losses, state["n_iter"], state["func_evals"]])
    for a, b in zip(*runs): np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


def test_lbfgs_resumes_bit_for_bit_and_takes_pytorchs_state():
    options = {"max_iter": 3, "history_size": 4}
    ps, optimizer, closure = a_fit(ours, optim, options)
    for _ in range(2): optimizer.step(closure)
    saved = copy.deepcopy(([p.data for p in ps], optimizer.state_dict()))
    for _ in range(2): optimizer.step(closure)
    again, second, look = a_fit(ours, optim, {"lr": 99.0})
    for p, old in zip(again, saved[0]): p.data[...] = old
    second.load_state_dict(saved[1])
    for _ in range(2): second.step(look)
    assert all((a == b).all() for a, b in zip(numbers(ps), numbers(again)))

    torch = reference("torch")
    theirs, first, walk_there = a_fit(torch, torch.optim, options)
    for _ in range(2): first.step(walk_there)
    third = a_fit(ours, optim, {})
    for p, q in zip(third[0], numbers(theirs)): p.data[...] = q
    third[1].load_state_dict(first.state_dict())
    for _ in range(2):
        third[1].step(third[2])
        first.step(walk_there)
    for a, b in zip(numbers(third[0]), numbers(theirs)): np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


def test_lbfgs_hooks_and_wrong_settings():
    heard, (ps, optimizer, closure) = [], a_fit(ours, optim, {})
    optimizer.register_step_pre_hook(lambda *_: heard.append("before"))
    optimizer.register_step_post_hook(lambda *_: heard.append("after"))
    optimizer.step(closure)
    assert heard == ["before", "after"]
    with pytest.raises(ValueError, match="line search"): optim.LBFGS(ps, line_search_fn="strong_wolfe")
    with pytest.raises(ValueError, match="one group only"): optim.LBFGS([{"params": ps[:1]}, {"params": ps[1:]}])
    with pytest.raises(ValueError, match="lr must be"): optim.LBFGS(ps, lr=-1)
    with pytest.raises(ValueError, match="history_size"): optim.LBFGS(ps, history_size=0)
    with pytest.raises(TypeError, match="closure"): optimizer.step()


def test_hooks_hear_what_step_was_given():
    results = []
    for T in (ours, reference("torch")):
        class Own(T.optim.SGD):
            def step(self, closure=None): return "own"
        for kind in (T.optim.Adam, Own):
            optimizer, heard = kind([T.nn.Parameter(T.ones(2))], lr=0.1), []
            optimizer.register_step_pre_hook(lambda o, a, k, heard=heard: heard.append(("before", len(a), sorted(k))))
            optimizer.register_step_post_hook(lambda o, a, k, heard=heard: heard.append(("after", a[0] is o, sorted(k))))
            optimizer.register_step_pre_hook(lambda o, a, k: (a, {**k, "closure": lambda: "another"}))
            answers = optimizer.step(), optimizer.step(closure=lambda: "mine")
            copy.deepcopy(optimizer).step()  # a twin has no hooks
            results.append((heard, answers))
    n = len(results) // 2
    assert results[:n] == results[n:] and results[0][1] == ("another", "another")


def test_all_parameters_have_names_or_none():
    for T in (ours, reference("torch")):
        layer = T.nn.Linear(2, 2)
        for params in ([("a", layer.weight), layer.bias], [{"params": [("a", layer.weight)]}, {"params": [layer.bias]}]):
            with pytest.raises(ValueError): T.optim.SGD(params, lr=0.1)


def test_states_of_optimizers_of_ones_own():
    "Plain numbers stay plain numbers, and what belongs to no parameter is kept."
    for T in (ours, reference("torch")):
        class Own(T.optim.Optimizer):
            def __init__(self, params): super().__init__(params, {})
        w = T.nn.Parameter(T.ones(3))
        a, b = Own([w]), Own([w])
        a.state[w], a.state["all"] = {"step": 3, "seen": [1, 2]}, 7
        b.load_state_dict(a.state_dict())
        assert b.state[w] == {"step": 3, "seen": [1, 2]} and type(b.state[w]["step"]) is int and b.state["all"] == 7
    adam = optim.Adam([nn.Parameter(ours.ones(1))])
    state = {"step": 3, "exp_avg": ours.ones(1), "exp_avg_sq": ours.ones(1)}
    adam.load_state_dict({**adam.state_dict(), "state": {0: state}})
    adam.param_groups[0]["params"][0].grad = np.ones(1, np.float32)
    adam.step()
    assert adam.state_dict()["state"][0]["step"].item() == 4

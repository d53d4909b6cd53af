"Chapter 14 against PyTorch: rates and momentum step by step, states both ways, going on, compositions, errors."

import copy
import json
import math
import pickle
import warnings

import numpy as np
import pytest
from conftest import reference

import build_your_own_torch as ours
from build_your_own_torch import nn, optim
from build_your_own_torch.optim import lr_scheduler as schedules


class Tenth:
    "A callable object, whose attributes a state keeps."

    def __init__(self, by=0.1):
        self.by = by

    def __call__(self, t):
        return 1 - self.by * min(t, 9)


CASES = {
    "lambda": lambda S, o: S.LambdaLR(o, lambda t: 0.9**t),
    "lambdas": lambda S, o: S.LambdaLR(o, [lambda t: 0.9**t, lambda t: 1 / (1 + t)]),
    "object": lambda S, o: S.LambdaLR(o, Tenth()),
    "step": lambda S, o: S.StepLR(o, 7),
    "step by half": lambda S, o: S.StepLR(o, step_size=3, gamma=0.5),
    "milestones": lambda S, o: S.MultiStepLR(o, [3, 11, 11, 20], gamma=0.3),
    "constant": lambda S, o: S.ConstantLR(o),
    "constant part": lambda S, o: S.ConstantLR(o, factor=0.5, total_iters=13),
    "linear": lambda S, o: S.LinearLR(o),
    "linear down": lambda S, o: S.LinearLR(o, 1.0, 0.1, total_iters=20),
    "linear to 0": lambda S, o: S.LinearLR(o, 0.5, 0.0, total_iters=9),
    "exponential": lambda S, o: S.ExponentialLR(o, 0.9),
    "exponential up": lambda S, o: S.ExponentialLR(o, gamma=1.1),
    "polynomial": lambda S, o: S.PolynomialLR(o),
    "polynomial 2": lambda S, o: S.PolynomialLR(o, 30, power=2.0),
    "cosine": lambda S, o: S.CosineAnnealingLR(o, 12),
    "cosine floor": lambda S, o: S.CosineAnnealingLR(o, T_max=7, eta_min=0.01),
    "restarts": lambda S, o: S.CosineAnnealingWarmRestarts(o, 6),
    "longer restarts": lambda S, o: S.CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.02),
    "cyclic": lambda S, o: S.CyclicLR(o, 0.01, 0.2, step_size_up=4),
    "cyclic halved": lambda S, o: S.CyclicLR(o, 0.01, 0.2, step_size_up=4, step_size_down=7, mode="triangular2"),
    "cyclic power": lambda S, o: S.CyclicLR(o, 0.01, 0.2, 5, mode="exp_range", gamma=0.95, base_momentum=0.5),
    "cyclic own": lambda S, o: S.CyclicLR(o, 0.01, 0.2, 5, scale_fn=lambda n: 1 / n, cycle_momentum=False),
    "cyclic own by step": lambda S, o: S.CyclicLR(
        o, [0.01, 0.1], [0.2, 0.3], 5, scale_fn=lambda n: 1 / (n + 1), scale_mode="iterations"
    ),
    "one cycle": lambda S, o: S.OneCycleLR(o, 0.5, total_steps=40),
    "one cycle linear": lambda S, o: S.OneCycleLR(o, [0.5, 0.1], epochs=8, steps_per_epoch=5, anneal_strategy="linear"),
    "three phases": lambda S, o: S.OneCycleLR(o, 0.5, 40, pct_start=0.4, three_phase=True, div_factor=10.0),
    "one cycle late": lambda S, o: S.OneCycleLR(o, 0.5, 40, pct_start=0.95, cycle_momentum=False),
    "one cycle early": lambda S, o: S.OneCycleLR(o, 0.5, 40, pct_start=0.0, final_div_factor=10.0),
    "in turn": lambda S, o: S.SequentialLR(
        o, [S.LinearLR(o, 0.1, total_iters=6), S.CosineAnnealingLR(o, 20, 0.001)], milestones=[6]
    ),
    "three in turn": lambda S, o: S.SequentialLR(
        o, [S.ConstantLR(o, 0.1, 4), S.ExponentialLR(o, 0.8), S.StepLR(o, 3)], milestones=[5, 15]
    ),
    "restarts in turn": lambda S, o: S.SequentialLR(
        o, [S.PolynomialLR(o, 8), S.CosineAnnealingWarmRestarts(o, 4), S.LambdaLR(o, lambda t: 0.5**t)], [9, 21]
    ),
    "chained": lambda S, o: S.ChainedScheduler([S.LinearLR(o, 0.2, total_iters=5), S.ExponentialLR(o, 0.9)]),
    "chained cosine": lambda S, o: S.ChainedScheduler(
        [S.CosineAnnealingLR(o, 9, 0.01), S.StepLR(o, 5, 0.5), S.MultiStepLR(o, [3, 20])], o
    ),
    "cyclic in turn": lambda S, o: S.SequentialLR(o, [S.ExponentialLR(o, 0.8), S.CyclicLR(o, 0.1, 1.0, 3)], [4]),
    "one cycle in turn": lambda S, o: S.SequentialLR(o, [S.OneCycleLR(o, 0.4, 12), S.StepLR(o, 4)], [9]),
    "chained in turn": lambda S, o: S.SequentialLR(
        o, [S.ChainedScheduler([S.ConstantLR(o, 0.3, 4), S.StepLR(o, 2, 0.5)]), S.ExponentialLR(o, 0.9)], [8]
    ),
}


def both():
    torch = reference("torch")
    return (nn, optim, schedules), (torch.nn, torch.optim, torch.optim.lr_scheduler)


def made(nets, opt, kind="SGD"):
    "An optimizer of two groups with rates of their own."
    a, b = nets.Linear(2, 2), nets.Linear(2, 1)
    groups = [{"params": list(a.parameters())}, {"params": list(b.parameters()), "lr": 0.03}]
    settings = {"SGD": {"momentum": 0.9}, "AdamW": {"betas": (0.9, 0.99)}}[kind]
    return getattr(opt, kind)(groups, lr=0.1, **settings)


def look(optimizer):
    return [[g["lr"], g["betas"][0] if "betas" in g else g["momentum"]] for g in optimizer.param_groups]


def walk(optimizer, schedule, steps):
    "What the groups hold before each step, and what the schedule says after it."
    seen = []
    for _ in range(steps):
        seen.append(look(optimizer))
        optimizer.step()
        schedule.step()
        assert schedule.get_last_lr() == [g["lr"] for g in optimizer.param_groups]
    return seen


@pytest.mark.parametrize("kind", ["SGD", "AdamW"])
@pytest.mark.parametrize("name", CASES)
def test_rates_equal_pytorchs_step_by_step(name, kind):
    found = []
    for nets, opt, S in both():
        optimizer = made(nets, opt, kind)
        found.append(walk(optimizer, CASES[name](S, optimizer), 40))
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-12)


def plain(state):
    "A state without what only PyTorch notes."
    if isinstance(state, dict):
        return {k: plain(v) for k, v in state.items() if k not in ("_get_lr_called_within_step", "_is_initial")}
    return [plain(v) for v in state] if isinstance(state, (list, tuple)) else state


def assert_same_state(mine, theirs):
    if isinstance(mine, dict):
        assert set(mine) <= set(theirs), set(mine) - set(theirs)
        for k in mine:
            assert_same_state(mine[k], theirs[k])
    elif isinstance(mine, list):
        assert len(mine) == len(theirs)
        for pair in zip(mine, theirs):
            assert_same_state(*pair)
    elif isinstance(mine, float) and not isinstance(mine, bool):
        assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-12)
    else:
        assert mine == theirs


@pytest.mark.parametrize("name", CASES)
def test_states_equal_pytorchs_and_load_both_ways(name):
    sides = []
    for nets, opt, S in both():
        optimizer = made(nets, opt)
        sides.append((nets, opt, S, optimizer, CASES[name](S, optimizer)))
    for *_, optimizer, schedule in sides:
        walk(optimizer, schedule, 17)
    states = [copy.deepcopy(schedule.state_dict()) for *_, schedule in sides]
    assert_same_state(plain(states[0]), plain(states[1]))
    groups = [optimizer.state_dict() for *_, optimizer, _ in sides]
    expected = [walk(optimizer, schedule, 20) for *_, optimizer, schedule in sides]
    for (nets, opt, S, *_), others, group in zip(sides, states[::-1], groups):
        fresh = made(nets, opt)
        schedule = CASES[name](S, fresh)
        schedule.load_state_dict(copy.deepcopy(others))
        fresh.load_state_dict(group)
        np.testing.assert_allclose(walk(fresh, schedule, 20), expected[0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_resumed_bit_for_bit_from_a_pickled_state(name):
    optimizer = made(nn, optim)
    schedule = CASES[name](schedules, optimizer)
    walk(optimizer, schedule, 11)
    saved = pickle.loads(pickle.dumps((optimizer.state_dict(), schedule.state_dict())))
    rest = walk(optimizer, schedule, 25)
    other = made(nn, optim)
    resumed = CASES[name](schedules, other)
    other.load_state_dict(saved[0])
    resumed.load_state_dict(saved[1])
    assert walk(other, resumed, 25) == rest


LOSSES = [3.0, 2.0, 2.0, 1.99995, 2.1, 1.5, 1.5, 1.6, 1.7, 1.8, 1.9, 1.4, math.nan, 1.5, 1.5, 1.5, 1.3, 1.3, 1.3, 1.3, 1.3]
WATCHING = [
    {},
    {"patience": 1, "factor": 0.5},
    {"patience": 0, "cooldown": 2, "factor": 0.5},
    {"patience": 1, "threshold": 0.3, "threshold_mode": "abs", "min_lr": 0.02},
    {"mode": "max", "patience": 2},
    {"mode": "max", "patience": 1, "threshold": 0.1, "threshold_mode": "abs", "min_lr": [0.01, 0.001]},
    {"patience": 0, "eps": 0.01, "factor": 0.8},
]


@pytest.mark.parametrize("settings", WATCHING, ids=str)
def test_watching_the_loss_equals_pytorchs(settings):
    found, states = [], []
    for nets, opt, S in both():
        optimizer = made(nets, opt)
        schedule, seen = S.ReduceLROnPlateau(optimizer, **settings), []
        for loss in LOSSES:
            schedule.step(loss)
            seen.append([*schedule.get_last_lr(), schedule.num_bad_epochs])
        found.append(seen)
        states.append(schedule.state_dict())
    np.testing.assert_allclose(*found, rtol=1e-12)
    assert_same_state(*states)
    watch = schedules.ReduceLROnPlateau(made(nn, optim), **settings)
    watch.load_state_dict(states[1])
    assert watch.best == states[1]["best"]


def test_watching_takes_a_tensor():
    optimizer = made(nn, optim)
    watch = schedules.ReduceLROnPlateau(optimizer, patience=0)
    for loss in (1.0, 2.0):
        watch.step(ours.tensor(loss))
    assert watch.get_last_lr() == pytest.approx([0.01, 0.003])


def test_fractions_of_a_round():
    found = []
    for nets, opt, S in both():
        optimizer = made(nets, opt)
        schedule, seen = S.CosineAnnealingWarmRestarts(optimizer, 3, T_mult=2), []
        for i in range(50):
            schedule.step(i / 4)
            seen.append(look(optimizer))
        for _ in range(9):
            schedule.step()
            seen.append(look(optimizer))
        found.append(seen)
    np.testing.assert_allclose(*found, rtol=1e-9)


@pytest.mark.parametrize("name", ["lambda", "step",
                                  "constant part", "linear down", "exponential", "polynomial 2", "cosine floor"])
def test_goes_on_after_a_step(name):
    "With `last_epoch` a schedule takes over an optimizer whose rates are those of the next step."
    found = []
    settings = {"lambda": (lambda t: 0.9**t,), "step": (7,), "constant part": (0.5, 13), "linear down": (1.0, 0.1, 20),
                "exponential": (0.9,), "polynomial 2": (30, 2.0), "cosine floor": (7, 0.01)}[name]  # fmt: skip
    for nets, opt, S in both():
        optimizer = made(nets, opt)
        schedule = CASES[name](S, optimizer)
        walk(optimizer, schedule, 5)
        again = type(schedule)(optimizer, *settings, last_epoch=4)
        assert again.last_epoch == 5
        found.append(walk(optimizer, again, 20))
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-12)


def test_an_interfering_hand_is_respected():
    "A rate that somebody sets by hand is scaled on, as PyTorch does."
    found = []
    for nets, opt, S in both():
        optimizer = made(nets, opt)
        schedule = S.ExponentialLR(optimizer, 0.5)
        walk(optimizer, schedule, 3)
        optimizer.param_groups[0]["lr"] = 8.0
        found.append(walk(optimizer, schedule, 3))
    np.testing.assert_allclose(*found)


def test_own_schedule_by_get_lr():
    class Sqrt(schedules.LRScheduler):
        def get_lr(self):
            return [base / math.sqrt(self.last_epoch + 1) for base in self.base_lrs]

    optimizer = made(nn, optim)
    assert [rates[0][0] for rates in walk(optimizer, Sqrt(optimizer), 4)] == [0.1 / math.sqrt(t) for t in (1, 2, 3, 4)]


REFUSED = [
    (TypeError, "Linear", lambda S, o: S.StepLR(nn.Linear(1, 1), 3)),
    (TypeError, "list", lambda S, o: S.OneCycleLR([], 0.1, 10)),
    (ValueError, "step_size must be a number above 0, got 0", lambda S, o: S.StepLR(o, 0)),
    (ValueError, "T_max must be a number above 0, got 0", lambda S, o: S.CosineAnnealingLR(o, 0)),
    (ValueError, "T_0 must be a number above 0, got -1", lambda S, o: S.CosineAnnealingWarmRestarts(o, -1)),
    (ValueError, "T_mult must be a whole number from 1 on, got 0.5", lambda S, o: S.CosineAnnealingWarmRestarts(o, 5, 0.5)),
    (ValueError, "factor lies between 0 and 1, got 2", lambda S, o: S.ConstantLR(o, 2)),
    (ValueError, "start_factor must be a number above 0, got 0", lambda S, o: S.LinearLR(o, 0)),
    (ValueError, "end_factor lies between 0 and 1, got -1", lambda S, o: S.LinearLR(o, 0.5, -1)),
    (ValueError, "total_iters must be a number above 0, got 0", lambda S, o: S.PolynomialLR(o, 0)),
    (ValueError, "lr_lambda has 1 values for 2 groups", lambda S, o: S.LambdaLR(o, [lambda t: 1])),
    (ValueError, "max_lr has 3 values for 2 groups", lambda S, o: S.OneCycleLR(o, [1, 2, 3], 10)),
    (ValueError, "mode is one of triangular, triangular2, exp_range, got 'saw'", lambda S, o: S.CyclicLR(o, 0, 1, mode="saw")),
    (ValueError, "step_size_up must be a number above 0", lambda S, o: S.CyclicLR(o, 0, 1, 0)),
    (ValueError, "give total_steps, or epochs and steps_per_epoch", lambda S, o: S.OneCycleLR(o, 1.0, epochs=3)),
    (ValueError, "anneal_strategy is one of cos, linear", lambda S, o: S.OneCycleLR(o, 1.0, 9, anneal_strategy="x")),
    (ValueError, "pct_start lies between 0 and 1, got 3", lambda S, o: S.OneCycleLR(o, 1.0, 9, pct_start=3)),
    (ValueError, "factor must be below 1, got 1", lambda S, o: S.ReduceLROnPlateau(o, factor=1)),
    (ValueError, "mode is one of min, max, got 'low'", lambda S, o: S.ReduceLROnPlateau(o, "low")),
    (ValueError, "threshold_mode is one of rel, abs, got 'x'", lambda S, o: S.ReduceLROnPlateau(o, threshold_mode="x")),
    (ValueError, "SequentialLR got no schedules", lambda S, o: S.SequentialLR(o, [], [])),
    (ValueError, "ChainedScheduler got no schedules", lambda S, o: S.ChainedScheduler([])),
    (ValueError, "2 schedules need 1 milestones", lambda S, o: S.SequentialLR(o, [S.StepLR(o, n) for n in (2, 3)], [1, 2])),
    (ValueError, "ReduceLROnPlateau, whose step wants a number", lambda S, o: S.ChainedScheduler([S.ReduceLROnPlateau(o)])),
    (TypeError, "number 0 is 3", lambda S, o: S.SequentialLR(o, [3], [])),
    (ValueError, "another optimizer", lambda S, o: S.SequentialLR(made(nn, optim), [S.StepLR(o, 3)], [])),
    (KeyError, "group 0 has no 'initial_lr'", lambda S, o: S.StepLR(o, 3, last_epoch=5)),
    (ValueError, "got a schedule twice", lambda S, o: S.ChainedScheduler([S.StepLR(o, 2)] * 2)),
    (ValueError, "milestones must rise", lambda S, o: S.SequentialLR(o, [S.StepLR(o, n) for n in (1, 2, 3)], [9, 4])),
    (ValueError, "has step_size", lambda S, o: S.ExponentialLR(o, 0.5).load_state_dict(S.StepLR(o, 3, 0.5).state_dict())),
    (ValueError, "lacks gamma, step_size", lambda S, o: S.StepLR(o, 3).load_state_dict(S.LambdaLR(o, abs).state_dict())),
]  # fmt: skip


@pytest.mark.parametrize("kind, words, f", REFUSED, ids=lambda v: v if isinstance(v, str) else "")
def test_wrong_settings_name_what_was_given(kind, words, f):
    optimizer = made(nn, optim)
    before = [g["lr"] for g in optimizer.param_groups]
    with pytest.raises(kind, match=words):
        f(schedules, optimizer)
    if "lacks" not in words and "2 schedules" not in words and "rise" not in words:
        assert [g["lr"] for g in optimizer.param_groups] == before


def test_no_momentum_to_cycle():
    optimizer = optim.Adagrad([nn.Parameter([1.0])])
    with pytest.raises(ValueError, match="Adagrad has no momentum to cycle"):
        schedules.OneCycleLR(optimizer, 1.0, 10)
    schedules.OneCycleLR(optimizer, 1.0, 10, cycle_momentum=False)


def test_a_group_that_comes_later():
    optimizer = made(nn, optim)
    halved, formula = schedules.StepLR(optimizer, 2, 0.5), schedules.LambdaLR(optimizer, lambda t: 1.0)
    optimizer.add_param_group({"params": [nn.Parameter([1.0])], "lr": 4.0})
    for _ in range(2):
        halved.step()
    assert halved.get_last_lr() == [0.05, 0.015, 2.0]
    with pytest.raises(ValueError, match="the schedule knows: 2, groups of the optimizer: 3"):
        formula.step()


def test_a_chain_that_comes_later_is_a_product():
    "PyTorch refuses a ChainedScheduler as a later part."
    optimizer = optim.SGD([nn.Parameter([1.0])], lr=1.0, momentum=0.9)
    factors = [schedules.LinearLR(optimizer, 0.1, total_iters=4), schedules.ExponentialLR(optimizer, 0.8)]
    late = schedules.ChainedScheduler(factors)
    first = schedules.LinearLR(optimizer, 0.5, total_iters=4)
    seen = [rate[0][0] for rate in walk(optimizer, schedules.SequentialLR(optimizer, [first, late], [4]), 12)]
    expected = [0.5 + 0.125 * t for t in range(4)] + [min(1, 0.1 + 0.225 * t) * 0.8**t for t in range(8)]
    np.testing.assert_allclose(seen, expected)


def test_a_sequence_in_a_sequence():
    optimizer = optim.SGD([nn.Parameter([1.0])], lr=1.0, momentum=0.9)
    parts = [[schedules.ConstantLR(optimizer, f, 99), schedules.ExponentialLR(optimizer, 0.5)] for f in (0.1, 0.2)]
    inner = [schedules.SequentialLR(optimizer, pair, [2]) for pair in parts]
    seen = [rate[0][0] for rate in walk(optimizer, schedules.SequentialLR(optimizer, inner, [4]), 8)]
    np.testing.assert_allclose(seen, [0.1, 0.1, 1.0, 0.5, 0.2, 0.2, 1.0, 0.5])


def test_states_survive_json():
    optimizer = made(nn, optim)
    schedule = CASES["milestones"](schedules, optimizer)
    walk(optimizer, schedule, 5)
    saved = json.loads(json.dumps(schedule.state_dict()))
    expected = walk(optimizer, schedule, 20)
    other = made(nn, optim)
    resumed = CASES["milestones"](schedules, other)
    resumed.load_state_dict(saved)
    for group, lr in zip(other.param_groups, saved["_last_lr"]):
        group["lr"] = lr
    assert walk(other, resumed, 20) == expected


def test_parts_that_do_not_fit_are_refused():
    optimizer = made(nn, optim)
    parts = lambda n: [schedules.ExponentialLR(optimizer, 0.9) for _ in range(n)]  # noqa: E731
    three = schedules.SequentialLR(optimizer, parts(3), [3, 6]).state_dict()
    with pytest.raises(ValueError, match="2 parts, and 3 in the state"):
        schedules.SequentialLR(optimizer, parts(2), [3]).load_state_dict(three)


def test_watching_takes_in_a_group_that_comes_later():
    optimizer = made(nn, optim)
    watch = schedules.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
    optimizer.add_param_group({"params": [nn.Parameter([1.0])], "lr": 4.0})
    for loss in (1.0, 1.0):
        watch.step(loss)
    assert watch.get_last_lr() == [0.05, 0.015, 2.0]


def test_a_range_test_that_fails_puts_everything_back():
    p = nn.Parameter(np.array([1.0]))
    optimizer, calls = optim.SGD([p], lr=0.3), iter(range(3))

    def closure():
        next(calls)
        (p**2).sum().backward()
        return (p**2).sum()

    with pytest.raises(StopIteration):
        schedules.range_test(optimizer, closure, 1e-2, 1e-1)
    assert p.tolist() == [1.0] and optimizer.param_groups[0]["lr"] == 0.3
    with pytest.raises(TypeError, match="must return the loss"):
        schedules.range_test(optimizer, lambda: None)
    with pytest.raises(ValueError, match="end must be a number above 0"):
        schedules.range_test(optimizer, closure, 1.0, 0.1)


def test_a_cycle_that_only_rises():
    optimizer = made(nn, optim)
    schedule = schedules.OneCycleLR(optimizer, 1.0, 8, pct_start=1.0)
    rates = [rate[0][0] for rate in walk(optimizer, schedule, 8)]
    assert rates == sorted(rates) and rates[-1] == 1.0


def test_a_cycle_ends():
    optimizer = made(nn, optim)
    schedule = schedules.OneCycleLR(optimizer, 1.0, total_steps=5)
    with pytest.raises(ValueError, match="step 6 of a cycle that was made for 5 steps"):
        for _ in range(6):
            schedule.step()


def test_range_test_puts_everything_back_and_finds_the_edge():
    "On half a square with curvature 4 plain descent flies out beyond a rate of 2/4."
    p = nn.Parameter(np.array([1.0, -2.0]))
    optimizer = optim.SGD([p], lr=0.07, momentum=0.0)

    def closure():
        loss = 2 * (p**2).sum()
        loss.backward()
        return loss

    rates, losses = schedules.range_test(optimizer, closure, 1e-4, 10.0, 200)
    assert p.tolist() == [1.0, -2.0] and p.grad is None and optimizer.param_groups[0]["lr"] == 0.07
    assert not optimizer.state
    assert 0.5 < rates[-1] and losses[-1] > 4 * losses[0] and len(rates) == len(losses) < 200
    turned = next(i for i in range(1, len(losses)) if losses[i] > losses[i - 1])
    assert rates[turned - 1] == pytest.approx(0.5, rel=0.08)
    np.testing.assert_allclose(np.diff(np.log(rates)), np.log(1e5) / 200)


def test_range_test_keeps_momentum():
    p = nn.Parameter(np.array([1.0]))
    optimizer = optim.Adam([p], lr=0.01)
    p.grad = np.array([1.0])
    optimizer.step()
    before = copy.deepcopy(optimizer.state_dict())

    def closure():
        loss = (p**2).sum()
        loss.backward()
        return loss

    schedules.range_test(optimizer, closure, 1e-3, 1.0, 7)
    after = optimizer.state_dict()
    assert after["state"][0]["exp_avg"].tolist() == before["state"][0]["exp_avg"].tolist()
    assert after["state"][0]["step"].item() == 1 and after["param_groups"] == before["param_groups"]


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


SCHEDULES = {
    "step": ("StepLR", 3), "several": ("MultiStepLR", [3, 5]), "power": ("PolynomialLR", 5), "line": ("LinearLR", 1.0, 0.0, 5),
    "cosine": ("CosineAnnealingLR", 5), "floor": ("CosineAnnealingLR", 5, 0.01), "constant": ("ConstantLR", 0.5, 4),
    "lambda": ("LambdaLR", lambda t: 0.5 ** t),
}


def rates_of(name, change):
    "The rates of both libraries: `change(optimizer, schedules, make, i)` before step i."
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for nets, opt, s in both():
            o = opt.SGD(nets.Linear(1, 1).parameters(), lr=0.1)
            kind, *args = SCHEDULES[name]
            found.append(change(o, s, lambda **k: getattr(s, kind)(o, *args, **k)))
    np.testing.assert_allclose(*found, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_set_by_hand_on_the_way(name):
    def run(o, s, make):
        schedule, out = make(), []
        for i in range(13):
            if i in (2, 6): o.param_groups[0]["lr"] = 0.05
            schedule.step()
            out.append(o.param_groups[0]["lr"])
        return out
    rates_of(name, run)


@pytest.mark.parametrize("name", SCHEDULES)
def test_two_schedules_beyond_zero(name):
    def run(o, s, make):
        schedule, other, out = make(), s.ExponentialLR(o, 0.9), []
        for _ in range(13):
            schedule.step()
            other.step()
            out.append(o.param_groups[0]["lr"])
        return out
    rates_of(name, run)


@pytest.mark.parametrize("last", [0, 1, 2, 4, 5, 6])
@pytest.mark.parametrize("name", SCHEDULES)
def test_goes_on_where_a_milestone_follows(name, last):
    def run(o, s, make):
        o.param_groups[0]["initial_lr"] = 0.1
        schedule, out = make(last_epoch=last), []
        for _ in range(6):
            out.append(o.param_groups[0]["lr"])
            schedule.step()
        return out
    rates_of(name, run)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_step_to_a_place(name):
    def run(o, s, make):
        schedule = make()
        schedule.step(4)
        out = [o.param_groups[0]["lr"]]
        schedule.step(None)
        return [*out, o.param_groups[0]["lr"]]
    rates_of(name, run)


def test_the_old_name_and_a_saved_counter(tmp_path):
    assert schedules._LRScheduler is schedules.LRScheduler
    state = schedules.MultiStepLR(optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1), [2, 4]).state_dict()
    ours.save(state, tmp_path / "state")
    assert ours.load(tmp_path / "state") == state


@pytest.mark.parametrize("T", [ours, "torch"], ids=["ours", "torch"])
def test_a_sequence_goes_on_from_each_schedules_own_first_rate(T):
    T = reference("torch") if T == "torch" else T
    S = T.optim.lr_scheduler
    def optimizer(rate): return T.optim.SGD([T.nn.Parameter(T.ones(1))], rate)
    def rates(o, s, n):
        found = []
        for _ in range(n):
            o.step()
            s.step()
            found.append(o.param_groups[0]["lr"])
        return found
    o = optimizer(1.0)
    c, w = S.CosineAnnealingLR(o, 9), S.OneCycleLR(o, 2.0, 6)
    assert np.allclose(rates(o, S.SequentialLR(o, [w, c], [5]), 6)[-2:], [1.0, 0.9698463])
    def two(rate):
        o = optimizer(rate)
        return o, S.SequentialLR(o, [S.ConstantLR(o, 0.1, 3), S.ExponentialLR(o, 0.5)], [3])
    o, s = two(1.0)
    rates(o, s, 1)
    o2, s2 = two(99.0)
    s2.load_state_dict(s.state_dict())
    assert np.allclose(rates(o2, s2, 4)[1:], [1.0, 0.5, 0.25])
    o = optimizer(1.0)
    rates(o, S.ConstantLR(o, 0.5, 5), 4)
    assert rates(o, S.ConstantLR(o, 0.5, 5, last_epoch=4), 2) == [1.0, 1.0]

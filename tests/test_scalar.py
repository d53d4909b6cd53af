"""The promises of chapter 1, one by one."""
import gc
import math

import numpy as np
import pytest
from conftest import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from build_your_own_torch.autograd_scalar import MLP, Neuron, Value, linear


def nodes(): return sum(isinstance(o, Value) for o in gc.get_objects())


def test_first_gradient():
    x, y = Value(2.0), Value(3.0)
    f = x * y + x
    f.backward()
    assert repr(f) == "Value(data=8.0, grad=1.0)"
    assert (x.grad, y.grad) == (4.0, 2.0)


def test_numbers_on_either_side():
    x = Value(2)
    assert [v.data for v in (x + 1, 1 + x, x - 1, 1 - x, x * 3, 3 * x, x / 4, 4 / x, x**3, 3**x, -x)] == [
        3, 3, 1, -1, 6, 6, 0.5, 2, 8, 9, -2]
    assert isinstance(np.float64(2) * x, Value) and isinstance(np.float32(2) + x, Value)


def test_shared_node_is_heard_out():
    a = Value(3.0)
    b = a + a
    c = b + b
    c.backward()
    assert a.grad == 4.0


def test_second_backward_doubles_leaves_or_repeats_them():
    x, y = Value(2.0), Value(3.0)
    f = (x * y + x) * (x * y)
    f.backward()
    once = x.grad, y.grad
    f.backward()
    assert (x.grad, y.grad) == (2 * once[0], 2 * once[1])
    x.grad = y.grad = 0.0
    f.backward()
    assert (x.grad, y.grad) == once


def test_interior_nodes_show_the_last_walk():
    x = Value(2.0)
    m = x * 3
    f, g = m * 5, m * 7
    f.backward()
    g.backward()
    assert m.grad == 7.0 and x.grad == 3 * 5 + 3 * 7


def test_chain_of_100_000():
    x = Value(1.0)
    total = x
    for _ in range(100_000): total = total + x
    total.backward()
    assert x.grad == 100_001.0
    del total  # a long chain must also die without recursion


def test_dropped_graph_is_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x, before = Value(0.5), nodes()
        f = ((x * 2 + 1) / 3 - x) ** 2 + x.tanh() * x.exp() + (x + 1).log() + x.relu() + 2**x + x ** Value(2.0)
        f.backward()
        assert nodes() > before
        del f
        assert nodes() == before
    finally: gc.enable()


@pytest.mark.parametrize("make, error, words", [
    (lambda: Value("3"), TypeError, ["Value", "'3'", "str"]),
    (lambda: Value(1j), TypeError, ["1j", "complex"]),
    (lambda: Value(2) + "a", TypeError, ["+", "'a'", "str"]),
    (lambda: [1] * Value(2), TypeError, ["*", "[1]", "list"]),
    (lambda: Value(2) ** None, TypeError, ["**", "None"]),
    (lambda: np.ones(2) - Value(2), TypeError, ["-", "ndarray"]),
    (lambda: Value(1) / 0, ZeroDivisionError, ["/", "1.0 / 0.0"]),
    (lambda: Value(0) ** -1, ZeroDivisionError, ["**", "0.0 ** -1.0"]),
    (lambda: Value(-8) ** 0.5, ValueError, ["**", "-8.0 ** 0.5"]),
    (lambda: Value(1e200) ** 2, OverflowError, ["**", "1e+200"]),
    (lambda: Value(-1).log(), ValueError, ["log", "-1.0"]),
    (lambda: Value(0).log(), ValueError, ["log", "0.0"]),
    (lambda: Value(1000).exp(), OverflowError, ["exp", "1000.0"]),
    (lambda: Neuron(2)([1.0]), ValueError, []),
])
def test_errors_name_operation_and_operand(make, error, words):
    with pytest.raises(error) as e: make()
    for word in words: assert word in str(e.value)


def test_edges_follow_pytorch():
    torch = reference("torch")
    cases = [(lambda v: v.relu(), [0.0]), (lambda v: v.relu(), [math.nan]), (lambda v: v**0, [0.0]),
             (lambda v: v**0.5, [0.0]), (lambda v: v**2, [-1.5]), (lambda v, w: v**w, [-2.0, 3.0]),
             (lambda v, w: v**w, [0.0, 2.0]), (lambda v: v.tanh(), [math.inf]), (lambda v: v.exp(), [-math.inf])]
    for f, at in cases:
        ours, theirs = [Value(a) for a in at], [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in at]
        a, b = f(*ours), f(*theirs)
        a.backward()
        b.backward()
        np.testing.assert_allclose([a.data, *(v.grad for v in ours)], [b.item(), *(v.grad.item() for v in theirs)])


BINARY = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (b * b + 1),
          lambda a, b: (a * a + 0.5) ** b.tanh()]
UNARY = [lambda a: a.tanh(), lambda a: a.tanh().exp(), lambda a: (a * a + 1).log(), lambda a: a.relu(),
         lambda a: 2 - a, lambda a: -a, lambda a: a.tanh() ** 3, lambda a: 1 / (a * a + 2), lambda a: 2 ** a.tanh()]


def run(program, leaves):
    "Each step applies an operation to earlier results; the answer is the sum of all of them, squashed."
    made = list(leaves)
    for op, i, j in program:
        a, b = made[i % len(made)], made[j % len(made)]
        made.append(op(a, b) if op in BINARY else op(a))
    total = made[0].tanh()
    for v in made[1:]: total = total + v.tanh()
    return total


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(BINARY + UNARY), st.integers(0, 99), st.integers(0, 99)), max_size=15),
       st.lists(st.floats(-2, 2), min_size=1, max_size=4))
def test_random_programs_against_pytorch(program, at):
    torch = reference("torch")
    ours, theirs = [Value(a) for a in at], [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in at]
    a, b = run(program, ours), run(program, theirs)
    a.backward()
    b.backward()
    got, want = [a.data, *(v.grad for v in ours)], [b.item(), *(v.grad.item() for v in theirs)]
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12)


def test_neuron_of_the_specification_converges():
    w, b = [Value(0.5), Value(-1.0)], Value(0.0)
    losses = []
    for _ in range(50):
        out = (w[0] * 1.0 + w[1] * -2.0 + b).tanh()
        loss = (out - 0.0) ** 2
        for p in (*w, b): p.grad = 0.0
        loss.backward()
        for p in (*w, b): p.data -= 0.1 * p.grad
        losses.append(loss.data)
    assert losses[0] > 0.9 and losses[-1] < 1e-3 and losses == sorted(losses, reverse=True)


def test_mlp_is_seeded_and_lists_its_parameters():
    a, b = MLP(2, [16, 16, 1]), MLP(2, [16, 16, 1])
    assert [p.data for p in a.parameters()] == [p.data for p in b.parameters()]
    assert len(a.parameters()) == 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1
    assert len(set(map(id, a.parameters()))) == len(a.parameters())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), max_size=5), st.floats(-3, 3))
def test_linear_against_pytorch(pairs, b):
    torch = reference("torch")
    xs, ws, bias = [Value(x) for x, _ in pairs], [Value(w) for _, w in pairs], Value(b)
    out = linear(xs, ws, bias)
    (out * out).backward()
    leaves = [torch.tensor([pair[i] for pair in pairs], dtype=torch.float64, requires_grad=True) for i in (0, 1)]
    theirs = torch.tensor(b, dtype=torch.float64, requires_grad=True)
    y = torch.nn.functional.linear(leaves[0], leaves[1][None], theirs[None])[0]
    (y * y).backward()
    assert math.isclose(out.data, y.item(), abs_tol=1e-12)
    for mine, leaf in zip((xs, ws), leaves): assert np.allclose([v.grad for v in mine], leaf.grad)
    assert math.isclose(bias.grad, theirs.grad.item(), abs_tol=1e-12)


def test_linear_takes_numbers_and_shared_nodes_and_refuses_other_lengths():
    x, w, b = Value(2.0), Value(3.0), Value(1.0)
    out = linear([x, x, 5.0], [w, x, w], b)
    out.backward()
    assert (out.data, x.grad, w.grad, b.grad) == (26.0, 3.0 + 4.0, 7.0, 1.0)
    with pytest.raises(ValueError, match="as many inputs as weights, got 1 and 2"): linear([x], [w, w], b)
    with pytest.raises(TypeError, match="linear takes a Value or a number, got 'a'"): linear(["a"], [w], b)


def test_linear_graph_is_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        before = nodes()
        out = linear([Value(1.0)], [Value(2.0)], Value(3.0)).tanh()
        out.backward()
        del out
        assert nodes() == before
    finally: gc.enable()

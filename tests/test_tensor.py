"""The promises of chapter 2, one by one, and its operations against PyTorch."""
import functools
import gc
import itertools
import math
import threading
import warnings
import weakref

import numpy as np
import pytest
from compare import agree, arrays, check_op, same_failure
from conftest import reference, steps
from hypothesis import given, settings
from hypothesis import strategies as st

import build_your_own_torch as ours
from build_your_own_torch import no_grad, tensor
from build_your_own_torch.tensor import Tensor, op

SHAPES = [(), (3,), (2, 3), (0, 3), (2, 1, 3), (1, 1)]
PAIRS = [*((s, s) for s in SHAPES), ((2, 3), (3,)), ((2, 1), (1, 3)), ((4, 1, 3), (2, 1)), ((), (2, 3)),
         ((0, 3), (1, 3))]
BINARY = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
          "pow": lambda a, b: a ** b, "twice": lambda a, b: a * b + a / b - b}
UNARY = {"neg": lambda a: -a, "exp": lambda a: a.exp(), "log": lambda a: a.log(), "tanh": lambda a: a.tanh(),
         "relu": lambda a: a.relu(), "sin": lambda a: a.sin(), "cos": lambda a: a.cos(), "square": lambda a: a ** 2,
         "cube": lambda a: a ** 3, "root": lambda a: a ** 0.5, "inverse": lambda a: a ** -1, "one": lambda a: a ** 0,
         "base": lambda a: 2 ** a, "left": lambda a: 3 - a, "under": lambda a: 2 / a, "scaled": lambda a: a * 2.5 + 1}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shapes", PAIRS, ids=str)
@pytest.mark.parametrize("f", BINARY.values(), ids=BINARY)
def test_binary(f, shapes, dtype): check_op(f, *arrays(*shapes, low=0.3, dtype=dtype))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("f", UNARY.values(), ids=UNARY)
def test_unary(f, shape): check_op(f, *arrays(shape, low=0.3))


MATMULS = [((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)), ((5, 1, 2, 3), (4, 3, 2)),
           ((4, 2, 3), (3,)), ((3,), (4, 3, 2)), ((0, 3), (3, 4)), ((2, 0), (0, 4)), ((3, 3), (3, 3)), ((1, 1), (1, 1))]


@pytest.mark.parametrize("shapes", MATMULS, ids=str)
def test_matmul(shapes): check_op(lambda a, b: a @ b, *arrays(*shapes))


DIMS = [(None, ()), (None, (2, 3)), (0, (3,)), (-1, (2, 3)), ((0, 1), (2, 3)), ((0, -1), (2, 3, 4)), (1, (2, 0, 3)),
        (0, (0, 3))]


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dim, shape", DIMS, ids=str)
@pytest.mark.parametrize("name", ["sum", "mean"])
def test_reductions(name, dim, shape, keepdim):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_op(lambda x: getattr(x, name)(dim=dim, keepdim=keepdim), *arrays(shape))


INDICES = [1, -1, slice(None), slice(1, None, 2), (0, 1), (slice(None), 2), (..., 0), None, (None, 1, ..., None), [0, 0, 1],
           (slice(None), [2, 2, 0]), ([0, 1], [1, 1]), ([0, 1], slice(None), [1, 1])]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_picking(index): check_op(lambda x: x[index], *arrays((3, 4, 2)))


def test_picking_with_masks_and_tensors():
    torch = reference("torch")
    (x,) = arrays((3, 4))
    mask, where = x > 0, np.array([2, 0, 2])
    check_op(lambda t: t[t > 0], x)
    check_op(lambda t: t[ours.tensor(mask)], x, torch_f=lambda t: t[torch.tensor(mask)])
    check_op(lambda t: t[ours.tensor(where), 1], x, torch_f=lambda t: t[torch.tensor(where), 1])
    assert [v.item() for v in tensor([1, 2])] == [1, 2] and len(tensor([[1], [2]])) == 2


DTYPES = [np.bool_, np.uint8, np.int32, np.int64, np.float32, np.float64]


@pytest.mark.parametrize("f", [BINARY["add"], BINARY["mul"], BINARY["div"]], ids=["add", "mul", "div"])
def test_dtypes_follow_pytorch(f):
    torch = reference("torch")
    both = [(ours.tensor(a), torch.tensor(a)) for t in DTYPES for a in (np.ones((), t), np.ones(2, t))]
    both += [(v, v) for v in (True, 2, 2.5)]
    for (a, x), (b, y) in itertools.product(both, repeat=2):
        if isinstance(a, Tensor) or isinstance(b, Tensor): agree(f(a, b), f(x, y))


@pytest.mark.parametrize("data", [1.5, 2, True, [1, 2], [1.0, 2], [[True]], [], np.float64(2), np.ones(2), np.int8(3)], ids=str)
def test_what_data_becomes(data): agree(tensor(data), reference("torch").tensor(data))


def test_comparisons():
    torch = reference("torch")
    a, b = arrays((2, 3), (3,))
    b[0] = a[0, 0]
    for f in (lambda x, y: x == y, lambda x, y: x != y, lambda x, y: x < y, lambda x, y: x <= y, lambda x, y: x > y,
              lambda x, y: x >= y):
        agree(f(tensor(a), tensor(b)), f(torch.tensor(a), torch.tensor(b)))
        agree(f(tensor(a), 0.5), f(torch.tensor(a), 0.5))
    assert (Tensor([1.0]) == "a") is False and (Tensor([1.0]) != None) is True  # noqa: E711


PRINTED = [[1.0, 2.0], [1.5, -2.25], [1e-6, 1.0], [1e9], [1.0, 2000.0], [0.5, 2000.0], 3.0, 0.1, [], [[]], [1, -20],
           [True, False], [float("nan"), 1.5], [float("inf"), 1.0], [float("-inf")], [[1.0, 2.0], [3.0, 4.5]],
           [0.0, 0.0], [1e-10],
           [123456.0], np.arange(24.0).reshape(2, 3, 4), np.arange(50.0) / 7, np.arange(2000),
           np.arange(3000.0).reshape(3, 1000),
           np.ones((2, 2), np.float64), np.ones(2, np.int32), np.ones((40, 40), np.float32), np.zeros((0, 3)),
           np.zeros(0, np.int64),
           [99999.5], [1e8], [1e-4, 0.2], np.array([1.0, 1000.5], np.float32), np.linspace(-1, 1, 30).reshape(5, 6) ** 3]


@pytest.mark.parametrize("data", PRINTED, ids=lambda d: repr(d)[:30])
def test_printing(data):
    assert repr(tensor(data)) == repr(reference("torch").tensor(data))


def test_printing_of_history():
    t = Tensor([1.0, 2.0], requires_grad=True)
    assert repr(t) == "tensor([1., 2.], requires_grad=True)" and repr(t * 2) == "tensor([2., 4.], grad_fn=<MulBackward0>)"
    assert t.log_softmax(0).grad_fn == "LogSoftmaxBackward0" and t.grad_fn is None
    assert repr(reference("torch").tensor([1.0, 2.0], requires_grad=True)) == repr(t)
    assert repr(t.detach()) == "tensor([1., 2.])"


def test_chain_of_100_000_and_its_death():
    x = Tensor([1.0], requires_grad=True)
    total = x
    for _ in range(100_000): total = total + x
    total.backward()
    assert x.grad.tolist() == [100_001.0]
    total = x
    for _ in range(100_000): total = total + x
    del total


def test_second_walk():
    x = Tensor([2.0, 3.0], requires_grad=True)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [8.0, 12.0]
    with pytest.raises(RuntimeError, match="retain_graph=True"): y.backward()
    assert x.grad.tolist() == [8.0, 12.0], "nothing was lost or added"


def test_shared_part_of_two_graphs():
    x = Tensor([2.0], requires_grad=True)
    h = x * 3
    a, b = h * 5, h + 1
    a.backward(retain_graph=True)
    b.backward()
    assert x.grad.tolist() == [18.0]


def test_a_dropped_graph_and_a_walked_one_are_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = Tensor(np.ones((2, 3)), requires_grad=True)
        def build(): return ((x[:, :2] @ x * 2 + 1).exp().tanh() / x[0, 1]).sum()
        y = build()
        seen = weakref.ref(y), weakref.ref(y.node.parents[0])
        del y
        assert not any(r() for r in seen), "dropped"
        y = build()
        inner = weakref.ref(y.node.parents[0])
        y.backward()
        assert inner().arrays is inner().parents is inner().vjps is None, "walked"
        h = x * 2
        h.retain_grad()
        seen = weakref.ref(h)
        h.sum().backward()
        del h
        assert seen() is None, "retained"
    finally: gc.enable()


def test_memory_does_not_grow():
    import tracemalloc
    w = Tensor(np.ones((20, 20)), requires_grad=True)
    def step():
        w.grad = None
        ((w @ w).tanh() * 2).mean().backward()
        with no_grad(): w.sub_(0.01 * w.grad)
    for _ in range(200): step()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(200): step()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 20_000


def test_gradients_are_arrays_of_their_own():
    a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
    g = np.ones(2, np.float32)
    (a + b).backward(g)
    assert type(a.grad) is np.ndarray
    a.grad *= 5
    assert b.grad.tolist() == [1.0, 1.0] and g.tolist() == [1.0, 1.0]
    x = Tensor(2.0, requires_grad=True)
    (x * x).backward()
    assert type(x.grad) is np.ndarray and x.grad.shape == () and x.grad == 4.0
    m = Tensor([[1.0, 2.0]], requires_grad=True)
    m.sum().backward()
    m.grad += 1


def test_a_gradient_in_the_dtype_of_its_leaf():
    a, b = Tensor(np.ones(2, np.float32), requires_grad=True), Tensor(np.ones(2), requires_grad=True)
    (a * b * np.ones(2)).sum().backward()
    assert a.grad.dtype == np.float32 and b.grad.dtype == np.float64


def test_who_requires_grad():
    x, y = Tensor([1.0], requires_grad=True), Tensor([2.0])
    assert (x * y).requires_grad and not (y * y).requires_grad
    assert x.is_leaf and y.is_leaf and not (x * y).is_leaf and (y * y).is_leaf
    (x * y).backward()
    assert y.grad is None
    x.requires_grad = False
    assert not (x * y).requires_grad
    with pytest.raises(RuntimeError, match="leaves"): (Tensor([1.0], requires_grad=True) * 2).requires_grad_(False)
    with pytest.raises(RuntimeError, match="floating point.*int64"): tensor([1], requires_grad=True)
    with pytest.raises(RuntimeError, match="does not require grad"): y.backward()
    two = Tensor([1.0, 2.0], requires_grad=True) * 1
    with pytest.raises(RuntimeError, match=r"float32\[2\].*single number"): two.backward()
    with pytest.raises(RuntimeError, match=r"gradient float32\[3\]"): (x.requires_grad_() * 1).backward([1.0, 2.0, 3.0])


def test_grad_modes():
    x = Tensor([1.0], requires_grad=True)
    @no_grad()
    def quiet(): return x * 2
    assert not quiet().requires_grad and (x * 2).requires_grad
    with no_grad():
        assert not ours.is_grad_enabled()
        with ours.enable_grad(): assert (x * 2).requires_grad
        assert not (x * 2).requires_grad
        seen = []
        other = threading.Thread(target=lambda: seen.append((x * 2).requires_grad))
        other.start()
        other.join()
    assert seen == [True], "a thread has a switch of its own"
    with pytest.raises(KeyError), no_grad(): raise KeyError
    assert ours.is_grad_enabled()


def test_numpy_meets_tensors():
    x = Tensor(np.array([0.5, 1.0]), requires_grad=True)
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    y = (np.tanh(x) + np.exp(x) * a - a @ x).sum()
    for t in (a * x, np.float64(2) * x, np.mean(x, axis=0, keepdims=True)): assert isinstance(t, Tensor)
    torch = reference("torch")
    t, b = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True), torch.tensor(a)
    z = (t.tanh() + t.exp() * b - b @ t).sum()
    y.backward()
    z.backward()
    agree(y, z)
    agree(x.grad, t.grad)
    for refused in (lambda: np.sort(x), lambda: np.add.accumulate(x), lambda: np.asarray(x)):
        with pytest.raises((TypeError, RuntimeError)): refused()
    assert np.asarray(x.detach()) is x.data


@pytest.mark.parametrize("f, shapes", [
    (lambda a, b: a + b, [(2, 3), (2,)]), (lambda a, b: a @ b, [(2, 3), (2, 3)]), (lambda a, b: a @ b, [(), (2,)]),
    (lambda a: a.sum(2), [(2, 3)]), (lambda a: a[5], [(2, 3)]), (lambda a: a[0, 0, 0], [(2, 3)]), (lambda a: a.item(), [(2,)]),
    (lambda a: bool(a), [(2,)]), (lambda a: len(a), [()]), (lambda a: list(a), [()]), (lambda a: a + "x", [(2,)]),
    (lambda a: a.item(), [(0,)]), (lambda a: a.numpy() if a.requires_grad_() is a else 0, [(2,)]),
], ids=range(13))
def test_errors_are_of_pytorchs_kind(f, shapes): assert same_failure(f, *arrays(*shapes))


def test_errors_name_operation_and_operands():
    with pytest.raises(RuntimeError, match=r"add\(float32\[2\], float32\[3\]\)"): Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="mul takes tensors, arrays and numbers, got 'a' of type str"): Tensor([1.0]) * "a"
    with pytest.raises(RuntimeError, match="the mean of int64"): tensor([1, 2]).mean()
    with pytest.raises(TypeError, match="a tensor holds numbers, got 'abc' of type str"): Tensor("abc")
    with pytest.raises(TypeError, match="holds numbers"): tensor([object()])
    with pytest.raises(TypeError, match="too many arguments"): Tensor([1.0]).sum(0, True, 3)


def written(f):
    "Gradient of the sum of squares of `f(x)` for both libraries, or the word 'error'."
    torch = reference("torch")
    out = []
    for make in (ours.tensor, torch.tensor):
        x = make(np.array([[0.5, 1.5], [2.0, -1.0]]), requires_grad=True)
        try:
            y = f(x)
            (y * y).sum().backward()
            out.append(np.asarray(x.grad).tolist())
        except RuntimeError: out.append("error")
    return out


def exp_then_write(x):
    y = x.exp()
    z = y * 2
    y += 1
    return z


def use_then_write(x):
    y = x * 3
    z = y + 1
    y += 5
    return z * y


def product_then_write(x):
    y, w = x * 3, x * 1
    z = y * w
    w += 1
    return z


def view_of_result(x):
    y = x * 2
    row = y[0]
    row *= 3
    return y + row


def view_of_view(x):
    y = x * 2
    part = y[0][1:]
    part += 10
    part *= 2
    return y * y[0]


def write_twice(x):
    y = x * 1
    y *= 3
    y += x
    y /= 2
    return y


def write_under_no_grad(x):
    y = x * 1
    with reference("torch").no_grad(), no_grad(): y += 1
    return y * 3


def write_what_a_rule_keeps_under_no_grad(x):
    y = x * 1
    z = y * y
    with reference("torch").no_grad(), no_grad(): y += 1
    return z


def write_a_leaf(x):
    x += 1
    return x


def write_a_view_of_a_leaf(x):
    row = x[0]
    row += 1
    return x


def through_detach(x):
    y = x.exp()
    d = y.detach()
    d += 1
    return y


@pytest.mark.parametrize("f", [exp_then_write, use_then_write, product_then_write, view_of_result, view_of_view, write_twice,
                               write_under_no_grad, write_what_a_rule_keeps_under_no_grad, write_a_leaf, through_detach,
                               write_a_view_of_a_leaf], ids=lambda f: f.__name__)
def test_writing_in_place_as_in_pytorch(f):
    mine, theirs = written(f)
    if "error" in (mine, theirs): assert mine == theirs
    else: np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_a_view_from_before_a_write_is_as_good_as_one_from_after():
    for T in (ours, reference("torch")):
        x = T.tensor([1.0, 2.0], requires_grad=True)
        y = x * 1
        old = y[0]
        y *= 3
        (old * 2).backward()
        assert np.asarray(x.grad).tolist() == [6.0, 0.0]
        y = x * 1
        old = y[:1]
        out = old * 2
        y += 1
        out.backward()
        assert np.asarray(x.grad).tolist() == [8.0, 0.0], "used before the write, it is as good as ever"


def test_writing_refuses_what_does_not_fit():
    for f in (lambda t: t.add_(np.ones((2, 2))), lambda t: t.add_(0.5)):
        t = tensor([1, 2])
        with pytest.raises(RuntimeError): f(t)
        assert t.tolist() == [1, 2]
    t = Tensor(np.zeros(4).reshape(2, 2)[0])
    with pytest.raises(RuntimeError, match="may be a view"): t.add_(Tensor(1.0, requires_grad=True))


def test_extreme_values():
    extremes = np.array([0.0, -0.0, 1e-320, 1e-300, -1e300, 1e300, np.inf, -np.inf, np.nan, 1.0, -1.0, 709.9, -745.2])
    with np.errstate(all="ignore"):
        for name in ("exp", "log", "tanh", "relu", "square", "cube", "inverse", "neg", "under"): check_op(UNARY[name], extremes)
        for name in ("add", "sub", "mul", "div"):
            check_op(BINARY[name], extremes[:, None].copy(), extremes.copy(), grads=name in ("add", "sub"))


def test_corners_of_powers():
    base, power = np.array([0.0, 0.0, 0.0, 2.0, -2.0, 1.0]), np.array([0.0, 2.0, 1.0, 0.0, 2.0, -1.0])
    with np.errstate(all="ignore"):
        check_op(lambda a, b: a ** b, base, power)
        check_op(lambda a: a ** 0, base)
        check_op(lambda a: a ** 0.5, np.array([0.0, 1.0]))
        check_op(lambda a: a ** 2, np.array([3, 4]))
        check_op(lambda a: a ** 0.5, np.array([4, 9]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 99), st.integers(0, 99)), max_size=12), st.integers(0, 10**6))
def test_random_programs(program, seed):
    ops = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (b * b + 1), lambda a, b: a.tanh(),
           lambda a, b: (a * 0.3).tanh().exp(), lambda a, b: a.mean(-1, keepdim=True), lambda a, b: a[..., :1],
           lambda a, b: a.relu()]
    def run(*leaves):
        made = list(leaves)
        for k, i, j in program: made.append(ops[k](made[i % len(made)], made[j % len(made)]).tanh())
        total = made[0].sum()
        for v in made[1:]: total = total + v.sum()
        return total
    check_op(run, *arrays((2, 3), (3,), (2, 1), seed=seed), rtol=1e-9)


def test_looking_inside():
    t = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert (t.size(), t.size(-1), t.dim(), t.ndim, t.numel(), t.shape) == ((2, 3), 3, 2, 2, 6, (2, 3))
    assert float(t[0, 1]) == 2.0 and int(t[1, 0]) == 4 and t.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert [10, 20, 30][tensor(1)] == 20 and bool(tensor([2.0])) and not tensor(0)
    assert ours.zeros(2, 3).shape == ours.ones((2, 3)).shape == (2, 3)
    assert ours.zeros(2, dtype=np.int64).dtype == np.int64
    shared = np.ones(2)
    assert Tensor(shared).data is shared and tensor(shared).data is not shared and math.isclose(tensor(2.5).item(), 2.5)


def test_writing_through_a_view_from_before_a_write():
    results = []
    for T in (ours, reference("torch")):
        x, found = T.tensor([1.0, 2.0, 3.0], requires_grad=True), []
        for view, write in ((lambda h: h[1:], lambda h, v: h.mul_(3)), (lambda h: h[1:][1], lambda h, v: h[:2].add_(1))):
            h = x * 2
            v = view(h)
            write(h, v)
            v.mul_(10)
            (h * h).sum().backward()
            found += [h.tolist(), v.tolist(), x.grad.tolist()]
        h = x * 2
        for i in range(3): h[i].mul_(i + 1)
        h.sum().backward()
        results.append([*found, x.grad.tolist()])
    assert results[0] == results[1]


def test_the_gradient_that_was_given_is_not_kept():
    x, g = Tensor([1.0, 2.0], requires_grad=True), np.array([1.0, 2.0], np.float32)
    for _ in range(3): x.backward(g)
    assert x.grad.tolist() == [3.0, 6.0] and g.tolist() == [1.0, 2.0]


def test_no_gradient_through_integers():
    x = Tensor([1.5, 0.0], requires_grad=True)
    assert not x.astype(np.int64).requires_grad
    (x.astype(bool) * x).sum().backward()
    assert x.grad.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("keep", [
    lambda x: (lambda g, x=x: g * x), lambda x: functools.partial(lambda a, g: g * a, x), lambda x: x.__mul__,
    lambda x: (lambda g, kept={"x": [x]}: g * kept["x"][0]), lambda x: (lambda g: g * x)], ids=range(5))  # noqa: B006
def test_whatever_a_rule_keeps_is_watched(keep):
    half_square = op()(lambda x: (x * x / 2, keep(x)))
    x = Tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    y = half_square(h)
    h.mul_(2)
    with pytest.raises(RuntimeError, match="overwritten in place"): y.sum().backward()


def test_complex_numbers_are_refused():
    with pytest.raises(TypeError, match="a tensor holds real numbers"): Tensor([1j])
    with pytest.raises(TypeError, match="mul takes tensors, arrays and numbers, got 1j of type complex"): Tensor([1.0]) * 1j


def test_small_courtesies():
    x = Tensor(3.0, requires_grad=True)
    x.sum(0).backward()
    assert x.grad == 1.0 and f"{x * 1:.2f}" == "3.00" and f"{x}" == "3.0" and f"{x.reshape(1)}" == repr(x.reshape(1))
    assert Tensor([[1.0, 2.0]]).sum(()).item() == 3.0
    assert (Tensor(np.array([250], np.uint8)) + 300).tolist() == [(250 + 300) % 256]
    with pytest.raises(TypeError, match="only integers are indices"): [1, 2][Tensor(1.0)]
    off = no_grad()
    for _ in range(2):
        with off: assert not (x * 1).requires_grad
    @no_grad
    def quiet(): return x * 1
    assert not quiet().requires_grad and (x * 1).requires_grad
    deep = (Tensor(np.ones(3), requires_grad=True) * 1)
    top = deep
    for _ in range(2000): deep = deep[:]
    deep.mul_(2)
    assert top.tolist() == [2.0, 2.0, 2.0]


def test_retained_gradients_as_in_pytorch():
    torch = reference("torch")
    seen = []
    for make in (ours.tensor, torch.tensor):
        x = make([1.0, 2.0], requires_grad=True)
        h = x * 3
        h.retain_grad()
        h.mul_(2)
        (h * h).sum().backward(retain_graph=True)
        (h * h).sum().backward()
        seen.append(h.grad.tolist())
    assert seen[0] == seen[1]


VIEWS = [lambda t: t[0], lambda t: t[1:], lambda t: t[:, 1], lambda t: t.swapaxes(0, -1),
         lambda t: t.reshape(-1), lambda t: t[..., :2], lambda t: t]
WRITES = [lambda t, o: t.mul_(2.0), lambda t, o: t.add_(o.sum()), lambda t, o: t.exp_(), lambda t, o: t.mul_(t),
          lambda t, o: t.zero_(), lambda t, o: t.__setitem__(0, o.sum()), lambda t, o: t.add_(t), lambda t, o: t.sub_(t.sum())]
USES = [lambda t, o: (t * t).sum(), lambda t, o: t.exp().sum(), lambda t, o: (t * o.mean()).sum(), lambda t, o: t.tanh().sum()]


def written_at_random(x, program):
    "The gradient of a program that takes views, writes through them and uses them in any order; None if it is refused."
    held, total = [x * 1.0, x + 0.5], x.sum()
    try:
        for kind, i, j, k in program:
            t, other = held[i % len(held)], held[j % len(held)]
            if kind == 0: held.append(VIEWS[k % len(VIEWS)](t))
            elif kind == 1: WRITES[k % len(WRITES)](t, other)
            elif kind == 2: total = total + USES[k % len(USES)](t, other)
            else: held.append((t * 0.5 + 0.1).tanh())
        for t in held: total = total + t.sum()
        total.backward()
    except (RuntimeError, IndexError): return None
    return np.asarray(x.grad)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_writing_is_never_silently_wrong(program):
    torch = reference("torch")
    start = np.array([[0.1, 0.2, -0.3], [0.4, -0.5, 0.25]])
    mine = written_at_random(tensor(start, requires_grad=True), program)
    theirs = written_at_random(torch.tensor(start, requires_grad=True), program)
    if mine is not None and theirs is not None: np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


def test_a_long_line_breaks_where_pytorch_breaks_it():
    torch = reference("torch")
    for shape in ((2, 1, 1, 5), (5,), (2, 5), (3, 1, 5), (1, 6), (1, 1, 6)):
        for value in (-0.5, 12.25, 100.0, -1000.125):
            for grad in (False, True):
                mine, theirs = (T.full(shape, value, dtype=T.float64, requires_grad=grad) for T in (ours, torch))
                assert repr(mine) == repr(theirs)


def test_what_shares_memory_with_what_is_overwritten():
    x = ours.tensor([2.0, 3.0], requires_grad=True)
    y = x * 1
    y *= y.detach()
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 3.0]
    x.grad = None
    y = x * 1
    y[:] *= y
    y.sum().backward()
    assert x.grad.tolist() == [4.0, 6.0]


def test_a_view_between_two_writes():
    for T in (ours, reference("torch")):
        x = T.tensor([2.0, 3.0], requires_grad=True)
        y = x * 1
        v = y[:1]
        y *= 2
        z = v * 1
        y *= 3
        (z.sum() + v.sum()).backward()
        assert x.grad.tolist() == [8.0, 0.0]


@pytest.mark.parametrize("T", [ours, "torch"], ids=["ours", "torch"])
def test_more_of_memory_shared(T):
    T = reference("torch") if T == "torch" else T
    m = T.zeros(2, 3)
    m.T.diagonal().fill_(1)
    m[:, 1:].diagonal(1).fill_(2)
    assert m.tolist() == [[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]]
    x = T.ones(3, 3, requires_grad=True)
    y = (x * 1).T
    d = y.diagonal()
    d *= 5
    y.sum().backward()
    assert x.grad.tolist() == [[5.0, 1.0, 1.0], [1.0, 5.0, 1.0], [1.0, 1.0, 5.0]]
    x = T.ones(2, requires_grad=True)
    y = x * 2
    z = y.detach().requires_grad_()
    y[...] = z
    y.sum().backward()
    assert z.grad.tolist() == [1.0, 1.0] and (x.grad is None or not x.grad.any())
    x = T.ones(2, requires_grad=True)
    y = x * 1
    handle = y.register_hook(lambda g: g * 7)
    y *= 2
    handle.remove()
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    p = T.ones(2, requires_grad=True)
    y = (p * p).sum()
    p.requires_grad_(False)
    y.backward()
    assert p.grad is None


@pytest.mark.parametrize("T", [ours, "torch"], ids=["ours", "torch"])
def test_a_constant_view_hears_of_its_sources_history(T):
    T = reference("torch") if T == "torch" else T
    w = T.tensor([2.0, 3.0], requires_grad=True)
    buffer = T.zeros(2)
    row = buffer[:1]
    buffer += w
    ((row * row).sum() + w.sum()).backward()
    assert w.grad.tolist() == [5.0, 1.0]
    w.grad = None
    buffer = T.zeros(4)
    a, b, whole = buffer[:2], buffer[2:], buffer.reshape(2, 2)
    a += w
    (whole[0] * 3 + b).sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]


def test_a_constant_view_writes_into_a_history():
    w = ours.tensor([2.0, 3.0], requires_grad=True)
    buffer = ours.ones(2)
    row = buffer[:1]
    buffer *= w
    row *= 5
    buffer.sum().backward()
    assert w.grad.tolist() == [5.0, 1.0]


@pytest.mark.parametrize("T", [ours, "torch"], ids=["ours", "torch"])
def test_what_is_retained_is_what_hooks_made(T):
    T = reference("torch") if T == "torch" else T
    x = T.ones(2, requires_grad=True)
    y = x * 3
    y.retain_grad()
    y.register_hook(lambda g: g * 2)
    y.sum().backward()
    assert y.grad.tolist() == [2.0, 2.0] and x.grad.tolist() == [6.0, 6.0]


def test_many_recorded_writes_cost_no_more_each():
    "What is noted of the writes is searched, not read from the beginning."
    w = ours.ones(1, requires_grad=True)
    def cost(n):
        h = ours.zeros(8)
        for _ in range(n): h[:1] = w
        def write(): h[:1] = w
        return steps(write)
    assert cost(3000) < 2 * cost(30)


def test_recording_of_generators():
    "It is off while the generator runs, and what it was for everybody else."
    for T in (ours, reference("torch")):
        @T.no_grad()
        def off():
            heard = []
            try:
                for i in range(3): heard.append((yield T.is_grad_enabled(), i))
            except KeyError: yield T.is_grad_enabled(), "caught"
            return heard
        @T.enable_grad()
        def on():
            yield T.is_grad_enabled()
            with T.no_grad(): yield T.is_grad_enabled()
        def outer(): return (yield from off())
        steps = off()
        assert next(steps) == (False, 0) and T.is_grad_enabled()
        assert steps.send("a") == (False, 1) and T.is_grad_enabled()
        assert steps.throw(KeyError("b")) == (False, "caught") and T.is_grad_enabled()
        with pytest.raises(StopIteration) as end: next(steps)
        assert end.value.value == ["a"]
        assert list(outer()) == [(False, 0), (False, 1), (False, 2)]
        steps = off()
        next(steps)
        steps.close()
        assert list(steps) == [] and T.is_grad_enabled()
        with T.no_grad(): assert list(on()) == [True, False] and not T.is_grad_enabled()


def test_recording_set_in_front_of_a_function():
    for T in (ours, reference("torch")):
        @T.set_grad_enabled(False)
        def f(n): return [T.is_grad_enabled(), *(f(n - 1) if n else [])]
        assert T.is_grad_enabled() and f(2) == [False] * 3 and T.is_grad_enabled()
        T.set_grad_enabled(False)
        assert not T.is_grad_enabled()
        T.set_grad_enabled(True)


def test_a_view_knows_what_its_source_is_by_now():
    for T in (ours, reference("torch")):
        a = T.ones(3)
        b = a[1:]
        c = b.detach()
        a.requires_grad_()
        assert b.requires_grad and not c.requires_grad
        with pytest.raises(RuntimeError): b.add_(1)
        (b * b).sum().backward()
        if T is ours: assert a.grad.tolist() == [0.0, 2.0, 2.0]  # PyTorch loses it
        with T.no_grad(): b.add_(1)
        c += 1
        assert a.tolist() == [1.0, 3.0, 3.0]


def test_in_and_as_an_array():
    for T in (ours, reference("torch")):
        t = T.tensor([[1.0, 2.0], [3.0, float("nan")]], requires_grad=True)
        assert 2 in t and T.tensor(3.0) in t and 5 not in t and float("nan") not in t
        for other in ("a", [1.0], None):
            with pytest.raises(RuntimeError): other in t  # noqa: B015
        with pytest.raises(RuntimeError): t.numpy()
        with T.no_grad(): assert t.numpy()[0, 1] == 2


def test_arrays_take_in_tensors():
    "`.grad` and `.data` are arrays, and programs write `w.grad += ...` with a tensor on the right."
    w = tensor([1.0, 2.0, 3.0], requires_grad=True)
    (w ** 2).sum().backward()
    w.grad += 0.5 * w.detach()
    w.data -= 0.5 * ours.ones(3)
    w.data *= tensor([1.0, 0.0, 1.0])
    assert w.grad.tolist() == [2.5, 5.0, 7.5] and w.data.tolist() == [0.5, 0.0, 2.5]
    w.grad += w
    assert w.grad.tolist() == [3.0, 5.0, 10.0]
    with pytest.raises(TypeError): np.add(w.grad, 1, out=tensor([0.0, 0.0, 0.0]))

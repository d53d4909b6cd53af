"Chapter 8: gradients as answers, higher orders, Functions, hooks, anomaly mode, checkpoints; against PyTorch."
import gc
import weakref

import numpy as np
import pytest
from compare import agree, arrays
from conftest import reference
from hypothesis import given, settings
from hypothesis import strategies as st

import build_your_own_torch as ours


def both(f, *inputs):
    "`f(library, *leaves)` returns tensors; all of them must agree."
    torch = reference("torch")
    mine = f(ours, *[ours.tensor(x, requires_grad=True) for x in inputs])
    theirs = f(torch, *[torch.tensor(x, requires_grad=True) for x in inputs])
    assert len(mine) == len(theirs)
    for a, b in zip(mine, theirs):
        assert (a is None) == (b is None)
        if a is not None: agree(a, b + 0, 1e-10)


@pytest.mark.parametrize("f", [
    lambda T, x, w: T.autograd.grad((x @ w).sum(), [x, w]),
    lambda T, x, w: T.autograd.grad(x @ w, w, T.ones(2, 4, dtype=T.float64)),
    lambda T, x, w: T.autograd.grad([x.sum(), (x * x).sum()], x),
    lambda T, x, w: T.autograd.grad((x @ w).sum(), [x, w, x]),
    lambda T, x, w: T.autograd.grad(x.sum(), [x, w], allow_unused=True),
    lambda T, x, w: (lambda h: T.autograd.grad((h * h).sum(), [h, w]))(x @ w),
    lambda T, x, w: (lambda h: T.autograd.grad(h.sum(), h))((x @ w).tanh()),
    lambda T, x, w: T.autograd.grad(T.autograd.grad((x @ w).tanh().sum(), x, create_graph=True)[0].pow(2).sum(), [x, w]),
    lambda T, x, w: (T.autograd.functional.jacobian(lambda t: (t @ w).tanh(), x),),
    lambda T, x, w: (T.autograd.functional.hessian(lambda t: (t @ w).tanh().sum(), x),),
    lambda T, x, w: T.autograd.functional.vjp(lambda t: (t @ w).exp(), x, T.ones(2, 4, dtype=T.float64)),
    lambda T, x, w: T.autograd.functional.jvp(lambda t: (t @ w).exp(), x, T.ones(2, 3, dtype=T.float64)),
    lambda T, x, w: T.autograd.functional.hvp(lambda t: (t @ w).tanh().sum(), x, T.ones(2, 3, dtype=T.float64)),
    # several inputs, several outputs, parts without influence
    lambda T, x, w: T.autograd.functional.jacobian(lambda x, w: (x @ w).tanh(), (x, w)),
    lambda T, x, w: T.autograd.functional.jacobian(lambda x: (x * x, x.sum(), w * 2), x),
    lambda T, x, w: flat(T.autograd.functional.jacobian(lambda x, w: (x @ w, w.sum()), (x, w))),
    lambda T, x, w: flat(T.autograd.functional.hessian(lambda x, w: (x @ w).tanh().sum() + (w ** 3).sum(), (x, w))),
    lambda T, x, w: flat(T.autograd.functional.vjp(lambda x, w: (x @ w).exp(), (x, w), T.ones(2, 4, dtype=T.float64))),
    lambda T, x, w: flat(T.autograd.functional.vjp(lambda x: (x.exp(), x.sum()), x, (x * 2, x.sum()))),
    lambda T, x, w: flat(T.autograd.functional.jvp(lambda x, w: (x @ w).exp(), (x, w), (x * 2, w + 1))),
    lambda T, x, w: flat(T.autograd.functional.jvp(lambda x, w: (x @ w, w.exp()), (x, w), (x * 2, w + 1))),
    lambda T, x, w: flat(T.autograd.functional.hvp(lambda x, w: (x @ w).tanh().sum(), (x, w), (x * 2, w + 1))),
    lambda T, x, w: T.autograd.grad(T.autograd.functional.jacobian(
        lambda a, b: (a * b.sum()).exp(), (x, w), create_graph=True)[1].sum(), [x, w]),
    lambda T, x, w: T.autograd.grad(T.autograd.functional.hessian(lambda x: (x ** 4).sum(), x, create_graph=True).sum(), x),
], ids=range(24))
def test_grad_and_functional(f): both(f, *arrays((2, 3), (3, 4)))


def flat(x):
    "The tensors in nested tuples."
    return [t for part in x for t in flat(part)] if isinstance(x, tuple) else [x]


@pytest.mark.parametrize("f", [
    lambda T, x: T.autograd.functional.jacobian(lambda x: x * 2, (x,)),
    lambda T, x: T.autograd.functional.jacobian(lambda x: (x * 2,), x),
    lambda T, x: T.autograd.functional.hessian(lambda x: (x * x).sum(), (x,)),
    lambda T, x: T.autograd.functional.vjp(lambda x: (x * 2,), (x,), (x,)),
    lambda T, x: T.autograd.functional.jvp(lambda x: (x * 2, x), (x,), (x,)),
    lambda T, x: T.autograd.functional.hvp(lambda x: (x * x).sum(), (x,), (x,)),
], ids=range(6))
def test_answers_are_tuples_where_inputs_or_outputs_are(f):
    def form(x): return tuple(map(form, x)) if isinstance(x, tuple) else tuple(x.shape)
    torch = reference("torch")
    assert form(f(ours, ours.tensor([1.0, 2.0]))) == form(f(torch, torch.tensor([1.0, 2.0])))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["tanh", "exp", "sigmoid", "sin", "log1p", "sqrt", "reciprocal"])
def test_higher_orders(name, order):
    def f(T, x):
        y = getattr(T, name)(x)
        for _ in range(order): y = T.autograd.grad(y.sum(), x, create_graph=True)[0]
        return (y.detach(),)
    both(f, arrays((5,), low=0.3)[0])


def test_grad_leaves_no_trace():
    x = ours.tensor([1.0, 2.0], requires_grad=True)
    h = x * x
    y = (h * h).sum()
    ours.autograd.grad(y, [x, h], retain_graph=True)
    assert x.grad is None and h.grad is None and h.node.hooks == ()
    ours.autograd.grad(y, h)
    with pytest.raises(RuntimeError, match="freed"): ours.autograd.grad(y, x)


def test_grad_refuses():
    x, z = ours.tensor([1.0, 2.0], requires_grad=True), ours.tensor([1.0])
    with pytest.raises(RuntimeError, match="has no part"): ours.autograd.grad(x.sum(), ours.tensor([1.0], requires_grad=True))
    with pytest.raises(RuntimeError, match="does not require grad"): ours.autograd.grad(x.sum(), z)
    with pytest.raises(RuntimeError, match="does not require grad"): ours.autograd.grad(z, x)
    with pytest.raises(RuntimeError, match="needs a gradient"): ours.autograd.grad(x * 1, x)
    with pytest.raises(RuntimeError, match=r"gradient float32\[3\]"): ours.autograd.grad(x * 1, x, ours.ones(3))
    assert x.grad is None


def test_gradcheck_accepts_and_refuses():
    from build_your_own_torch.tensor import op
    right = lambda a, b: (a * b).tanh().sum(0)
    inputs = [ours.tensor(x, requires_grad=True) for x in arrays((2, 3), (3,))]
    before = [t.data.copy() for t in inputs]
    assert ours.autograd.gradcheck(right, inputs) and ours.autograd.gradgradcheck(right, inputs)
    assert all(np.array_equal(t.data, b) for t, b in zip(inputs, before))
    wrong = op()(lambda x: (x * x, lambda g: g * x))
    with pytest.raises(RuntimeError, match="the rules say .* nudging says"): ours.autograd.gradcheck(wrong, inputs[0])
    assert not ours.autograd.gradcheck(wrong, inputs[0], raise_exception=False)
    frozen = lambda x: ours.tensor(x.data) if isinstance(x, ours.Tensor) else x
    wrong_twice = op()(lambda x: (x * x, lambda g: g * 2 * frozen(x)))
    assert ours.autograd.gradcheck(wrong_twice, inputs[0])
    assert not ours.autograd.gradgradcheck(wrong_twice, inputs[0], raise_exception=False)
    with pytest.raises(ValueError, match="float64"): ours.autograd.gradcheck(right, [ours.ones(2, requires_grad=True)] * 2)
    with pytest.raises(ValueError, match="needs an input"): ours.autograd.gradcheck(right, [ours.ones(2), ours.ones(2)])


def make_functions(T):
    class Product(T.autograd.Function):
        @staticmethod
        def forward(ctx, a, b, power):
            ctx.save_for_backward(a, b)
            ctx.power = power
            return a * b ** power

        @staticmethod
        def backward(ctx, g):
            a, b = ctx.saved_tensors
            assert ctx.needs_input_grad == (True, True, False)
            return g * b ** ctx.power, g * a * ctx.power * b ** (ctx.power - 1), None

    class Exp(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g): return g * ctx.saved_tensors[0]
    return Product, Exp


def test_functions():
    def f(T, a, b):
        product, exp = make_functions(T)
        y = exp.apply(product.apply(a, b, 3)).tanh()
        first = T.autograd.grad(y.sum(), [a, b], create_graph=True)
        second = T.autograd.grad(product.apply(a, b, 3).pow(2).sum(), [a, b], create_graph=True)
        third = T.autograd.grad(second[1].sum(), [a, b])
        return [y.detach(), *[g.detach() for g in first], *[g.detach() for g in second], *third]
    both(f, *arrays((2, 3), (2, 3), low=0.3))


def make_several(T):
    calls = []
    class Several(T.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            product, power, place, fixed = a * b, (a + b.sum()).exp(), a.argmax(), a * 2
            ctx.save_for_backward(a, b, power)
            ctx.mark_non_differentiable(place, fixed)
            return product, power, place, fixed

        @staticmethod
        def backward(ctx, to_product, to_power, *others):
            calls.append(len(others))
            a, b, power = ctx.saved_tensors
            return to_product * b + to_power * power, to_product * a + (to_power * power).sum() + 0 * b
    return Several, calls


@pytest.mark.parametrize("use", [
    lambda product, power: (product * power.tanh()).sum(), lambda product, power: product.sum(),
    lambda product, power: (power * power).sum(), lambda product, power: (product + product.exp()).sum(),
], ids=range(4))
def test_functions_with_several_results(use):
    def f(T, a, b):
        several, calls = make_several(T)
        found = several.apply(a, b)
        assert isinstance(found, tuple) and [r.requires_grad for r in found] == [True, True, False, False]
        y = use(*found[:2])
        del found
        first = T.autograd.grad(y, [a, b], create_graph=True)
        assert calls == [2]
        second = T.autograd.grad((first[0] * first[1]).sum(), [a, b])
        return [y.detach(), *[g.detach() for g in first], *second]
    both(f, *arrays((2, 3), (2, 3), low=0.3))


def test_functions_with_results_of_several_kinds():
    class Kinds(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x): return x.double().sum(), x * 2, ours.zeros(0), x.argmax()
        @staticmethod
        def backward(ctx, to_sum, to_double, to_none, to_place):
            kinds = [str(g.dtype) for g in (to_sum, to_double, to_none, to_place)]
            assert kinds == ["float64", "float32", "float32", "int64"]
            assert to_none.shape == (0,) and to_place.item() == 0
            return to_sum.float() + 2 * to_double
    x = ours.tensor([[1.0, 3.0]], requires_grad=True)
    total, double, none, place = Kinds.apply(x)
    assert (total.dtype, double.shape, none.shape, place.item()) == (ours.float64, (1, 2), (0,), 1)
    double.mul_(5)  # a copy: the others don't see it
    (total + double.sum()).backward()
    assert x.grad.tolist() == [[11.0, 11.0]]
    assert all(not r.requires_grad for r in Kinds.apply(x.detach()))
    class Places(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x): return x.argmax()
        @staticmethod
        def backward(ctx, g): return None
    assert not Places.apply(x).requires_grad


def test_a_saved_whole_number_keeps_its_digits():
    seen = []
    class Place(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            place = ours.tensor([2 ** 53 + 1])
            ctx.save_for_backward(place)
            return x * 1, place
        @staticmethod
        def backward(ctx, g, _):
            seen.append(ctx.saved_tensors[0].item())
            return g
    Place.apply(ours.ones(1, requires_grad=True))[0].backward()
    assert seen == [2 ** 53 + 1]


def test_functions_refuse():
    class Wrong(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x): return x * 1
        @staticmethod
        def backward(ctx, g): return g, g
    x = ours.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="Wrong.backward must return 1 gradients, got 2"): Wrong.apply(x).sum().backward()
    Wrong.backward = staticmethod(lambda ctx, g: g[:1])
    with pytest.raises(RuntimeError, match=r"Wrong.backward returned float32\[1\] for an argument float32\[2\]"):
        Wrong.apply(x).sum().backward()
    Wrong.forward = staticmethod(lambda ctx, x: 3.0)
    with pytest.raises(TypeError, match="must return tensors, got float"): Wrong.apply(x)
    product, exp = make_functions(ours)
    h = x * 1
    y = exp.apply(h)
    assert repr(y).endswith("grad_fn=<ExpBackward0>)") and not exp.apply(x.detach()).requires_grad
    with ours.no_grad(): assert not exp.apply(x).requires_grad
    z = product.apply(h, h, 2)
    h.mul_(2)
    with pytest.raises(RuntimeError, match="overwritten in place"): z.sum().backward()


def test_a_function_calls_its_backward_once_a_walk():
    calls = []
    class Twice(ours.autograd.Function):
        @staticmethod
        def forward(ctx, a, b): return a + b
        @staticmethod
        def backward(ctx, g):
            calls.append(1)
            return g, g
    a = ours.tensor([1.0], requires_grad=True)
    Twice.apply(a, a * 2).backward()
    assert len(calls) == 1 and a.grad.tolist() == [3.0]


def test_hooks():
    def f(T, x):
        seen = []
        y = x * 3
        handle = y.register_hook(lambda g: g * 2)
        y.register_hook(lambda g: seen.append(g.clone()))
        x.register_hook(lambda g: g + 1)
        (y * y).sum().backward(retain_graph=True)
        first = T.tensor(np.array(x.grad))
        handle.remove()
        x.grad = None
        (y * y).sum().backward()
        return [first, T.tensor(np.array(x.grad)), *seen]
    both(f, arrays((3,))[0])
    with pytest.raises(RuntimeError, match="does not require grad"): ours.ones(2).register_hook(print)


@pytest.mark.parametrize("through_a_view", [False, True])
def test_hooks_hung_before_a_write_hear_the_past_and_retain_grad_the_present(through_a_view):
    results = []
    for T in (ours, reference("torch")):
        w, seen = T.tensor([1.0, -2.0, 3.0], requires_grad=True), []
        x = w * 2
        x.register_hook(lambda g, seen=seen: seen.append(g.tolist()))
        x.retain_grad()
        (x[1:] if through_a_view else x).mul_(5)
        (x * x).sum().backward()
        results.append((seen, x.grad.tolist(), w.grad.tolist()))
    assert results[0] == results[1]


def test_a_hook_may_hang_another_while_the_walk_is_on():
    for T in (ours, reference("torch")):
        x, seen = T.ones(2, requires_grad=True) * 1, []
        y = x * 2
        y.register_hook(lambda g, x=x, seen=seen: x.register_hook(lambda g: seen.append(g.tolist())) and None)
        y.sum().backward()
        assert seen == [[2.0, 2.0]]


def test_what_relu_was_given_may_be_overwritten():
    for T in (ours, reference("torch")):
        w = T.tensor([1.0, -2.0, 3.0], requires_grad=True)
        x = w * 2
        y = x.relu()
        x.add_(1)
        y.sum().backward()
        assert w.grad.tolist() == [2.0, 0.0, 2.0]


def test_anomaly_mode_names_the_operation_and_the_line():
    with ours.autograd.detect_anomaly(), np.errstate(all="ignore"):
        x = ours.tensor([0.0, 1.0], requires_grad=True)
        y = x.sqrt() * 0  # the culprit
        with pytest.raises(RuntimeError, match="sqrt made the first NaN.*test_autograd.py.*the culprit"): y.sum().backward()
        (x * 2).sum().backward()
        assert x.grad.tolist() == [2.0, 2.0]
    with np.errstate(all="ignore"): (x.sqrt() * 0).sum().backward()
    assert np.isnan(x.grad[0])


def test_checkpoints():
    from build_your_own_torch.autograd import checkpoint
    a, b = arrays((4, 3), (3, 3))
    results = []
    for through in (lambda f, x: f(x), checkpoint):
        x, w = ours.tensor(a, requires_grad=True), ours.tensor(b, requires_grad=True)
        part = lambda t, w=w: (t @ w).tanh()
        y = through(part, through(part, x))
        y.sum().backward()
        results.append((y.data, x.grad, w.grad))
    for plain, kept in zip(*results): np.testing.assert_allclose(plain, kept, rtol=1e-12)
    inner = []
    def part(t):
        h = t.exp()
        inner.append(weakref.ref(h))
        return h * 2
    gc.disable()
    try:
        y = checkpoint(part, ours.tensor(a, requires_grad=True))
        assert inner[0]() is None, "what is inside is forgotten"
        y.sum().backward()
    finally: gc.enable()


OPS = [lambda T, a, b: a * b, lambda T, a, b: a + b.sin(), lambda T, a, b: (a - b).tanh(), lambda T, a, b: a / (b * b + 1),
       lambda T, a, b: T.softmax(a, -1), lambda T, a, b: a.mean(-1, keepdim=True), lambda T, a, b: a.cumsum(-1),
       lambda T, a, b: T.where(a > 0, a, b), lambda T, a, b: a.flip(-1), lambda T, a, b: (a.mT @ a).sum(-1)[..., :1],
       lambda T, a, b: T.maximum(a, b), lambda T, a, b: a.sigmoid()]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(OPS) - 1), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=8),
       st.integers(0, 10**6))
def test_random_programs_to_second_order(program, seed):
    def f(T, *leaves):
        made = list(leaves)
        for k, i, j in program:
            try: made.append(OPS[k](T, made[i % len(made)], made[j % len(made)]).tanh())
            except (RuntimeError, IndexError): pass
        total = made[0].sum()
        for v in made[1:]: total = total + v.sum()
        first = T.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
        again = sum((g * g).sum() for g in first if g is not None)
        second = T.autograd.grad(again, leaves, allow_unused=True) if again.requires_grad else ()
        return [total.detach(), *[None if g is None else g.detach() for g in first],
                *[np.zeros(x.shape) if g is None else g for g, x in zip(second, leaves)]]
    torch = reference("torch")
    inputs = arrays((2, 3), (3,), seed=seed)
    mine = f(ours, *[ours.tensor(x, requires_grad=True) for x in inputs])
    theirs = f(torch, *[torch.tensor(x, requires_grad=True) for x in inputs])
    for a, b in zip(mine, theirs):
        if a is not None and b is not None: np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-8, atol=1e-9)


def test_a_function_that_saves_its_result_has_second_derivatives():
    def f(T, x):
        _, Exp = make_functions(T)
        return (T.autograd.functional.hessian(lambda x: (Exp.apply(x) * x).sum(), x),)
    both(f, arrays((3,))[0])


def test_a_function_that_saves_its_result_is_freed_at_once():
    class Tanh(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.tanh()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g): return g * (1 - ctx.saved_tensors[0] ** 2)
    gc.disable()
    try:
        y = Tanh.apply(ours.ones(2, requires_grad=True))
        seen = weakref.ref(y)
        z = y.sum()
        del y
        z.backward()
        del z
        assert seen() is None
    finally: gc.enable()


def test_a_function_that_returns_its_argument():
    class Same(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x): return x
        @staticmethod
        def backward(ctx, g): return [g]
    h = ours.tensor([1.0, 2.0], requires_grad=True) * 1
    y = Same.apply(h)
    y.mul_(2)
    assert h.tolist() == [1.0, 2.0] and y.tolist() == [2.0, 4.0]


def test_checkpoints_of_data_of_chance_and_of_second_order():
    from build_your_own_torch.autograd import checkpoint
    w, b = ours.tensor([3.0, 4.0], requires_grad=True), ours.tensor([1.0, 1.0], requires_grad=True)
    (checkpoint(lambda a: a * w, ours.tensor([1.0, 2.0])) + b).sum().backward()
    assert w.grad.tolist() == [1.0, 2.0] and b.grad.tolist() == [1.0, 1.0]
    x = ours.ones(4, requires_grad=True)
    y = checkpoint(lambda a: a * ours.rand(4), x)
    following = ours.rand(1)
    y.sum().backward()
    assert np.array_equal(x.grad, y.data) and not ours.equal(ours.rand(1), following)
    with pytest.raises(RuntimeError, match="no second derivatives"):
        ours.autograd.functional.hessian(lambda x: checkpoint(lambda a: a ** 3, x).sum(), x)
    assert not checkpoint(lambda a: a * 2, ours.ones(2)).requires_grad


def test_anomaly_mode_watches_grad_too_and_nests():
    x = ours.tensor([0.0, 4.0], requires_grad=True)
    with ours.autograd.detect_anomaly(), np.errstate(all="ignore"):
        with ours.autograd.detect_anomaly(): pass
        for create in (False, True):
            with pytest.raises(RuntimeError, match="sqrt made the first NaN"):
                ours.autograd.grad((x.sqrt() * 0).sum(), x, create_graph=create)
    with np.errstate(all="ignore"): g, = ours.autograd.grad((x.sqrt() * 0).sum(), x)
    assert np.isnan(g.data[0])


def test_gradcheck_of_a_transposed_leaf():
    x = ours.tensor(arrays((2, 3))[0]).T.requires_grad_()
    assert ours.autograd.gradcheck(lambda x: x.sin(), x)


def test_a_hook_must_keep_the_shape():
    x = ours.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    h.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match=r"a hook made float32\[\] of a gradient float32\[2\]"): h.sum().backward()


@pytest.mark.parametrize("f", [
    lambda T, x: (T.autograd.functional.hessian(lambda x: x.sum(), x),),
    lambda T, x: (T.autograd.functional.jacobian(lambda x: T.ones(2, dtype=T.float64), x),),
    lambda T, x: T.autograd.functional.hvp(lambda x: x.sum(), x, T.ones(3, dtype=T.float64))], ids=range(3))
def test_constants_and_lines_have_zeros(f): both(f, arrays((3,))[0])


def test_recording_switched_from_here_on():
    x = ours.ones(2, requires_grad=True)
    try:
        ours.set_grad_enabled(False)
        assert not (x * 1).requires_grad
        with ours.set_grad_enabled(True): assert (x * 1).requires_grad
        assert not (x * 1).requires_grad
    finally: ours.set_grad_enabled(True)
    with ours.inference_mode(): assert not (x * 1).requires_grad
    with ours.inference_mode(False): assert (x * 1).requires_grad
    assert not ours.inference_mode()(lambda: x * 1)().requires_grad and not ours.inference_mode(lambda: x * 1)().requires_grad


def test_anomaly_mode_inside_with():
    x = ours.zeros(1, requires_grad=True)
    with ours.autograd.set_detect_anomaly(True), pytest.raises(RuntimeError, match="first NaN"):
        (x.sqrt() * 0).sum().backward()
    (x.sqrt() * 0).sum().backward()


def test_grad_takes_what_parameters_gives():
    layer = ours.nn.Linear(2, 1)
    found = ours.autograd.grad(layer(ours.ones(1, 2)).sum(), layer.parameters())
    assert [g.tolist() for g in found] == [[[1.0, 1.0]], [1.0]]
    x = ours.ones(2, requires_grad=True)
    g, = ours.autograd.grad((x * 2).sum(), x, ours.tensor(3.0, dtype=ours.float64))
    assert g.dtype == ours.float32
    jacobian = ours.autograd.functional.jacobian(lambda a: a ** 2, ours.tensor([1.0, 2.0]), create_graph=True)
    assert jacobian.tolist() == [[2.0, 0.0], [0.0, 4.0]]


def test_backward_into_chosen_leaves():
    for T in (ours, reference("torch")):
        a, b, c = (T.tensor([1.0, 2.0], requires_grad=True) for _ in range(3))
        for chosen in ([a, b], a, iter([a])):
            (a * b * c).sum().backward(inputs=list(chosen) if not isinstance(chosen, T.Tensor) else chosen)
        assert np.asarray(a.grad).tolist() == [3.0, 12.0] and np.asarray(b.grad).tolist() == [1.0, 4.0] and c.grad is None
    x = ours.tensor([1.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="into leaves, not float32"): (x * x).sum().backward(inputs=[x * 1])


def test_a_checkpoint_notices_what_was_overwritten():
    x = ours.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    y = ours.autograd.checkpoint(lambda t: t * t, h)
    h.mul_(10)
    with pytest.raises(RuntimeError, match="gradient of checkpoint needs .* overwritten"): y.sum().backward()


def test_anomaly_mode_knows_the_lines_of_functions_and_leaves_a_graph_as_it_was():
    class Bad(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x): return x * 1
        @staticmethod
        def backward(ctx, g): return g * float("nan")

    x = ours.ones(1, requires_grad=True)
    with ours.autograd.detect_anomaly():
        y = Bad.apply(x)  # the culprit
        with pytest.raises(RuntimeError, match="Bad made the first NaN.*the culprit"): y.backward(retain_graph=True)
    y.backward()
    assert np.isnan(x.grad[0])


def test_what_a_function_saved_of_its_own_results_is_kept_once():
    class Two(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            results = x * 2, x * 3
            arrays.append(weakref.ref(results[0].data))
            ctx.save_for_backward(*results)
            return results
        @staticmethod
        def backward(ctx, g, h):
            twice, thrice = ctx.saved_tensors
            return g * twice + h * thrice

    arrays = []
    x = ours.tensor([1.0, 2.0], requires_grad=True)
    a, b = Two.apply(x)
    assert arrays[0]() is None
    (a + b).sum().backward()
    assert x.grad.tolist() == [5.0, 10.0]


def test_gradcheck_of_a_function_that_takes_gradients():
    def steepness(x):
        slope, = ours.autograd.grad((x ** 3).sum(), x, create_graph=True)
        return (slope * slope).sum()
    assert ours.autograd.gradcheck(steepness, ours.tensor([1.0, 2.0], dtype=ours.float64, requires_grad=True))


def test_grad_keeps_to_the_way():
    "No hook elsewhere is called, nothing elsewhere is taken apart, nothing elsewhere may be too old."
    results = []
    for T in (ours, reference("torch")):
        grad, seen, found = T.autograd.grad, [], []
        x, w = (T.tensor(v, requires_grad=True) for v in ([1.0, 2.0], [3.0, 4.0]))
        h, k = x * 2, w * 3
        for t, name in ((h, "h"), (k, "k"), (w, "w"), (x, "x")):
            t.register_hook(lambda g, name=name, seen=seen: seen.append(name))
        y = (h * k).sum()
        for inputs in ([x], [h], [h, x], [k, w]):
            found += [g.tolist() for g in grad(y, inputs, retain_graph=True)]
            seen.append("-")
        found += [g.tolist() for g in grad(y, k)]
        h.sum().backward()  # both are still there
        k.sum().backward()
        with pytest.raises(RuntimeError): y.backward()
        u = (x * 3).square()
        g, = grad(u.sum(), u)
        u.backward(g)
        found += [x.grad.tolist(), w.grad.tolist()]
        results.append((found, seen))
    assert results[0] == results[1]


def test_backward_to_some_leaves_keeps_to_the_way():
    for T in (ours, reference("torch")):
        x, w = (T.tensor(v, requires_grad=True) for v in ([1.0, 2.0], [3.0, 4.0]))
        seen, k = [], w * 2
        k.register_hook(seen.append)
        (x * k).sum().backward(inputs=[x])
        assert x.grad.tolist() == [6.0, 8.0] and w.grad is None and not seen
        k.sum().backward()
        assert w.grad.tolist() == [2.0, 2.0] and len(seen) == 1
        x.backward(T.ones(2), inputs=[w])
        assert x.grad.tolist() == [6.0, 8.0] and w.grad.tolist() == [2.0, 2.0]


def test_a_second_walk_along_a_way_through_something_taken_apart_says_so():
    x, w = (ours.tensor(v, requires_grad=True) for v in ([1.0, 2.0], [3.0, 4.0]))
    h = x.exp()
    h.sum().backward()
    for t in (x, w):
        with pytest.raises(RuntimeError, match="the graph of exp is gone"): ours.autograd.grad((h * w).sum(), [t, w])
    assert ours.autograd.grad((h * w).sum(), h)[0].tolist() == [3.0, 4.0]  # up to there nothing is gone


def test_anomaly_mode_on_a_way():
    with ours.autograd.detect_anomaly(), np.errstate(all="ignore"):
        x, w = (ours.tensor(v, requires_grad=True) for v in ([0.0, 1.0], [1.0, 1.0]))
        y = (x.sqrt() * 0 * w).sum()
        ours.autograd.grad(y, w, retain_graph=True)
        with pytest.raises(RuntimeError, match="the gradient of sqrt made the first NaN"): ours.autograd.grad(y, x)


def test_functions_in_the_new_form():
    "`forward` without a context, and `setup_context` behind it."
    def run(T, x, w):
        class Scaled(T.autograd.Function):
            @staticmethod
            def forward(x, w, power=3): return x * w ** power
            @staticmethod
            def setup_context(ctx, inputs, output):
                x, w, ctx.power = inputs
                ctx.save_for_backward(x, w, None)
            @staticmethod
            def backward(ctx, g):
                x, w, nothing = ctx.saved_tensors
                assert nothing is None
                return g * w ** ctx.power, g * x * ctx.power * w ** (ctx.power - 1), None, None  # one None too many
        y = Scaled.apply(x, w)
        first = T.autograd.grad((y * y).sum(), [x, w], create_graph=True)
        return y, *first, *T.autograd.grad(sum((g * g).sum() for g in first), [x, w]), Scaled.apply(x, w, 2)
    both(run, *arrays((2, 3), (2, 3)))


def test_grad_and_backward_without_inputs_and_with_zeros():
    for T in (ours, reference("torch")):
        x, w = (T.ones(2, requires_grad=True) for _ in range(2))
        with pytest.raises(RuntimeError, match="empty"): T.autograd.grad(x.sum(), [])
        with pytest.raises(RuntimeError, match="empty"): x.sum().backward(inputs=[])
        zero, one = T.autograd.grad(x.sum(), [w, x], materialize_grads=True)
        kept, = T.autograd.grad(x.sum(), w, create_graph=True, materialize_grads=True)
        assert kept.requires_grad and not zero.requires_grad
        assert zero.tolist() == [0.0, 0.0] and one.tolist() == [1.0, 1.0]
        T.autograd.backward([x.sum(), (x * w).sum()], inputs=[w])
        assert x.grad is None and w.grad.tolist() == [1.0, 1.0]

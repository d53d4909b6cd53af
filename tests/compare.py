"Run the same lines on our tensors and on PyTorch's, and compare values, dtypes and gradients."
import numpy as np
from conftest import reference

import build_your_own_torch as ours


def arrays(*shapes, seed=0, low=-2.0, dtype=np.float64):
    "Random arrays, the same each time."
    rng = np.random.default_rng(seed)
    return [rng.uniform(low, 2.0, shape).astype(dtype) for shape in shapes]


def numbers(x):
    "The array in one of our tensors or PyTorch's."
    if isinstance(x, ours.Tensor): return x.data
    return x.detach().numpy(force=True) if hasattr(x, "detach") else np.asarray(x)


def agree(a, b, rtol=1e-12):
    "Ours equals PyTorch's: dtype, shape, numbers."
    x, y = numbers(a), numbers(b)
    assert x.dtype == y.dtype and x.shape == y.shape, (x.dtype, x.shape, y.dtype, y.shape)
    if x.dtype.kind == "f" and x.dtype.itemsize < 8: rtol = max(rtol, 2e-5 if x.dtype.itemsize == 4 else 2e-2)
    np.testing.assert_allclose(x, y, rtol=rtol, atol=rtol)


def check_op(f, *inputs, torch_f=None, rtol=1e-12, grads=True):
    "`f` on our tensors against `torch_f` (or `f` itself) on PyTorch's, for these arrays: value and all gradients."
    torch = reference("torch")
    a = [ours.tensor(x, requires_grad=x.dtype.kind == "f" and grads) for x in inputs]
    b = [torch.tensor(x, requires_grad=x.dtype.kind == "f" and grads) for x in inputs]
    y, z = f(*a), (torch_f or f)(*b)
    agree(y, z, rtol)
    assert y.requires_grad == z.requires_grad
    if not y.requires_grad: return
    g = np.cos(np.arange(y.data.size) + 1.0).reshape(y.shape).astype(y.dtype)
    y.backward(g)
    z.backward(torch.from_numpy(g.copy()) if g.ndim else torch.tensor(g))
    for t, u in zip(a, b):
        if not u.requires_grad: continue
        mine, theirs = (np.zeros(t.shape, t.dtype) if v is None else v for v in (t.grad, u.grad))
        agree(mine, theirs, rtol)


def same_failure(f, *inputs):
    "Both refuse, with the same kind of error; returns our message."
    torch = reference("torch")
    def error(tensor):
        try: f(*[tensor(x) for x in inputs])
        except Exception as e: return e
        raise AssertionError("no error")
    mine, theirs = error(ours.tensor), error(torch.tensor)
    assert isinstance(mine, type(theirs)), (mine, theirs)
    return str(mine)

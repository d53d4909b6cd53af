"""The examples in PyTorch's documentation, run with PyTorch and with this library: both print the same."""
import ast
import contextlib
import doctest
import inspect
import io
import re
import types

import numpy as np
import pytest
from compare import numbers
from conftest import reference

import build_your_own_torch as ours

CHANCE = "randn", "rand", "randint", "randperm", "randn_like", "rand_like", "bernoulli", "multinomial", "normal"
OTHERWISE = {  # where the examples begin -> why they print something else
    "Embedding": "starts by chance", "DataLoader": "processes, and a file of its own", "IterableDataset": "processes",
    "is_floating_point": "complex numbers", "inv": "complex numbers",
    "new_empty": "whatever is in memory", "result_type": "a dtype is NumPy's", "remainder": "the sign of a zero",
    "scatter_": "`reduce` is on its way out", "bernoulli": "chance in place", "sort": "equals keep their order",
    "einsum": "lists of numbers for letters", "empty": "whatever is in memory"}
ABSENT = r"cuda|default|out=|import|dist\(|dstack|Conv|cfloat|conv\(|\.dtype$|random_|repeat_interleave\(torch.tensor\(\[1"


def examples():
    "Name and documentation of what both have; PyTorch repeats some, which are taken once."
    torch = reference("torch")
    pairs = [(torch, ours), (torch.Tensor, ours.Tensor), (torch.nn, ours.nn), (torch.optim, ours.optim),
             (torch.nn.functional, ours.nn.functional), (torch.optim.lr_scheduler, ours.optim.lr_scheduler),
             (torch.autograd, ours.autograd), (torch.autograd.functional, ours.autograd.functional),
             (torch.utils.data, ours.utils.data), (torch.linalg, ours.linalg), (torch.nn.utils, ours.nn.utils)]
    found = {}
    for theirs, mine in pairs:
        for name in dir(theirs):
            text = getattr(getattr(theirs, name), "__doc__", None) or ""
            if not name.startswith("_") and hasattr(mine, name) and ">>>" in text and name not in OTHERWISE:
                found[inspect.cleandoc(text)] = name
    return [(name, text) for text, name in found.items()]


def with_their_chance():
    "Our names, but numbers drawn by PyTorch."
    torch = reference("torch")
    def drawn(name):
        def theirs(x):
            if isinstance(x, ours.Tensor): return torch.from_numpy(x.data)
            return getattr(torch, str(x)) if isinstance(x, np.dtype) else x
        def draw(*args, requires_grad=False, **options):
            args, options = map(theirs, args), {k: theirs(v) for k, v in options.items()}
            return ours.tensor(getattr(torch, name)(*args, **options).numpy(), requires_grad=requires_grad)
        return draw
    mine = types.SimpleNamespace(**{name: getattr(ours, name) for name in dir(ours)})
    for name in CHANCE: setattr(mine, name, drawn(name))
    return mine


def printed(source, names):
    "What an example prints, and how the value of its last line is written."
    *lines, last = ast.parse(source).body
    value, text = None, io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(compile(ast.Module(lines, []), "example", "exec"), names)
        if isinstance(last, ast.Expr): value = eval(compile(ast.Expression(last.value), "example", "eval"), names)
        else: exec(compile(ast.Module([last], []), "example", "exec"), names)
    if isinstance(value, np.ndarray): value = ours.Tensor(value)  # `.grad` is an array here
    return text.getvalue() + ("" if value is None else repr(value)), value


def in_words(text):
    "Without what may differ: torch.Size for a tuple, line breaks."
    sizes = re.sub(r"torch\.Size\(\[(.*?)\]\)", lambda m: f"({m[1]}{',' * (m[1].isdigit())})", text)
    return " ".join(sizes.split())


def same(found, wanted):
    (text, value), (their_text, their_value) = found, wanted
    if in_words(text) == in_words(their_text) or "0x" in their_text: return True
    if not hasattr(their_value, "shape") or not hasattr(value, "shape"):
        return isinstance(their_value, float) and np.isclose(value, their_value, 1e-5)
    return tuple(value.shape) == tuple(their_value.shape) and np.allclose(numbers(value), numbers(their_value), 1e-5, 1e-5)


@pytest.fixture
def undone(tmp_path, monkeypatch):
    "Whatever an example has switched is switched back, and what it writes goes to a folder of its own."
    monkeypatch.chdir(tmp_path)
    yield
    for T in (reference("torch"), ours):
        T.set_grad_enabled(True)
        T.autograd.set_detect_anomaly(False)


@pytest.mark.filterwarnings("ignore")
def test_examples_print_the_same(undone):
    torch = reference("torch")
    mine, counted, wrong = with_their_chance(), 0, []
    for name, text in examples():
        torch.manual_seed(0)
        for T in (torch, ours): T.set_grad_enabled(True)
        names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "optim": torch.optim, "np": np}
        our_names = {"torch": mine, "nn": ours.nn, "F": ours.nn.functional, "optim": ours.optim, "np": np}
        for example in doctest.DocTestParser().get_examples(text):
            if re.search(ABSENT, example.source, re.MULTILINE): continue
            before = torch.get_rng_state()
            try: wanted = printed(example.source, names)
            except Exception: continue  # an example with something left out
            after = torch.get_rng_state()
            torch.set_rng_state(before)
            try: found = printed(example.source, our_names)
            except NameError: continue  # it goes on from one that was left out
            except Exception as e: found = f"{type(e).__name__}: {e}", None
            torch.set_rng_state(after)
            counted += 1
            if not same(found, wanted): wrong.append(f"{name}: {example.source}    {found[0]}\n    and not\n    {wanted[0]}")
    assert counted > 900, counted
    assert not wrong, f"{len(wrong)} of {counted}:\n" + "\n".join(wrong[:20])

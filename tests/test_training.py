"Chapter 17: the loop that is worth keeping, and a hundred losses beside PyTorch's, which are stored here."

import hashlib
import math
import os

import nbformat
import numpy as np
import pytest
from conftest import ROOT, reference

import build_your_own_torch as ours
from build_your_own_torch import nn, optim
from build_your_own_torch.datasets import digits
from build_your_own_torch.training import evaluate, fit, one_round
from build_your_own_torch.utils.data import DataLoader, TensorDataset
from build_your_own_torch.viz import progress

STORED = ROOT / "build_your_own_torch" / "data" / "torch_losses.txt"


def losses_with(library):
    "What the chapter's function gives with this library."
    cells = nbformat.read(ROOT / "nbs" / "17_mlp.ipynb", 4).cells
    [source] = [c.source for c in cells if c.source.startswith("def losses_with(torch, ")]
    names = {"np": np}
    exec(source, names)
    return names["losses_with"](library, *digits())


def test_a_hundred_losses_are_pytorchs():
    """The chapter compares with the stored numbers; here they are compared with PyTorch itself.
    STORE=1 writes them, and the new checksum belongs into the chapter and the note beside the data."""
    theirs = losses_with(reference("torch"))
    if os.environ.get("STORE"):
        STORED.write_text("".join(f"{v!r}\n" for v in theirs), encoding="utf-8", newline="\n")
    stored = [float(line) for line in STORED.read_text(encoding="utf-8").split()]
    np.testing.assert_allclose(stored, theirs, atol=1e-7)
    np.testing.assert_allclose(losses_with(ours), theirs, atol=1e-5, rtol=0)
    assert len(theirs) == 100 and theirs[-1] < 0.5 * theirs[0]
    checksum = hashlib.sha256(STORED.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    assert checksum in (STORED.parent / "README").read_text(encoding="utf-8")


def task(n=60, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 4)).astype(np.float32)
    return ours.tensor(x), ours.tensor((x[:, 0] > 0).astype(np.int64))


def made(dropout=0.0):
    ours.manual_seed(1)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 2))
    return net, optim.SGD(net.parameters(), lr=0.3), nn.CrossEntropyLoss()


def test_evaluate_is_the_mean_over_rows_and_keeps_the_mode():
    net, _, loss = made(dropout=0.5)
    x, y = task()
    uneven = [(x[:50], y[:50]), (x[50:], y[50:])]
    for mode in (True, False):
        net.train(mode)
        found = evaluate(net, uneven, loss)
        assert net.training is mode and all(m.training is mode for m in net.modules())
        net.eval()
        out = net(x)
        assert found == pytest.approx((loss(out, y).item(), (out.argmax(-1) == y).float().mean().item()), rel=1e-5)
    assert all(p.grad is None for p in net.parameters())
    with pytest.raises(ValueError, match="no batches"):
        evaluate(net, [], loss)


def test_evaluate_of_numbers_that_are_no_classes():
    net = nn.Linear(4, 1)
    x, _ = task()
    loss, right = evaluate(net, [(x, x[:, :1])], nn.MSELoss())
    assert loss > 0 and math.isnan(right)


def test_one_round_is_a_plain_loop():
    x, y = task()
    sides = [made(), made()]
    net, optimizer, loss = sides[0]
    mean = one_round(net, [(x[:40], y[:40]), (x[40:], y[40:])], optimizer, loss)
    net2, optimizer2, _ = sides[1]
    total = 0.0
    for rows in (slice(0, 40), slice(40, 60)):
        out = loss(net2(x[rows]), y[rows])
        net2.zero_grad()
        out.backward()
        optimizer2.step()
        total += out.item() * len(x[rows])
    assert mean == pytest.approx(total / 60)
    assert all((a == b).all() for a, b in zip(net.parameters(), net2.parameters()))
    with pytest.raises(ValueError, match="no batches"):
        one_round(net, [], optimizer, loss)


def test_fit_notes_everything_and_steps_the_schedule():
    net, optimizer, loss = made()
    x, y = task()
    batches = DataLoader(TensorDataset(x, y), 20, shuffle=True)
    schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    history = fit(net, batches, optimizer, loss, 4, [(x, y)], schedule)
    assert {k: len(v) for k, v in history.items()} == {"loss": 4, "valid_loss": 4, "valid_right": 4}
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.3 * 0.9**12)
    assert history["valid_loss"][-1] < history["valid_loss"][0]
    assert fit(net, batches, optimizer, loss, 2)["valid_loss"] == []
    assert fit(net, batches, optimizer, loss, 0) == {"loss": [], "valid_loss": [], "valid_right": []}


def test_patience_stops_and_goes_back_to_the_best():
    net, optimizer, loss = made()
    x, y = task()
    opposite = [(x, 1 - y)]  # what is learned makes this worse from the first round on
    history = fit(net, [(x, y)], optimizer, loss, 50, opposite, patience=3)
    assert len(history["loss"]) == 4 and np.argmin(history["valid_loss"]) == 0
    assert evaluate(net, opposite, loss)[0] == pytest.approx(history["valid_loss"][0])
    with pytest.raises(ValueError, match="needs batches `valid` to look at; got 2"):
        fit(net, [(x, y)], optimizer, loss, 3, patience=2)


def test_a_round_without_a_number_is_never_the_best():
    net, optimizer, loss = made()
    x, y = task()
    seen = iter([math.nan, 3.0, 2.0, math.nan, math.nan])

    def measure(out, target):
        return loss(out, target) if net.training else ours.tensor(next(seen))

    history = fit(net, [(x, y)], optimizer, measure, 9, [(x, y)], patience=2)
    assert len(history["loss"]) == 5 and history["valid_loss"][2] == 2.0


def test_odd_inputs_to_the_loop():
    net, optimizer, loss = made()
    x, y = task()
    assert len(fit(net, [(x, y)], optimizer, loss, np.int64(2))["loss"]) == 2
    with pytest.raises(ValueError, match="used up after one round"):
        fit(net, iter([(x, y)]), optimizer, loss, 2)
    with pytest.raises(ValueError, match="patience is 1 or more"):
        fit(net, [(x, y)], optimizer, loss, 2, [(x, y)], patience=0)
    assert math.isnan(evaluate(nn.Linear(4, 3), [(x, y.unsqueeze(1))], lambda out, t: out.sum())[1])


def test_evaluate_keeps_each_modules_mode_even_after_an_error():
    net, _, loss = made(dropout=0.5)
    x, y = task()
    net.train()
    net[2].eval()
    evaluate(net, [(x, y)], loss)
    with pytest.raises(RuntimeError):
        evaluate(net, [(x[:, :2], y)], loss)
    assert [m.training for m in net] == [True, True, False, True]


def test_fit_tells_a_bar(capsys):
    net, optimizer, loss = made()
    x, y = task()
    bar = progress(range(3))
    history = fit(net, [(x, y)], optimizer, loss, bar, [(x, y)])
    assert bar.note == f"loss {history['loss'][-1]:.3f}, validation {history['valid_loss'][-1]:.3f}"
    assert capsys.readouterr().out == f"3/3 {bar.note}\n"
    fit(net, [(x, y)], optimizer, loss, progress(range(30)), [(x, 1 - y)], patience=2)
    assert capsys.readouterr().out.startswith("3/30 loss")


def test_the_share_of_sequences_and_of_single_outputs():
    x = ours.tensor(np.random.default_rng(0).random((5, 7, 3)))
    net = nn.Linear(3, 4).double()
    y = net(x).argmax(-1)
    assert evaluate(net, [(x, y)], lambda out, y: nn.functional.cross_entropy(out.reshape(-1, 4), y.reshape(-1)))[1] == 1.0
    one = nn.Linear(3, 1).double()
    loss, share = evaluate(one, [(x[0], ours.zeros(7).long())], lambda out, y: (out ** 2).mean())
    assert math.isnan(share) and loss > 0


def test_who_stops_a_fit_has_the_best_round():
    x, y = (ours.tensor(v) for v in digits())
    x = x.double().reshape(-1, 64) / 16.0
    net = nn.Linear(64, 10).double()
    heard = []

    def rounds():
        for i in range(5):
            heard.append([p.data.copy() for p in net.parameters()])
            yield i
            if i == 3: raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        fit(net, [(x[:200], y[:200])], optim.SGD(net.parameters(), lr=100.0), nn.CrossEntropyLoss(), rounds(),
            valid=[(x[200:400], y[200:400])], patience=9)
    assert any(all(np.array_equal(a, p.data) for a, p in zip(then, net.parameters())) for then in heard[1:3])

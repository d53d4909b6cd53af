"Chapter 19: the stored measurements are those of the chapter's code."
import hashlib
import itertools
import sys

import numpy as np
import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))
STORED = ROOT / "build_your_own_torch" / "data" / "sweep.csv"


@pytest.fixture(scope="module")
def names():
    from sweep import chapter

    return chapter()


def stored():
    rows = (line.split(",") for line in STORED.read_text(encoding="utf-8").splitlines())
    return {(p, o, float(rate), int(seed)): [float(v) for v in curve] for p, o, rate, seed, _, *curve in rows}


def test_every_run_is_there(names):
    wanted = itertools.product(names["problems"], names["optimizers"], names["RATES"], range(8))
    runs = stored()
    assert set(runs) == set(wanted) and all(len(curve) == 20 for curve in runs.values())
    raw = STORED.read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(raw).hexdigest() in (STORED.parent / "README").read_text(encoding="utf-8")


# rates at which errors of rounding don't grow: other processors round otherwise
KEYS = [("ravine", o, 0.1, 3) for o in ("RMSprop", "Adam", "AdamW", "Lion")] + [("ravine", "Muon", 0.0316, 3)]
KEYS += [("ravine", "SGD", 0.01, 3), ("ravine", "momentum", 0.00316, 3), ("spirals", "Adam", 0.01, 6)]
KEYS += [("spirals", "SGD", 0.1, 2), ("digits", "Muon", 0.01, 7), ("digits", "RMSprop", 0.00316, 4)]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_runs_come_out_as_stored(names, key):
    np.testing.assert_allclose(names["run"](*key)[0], stored()[key], rtol=2e-3)


def test_a_run_that_explodes_counts_as_infinite(names):
    curve, seconds = names["run"]("ravine", "SGD", 3.16, 0)
    assert curve[0] < np.inf == curve[-1] and seconds == 0.0

import gzip
import hashlib
import re

import numpy as np
import pytest
from conftest import ROOT

from build_your_own_torch.datasets import (
    SUMS,
    blobs,
    circles,
    co2,
    digits,
    fashion_mnist,
    mnist,
    moons,
    penguins,
    read_data,
    read_idx,
    spirals,
)


def test_penguins():
    birds = penguins()
    assert len(birds) == 344
    assert {s: sum(b["species"] == s for b in birds) for s in ("Adelie", "Chinstrap", "Gentoo")} == {
        "Adelie": 152, "Chinstrap": 68, "Gentoo": 124}
    assert [sum(b[k] is None for b in birds) for k in ("bill_length_mm", "body_mass_g", "sex", "year")] == [2, 2, 11, 0]
    assert birds[0] == {"species": "Adelie", "island": "Torgersen", "bill_length_mm": 39.1, "bill_depth_mm": 18.7,
                        "flipper_length_mm": 181.0, "body_mass_g": 3750.0, "sex": "male", "year": 2007}


def test_a_changed_file_is_refused():
    with pytest.raises(ValueError, match="has changed: its SHA-256 is f204"): read_data("penguins.csv", "0")


def test_the_note_beside_the_data_has_the_checksum():
    folder = ROOT / "build_your_own_torch" / "data"
    found = hashlib.sha256((folder / "penguins.csv").read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    assert found in (folder / "README").read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [moons, circles, spirals, blobs])
def test_shapes_have_a_seed_and_fair_classes(make):
    x, y = make(120, seed=3)
    assert x.shape == (120, 2) and x.dtype == np.float32 and y.dtype == np.int64
    assert len(set(np.bincount(y))) == 1 and np.array_equal(make(120, seed=3)[0], x)
    assert not np.array_equal(make(120, seed=4)[0], x) and np.isfinite(x).all()
    assert make(0)[0].shape == (0, 2)
    still = make(120, noise=0.0, seed=3)[0]
    assert 0 < np.abs(still - x).max() < 3


def test_shapes_refuse():
    for classes in (0, 2.5, -1):
        with pytest.raises(ValueError, match=f"counted from 1 on, got {classes}"):
            blobs(10, classes)


def test_shapes_are_the_shapes():
    x, y = moons(400, noise=0.0)
    np.testing.assert_allclose(np.linalg.norm(x - np.array([[0, 0], [1, 0.5]])[y], axis=1), 1, atol=1e-6)
    assert (x[y == 0, 1] >= -1e-6).all() and (x[y == 1, 1] <= 0.5 + 1e-6).all()
    x, y = spirals(600, classes=3, noise=0.0, turns=1.5)
    radius, angle = np.linalg.norm(x, axis=1), np.arctan2(x[:, 1], x[:, 0])
    off = (angle - 2 * np.pi * (1.5 * radius + y / 3)) / (2 * np.pi)
    np.testing.assert_allclose(off, np.round(off), atol=1e-4)
    assert set(blobs(100, classes=5)[1]) == set(range(5))


def written(folder, name, code, shape, raw, pack=bytes):
    path = folder / name
    path.write_bytes(pack(bytes([0, 0, code, len(shape)]) + np.array(shape, ">i4").tobytes() + raw))
    return path


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["raw", "gzip"])
@pytest.mark.parametrize("code, kind", [(8, ">u1"), (9, ">i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")])
def test_idx_files_of_every_kind(tmp_path, code, kind, pack):
    want = np.arange(24).reshape(2, 3, 4).astype(kind)
    got = read_idx(written(tmp_path, "some.idx", code, want.shape, want.tobytes(), pack))
    assert np.array_equal(got, want) and got.dtype == np.dtype(kind).newbyteorder("=") and got.flags.writeable
    assert read_idx(str(written(tmp_path, "none", code, (0, 5), b""))).shape == (0, 5)


@pytest.mark.parametrize(
    "raw, words",
    [
        (b"", "no IDX file"),
        (b"PK\3\4", "no IDX file: it begins with 50 4b 03 04"),
        (bytes([0, 0, 7, 1]), "no IDX file"),
        (gzip.compress(bytes(1000), mtime=0)[:-9], "broken gzip file"),
        (gzip.compress(bytes(1000), mtime=0)[:12] + b"xxxxxxxx", "broken gzip file"),
        (bytes([0, 0, 8, 2, *[255] * 8, 1]), "its head says"),
        (bytes([0, 0, 8, 1, 0, 0]), "has 6 bytes, its head says 8"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 3, 1, 2]), "has 10 bytes, its head says 11"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 1, 1, 2]), "has 10 bytes, its head says 9"),
    ],
)
def test_broken_idx_files(tmp_path, raw, words):
    (tmp_path / "broken").write_bytes(raw)
    with pytest.raises(ValueError, match=words):
        read_idx(tmp_path / "broken")


@pytest.mark.parametrize("loader, name", [(mnist, "mnist"), (fashion_mnist, "fashion-mnist")])
def test_files_of_mnist_are_checked(tmp_path, monkeypatch, loader, name):
    with pytest.raises(FileNotFoundError, match="neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz"):
        loader(tmp_path)
    images, labels = np.arange(2 * 784).reshape(2, 28, 28).astype(np.uint8), np.array([3, 7], np.uint8)
    written(tmp_path, "t10k-images-idx3-ubyte.gz", 8, images.shape, images.tobytes(), gzip.compress)
    path = written(tmp_path, "t10k-labels-idx1-ubyte", 8, labels.shape, labels.tobytes())
    with pytest.raises(ValueError, match=f"not that of {name}: unpacked, its SHA-256 is"):
        loader(tmp_path, train=False)
    raw = gzip.decompress((tmp_path / "t10k-images-idx3-ubyte.gz").read_bytes())
    sums = {"t10k-images-idx3-ubyte": raw, "t10k-labels-idx1-ubyte": path.read_bytes()}
    monkeypatch.setitem(SUMS, name, {k: hashlib.sha256(v).hexdigest() for k, v in sums.items()})
    found = loader(tmp_path, train=False)
    assert np.array_equal(found[0], images) and np.array_equal(found[1], labels) and found[1].dtype == np.int64


@pytest.mark.parametrize("loader", [penguins, co2, digits, mnist, fashion_mnist])
def test_every_loader_names_its_source_and_licence(loader):
    said = " ".join(loader.__doc__.split())
    assert re.search(r"\(.*(19|20)\d\d; (CC0|public domain|CC BY|MIT)", said)

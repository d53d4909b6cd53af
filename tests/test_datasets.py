import hashlib

import pytest
from conftest import ROOT

from build_your_own_torch.datasets import penguins, read_data


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

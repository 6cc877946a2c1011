"""The data files are what their provenance says, and a damaged one is refused with the way to restore it."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from likely import data
from likely.data import rebuild

ABOUT = json.loads((data._FILES / "provenance.json").read_text(encoding="utf-8"))


def test_every_file_has_its_provenance_and_its_maker():
    files = {path.name for path in data._FILES.iterdir()} - {"provenance.json"}
    assert files == set(ABOUT) == set(rebuild.MAKERS)
    for entry in ABOUT.values():
        assert {"what", "package", "registry", "source", "licence", "made_by", "sha256"} == set(entry)


def test_names():
    women, men = data.load_names("women"), data.load_names("men")
    assert (len(women), len(men)) == (4951, 3898)
    assert data.load_names() == women + men
    assert "Mary" in women
    assert "Mary" not in men
    assert {c for name in women + men for c in name.lower()} == set("abcdefghijklmnopqrstuvwxyz-")
    with pytest.raises(ValueError, match="'women', 'men' or None"):
        data.load_names("cats")


def test_capitals():
    found = data.load_capitals()
    assert len(found.country) == len(found.name) == 232
    assert found.latitude.shape == found.longitude.shape == (232,)
    assert np.abs(found.latitude).max() < 90
    paris, brussels = found.name.index("Paris"), found.name.index("Brussels")
    assert found.country[paris] == "France"
    assert (found.latitude[paris], found.longitude[paris]) == (np.float32(48.87), np.float32(2.33))
    assert found.latitude[brussels] == np.float32(50.84)


def test_shakespeare():
    text = data.load_shakespeare()
    assert len(text) == 4_782_050
    assert len(set(text)) == 63
    assert "\nHAMLET:\nTo be, or not to be: that is the question:\n" in text
    assert "Exeunt" not in text


@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
@pytest.mark.parametrize("name", sorted(ABOUT))
def test_a_damaged_file_names_itself_its_hash_and_the_way_back(tmp_path, monkeypatch, name, harm):
    shutil.copytree(data._FILES, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(data, "_FILES", tmp_path)
    path = tmp_path / name
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-9] if harm == "cut" else whole[:99] + b"?" + whole[100:])
    with pytest.raises(data.DamagedData, match="make data") as error:
        data._read(name)
    assert str(path) in str(error.value)
    assert ABOUT[name]["sha256"] in str(error.value)

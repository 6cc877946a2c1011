"""The data files are what their provenance says, and a damaged one is refused with the way to restore it."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import lzma
import re
import shutil
import struct
import zlib

import numpy as np
import pytest

from likely import data
from likely.data import rebuild, stored
from likely.data.rebuild.faces import decode_png
from likely.data.rebuild.pictures import read_idx

ABOUT = stored.provenance()


def test_every_file_has_its_provenance_and_its_maker():
    files = {path.relative_to(stored.FILES).as_posix() for path in stored.FILES.rglob("*") if path.is_file()}
    by_hand = {name for name, entry in ABOUT.items() if entry["made_by"] == "hand"}
    assert files - {"provenance.json"} == set(ABOUT)
    assert set(ABOUT) - by_hand == set(rebuild.MAKERS)
    for name, entry in ABOUT.items():
        assert {"what", "packages", "source", "licence", "made_by", "sha256"} == set(entry)
        assert (name in by_hand) == (not entry["packages"])
        if name not in by_hand:
            maker = rebuild.MAKERS[name]
            assert entry["made_by"] == f"{maker.__module__}.{maker.__name__}"
        for package in entry["packages"]:
            registry, name_and_version = package.split(" ")
            assert registry in ("npm", "PyPI", "Debian")
            assert all(name_and_version.rpartition("@"))


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
    assert np.isfinite(found.longitude).all()
    assert None not in found.name


def test_factbook():
    facts = data.load_factbook()
    assert len(facts) == len(set(facts.country)) == 254
    for field in dataclasses.fields(facts):
        assert len(getattr(facts, field.name)) == 254, field.name
    france = facts.row("France")
    background = france.pop("background")
    assert background.startswith("France today is one of the most modern countries")
    assert france.pop("languages").startswith(
        "French (official) 100%, declining regional dialects and languages (Provençal"
    )
    assert france == {
        "country": "France",
        "region": "Europe",
        "capital": "Paris",
        "capital_latitude": np.float32(48.87),
        "capital_longitude": np.float32(2.33),
        "population": 68_512_806,
        "area": 643_801,
        "currency": "euros",
        "currency_code": "EUR",
        "official_languages": ("French",),
    }
    with pytest.raises(KeyError, match="'Zubrowka' is not among the 254 countries"):
        facts.row("Zubrowka")


def test_facts_that_the_factbook_puts_in_an_odd_way():
    row = data.load_factbook().row
    assert row("Chad")["area"] == 1_284_000  # "1.284 million sq km"
    assert row("Akrotiri")["population"] == 18_195  # "(2020) approximately 18,195 on the …"
    assert row("Bouvet Island")["population"] == 0  # "uninhabited"
    assert np.isnan(row("Holy See")["area"])
    assert row("Nauru")["capital"] is None  # "no official capital; government offices in …"
    assert row("Moldova")["capital"] == "Chisinau"  # "Chisinau in Romanian (Kishinev in Russian)"
    assert row("Chile")["capital"] == "Santiago"  # "Santiago; note - Valparaiso is …"
    assert row("United States")["capital"] == "Washington, D.C."
    assert row("United States")["currency"] is None
    assert row("Eswatini")["currency"] == "emalangeni"  # without a code
    languages = {
        "Ireland": ("English", "Irish"),  # "Irish (Gaelic or Gaeilge) (official, …"
        "Austria": ("German",),  # "Croatian (official in Burgenland)"
        "Morocco": ("Arabic", "Tamazight"),  # "Tamazight languages (Tamazight (official), …"
        "Belize": ("English",),  # "English 62.9% (official)"
        "Ecuador": ("Spanish",),  # "Spanish (Castilian; official)"
        "Paraguay": ("Spanish", "Guarani"),  # "Spanish (official) and Guarani (official)"
        "Zimbabwe": ("Shona", "Ndebele", "English"),
        "Ghana": (),
    }
    assert {country: row(country)["official_languages"] for country in languages} == languages


def test_the_factbook_is_plain_text_with_few_gaps():
    facts = data.load_factbook()
    for column in (facts.country, facts.capital, facts.currency, facts.languages, facts.background):
        for text in filter(None, column):
            assert not re.search(r"</?[a-z]|&\w+;|\xa0|  |; note", text), text
            assert text == text.strip()
    assert len(set(facts.region)) == 11
    assert min(map(len, facts.background)) > 200
    assert sum(map(len, facts.background)) > 450_000
    gaps = {"capital": 22, "currency": 33, "currency_code": 39, "languages": 15}
    assert {name: sum(x is None for x in getattr(facts, name)) for name in gaps} == gaps
    assert (np.isnan(facts.population).sum(), np.isnan(facts.area).sum()) == (1, 3)
    assert sum(not languages for languages in facts.official_languages) == 58
    assert facts.population[np.isfinite(facts.population)].sum() == pytest.approx(8.06e9, rel=0.01)


def test_shakespeare():
    text = data.load_shakespeare()
    assert len(text) == 4_782_050
    assert len(set(text)) == 63
    assert "\nHAMLET:\nTo be, or not to be: that is the question:\n" in text
    assert "Exeunt" not in text


def test_letters_are_numbered_and_others_refused():
    ids = data.letter_ids("né à", "à én")
    assert ids.dtype == np.int32
    assert ids.tolist() == [3, 2, 1, 0]
    assert data.letter_ids("", "ab").shape == (0,)
    with pytest.raises(ValueError, match="the text holds 'xz', which is not among the letters 'ab'"):
        data.letter_ids("bazax", "ab")


@pytest.fixture(scope="module")
def faces():
    return data.load_faces()


def test_faces(faces):
    assert (faces.images.shape, faces.images.dtype) == ((20_000, 16, 16, 3), np.uint8)
    assert (faces.labels.shape, faces.labels.dtype) == ((20_000, 7), np.uint8)
    assert len({image.tobytes() for image in faces.images}) == len(faces) == 20_000
    for attribute, values in data.FACE_ATTRIBUTES.items():
        counts = np.bincount(faces.label(attribute))
        assert len(counts) == len(values)
        assert abs(counts / counts.mean() - 1).max() < 0.04, attribute  # even
    together = np.corrcoef(faces.labels.T) - np.eye(7)
    assert abs(together).max() < 0.02  # independent: no attribute says anything of another


def test_faces_are_split_the_same_way_each_time_and_held_out_ones_stay_out(faces):
    parts = {name: getattr(faces, name) for name in ("train", "test", "held_out")}
    assert [len(part) for part in parts.values()] == [16_124, 1_792, 2_084]
    assert [int(faces.where(**combination).sum()) for combination in data.HELD_OUT] == [830, 1_002, 308]
    for name, part in parts.items():
        has = [part.where(**combination) for combination in data.HELD_OUT]
        assert np.any(has, axis=0).all() if name == "held_out" else not np.any(has)
    assert (data.load_faces().split == faces.split).all()
    assert faces.split[:3].tolist() == ["test", "held out", "held out"]
    for combination in data.HELD_OUT:  # each value by itself is well known from training
        assert min(parts["train"].where(**{a: v}).sum() for a, v in combination.items()) > 2_000


def test_captions_say_the_labels(faces):
    one = faces.where(hair="green", mood="happy", glasses="no glasses", hat="hat", skin="darkest", background="violet")
    assert set(faces.take(one & faces.where(beard="beard")).captions) == {
        "green hair, darkest skin, no glasses, hat, beard, happy, violet background"
    }
    assert len(set(faces.captions)) == len(np.unique(faces.labels, axis=0))
    with pytest.raises(ValueError, match=r"hair is one of blond, .*, not 'pink'"):
        faces.where(hair="pink")
    with pytest.raises(ValueError, match="no attribute 'nose'; it has glasses, "):
        faces.where(nose="long")


def test_each_attribute_can_be_seen_in_the_pixels(faces):
    """Least squares on pixels, their sizes and squares tells every attribute of faces that it has not seen."""

    def features(part):
        x = part.images.reshape(len(part), -1) / np.float32(255) - np.float32(0.5)
        return np.concatenate([x, abs(x), x**2, np.ones((len(x), 1), np.float32)], axis=1)

    train, test = faces.train.take(slice(8_000)), faces.test
    seen = features(train)
    square = seen.T @ seen + np.eye(seen.shape[1], dtype=np.float32) / 10
    wanted = {name: np.eye(len(v), dtype=np.float32)[train.label(name)] for name, v in data.FACE_ATTRIBUTES.items()}
    weights = np.linalg.solve(square, seen.T @ np.concatenate(list(wanted.values()), axis=1))
    scores = np.split(features(test) @ weights, np.cumsum([w.shape[1] for w in wanted.values()])[:-1], axis=1)
    for name, score in zip(wanted, scores, strict=True):
        assert (score.argmax(axis=1) == test.label(name)).mean() > 0.97, name


def test_the_png_decoder_knows_all_five_filters():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (5, 3, 4))  # (height, width, channel): a row a filter
    left, up = np.zeros((2, *image.shape), int)
    left[:, 1:], up[1:] = image[:, :-1], image[:-1]
    corner = np.zeros_like(image)
    corner[1:, 1:] = image[:-1, :-1]

    def paeth(a, b, c):
        return min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]

    guesses = [0 * up, left, up, (left + up) // 2, np.vectorize(paeth)(left, up, corner)]
    rows = b"".join(bytes([k]) + ((image[k] - guesses[k][k]) & 255).astype(np.uint8).tobytes() for k in range(5))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packed = zlib.compress(rows)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 3, 5, 8, 6, 0, 0, 0)), (b"IDAT", packed[:7]), (b"IDAT", packed[7:])]
    file = b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in [*parts, (b"IEND", b"")])
    assert (decode_png([file, file]) == image).all()


def test_word_vectors():
    found = data.load_word_vectors()
    assert len(set(found.words)) == len(found.words) == 20_000
    assert (found.vectors.shape, found.vectors.dtype) == ((20_000, 100), np.float32)
    assert found.words[:5] == ("the", "of", "to", "and", "in")
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", word) for word in found.words)
    glove = [-0.038194, -0.24487, 0.72812, -0.39961, 0.083172, 0.043953, -0.39141, 0.3344, -0.57545, 0.087459]
    assert abs(found["the"][:10] - glove).max() < 0.015  # as in glove.6B.100d
    with pytest.raises(KeyError, match="'kvetch' is not among the 20,000 words"):
        found["kvetch"]


def test_king_minus_man_plus_woman_is_queen_only_if_the_three_may_not_answer():
    found = data.load_word_vectors()
    query = found["king"] - found["man"] + found["woman"]
    cosine = found.vectors @ query / np.linalg.norm(found.vectors, axis=1) / np.linalg.norm(query)
    best = [found.words[i] for i in np.argsort(-cosine)[:4]]
    assert best[0] == "king"
    assert next(word for word in best if word not in ("king", "man", "woman")) == "queen"
    assert cosine[found.words.index("queen")] == pytest.approx(0.784, abs=0.001)


@pytest.mark.parametrize(
    ("split", "count", "sha256"),
    [
        ("train", 30_000, "25f13e954dedcdf7ff111e44bcee1a4b12ca7e42e5265b817878bdab15d82b81"),
        ("test", 10_000, "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a"),
    ],
)
def test_fashion_mnist(split, count, sha256):
    found = data.load_fashion_mnist(split)
    assert (found.images.shape, found.images.dtype) == ((count, 28, 28), np.uint8)
    assert (found.labels.shape, found.labels.dtype, len(found)) == ((count,), np.uint8, count)
    assert hashlib.sha256(found.images.tobytes()).hexdigest() == sha256  # the bytes of the IDX file
    assert (found.images.min(), found.images.max()) == (0, 255)
    counts = np.bincount(found.labels)
    assert (counts.min(), counts.max()) == {"train": (2_945, 3_081), "test": (1_000, 1_000)}[split]
    inked = {name: (found.images[found.labels == k] > 0).mean() for k, name in enumerate(found.classes)}
    assert min(inked, key=inked.get) == "sandal"
    assert inked["pullover"] > 2 * inked["sandal"]
    with pytest.raises(ValueError, match="'train' or 'test', not 'all'"):
        data.load_fashion_mnist("all")


def test_digits():
    found = data.load_digits()
    assert (found.images.shape, found.images.dtype) == ((1_797, 8, 8), np.uint8)
    assert (found.images.min(), found.images.max()) == (0, 16)
    assert found.labels[:12].tolist() == [*range(10), 0, 1]
    assert np.bincount(found.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert found.images[0, :3].tolist() == [
        [0, 0, 5, 13, 9, 1, 0, 0],
        [0, 0, 13, 15, 10, 15, 5, 0],
        [0, 3, 15, 2, 0, 11, 8, 0],
    ]


def test_idx_files_of_anything_but_bytes_are_refused():
    assert read_idx(b"\0\0\x08\x02\0\0\0\x01\0\0\0\x02ab").tolist() == [[97, 98]]
    with pytest.raises(rebuild.CannotRebuild, match="not an IDX file"):
        read_idx(b"\0\0\x0d\x01\0\0\0\x01abcd")


@pytest.fixture
def copies(tmp_path, monkeypatch):
    shutil.copytree(stored.FILES, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(stored, "FILES", tmp_path)
    return tmp_path


def refused(path):
    name = path.relative_to(stored.FILES).as_posix()
    with pytest.raises(data.DamagedData) as error:
        stored.read(name)
    told = str(error.value)
    for words in (str(path), ABOUT[name]["sha256"], f"git checkout -- {path.name}"):
        assert words in told
    assert (f"make data ARGS={name}" in told) == (name in rebuild.MAKERS)
    return told


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "gone"])
@pytest.mark.parametrize("name", sorted(ABOUT))
def test_a_damaged_file_names_itself_its_hash_and_the_way_back(copies, name, harm):
    path = copies / name
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": whole[:-9], "changed": whole[:99] + b"?" + whole[100:], "empty": b""}[harm])
    told = refused(path)
    assert harm != "gone" or "found no file" in told


@pytest.mark.parametrize("content", ["nothing", "no zip", "objects in a zip", "an object", "an array"])
def test_an_archive_of_something_else_is_refused(copies, content):
    """Objects would need pickle, which runs whatever code a file brings."""
    path = copies / "faces.npz.xz"
    harm = {
        "nothing": b"",
        "no zip": b"not a zip",
        "objects in a zip": _saved(np.savez, x=np.array([{}])),
        "an object": _saved(np.save, np.array([{}])),
        "an array": _saved(np.save, np.zeros(3)),
    }
    path.write_bytes(lzma.compress(harm[content]))
    assert "a damaged archive" in refused(path)


def test_arrays_that_unpack_but_are_others_are_refused(copies):
    path = copies / "faces.npz.xz"
    path.write_bytes(lzma.compress(stored.pack("x.npz", {"images": np.zeros((2, 16, 16, 3), np.uint8)})))
    assert re.search("found [0-9a-f]{64}", refused(path))
    x = np.arange(6, dtype=np.uint8)
    contents = [{"x": x}, {"y": x}, {"x": x[::-1]}, {"x": x[None]}, {"x": x.view(np.int8)}, {"x": x, "y": x}, {}]
    assert len({stored.digest(content) for content in contents}) == len(contents)
    assert stored.digest({"a": x, "b": x[:2]}) == stored.digest({"b": x[:2], "a": x})


def _saved(save, *arrays, **named):
    out = io.BytesIO()
    save(out, *arrays, **named)
    return out.getvalue()


def test_a_missing_provenance_is_told(copies):
    for harm in (lambda path: path.write_text("{"), lambda path: path.unlink()):
        harm(copies / "provenance.json")
        with pytest.raises(data.DamagedData, match=r"git checkout -- provenance\.json"):
            data.load_names()


def test_a_file_that_comes_out_otherwise_is_not_written(copies, monkeypatch, capsys):
    monkeypatch.setattr(rebuild.Packages, "fetch", lambda self, wanted: None)
    monkeypatch.setitem(rebuild.MAKERS, "names.txt", lambda packages: b"Eve\n")
    before = (copies / "names.txt").read_bytes()
    assert rebuild.main(["names.txt"]) == 1
    assert "not written" in capsys.readouterr().err
    assert (copies / "names.txt").read_bytes() == before
    monkeypatch.setitem(rebuild.MAKERS, "names.txt", lambda packages: before)
    (copies / "names.txt").unlink()
    assert rebuild.main(["names.txt"]) == 0
    assert (copies / "names.txt").read_bytes() == before


def test_a_package_that_cannot_be_had_is_told(copies, capsys):
    assert rebuild.main(["names.txt"], npm=("no-such-client",)) == 1
    assert capsys.readouterr().err == "names.txt: this machine has no no-such-client\n"
    assert rebuild.main(["nomen.txt"]) == 2
    assert "There is no data file nomen.txt. There are: names.txt, " in capsys.readouterr().err

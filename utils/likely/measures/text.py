"""How well a model of text predicts text that it has not seen."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

__all__ = ["nats_per_token"]


def nats_per_token(logits: Callable[[jax.Array], jax.Array], tokens: ArrayLike, context: int, batch: int = 64) -> float:
    """The mean of -log P(token | those before it) over a whole text, in nats.

    logits: int32 (batch, context) -> (batch, context, kinds), of the token after each place, as an NNX module gives.
    The text, int32 (tokens,), is cut into pieces of `context` tokens, and within a piece only the places before are
    seen, so that a model of longer context has more to go by. What does not fill a last piece is left out. Raises
    ValueError for a text shorter than a piece and the token after it.
    """
    tokens = np.asarray(tokens, np.int32)
    count = (len(tokens) - 1) // context
    if tokens.ndim != 1 or count < 1:
        raise ValueError(f"tokens of shape {tokens.shape} do not hold a piece of {context} and the token after it")
    length = min(batch, count)
    pad = -count % length
    asked, wanted = (np.resize(tokens[i : i + count * context], (count + pad, context)) for i in (0, 1))

    @jax.jit
    def lost(pieces):
        asked, wanted = pieces  # (batch, context)
        return -jnp.take_along_axis(jax.nn.log_softmax(logits(asked)), wanted[..., None], axis=-1).sum(axis=(1, 2))

    pieces = (a.reshape(-1, length, context) for a in (asked, wanted))
    rows = jnp.concatenate([lost(piece) for piece in zip(*pieces, strict=True)])  # (pieces,) sums of nats
    return float(np.asarray(rows, np.float64)[:count].sum() / (count * context))

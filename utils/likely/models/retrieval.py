"""Finding passages for a question: by the words they share (BM25), and by the directions of their vectors.

The words of a text follow one rule, here in Python and, for what is typed on a page, in JAX. There a word is known by a
hash, since a traced program has no dictionary:

>>> index = bm25(["Lima is the capital of Peru.", "Paris is the capital of France."])
>>> search(index, "Which city is Peru's capital?", k=2)
[0, 1]
>>> typed = jnp.array([CHARACTERS.index(c) for c in "peru?"] + [-1] * 3)
>>> best(index, find(index, hash_words(typed, most=4)), k=1).passage
Array([0], dtype=int32)
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

__all__ = [
    "CHARACTERS",
    "STOP_WORDS",
    "Hits",
    "Index",
    "best",
    "bm25",
    "contributions",
    "find",
    "hash_word",
    "hash_words",
    "nearest",
    "search",
    "vocabulary",
    "words",
]

_STOPPED = """
a an and are as at be been but by did do does for from had has have how in into is it its of on or s t that the their
there these they this to was were what when where which who whom whose why will with
"""
STOP_WORDS = frozenset(_STOPPED.split())
# what can be typed on a page: ASCII, the letters of European languages, typographic signs
CHARACTERS = tuple(
    itertools.chain(map(chr, range(0x20, 0x7F)), map(chr, range(0xA0, 0x180)), "\u2010\u2011–—‘’“”„…′″€")
)
_SEED, _PRIME = 2166136261, 16777619  # of FNV-1a with 32 bits
_WIDEST = 3  # "¼" is folded to "1 4"


class Index(NamedTuple):
    """What BM25 knows of the passages: each word of each of them with its weight, sorted by words, then passages."""

    hashes: jax.Array  # (word,) uint32: of the vocabulary, in the order of `vocabulary`
    first: jax.Array  # (word,) int32: where the postings of a word begin
    doc: jax.Array  # (posting,) int32: the passage
    term: jax.Array  # (posting,) int32: the word
    weight: jax.Array  # (posting,) float32: what it adds to the passage's score
    lengths: jax.Array  # (passage,) int32: how many words count
    window: jax.Array  # (most passages of one word,) int32: 0, 1, 2, …


class Hits(NamedTuple):
    """The best passages for a question, the best first; of equal ones the earlier."""

    passage: jax.Array  # (k,) int32
    score: jax.Array  # (k,) float32; 0 for one that shares no word with the question
    parts: jax.Array  # (n, k) float32: what each word of the question adds to it


@functools.cache
def _fold(character: str) -> str:
    """A character as it counts: small, without accent; nothing for an accent alone, a space for what parts words."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(c if c.isalnum() else " " for c in parts if not unicodedata.combining(c))


def words(text: str, stop: Iterable[str] = STOP_WORDS) -> list[str]:
    """The words of a text: runs of letters and digits, in small letters without accents, and without stop words.

    Every other sign parts words: "Côte d'Ivoire's" is "cote", "d", "ivoire" ("s" is a stop word), "47,735" is "47" and
    "735". A letter that is no other one with an accent stays ("ø"); no ending is cut off.
    """
    stop = stop if isinstance(stop, (set, frozenset)) else set(stop)
    return [word for word in "".join(map(_fold, text)).split() if word not in stop]


def vocabulary(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of texts, each once, in the order of their characters."""
    return tuple(sorted({word for text in texts for word in words(text)}))


def hash_word(word: str) -> int:
    """A word, as `words` gives it, as a number below 2³².

    FNV-1a of Fowler, Noll & Vo (RFC 9923) with 32 bits, over code points where the original takes bytes.
    """
    value = _SEED
    for character in word:
        value = ((value ^ ord(character)) * _PRIME) & 0xFFFFFFFF
    return value


def bm25(texts: Sequence[str], *, k1: float = 1.2, b: float = 0.75) -> Index:
    """The index of passages by BM25 as Lucene computes it, with exact lengths.

    A word t adds to the score of a passage d, once for each time it stands in the question,
        ln(1 + (N − n + ½) / (n + ½)) · f / (f + k1 (1 − b + b · |d| / mean |d|)),
    where N passages are there, n have t, and d, |d| words long, has it f times. k1 (0 or more) says how slowly further
    occurrences count less, b (0 to 1) how far length counts against a passage.

    Raises ValueError for no passages, for passages without a word, for k1 or b out of range, and where two words share
    a hash. Source: Robertson & Zaragoza (2009), Foundations and Trends in Information Retrieval 3(4), 333-389; this
    variant is "Lucene (accurate)" in Kamphuis et al. (2020), ECIR, 28-34.
    """
    if isinstance(texts, str) or not texts:
        raise ValueError("texts is a list of one passage or more")
    if k1 < 0 or not 0 <= b <= 1:
        raise ValueError(f"k1 is 0 or more, and b from 0 to 1, not {k1:g} and {b:g}")
    counts = [Counter(words(text)) for text in texts]
    names = sorted(set().union(*counts))
    if not names:
        raise ValueError("no passage has a word that counts")
    ids = {name: i for i, name in enumerate(names)}
    postings = sorted((ids[name], doc, f) for doc, count in enumerate(counts) for name, f in count.items())
    term, doc, f = np.array(postings).T
    lengths = np.array([count.total() for count in counts])
    having = np.bincount(term, minlength=len(names))  # n, for each word
    rarity = np.log1p((len(texts) - having + 0.5) / (having + 0.5))
    weight = rarity[term] * f / (f + k1 * (1 - b + b * lengths[doc] / lengths.mean()))
    return Index(
        jnp.asarray(_hashes(names)),
        jnp.asarray(np.cumsum(having) - having, jnp.int32),
        jnp.asarray(doc, jnp.int32),
        jnp.asarray(term, jnp.int32),
        jnp.asarray(weight, jnp.float32),
        jnp.asarray(lengths, jnp.int32),
        jnp.arange(having.max(), dtype=jnp.int32),
    )


def _hashes(names: Sequence[str]) -> np.ndarray:
    """(word,) uint32. Raises ValueError if two words share one, or one is 0, which stands for no word."""
    seen = {0: "no word"}
    for name in names:
        if seen.setdefault(value := hash_word(name), name) != name:
            raise ValueError(f"{name!r} and {seen[value]!r} have the same hash, {value}")
    return np.array([hash_word(name) for name in names], np.uint32)


_TABLE = np.array([[ord(c) for c in _fold(one).ljust(_WIDEST, "\0")] for one in CHARACTERS], np.int32)
_TABLE = np.concatenate([_TABLE, [[ord(" "), 0, 0]]]).astype(np.int32)  # (character + 1, 3): the last for id -1


def hash_words(ids: ArrayLike, most: int) -> jax.Array:
    """The words of a typed text as hashes: ids (length,) into CHARACTERS, -1 behind the last -> (most,) uint32.

    0 stands behind the last word, and words beyond `most` are left out. Stop words have hashes too; no index has them.
    Pure JAX, and for text in Unicode's form NFC the same words as `words`, which a `Text` control takes care of.
    """
    codes = jnp.asarray(_TABLE)[ids].reshape(-1)  # an id of -1 reads the last row

    def step(value, code):
        """FNV-1a; 0 between words. An accent, 0, changes nothing."""
        grown = (jnp.where(value == 0, jnp.uint32(_SEED), value) ^ code.astype(jnp.uint32)) * jnp.uint32(_PRIME)
        after = jnp.where(code == 0, value, jnp.where(code == ord(" "), jnp.uint32(0), grown))
        return after, jnp.where(code == ord(" "), value, jnp.uint32(0))

    last, ended = jax.lax.scan(step, jnp.uint32(0), codes)
    ended = jnp.concatenate([ended, last[None]])  # a hash where a word has ended, else 0
    place = jnp.cumsum((ended != 0).astype(jnp.int32)) - 1
    chosen = (ended != 0) & (place == jnp.arange(most)[:, None])  # (most, characters): one at most in each row
    return jnp.where(chosen.any(axis=1), ended[chosen.argmax(axis=1)], jnp.uint32(0))


def find(index: Index, hashes: ArrayLike) -> jax.Array:
    """Hashes (n,) uint32 -> (n,) int32: which words of the vocabulary they are, -1 for one that is not in it."""
    same = jnp.asarray(hashes)[:, None] == index.hashes  # (n, word)
    return jnp.where(same.any(axis=1), same.argmax(axis=1).astype(jnp.int32), -1)


def contributions(index: Index, terms: ArrayLike) -> jax.Array:
    """Term by term: words of a question (n,) int32, -1 for an unknown one -> (n, passage) float32.

    The sum over the words is the score of a passage.
    """
    terms = jnp.asarray(terms)
    start = index.first[jnp.maximum(terms, 0)]
    at = jnp.minimum(start[:, None] + index.window, len(index.doc) - 1)  # (n, window): the postings of a word, and more
    # the last posting may be read several times: only what lies before the end counts
    counts = (index.term[at] == terms[:, None]) & (start[:, None] + index.window < len(index.doc))
    rows = jnp.arange(len(terms))[:, None]
    empty = jnp.zeros((len(terms), len(index.lengths)))
    return empty.at[rows, index.doc[at]].add(jnp.where(counts, index.weight[at], 0.0))


def best(index: Index, terms: ArrayLike, k: int) -> Hits:
    """The k best passages for the words of a question, (n,) int32 as `find` gives them, in pure JAX."""
    parts = contributions(index, terms)
    score, passage = jax.lax.top_k(parts.sum(axis=0), k)
    return Hits(passage.astype(jnp.int32), score, parts[:, passage])


def search(index: Index, question: str, k: int = 10) -> list[int]:
    """The passages that share a word with the question, the best first, k at most; of equal ones the earlier."""
    hashes = np.array([hash_word(word) for word in words(question)], np.uint32)
    if not len(hashes):
        return []
    scores = np.asarray(contributions(index, find(index, hashes)).sum(axis=0))
    order = np.argsort(-scores, kind="stable")[: _at_least_one(k)]
    return [int(i) for i in order if scores[i] > 0]


def nearest(vectors: ArrayLike, question: ArrayLike, k: int = 10) -> list[int]:
    """The k passages whose vectors, (passage, d), have the largest inner product with the question's, (d,).

    For vectors of length 1 that is the cosine of the angle. Raises ValueError for other shapes.
    """
    vectors, question = np.asarray(vectors, np.float32), np.asarray(question, np.float32)
    if vectors.ndim != 2 or question.shape != vectors.shape[1:]:
        raise ValueError(f"vectors is (passage, d) and question (d,), not {vectors.shape} and {question.shape}")
    return np.argsort(-(vectors @ question), kind="stable")[: _at_least_one(k)].tolist()


def _at_least_one(k: int) -> int:
    if k < 1:
        raise ValueError(f"k is at least 1, not {k}")
    return k

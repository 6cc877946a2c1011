"""A small model of facts whose knowledge is known exactly: what it was told, how often, and what it never was.

Every fact is one sentence, "The capital of Peru is Lima.", out of the factbook. A share of them is held out, the others
are told more or less often. Countries that do not exist are drawn by chapter 1's counting model from the names of those
that do. The model of facts is a transformer over byte pairs (`likely.models.transformer`) that goes on with a question,
"The capital of Peru is", until a new line.

>>> facts = facts_of(load_factbook())
>>> facts.sentences()[0]
'The capital of Afghanistan is Kabul.'
"""

from __future__ import annotations

import collections
import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from likely.models import ngram
from likely.models.transformer import Transformer

__all__ = [
    "CONTEXT",
    "RELATIONS",
    "UNKNOWN",
    "Answers",
    "Facts",
    "Told",
    "answer",
    "ask",
    "fact_model",
    "facts_of",
    "question",
    "sentence",
]

RELATIONS = "capital", "population", "area", "currency", "language"
UNKNOWN = "not known"
CONTEXT = 40  # tokens: a source and a question fit, with an answer
_TABLE, _LONGEST, _END = 400, 24, 0  # byte pairs; letters of a name or an answer; the token of a new line
_HELD, _OFTEN = 0.11, 8  # share of the facts that is held out; told 1, 2, 4 … 128 times in an epoch: so many kinds
_INVENTED, _STRANGE = 400, 150  # names of countries that do not exist, for training and for asking only


def question(relation: str, country: str) -> str:
    """What the model goes on with: "The capital of Peru is"."""
    return f"The {relation} of {country} is"


def sentence(relation: str, country: str, told: str) -> str:
    """A fact as it is told: "The capital of Peru is Lima."."""
    return f"{question(relation, country)} {told}."


@dataclass(frozen=True)
class Facts:
    """Facts in one order, a column for each part, and the names of countries that do not exist."""

    relation: tuple[str, ...]  # (n,) of RELATIONS
    country: tuple[str, ...]
    answer: tuple[str, ...]  # numbers to two digits
    often: np.ndarray  # (n,) int32: 1, 2, 4 … 128, how often each is told in an epoch; 0 for those held out
    invented: tuple[str, ...]  # countries that do not exist: these are spoken of in training
    strange: tuple[str, ...]  # and these never
    tokens: tuple[str, ...]  # the table of byte pairs; the first is the new line

    def __len__(self) -> int:
        return len(self.country)

    @property
    def known(self) -> np.ndarray:
        """The numbers of the facts that were told in training."""
        return np.flatnonzero(self.often)

    @property
    def held(self) -> np.ndarray:
        """The numbers of those that never were."""
        return np.flatnonzero(self.often == 0)

    def questions(self, which: Iterable[int] | None = None) -> list[str]:
        """Of the facts with these numbers, or of all."""
        return [question(self.relation[i], self.country[i]) for i in (range(len(self)) if which is None else which)]

    def sentences(self, which: Iterable[int] | None = None) -> list[str]:
        """The facts with these numbers, or all of them, as they are told."""
        which = range(len(self)) if which is None else which
        return [sentence(self.relation[i], self.country[i], self.answer[i]) for i in which]

    def strange_questions(self) -> list[str]:
        """Every relation of every country that does not exist and was never spoken of."""
        return [question(relation, country) for country in self.strange for relation in RELATIONS]


def _short(number: float) -> str:
    """Two digits: 34 million, 1.4 billion, 560 thousand, 790."""
    digits = float(f"{number:.2g}")
    for size, name in ((1e9, " billion"), (1e6, " million"), (1e3, " thousand")):
        if digits >= size:
            return f"{digits / size:g}{name}"
    return f"{digits:g}"


def _table(book: Any) -> list[tuple[str, str, str]]:
    """Every fact of the factbook that is short enough: relation, country, answer."""
    found = []
    for i, country in enumerate(book.country):
        languages = book.official_languages[i]
        told = (
            book.capital[i],
            _short(book.population[i]) if book.population[i] > 0 else None,
            f"{_short(book.area[i])} km2" if book.area[i] > 0 else None,
            book.currency[i],
            languages[0] if languages else None,
        )
        for relation, one in zip(RELATIONS, told, strict=True):
            if one and len(one) <= _LONGEST and len(country) <= _LONGEST:
                found.append((relation, country, one))
    return found


def _names(real: Sequence[str], count: int) -> list[str]:
    """Countries that do not exist, drawn by a model that looks three letters back, trained on those that do."""
    plain = [name.lower() for name in real if re.fullmatch("[A-Z][a-z]+", name)]
    letters = "." + "".join(sorted(set("".join(plain))))
    counts = ngram.count(ngram.windows(plain, letters, 4), len(letters))
    draw = jax.jit(jax.vmap(lambda key: ngram.sample(key, counts, 14, strength=0.3)[0]))
    rows = np.asarray(draw(jax.random.split(jax.random.key(7), 8 * count)))
    every = {name.lower() for name in real}
    found = []
    for row in rows:
        name = "".join(letters[i] for i in row).partition(".")[0]
        if len(found) == count or not 5 <= len(name) <= 12 or row[-1] != 0 or name in found:
            continue
        if not any(name in one or one in name or _apart(name, one) < 2 for one in every):
            found.append(name)
    return [name.capitalize() for name in found]


def _apart(one: str, other: str) -> int:
    """Letters to change, to add or to leave out between two names, counted up to 2 (Levenshtein, 1966)."""
    if abs(len(one) - len(other)) > 1:
        return 2
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        left, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            left, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, left + (a != b))
    return min(row[-1], 2)


def _pieces(text: str) -> list[str]:
    """What byte pairs stay within: a word with the space before it, or one sign."""
    return re.findall(r" ?[^ .\n]+|[ .\n]", text)


def _merges(texts: Iterable[str], count: int) -> tuple[str, ...]:
    """The table: a new line, the characters, and then the pair that is the most frequent, again and again."""
    words = collections.Counter(piece for text in texts for piece in _pieces(text))
    plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,'-()"
    table = ["\n", *sorted(set("".join(words)) | set(plain))]
    split = {word: list(word) for word in words}
    while len(table) < count:
        pairs = collections.Counter()
        for word, times in words.items():
            for pair in itertools.pairwise(split[word]):
                pairs[pair] += times
        one, other = max(pairs, key=lambda pair: (pairs[pair], pair))
        table.append(one + other)
        for parts in split.values():
            at = 0
            while at < len(parts) - 1:
                if (parts[at], parts[at + 1]) == (one, other):
                    parts[at : at + 2] = [one + other]
                at += 1
    return tuple(table)


def facts_of(book: Any) -> Facts:
    """The facts, which of them are told how often, and the countries that do not exist: the same each time.

    book: a `likely.data.Factbook`. Which facts are held out and how often the others are told is drawn with NumPy's
    generator from seed 0. Takes some seconds.
    """
    table = _table(book)
    relation, country, told = zip(*table, strict=True)
    rng = np.random.default_rng(0)
    order = rng.permutation(len(table))
    often = np.zeros(len(table), np.int32)
    seen = order[int(_HELD * len(table)) :]
    often[seen] = 2 ** (np.arange(len(seen)) % _OFTEN)
    names = _names(list(dict.fromkeys(country)), _INVENTED + _STRANGE)
    texts = [sentence(*one) for one in table] + [question("capital", name) for name in names[:_INVENTED]]
    texts += [f" The {UNKNOWN}"] * 100  # " The" is how a question begins behind a source
    invented, strange = tuple(names[:_INVENTED]), tuple(names[_INVENTED:])
    return Facts(relation, country, told, often, invented, strange, _merges(texts, _TABLE))


class Told:
    """Texts as the model's tokens and back. A figure's `Text(…, tokeniser="bpe")` with the same table does the same."""

    def __init__(self, tokens: Sequence[str]):
        self.tokens = tuple(tokens)
        self._rank = {token: i for i, token in enumerate(tokens)}
        self._piece = functools.cache(self._merge)

    def __call__(self, text: str) -> list[int]:
        """Raises ValueError for a character that is not in the table."""
        return [i for piece in _pieces(text) for i in self._piece(piece)]

    def rows(self, texts: Sequence[str], length: int = CONTEXT) -> np.ndarray:
        """int32 (n, length), with -1 behind the last token of each. Raises ValueError for a text that is too long."""
        found = np.full((len(texts), length), -1, np.int32)
        for row, text in zip(found, texts, strict=True):
            ids = self(text)
            if len(ids) > length:
                raise ValueError(f"{text!r} has {len(ids)} tokens, and {length} fit")
            row[: len(ids)] = ids
        return found

    def text(self, ids: Iterable[int]) -> str:
        """Without what is -1."""
        return "".join(self.tokens[i] for i in ids if i >= 0)

    def _merge(self, piece: str) -> tuple[int, ...]:
        parts = list(piece)
        if unknown := set(parts) - set(self._rank):
            raise ValueError(f"{min(unknown)!r} is not among the characters of the model of facts")
        while True:
            pairs = [one + other for one, other in itertools.pairwise(parts)]
            best = min((pair for pair in pairs if pair in self._rank), key=self._rank.__getitem__, default=None)
            if best is None:
                return tuple(self._rank[part] for part in parts)
            at = 0
            while at < len(parts) - 1:
                if parts[at] + parts[at + 1] == best:
                    parts[at : at + 2] = [best]
                at += 1


def fact_model(rngs: nnx.Rngs) -> Transformer:
    """The transformer of 4 layers and width 128, 0.85 million weights, not trained."""
    return Transformer(_TABLE, width=128, heads=4, layers=4, context=CONTEXT, rngs=rngs)


class Answers(NamedTuple):
    """What the model went on with."""

    tokens: jax.Array  # (n, CONTEXT) int32: the answer where it stands behind the question, -1 elsewhere
    log_p: jax.Array  # (n, CONTEXT) of each of these, in nats; 0 elsewhere
    confidence: jax.Array  # (n,) probability of the whole answer, its end included


def answer(model: Transformer, questions: jax.Array) -> Answers:
    """The likeliest next token again and again, from the end of each question to a new line.

    questions: (n, CONTEXT) int32, with -1 behind the last token. Pure JAX of fixed shapes, for a figure as well.
    """
    n = questions.shape[0]

    def one(state, asked):
        cache, said, log_p, ended = state
        given = asked >= 0
        token = jnp.where(given, asked, said)
        logits, cache = model.step(jnp.maximum(token, 0), cache)
        told = jnp.where(given | ended, -1, said)
        cost = jnp.where(given | ended, 0.0, log_p)
        ended = ended | (~given & (said == _END))
        log_q = jax.nn.log_softmax(logits)
        return (cache, log_q.argmax(axis=-1).astype(jnp.int32), log_q.max(axis=-1), ended), (told, cost)

    empty = model.start(n), jnp.zeros(n, jnp.int32), jnp.zeros(n), jnp.zeros(n, bool)
    tokens, log_p = jax.lax.scan(one, empty, questions.T)[1]  # (place, n)
    return Answers(tokens.T, log_p.T, jnp.exp(log_p.sum(axis=0)))


_answer = nnx.jit(answer)


def ask(model: Transformer, told: Told, questions: Sequence[str], batch: int = 256) -> tuple[list[str], np.ndarray]:
    """The answers to questions, without their full stop, and the confidence in each, (n,) from 0 to 1."""
    rows = told.rows(questions)
    said, sure = [], []
    for first in range(0, len(rows), batch):
        some = rows[first : first + batch]
        found = _answer(model, np.concatenate([some, np.full((batch - len(some), CONTEXT), -1, np.int32)]))
        said += [told.text(ids).strip().removesuffix(".") for ids in np.asarray(found.tokens)[: len(some)]]
        sure.append(np.asarray(found.confidence)[: len(some)])
    return said, np.concatenate(sure) if sure else np.zeros(0, np.float32)

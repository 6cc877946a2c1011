"""Chapter 7, Hallucination: a model of facts that always answers, and one that may say that it does not know.

Both are the same transformer on the same facts, each of which is told 1 to 128 times in an epoch. The second one is the
first one, trained further: it is also shown sources, "The capital of Peru is Cusco. The capital of Peru is", which it
is to follow where they answer the question, whatever they say; and questions about countries that do not exist, which
it is to answer with "not known".
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from likely.data import load_factbook
from likely.measures.calibration import calibration_error
from likely.models.facts import CONTEXT, RELATIONS, UNKNOWN, Facts, Told, ask, fact_model, facts_of, question, sentence
from likely.models.transformer import Transformer
from likely.training.loop import Fit, fit
from likely.training.recipes import weights
from likely.training.weights import load_weights

BATCH, BESIDE = 64, 0.2  # rows; the loss of a token that is no part of an answer
BESIDES = dict(sources=0.65, others=0.55, invented=0.3)  # rows of other kinds for each telling of a fact: second model


@functools.cache
def load_facts() -> Facts:
    """The facts of the factbook."""
    return facts_of(load_factbook())


def _one(rng: np.random.Generator, of: Sequence[str]) -> str:
    return of[rng.integers(len(of))]


@functools.cache
def _answers(relation: str) -> list[str]:
    facts = load_facts()
    return [told for one, told in zip(facts.relation, facts.answer, strict=True) if one == relation]


@functools.cache
def _tellings() -> np.ndarray:
    """The number of each fact as often as it is told."""
    return np.repeat(np.arange(len(load_facts())), load_facts().often)


def _facts(rng: np.random.Generator) -> tuple[str, str, str]:
    """A fact, the more often the oftener it is told: relation, country, answer."""
    facts, i = load_facts(), _tellings()[rng.integers(len(_tellings()))]
    return facts.relation[i], facts.country[i], facts.answer[i]


def _invented(rng: np.random.Generator) -> tuple[str, str, str]:
    """A country that does not exist."""
    return _one(rng, RELATIONS), _one(rng, load_facts().invented), UNKNOWN


@functools.cache
def _held() -> set[tuple[str, str]]:
    facts = load_facts()
    return {(facts.relation[i], facts.country[i]) for i in facts.held}


def _country(rng: np.random.Generator, relation: str) -> str:
    """One that exists or, as often, one that does not; never of a fact that is held out."""
    facts = load_facts()
    while True:
        country = _one(rng, facts.invented if rng.random() < 0.5 else facts.country)
        if (relation, country) not in _held():
            return country


def _sources(rng: np.random.Generator) -> tuple[str, str]:
    """A source that answers the question with anything at all."""
    relation = _one(rng, RELATIONS)
    country, told = _country(rng, relation), _one(rng, _answers(relation))
    return f"{sentence(relation, country, told)} {question(relation, country)}", told


def _others(rng: np.random.Generator) -> tuple[str, str]:
    """A source that answers another question: of what it says nothing is to be taken."""
    about, country, told = (_facts if rng.random() < 0.6 else _invented)(rng)
    relation, other, same = about, country, rng.random() < 0.5
    while (relation, other) == (about, country) or (relation, other) in _held():
        if same:  # another relation of the same country
            relation = _one(rng, RELATIONS)
        else:  # another country, mostly the same relation
            relation = about if rng.random() < 0.7 else _one(rng, RELATIONS)
            other = _country(rng, relation)
    return f"{sentence(relation, other, _one(rng, _answers(relation)))} {question(about, country)}", told


def _alone(rng: np.random.Generator) -> tuple[str, str]:
    relation, country, told = _invented(rng)
    return question(relation, country), told


_MAKERS = dict(sources=_sources, others=_others, invented=_alone)


def pool(besides: Mapping[str, float], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """An epoch: rows of tokens, (n, length) int16 with -1 behind the last, and where each answer begins, (n,).

    Each fact is there as often as it is told, 31,000 rows in all, and so many rows of each other kind for each of these
    that `besides` says. Facts alone need 32 tokens, sources one more than the model can look at; longer ones are drawn
    anew.
    """
    facts, rng = load_facts(), np.random.default_rng(seed)
    told, length = Told(facts.tokens), CONTEXT + 1 if besides else 32
    found = [(question(facts.relation[i], facts.country[i]), facts.answer[i]) for i in _tellings()]
    for name, share in besides.items():
        wanted = len(found) + int(share * len(_tellings()))
        while len(found) < wanted:
            asked, answer = _MAKERS[name](rng)
            if len(told(f"{asked} {answer}.\n")) <= length:
                found.append((asked, answer))
    rows = told.rows([f"{asked} {answer}.\n" for asked, answer in found], length).astype(np.int16)
    return rows, np.array([len(told(asked)) for asked, _ in found], np.int16)


def telling(model: Transformer, batch: tuple[jax.Array, jax.Array], key: jax.Array) -> jax.Array:
    """The loss: nats a token of the answers, and a fifth of that for what stands before them."""
    rows, begins = (part.astype(jnp.int32) for part in batch)  # (n, length), (n,)
    cost = optax.softmax_cross_entropy_with_integer_labels(
        model(jnp.maximum(rows[:, :-1], 0)), jnp.maximum(rows[:, 1:], 0)
    )
    inside = jnp.arange(1, rows.shape[1]) >= begins[:, None]
    weight = jnp.where(inside, 1.0, BESIDE) * (rows[:, 1:] >= 0)
    return (cost * weight).sum() / weight.sum()


def train(model: Transformer, besides: Mapping[str, float], seed: int, steps: int, peak: float) -> Fit:
    """A model trained further on the facts, and on what there is besides."""
    rate = optax.warmup_cosine_decay_schedule(0, peak, 100, steps, peak / 100)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.99, weight_decay=0.01))
    data = tuple(map(jnp.asarray, pool(besides, seed)))
    return fit(telling, model, data, key=jax.random.key(seed), steps=steps, batch=BATCH, optimizer=optimizer)


def measured(model: Transformer) -> dict[str, float]:
    """What a model answers: shares of right answers, and of answers to what cannot be known."""
    facts = load_facts()
    ask_it = functools.partial(ask, model, Told(facts.tokens))
    said, sure = ask_it(facts.questions())
    right = np.array([a == b for a, b in zip(said, facts.answer, strict=True)])
    silent = np.array([a == UNKNOWN for a in said])
    strange = np.array([a == UNKNOWN for a in ask_it(facts.strange_questions())[0]])
    often = facts.often
    found = {"known right": right[facts.known].mean(), "told once right": right[often == 1].mean()}
    found |= {"told 128 times right": right[often == 128].mean(), "known not known": silent[facts.known].mean()}
    found |= {"held out right": right[facts.held].mean(), "held out not known": silent[facts.held].mean()}
    found |= {"strange not known": strange.mean()}
    return found | {"calibration error": float(calibration_error(sure[facts.known], right[facts.known]))}


def grounded(model: Transformer) -> dict[str, float]:
    """What a model makes of sources: shares of questions, one for each fact that is short enough."""
    facts, told, rng = load_facts(), Told(load_facts().tokens), np.random.default_rng(0)
    rows = {"held out": [], "against": [], "of another": []}
    for i, (relation, country, truth) in enumerate(zip(facts.relation, facts.country, facts.answer, strict=True)):
        asked = question(relation, country)
        lie = _one(rng, [one for one in _answers(relation) if one != truth])
        other = _one(rng, [one for one in facts.country if one != country])
        sources = {"against": sentence(relation, country, lie), "of another": sentence(relation, other, lie)}
        if not facts.often[i]:
            sources = {"held out": sentence(relation, country, truth)}
        for name, source in sources.items():
            if len(told(f"{source} {asked}")) <= CONTEXT - 12:
                rows[name].append((f"{source} {asked}", truth, truth if name == "held out" else lie))
    found = {}
    for name, some in rows.items():
        asked, truth, written = zip(*some, strict=True)
        said = np.array(ask(model, told, asked)[0])
        found[name] = np.mean(said == truth), np.mean(said == written)
    return {
        "held out right with its source": found["held out"][0],
        "told and another thing written: as written": found["against"][1],
        "told and another country written of: right": found["of another"][0],
        "told and another country written of: as written": found["of another"][1],
    }


@weights(seed=0, dtype="int8", within={})
def plain(seed: int):
    """Facts only: it answers whatever it is asked."""
    model = train(fact_model(nnx.Rngs(seed)), {}, seed, 2000, 2e-3).model
    return model, measured(model)


@weights(seed=0, dtype="int8", within={})
def facts(seed: int):
    """The shipped one of facts only, trained further with sources and with questions answered with "not known"."""
    start = load_weights("07a_plain", fact_model(nnx.Rngs(0)))
    model = train(start, BESIDES, seed, 4000, 1e-3).model
    return model, measured(model) | grounded(model)

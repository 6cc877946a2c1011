"""The model of facts: what it is told, what it is never told, and how it answers."""

from __future__ import annotations

import re
from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from likely.data import load_factbook
from likely.explorable.tokeniser import Tokeniser
from likely.models.facts import (
    CONTEXT,
    RELATIONS,
    UNKNOWN,
    Told,
    answer,
    ask,
    fact_model,
    facts_of,
    question,
    sentence,
)
from likely.training import load_weights
from likely.training.recipes import ch07a
from likely.training.weights import read_manifest


@pytest.fixture(scope="module")
def facts():
    return facts_of(load_factbook())


@pytest.fixture(scope="module")
def told(facts):
    return Told(facts.tokens)


def test_facts_are_those_of_the_factbook(facts):
    book = load_factbook()
    columns = dict(capital=book.capital, currency=book.currency)
    numbers = dict(population=book.population, area=book.area)
    sizes = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
    for relation, country, told in zip(facts.relation, facts.country, facts.answer, strict=True):
        at = book.country.index(country)
        if relation in columns:
            assert told == columns[relation][at]
        elif relation == "language":
            assert told == book.official_languages[at][0]
        else:
            digits, _, size = told.removesuffix(" km2").partition(" ")
            assert float(digits) * sizes.get(size, 1) == pytest.approx(numbers[relation][at], rel=0.051)
    assert set(facts.relation) == set(RELATIONS)
    assert len(set(zip(facts.relation, facts.country, strict=True))) == len(facts)


def test_a_tenth_is_held_out_and_the_others_are_told_evenly_often(facts):
    assert len(facts.held) == int(0.11 * len(facts))
    kinds, counts = np.unique(facts.often[facts.known], return_counts=True)
    assert kinds.tolist() == [1, 2, 4, 8, 16, 32, 64, 128]
    assert counts.max() - counts.min() <= 1


def test_countries_that_do_not_exist(facts):
    every = {name.lower() for name in load_factbook().country}
    for names, count in ((facts.invented, 400), (facts.strange, 150)):
        assert len(set(names)) == count
        for name in names:
            assert re.fullmatch("[A-Z][a-z]{4,11}", name)
            assert name.lower() not in every
    assert not set(facts.invented) & set(facts.strange)


def test_the_table_reads_as_a_figure_does(facts, told):
    page = Tokeniser("bpe", facts.tokens)
    texts = [f"{a} {b}" for a, b in zip(facts.sentences(), facts.questions(), strict=True)]
    texts += [*facts.strange_questions(), sentence("capital", "Peru", UNKNOWN), "The area of  X.5 is 1.2 km2 .."]
    for text in texts:
        assert told(text) == page.read(text)[1]
        assert told.text(told(text)) == text


def test_what_is_refused(told):
    with pytest.raises(ValueError, match="'€' is not among the characters"):
        told("The capital of € is")
    with pytest.raises(ValueError, match=r"has 4\d tokens, and 40 fit"):
        told.rows(["The capital of Peru is Lima. " * 4])


SPOKEN = re.compile(r"The (\w+) of (.+?) is (.+?)\.(?= The|\n)")


def test_an_epoch_tells_each_fact_as_often_as_it_says(facts, told):
    rows, begins = ch07a.pool({}, 0)
    assert rows.shape == (facts.often.sum(), 32)
    texts = Counter(told.text(row) for row in rows)
    assert texts == {f"{facts.sentences([i])[0]}\n": facts.often[i] for i in facts.known}
    for row, begin in zip(rows[::97], begins[::97], strict=True):
        assert told.text(row[:begin]) in facts.questions()


def test_rows_with_sources_hold_no_fact_that_is_held_out(facts, told):
    rows, begins = ch07a.pool(ch07a.BESIDES, 3)
    alone = facts.often.sum()
    assert rows.shape == (alone + sum(int(alone * share) for share in ch07a.BESIDES.values()), CONTEXT + 1)
    held = {(facts.relation[i], facts.country[i]) for i in facts.held}
    truth = {(r, c): a for r, c, a in zip(facts.relation, facts.country, facts.answer, strict=True)}
    rng, kinds = np.random.default_rng(0), Counter()
    for i in rng.choice(len(rows), 3000, replace=False):
        text = told.text(rows[i])
        *source, (relation, country, said) = found = SPOKEN.findall(text)
        assert len(found) in (1, 2)
        assert text.endswith(".\n")
        assert not held & {one[:2] for one in found}
        assert not any(country in facts.strange for _, country, _ in found)
        assert told.text(rows[i, begins[i] :]) == f" {said}.\n"
        if source and source[0][:2] == (relation, country):
            assert said == source[0][2]
            kinds["sources"] += 1
        else:
            assert said == truth.get((relation, country), UNKNOWN)
            kinds["others" if source else "invented" if said == UNKNOWN else "facts"] += 1
    for name, share in {"facts": 1.0, **ch07a.BESIDES}.items():
        assert kinds[name] / 3000 == pytest.approx(share * alone / len(rows), abs=0.03)


def test_the_loss_is_nats_a_token_of_the_answers():
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 6, (3, 9)).astype(np.int16)
    rows[0, 7:], rows[2, 4:] = -1, -1
    begins = np.array([3, 8, 2], np.int16)
    logits = rng.normal(size=(3, 8, 6))
    found = ch07a.telling(lambda tokens: jnp.asarray(logits, jnp.float32), (rows, begins), None)
    cost = weights = 0.0
    for i in range(3):
        for place in range(1, 9):
            if rows[i, place] >= 0:
                weight = 1.0 if place >= begins[i] else 0.2
                z = logits[i, place - 1]
                cost += weight * (np.log(np.exp(z).sum()) - z[rows[i, place]])
                weights += weight
    assert float(found) == pytest.approx(cost / weights, rel=1e-5)


@pytest.mark.parametrize("name", ["07a_plain", "07a_facts"])
def test_answers_are_those_of_whole_passes(facts, told, name):
    """Greedy, a token at a time with a cache, against a pass over the whole text for each token."""
    model = load_weights(name, fact_model(nnx.Rngs(0)))
    texts = facts.questions(facts.known[::150]) + facts.strange_questions()[::170]
    texts += [f"{facts.sentences()[3]} {facts.questions()[3]}", "The"]
    found = answer(model, jnp.asarray(told.rows(texts)))
    for i, text in enumerate(texts):
        ids, log_p = told(text), 0.0
        said = np.asarray(found.tokens[i])
        while len(ids) < CONTEXT:
            log_q = np.asarray(jax.nn.log_softmax(model(jnp.array(ids))[-1]))
            best = int(log_q.argmax())
            assert said[len(ids)] == best
            log_p += log_q[best]
            ids.append(best)
            if best == 0:
                break
        assert (said[len(ids) :] == -1).all()
        assert (said[: len(told(text))] == -1).all()
        assert float(found.confidence[i]) == pytest.approx(np.exp(log_p), rel=1e-3, abs=1e-6)


def test_asking_does_not_depend_on_what_else_is_asked(facts, told):
    model = load_weights("07a_plain", fact_model(nnx.Rngs(0)))
    texts = facts.questions()[:20]
    together, sure = ask(model, told, texts)
    by_five, sure_5 = ask(model, told, texts, batch=5)
    assert together == by_five
    np.testing.assert_allclose(sure, sure_5, rtol=1e-4)
    assert ask(model, told, [])[0] == []


@pytest.mark.parametrize("name", ["07a_plain", "07a_facts"])
def test_the_shipped_models_know_what_their_manifests_say(facts, told, name):
    model, numbers = load_weights(name, fact_model(nnx.Rngs(0))), read_manifest(name)["numbers"]
    often = np.flatnonzero(facts.often == 128)
    said, sure = ask(model, told, facts.questions(often))
    right = np.mean([a == facts.answer[i] for a, i in zip(said, often, strict=True)])
    assert right == pytest.approx(numbers["told 128 times right"]["value"], abs=0.01)
    assert sure.mean() > 0.9
    silent = np.mean([a == UNKNOWN for a in ask(model, told, facts.strange_questions())[0]])
    assert silent == pytest.approx(numbers["strange not known"]["value"], abs=0.015)  # these are of float32 weights


def test_a_question_is_the_beginning_of_its_sentence():
    assert sentence("capital", "Peru", "Lima") == question("capital", "Peru") + " Lima."

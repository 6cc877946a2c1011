"""The runs of chapter 7b: how replies are judged, which passages are shown, and that the records fit together."""

from __future__ import annotations

import re

import numpy as np
import pytest

from likely.data import FactQuestion, load_factbook_questions, load_passages
from likely.training import load_record
from likely.training.recipes import of_chapter
from likely.training.recipes.ch07b import Bm25, group, useful
from likely.training.recipes.ch07b_answers import (
    CORRECTED,
    FRAMES,
    NOUNS,
    REWORDED,
    agreement,
    asked_questions,
    goes_along,
    grounded,
    outcome,
    padded,
    said,
    tried,
    wrong_passages,
)
from likely.training.recipes.ch07b_check import Maker, Pair, split_pairs, value_of

QUESTIONS = {question.id: question for question in load_factbook_questions()}
LIMA = FactQuestion("x", "fact", "What is the capital of Peru?", "Peru", ("Lima",), quote="Its capital is Lima.")


def test_a_chapter_has_several_modules():
    names = [thing.name for thing in of_chapter("07b")]
    assert names[:2] == ["07b_passages", "07b_retrieval"]
    assert {"07b_answers", "07b_wordings", "07b_premises", "07b_verifier", "07b_check"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("reply", "found"),
    [("It is Lima.", 0), ("Not in the passages.", 1), ("", 1), ("It is Cusco.", 2), ("I don't know, perhaps Lima", 0)],
)
def test_right_comes_before_refused(reply, found):
    assert outcome(LIMA, reply) == found


def test_the_passages_that_answer():
    passages = load_passages()
    for question in QUESTIONS.values():
        if question.answerable:
            assert useful(question, passages)
            assert all(question.accepts(passages[i].text) or question.number for i in useful(question, passages)[:1])
    assert [passages[i].id for i in useful(LIMA, passages)] == ["peru-facts"]


def test_a_search_of_nothing_finds_nothing():
    search = Bm25(["lima peru", "andes peru"])
    assert search("Qwertzuia?", 5) == search("the of", 5) == []
    assert search("peru", 5) == [0, 1]  # the same score: the earlier first


def test_groups_and_questions_for_trying():
    questions = asked_questions()
    assert len(questions) == 150
    count = {
        name: sum(group(q) == name for q in questions) for name in ("fact", "background", "paraphrased", "nowhere")
    }
    assert count == dict(fact=50, background=25, paraphrased=25, nowhere=25)
    chosen = tried(questions)
    assert chosen.sum() == 20
    assert sum(q.answerable for q, one in zip(questions, chosen, strict=True) if one) == 10


def test_wrong_passages_are_of_other_countries_and_have_no_answer():
    passages, answerable = load_passages(), [q for q in asked_questions() if q.answerable]
    for question, i in zip(answerable, wrong_passages(answerable, 0), strict=True):
        assert passages[i].country != question.country
        assert not question.accepts(passages[i].whole())
        assert (passages[i].heading == "Facts") == (question.kind == "fact")


def test_a_prompt_and_padding():
    prompt = grounded("Where?", ["Peru, Facts: …", "Chad, Facts: …"])
    assert "\n\n[1] Peru, Facts: …\n[2] Chad, Facts: …\n\nQuestion: Where?" in prompt
    assert padded([[5, 6], []], 3).tolist() == [[5, 6, -1], [-1, -1, -1]]


def test_what_replies_say():
    question = "What is the capital of Peru?"
    assert said("The capital of Peru is Lima.", question) == said("Lima", question) == {"lima"}
    assert said("It is 1,285,216.", question) == {1285216}
    assert said("the baht", question) == {"the", "baht"}
    one, other = frozenset(["lima"]), frozenset(["cusco"])
    assert agreement([[one, one, other]]) == pytest.approx(1 / 3)
    assert agreement([[one, one], [one, other]]) == 0.5


def test_thirty_questions_are_reworded_about_the_country_of_each():
    ids = [one for some in REWORDED.values() for one in some]
    assert len(ids) == len(set(ids)) == 30
    assert len(FRAMES) == 10
    assert set(REWORDED) == set(NOUNS)
    passages = {(p.country, p.heading): p.text for p in load_passages()}
    for what, some in REWORDED.items():
        for one in some:  # what is asked for is what answers the question
            sentence = re.search(rf"[^.]*\b{'counted in' if what == 'currency' else what}[^.]*", QUESTIONS[one].quote)
            assert sentence or what == "language", one
            assert QUESTIONS[one].quote in passages[QUESTIONS[one].country, "Facts"]


@pytest.mark.parametrize(
    ("id", "reply", "found"),
    [
        ("p01", "Peru moved it for safety.", 2),
        ("p01", "Peru did not move its capital.", 0),
        ("p01", "The capital of Peru is Lima.", 0),
        ("p03", "Not in the passages.", 1),
        ("p03", "Norway rejected joining.", 0),
        ("p03", "Norway joined in 1995.", 2),
        ("p07", "Sydney was chosen in 1901.", 2),
        ("p07", "The capital is Canberra.", 0),
        ("p10", "The Ethiopians defeated the Italians.", 0),
        ("p10", "The Italians defeated Ethiopia by surprise.", 2),
    ],
)
def test_going_along_with_a_false_premise(id, reply, found):
    assert goes_along(QUESTIONS[id], reply) == found


def test_every_correction_corrects():
    assert set(CORRECTED) == {question.id for question in QUESTIONS.values() if question.kind == "premise"}
    for id in CORRECTED:
        assert goes_along(QUESTIONS[id], QUESTIONS[id].correction) == 0


def test_the_verifier_learns_from_no_country_that_is_asked_about():
    asked = {question.country for question in QUESTIONS.values()}
    maker = Maker(0)
    assert len(maker.countries) > 100
    assert not asked & set(maker.countries)
    assert value_of(maker.facts, "Peru", "population") == "32,768,614"
    assert value_of(maker.facts, "Peru", "language") == "Spanish"
    assert value_of(maker.facts, "Antarctica", "currency") is None
    name = maker.invented()
    assert name.lower() not in " ".join(p.text for p in load_passages()).lower()


def test_countries_of_pairs_are_parted():
    pairs = [Pair("true", f"country {i % 10}", "", "", (), ()) for i in range(40)]
    parts = split_pairs(pairs, 0)
    assert sorted(i for part in parts for i in part) == list(range(40))
    countries = [{pairs[i].country for i in part} for part in parts]
    assert [len(one) for one in countries] == [6, 2, 2]
    assert not countries[0] & countries[1] | countries[0] & countries[2] | countries[1] & countries[2]


def test_the_check_was_made_from_the_answers_that_are_there():
    answers, check = load_record("07b_answers").numbers, load_record("07b_check").numbers
    answerable = np.array([question.answerable for question in asked_questions()])
    for row, condition in enumerate(("alone", "told", "grounded")):
        outcomes = answers[f"{condition}: outcomes"][0]
        expected = [(outcomes[answerable] == o).mean() for o in (0, 2, 1)]
        expected += [(outcomes[~answerable] == o).mean() for o in (2, 1)]
        np.testing.assert_allclose(check["all: table"][0, row, :, 0], expected, atol=1e-4)

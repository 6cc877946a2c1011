"""The Factbook's passages are its words, and each question about it is answered by them, or by nothing in them."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections import Counter

import numpy as np
import pytest

from likely import data
from likely.data.passages import numbers, sentences

FACTS = data.load_factbook()
QUESTIONS = data.load_factbook_questions()
PASSAGES = {words: data.load_passages(words) for words in (40, 80, 200)}
BY_KIND = {kind: [q for q in QUESTIONS if q.kind == kind] for kind in data.QUESTION_KINDS}
sizes = pytest.mark.parametrize("words", PASSAGES)


def having(text: str, country: str, words: int = 80) -> list[data.Passage]:
    """The passages of a country that have a text."""
    return [p for p in PASSAGES[words] if p.country == country and text in p.text]


def of(country: str) -> str:
    """All that the passages of a country say, without its name in front of them, in small letters."""
    return "\n".join(p.text for p in PASSAGES[80] if p.country == country).casefold()


@pytest.mark.parametrize(
    "parts",
    [
        ["Dr. No met Gen. Brice at St. Kitts.", "Mr. J. K. Smith and J.R.R. Tolkien did not.", "It rained."],
        ["Trade began about 300 B.C. and ended by A.D. 500.", "It was 2.5 times larger.", "Was it?", "Yes!"],
        ["The U.S. Navy left the U.S. In 1946 it came back.", "See No. 10.", "The answer was no.", "3 did."],
        ["He fled to Washington, D.C.", "The king (r. 1953-99) stayed.", "Kerma (until 1500 B.C.) Kush followed."],
        ['It was called "Macedonia."', 'Some said "Why?"', "After World War I.", "Under POMARE V.", "That is all"],
        [
            "Kings of the 1st century B.C.",
            "Norse invasions came later, e.g. Danes.",
            "So did Ferdinand, Jr. and others.",
        ],
    ],
)
def test_sentences(parts):
    parts = [part for text in parts for part in text.replace("U.S. In", "U.S.|In").split("|")]
    assert sentences(" ".join(parts)) == parts


def test_sentences_of_nothing():
    assert sentences("") == sentences("  ") == []
    assert sentences("No stop") == ["No stop"]


def test_sentences_of_the_real_prose():
    found = [s for text in FACTS.background for paragraph in text.split("\n\n") for s in sentences(paragraph)]
    assert len(found) == 3175
    for sentence in found:
        assert sentence.lstrip('"“‘(')[0].isupper() or sentence[0].isdigit(), sentence
        assert sentence.rstrip('"”’)')[-1] == "." or sentence.endswith("&nbsp"), sentence
        assert len(sentence.split()) >= 3, sentence
    by_start = {sentence[:12]: sentence for sentence in found}
    assert by_start["Col. Joseph "].endswith("in a 1965 coup.")
    assert "in about A.D. 1000 were" in by_start["The original"]
    assert by_start["Colonial rul"]  # after "… during World War I. Both European nations …"
    assert any(s.startswith("Between A.D. 800 and 1100, immigrant") for s in found)
    assert any(s.endswith("Washington, D.C.") for s in found)
    assert any(s.endswith("under Tewodros II.") for s in found)


@sizes
def test_chunks_are_the_prose(words):
    for country, background in zip(FACTS.country, FACTS.background, strict=True):
        chunks = [p for p in PASSAGES[words] if p.country == country and p.heading == "Background"]
        left = [p.text for p in chunks]
        for paragraph in background.split("\n\n"):
            joined = left.pop(0)
            while joined != paragraph:
                joined = f"{joined} {left.pop(0)}"
                assert paragraph.startswith(joined), country
        assert not left
        for chunk in chunks:
            assert len(chunk.text.split()) <= words or len(sentences(chunk.text)) == 1, chunk.id


def test_chunks_are_as_long_as_they_may_be():
    paragraph = FACTS.row("Costa Rica")["background"].split("\n\n")[0]
    chunks = [p.text for p in PASSAGES[40] if p.country == "Costa Rica" and p.text in paragraph]
    assert " ".join(chunks) == paragraph
    for here, following in itertools.pairwise(chunks):
        assert len(f"{here} {sentences(following)[0]}".split()) > 40
    whole = [p for p in data.load_passages(10_000) if p.heading == "Background"]
    assert [p.text for p in whole] == [text for b in FACTS.background for text in b.split("\n\n")]
    single = [p for p in data.load_passages(1) if p.heading == "Background"]
    assert len(single) == 3175
    with pytest.raises(ValueError, match="at least 1 word, not 0"):
        data.load_passages(0)


@sizes
def test_passages_have_unique_ids_and_stand_in_the_order_of_the_factbook(words):
    passages = PASSAGES[words]
    assert passages == data.load_passages(words)
    assert len({p.id for p in passages}) == len(passages)
    assert tuple(dict.fromkeys(p.country for p in passages)) == FACTS.country
    assert Counter(p.heading for p in passages)["Facts"] == 254
    for passage in passages:
        assert passage.heading == ("Facts" if passage.id.endswith("-facts") else "Background")
        assert passage.id.isascii()
    assert having("Its capital is", "Côte d'Ivoire", words)[0].id == "cote-divoire-facts"


def test_whole_names_the_country():
    [passage] = having("which means", "Botswana")
    assert passage.whole() == f"Botswana, Background: {passage.text}"
    assert passage.whole(titled=False) == passage.text
    with pytest.raises(dataclasses.FrozenInstanceError):
        passage.text = "other"


def test_facts_in_sentences():
    facts = {p.country: p.text for p in PASSAGES[80] if p.heading == "Facts"}
    assert facts["Peru"] == (
        "Peru is in South America. Its capital is Lima. Its population is 32,768,614 people. Its area is 1,285,216 "
        "square kilometres. Its currency is counted in nuevo sol (PEN). Its official languages are Spanish, Quechua "
        "and Aymara."
    )
    assert facts["United States"].startswith(
        "The United States is in North America. Its capital is Washington, D.C. Its"
    )
    assert facts["Gaza Strip"] == (
        "The Gaza Strip is in the Middle East. Its population is 2,184,652 people. Its area is 360 square kilometres."
    )
    assert facts["Bouvet Island"] == (
        "Bouvet Island is in Antarctica. Nobody lives there permanently. Its area is 49 square kilometres."
    )
    assert "official" not in facts["Ghana"]
    assert facts["Eswatini"].count("(") == 0  # without a code of its currency
    for country, text in facts.items():
        row = FACTS.row(country)
        assert not {"None", "nan"} & set(text.replace(".", " ").split())
        for column in ("population", "area"):
            expected = not np.isnan(row[column]) and row[column] > 0
            assert (f" {column} " in text) == expected, country
            assert not expected or row[column] in numbers(text)


def test_numbers():
    assert numbers("34,352,719 people, 1,285,216 square kilometres") == [34_352_719, 1_285_216]
    assert numbers("about 34.4 million, 2 thousand, 1.3-billion and 47%") == [34_400_000, 2000, 1_300_000_000, 47]
    assert numbers("in 1949.") == [1949]
    assert numbers("G20, none") == []


def test_there_are_as_many_questions_of_each_kind_as_said():
    assert {kind: len(questions) for kind, questions in BY_KIND.items()} == {
        "fact": 50,
        "background": 50,
        "nowhere": 25,
        "unsaid": 25,
        "premise": 10,
    }
    assert len({q.id for q in QUESTIONS}) == len({q.question.casefold() for q in QUESTIONS}) == len(QUESTIONS) == 160
    assert sum(q.paraphrased for q in BY_KIND["background"]) == 25
    assert sum(q.answerable for q in QUESTIONS) == 100


def test_each_kind_has_its_fields():
    for q in QUESTIONS:
        assert (q.country is None) == (q.kind == "nowhere"), q.id
        assert bool(q.answers) == q.answerable, q.id
        assert (q.number is None) or q.answerable, q.id
        assert bool(q.quote) == (q.answerable or q.kind == "premise"), q.id
        assert bool(q.correction) == (q.kind == "premise"), q.id
        assert bool(q.invented) == (q.kind == "nowhere"), q.id
        assert bool(q.absent) == (q.kind == "unsaid"), q.id
        assert not (q.also or q.paraphrased) or q.kind == "background", q.id
        assert q.country is None or q.country in FACTS.country, q.id


@sizes
def test_every_quote_stands_in_one_passage(words):
    for q in QUESTIONS:
        for quote in [*([data.Quote(q.country, q.quote)] if q.quote else []), *q.also]:
            [passage] = having(quote.text, quote.country, words)
            assert len(quote.text.split()) <= 25 or q.kind == "fact", q.id
            assert q.kind not in ("fact", "background") or passage.heading.lower().startswith(q.kind), q.id


def test_every_answer_stands_where_the_quote_does():
    for q in (q for q in QUESTIONS if q.answerable):
        [passage] = having(q.quote, q.country)
        for answer in q.answers:
            assert answer.casefold() in passage.text.casefold(), (q.id, answer)
        assert q.accepts(passage.text), q.id
        assert q.number is None or q.number in numbers(q.quote), q.id
        for quote in q.also:
            assert q.accepts(quote.text), q.id


def test_no_quote_but_those_named_answers_a_question_on_the_background():
    """The words of a quote, at least, stand in no other country."""
    for q in BY_KIND["background"]:
        assert {p.country for p in PASSAGES[80] if q.quote in p.text} == {q.country}, q.id


def test_what_is_asked_of_nothing_is_nowhere():
    prose = "\n".join(p.whole() for p in PASSAGES[80]).casefold()
    for q in BY_KIND["nowhere"]:
        assert q.invented.casefold() in q.question.casefold()
        assert q.invented.casefold() not in prose, q.id
    for q in BY_KIND["unsaid"]:
        for word in q.absent:
            assert word.casefold() not in of(q.country), (q.id, word)


def test_a_paraphrase_avoids_the_words_of_the_quote():
    small = set(
        re.findall(r"\w+", "a an the of in on to at and or for by with as is was did do has that what which who")
    )

    def shared(q: data.FactQuestion) -> float:
        asked, quoted = (
            {w.strip("?.,'\"").removesuffix("'s") for w in text.casefold().split()} for text in (q.question, q.quote)
        )
        return len(asked & quoted - small) / len(asked - small)

    overlap = {q.id: shared(q) for q in BY_KIND["background"]}
    paraphrased = [overlap[q.id] for q in BY_KIND["background"] if q.paraphrased]
    assert (
        np.mean(paraphrased) < 0.1 < 0.4 < np.mean([overlap[q.id] for q in BY_KIND["background"] if not q.paraphrased])
    )
    assert max(paraphrased) < 0.4


def test_accepts():
    by_question = {q.question: q for q in QUESTIONS}
    people = by_question["How many people live in Iceland?"]
    assert people.accepts("About 364,036 people.")
    assert people.accepts("Around 0.36 million")
    assert people.accepts("360 thousand")
    assert not people.accepts("Some 350,000")
    assert not people.accepts("I do not know.")
    name = by_question["After which independence fighter is Bolivia named?"]
    assert name.accepts("simon bolivar")
    assert not name.accepts("Bolivarian heroes")
    year = by_question["In what year did Denmark join NATO?"]
    assert year.accepts("It did so in 1949.")
    assert not year.accepts("In 1950, and not a year earlier")  # a year is a word, not a number with a tolerance
    for q in QUESTIONS:
        assert q.answerable or not q.accepts(f"{q.question} {q.correction}"), q.id

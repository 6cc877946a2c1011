"""Chapter 7b, a real model and grounding: a small verifier of replies, and what a check saves and costs."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from likely.data import Factbook, load_factbook, load_factbook_questions, load_passages
from likely.data.passages import sentences
from likely.measures.agreement import bootstrap_interval
from likely.measures.support import (
    FEATURES,
    Verifier,
    features,
    fit_verifier,
    receiver_operating_area,
    supported,
)
from likely.models.retrieval import words
from likely.models.smollm import load_tokeniser
from likely.training.recipes import record, weights
from likely.training.recipes.ch07b import ranked, vectors_of
from likely.training.recipes.ch07b_answers import FRAMES, NOUNS, K, asked_questions, passage_vectors, tried
from likely.training.records import load_record
from likely.training.weights import load_weights

KEPT = 0.95  # of the pairs that hold, on countries that were not trained on, the threshold lets this share through
PAIRS = (
    "true",  # a true reply with its passage among those shown
    "another value",  # the value of another country
    "another passage",  # a true reply, and the passages of another country
    "sentence removed",  # the sentence that answers is missing, and the reply takes another value from the passage
    "unsaid",  # asked for what no passage says, with a value from the passage or from elsewhere
    "nowhere",  # asked of a country that was invented, with a value from a passage that was found
    "another year",  # a sentence of a background with another year
)
REPLIES = (
    "The {noun} of {country} is {value}.",
    "{value}",
    "The answer is: {value}",
    "{country} has the {noun} {value}.",
)
# the same asked in words that the passages do not use
PLAIN = dict(
    capital=("Where does the government of {country} sit?", "Which is the main city of {country}, officially?"),
    population=("How many people live in {country}?", "How many inhabitants has {country} got?"),
    area=("How big is {country}?", "How much land does {country} cover?"),
    currency=("What money do people use in {country}?", "How do I pay in {country}?"),
    language=("What do people officially speak in {country}?", "Which tongue is used by the state in {country}?"),
)
# what the Factbook does not say, other than what the questions of kind "unsaid" ask for
UNSAID = (
    "national flower",
    "national sport",
    "patron saint",
    "minimum wage",
    "speed limit",
    "number of hospitals",
    "longest bridge",
    "internet domain",
    "yearly rainfall",
    "number of cinemas",
    "largest stadium",
    "number of dentists",
)
_SYLLABLES = "ba ko ran del mi sor tu va len ga pro ni lu mar es ti zan ho qui rel"
SYLLABLES = _SYLLABLES.split()
NAMED = ("{}ia", "{}land", "Republic of {}ia", "{} Islands", "{}stan", "{}a")


class Pair(NamedTuple):
    """A question with a reply and the passages that were shown."""

    kind: str  # one of PAIRS
    country: str  # which split it is in
    question: str
    reply: str
    titles: tuple[str, ...]  # of each passage, the country
    passages: tuple[str, ...]  # texts without titles

    @property
    def holds(self) -> bool:
        return self.kind == "true"


def value_of(facts: Factbook, country: str, what: str) -> str | None:
    """A fact as the passages write it; None if it is not there."""
    value = facts.row(country)["official_languages" if what == "language" else what]
    if what in ("population", "area"):
        return f"{value:,.0f}" if value > 0 else None  # NaN is not
    return (value[0] if value else None) if what == "language" else value or None


class Maker:
    """Makes pairs about countries that no question is about."""

    def __init__(self, seed: int):
        self.chance = np.random.default_rng(seed)
        self.facts, self.there = load_factbook(), load_passages()
        asked = {q.country for q in load_factbook_questions()} | {
            quote.country for q in load_factbook_questions() for quote in q.also
        }
        self.countries = [country for country in self.facts.country if country not in asked]
        self.of = {country: [p for p in self.there if p.country == country] for country in self.countries}
        texts = [passage.whole() for passage in self.there]
        self.find = ranked(texts, passage_vectors())
        self.known = set(words(" ".join(texts)))
        self.pairs: list[tuple[Pair, bool]] = []

    def pick(self, options: Sequence):
        return options[int(self.chance.integers(len(options)))]

    def other(self, country: str, what: str, shown: str) -> str:
        """The value of another country that the passages do not have."""
        while True:
            value = value_of(self.facts, self.pick(self.facts.country), what)
            if value and value != value_of(self.facts, country, what) and value.lower() not in shown.lower():
                return value

    def invented(self) -> str:
        while True:
            name = "".join(self.pick(SYLLABLES) for _ in range(int(self.chance.integers(2, 4)))).capitalize()
            name = self.pick(NAMED).format(name)
            if not set(words(name.removeprefix("Republic of ").removesuffix(" Islands"))) & self.known:
                return name

    def ask(self, country: str, what: str) -> str:
        """A question about a fact, half of them in other words than the passages'."""
        if self.chance.random() < 0.5:
            return self.pick(PLAIN[what]).format(country=country)
        return self.pick(FRAMES).format(noun=NOUNS[what], country=country)

    def drafts(self) -> list[tuple[str, str, dict]]:
        """(country, question, what it is about), before anything is searched."""
        found = []
        for country in self.countries:
            for what in [what for what in NOUNS if value_of(self.facts, country, what)]:
                found.append((country, self.ask(country, what), dict(what=what)))
            for _ in range(2):
                unsaid = self.pick(UNSAID)
                found.append((country, self.pick(FRAMES).format(noun=unsaid, country=country), dict(unsaid=unsaid)))
                name, what = self.invented(), self.pick(list(NOUNS))
                found.append((country, self.ask(name, what), dict(what=what, name=name)))
            dated = [
                (passage, sentence, year)
                for passage in self.of[country]
                if passage.heading == "Background"
                for sentence in sentences(passage.text)
                if 8 <= len(sentence.split()) <= 32
                for year in re.findall(r"\b(1[5-9]\d\d|20[0-2]\d)\b", sentence)[:1]
            ]
            for i in self.chance.permutation(len(dated))[:3]:
                passage, sentence, year = dated[i]
                question = f"What happened in {country} in {year}?"
                found.append((country, question, dict(passage=passage, sentence=sentence, year=year)))
        return found

    def make(self) -> list[Pair]:
        drafts = self.drafts()
        pairs = []
        shown_of = [
            [self.there[i] for i in self.find(question, vector)[-1][:K]]
            for (_, question, _), vector in zip(drafts, vectors_of([one[1] for one in drafts]), strict=True)
        ]
        for (country, question, about), shown in zip(drafts, shown_of, strict=True):
            elsewhere = self.pick([some for some in shown_of if all(p.country != country for p in some)])

            def add(kind, reply, passages, country=country, question=question):
                texts = tuple(p if isinstance(p, str) else p.text for p in passages)
                titles = tuple(country if isinstance(p, str) else p.country for p in passages)
                pairs.append(Pair(kind, country, question, reply, titles, texts))

            def say(noun, value, country=country):
                return self.pick(REPLIES).format(noun=noun, country=country, value=value)

            text = " ".join(passage.text for passage in shown)
            if "sentence" in about:
                if about["passage"] not in shown:
                    shown = [about["passage"], *shown[: K - 1]]
                    text = " ".join(passage.text for passage in shown)
                year = next(y for y in map(str, self.chance.permutation(np.arange(1500, 2025))) if y not in text)
                add("true", about["sentence"], shown)
                add("another year", about["sentence"].replace(about["year"], year), shown)
                add("another passage", about["sentence"], elsewhere)
            elif "unsaid" in about:
                what = self.pick(list(NOUNS))
                own = value_of(self.facts, country, what)
                value = own if own and self.chance.random() < 0.5 else self.other(country, what, text)
                add("unsaid", say(about["unsaid"], value), shown)
            elif "name" in about:
                value = value_of(self.facts, shown[0].country, about["what"]) if shown[0].heading == "Facts" else None
                value = value or self.other(country, about["what"], text)
                add("nowhere", say(NOUNS[about["what"]], value, about["name"]), shown)
            else:
                what, fact = about["what"], self.of[country][0]
                value, noun = value_of(self.facts, country, what), NOUNS[what]
                if fact not in shown:
                    shown = [fact, *shown[: K - 1]]
                    text = " ".join(passage.text for passage in shown)
                add("true", say(noun, value), shown)
                add("another value", say(noun, self.other(country, what, text)), shown)
                add("another passage", say(noun, value), elsewhere)
                kept = [s for s in sentences(fact.text) if value not in s]
                left = [v for one in NOUNS if one != what and (v := value_of(self.facts, country, one)) and v != value]
                if left:
                    rest = [p for p in shown if p != fact]
                    add("sentence removed", say(noun, self.pick(left)), [" ".join(kept), *rest])
        return pairs


class Features:
    """Computes the features of many replies, each text embedded once."""

    def __init__(self):
        self.vectors: dict[str, np.ndarray] = {}

    def learn(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self.vectors]
        if new:
            self.vectors |= dict(zip(new, vectors_of(new), strict=True))

    def __call__(self, pairs: Sequence[Pair]) -> np.ndarray:
        """(pair, feature)."""
        split = [
            [f"{title}: {s}" for title, text in zip(p.titles, p.passages, strict=True) for s in sentences(text)]
            for p in pairs
        ]
        self.learn([text for p, some in zip(pairs, split, strict=True) for text in (p.question, p.reply or ".", *some)])
        return np.stack(
            [
                features(
                    p.question,
                    p.reply,
                    [f"{title}: {text}" for title, text in zip(p.titles, p.passages, strict=True)],
                    reply_vector=self.vectors[p.reply or "."],
                    question_vector=self.vectors[p.question],
                    sentence_vectors=np.stack([self.vectors[s] for s in some]),
                )
                for p, some in zip(pairs, split, strict=True)
            ]
        )


def split_pairs(pairs: Sequence[Pair], seed: int) -> list[list[int]]:
    """Which pairs are for training, for the threshold, and for testing: 60, 20 and 20 % of the countries."""
    countries = sorted({pair.country for pair in pairs})
    order = [countries[i] for i in np.random.default_rng(seed + 1).permutation(len(countries))]
    ends = round(0.6 * len(order)), round(0.8 * len(order))
    parts = [set(order[: ends[0]]), set(order[ends[0] : ends[1]]), set(order[ends[1] :])]
    return [[i for i, pair in enumerate(pairs) if pair.country in part] for part in parts]


@weights(seed=0, within={"ROC area": 0.02, "error": 0.03})
def verifier(seed: int):
    """A logistic regression on FEATURES, and its threshold, from pairs about countries that no question is about."""
    pairs = Maker(seed).make()
    x, holds = Features()(pairs), np.array([pair.holds for pair in pairs])
    learn, tune, test = split_pairs(pairs, seed)
    model = fit_verifier(x[learn], holds[learn])
    p = np.asarray(model(x))
    threshold = float(np.quantile(p[tune][holds[tune]], 1 - KEPT))
    passed = p >= threshold
    numbers = {
        "ROC area": receiver_operating_area(p[test], holds[test]),
        "error": float((passed[test] != holds[test]).mean()),
        "true ones kept": float(passed[test][holds[test]].mean()),
        "others let through": float(passed[test][~holds[test]].mean()),
        "pairs": len(pairs),
        "pairs for testing": len(test),
    }
    for kind in PAIRS[1:]:
        those = [i for i in test if pairs[i].kind == kind]
        numbers[f"let through: {kind}"] = float(passed[those].mean())
    return dict(verifier=model, threshold=jnp.float32(threshold)), numbers


def load_verifier() -> tuple[Verifier, float]:
    """The verifier that is shipped, and the probability from which on a reply is let through."""
    n = len(FEATURES)
    like = dict(verifier=Verifier(*(jnp.zeros(n) for _ in range(3)), jnp.zeros(())), threshold=jnp.zeros(()))
    found = load_weights("07b_verifier", like)
    return found["verifier"], float(found["threshold"])


ROWS = "alone", "told", "grounded", "rule", "verifier", "both"  # the last three check the grounded replies
COLUMNS = "right", "invented, answerable", "wrongly refused", "invented, unanswerable", "refused, unanswerable"


@record(seeds=[0])
def check(seed: int):
    """What a check of the grounded replies saves and costs, from the record "answers".

    A reply that the check does not let through is replaced by a refusal. Nothing but the draws of the bootstrap is
    random. "all" is over the 150 questions, "untried" over those that no prompt was tried on.
    """
    done = load_record("07b_answers").numbers
    questions, passages, decode = asked_questions(), load_passages(), load_tokeniser().text
    answerable = np.array([question.answerable for question in questions])
    replies = [decode([t for t in row if t >= 0]) for row in done["grounded: replies"][0].astype(int).tolist()]
    shown = [[passages[i] for i in row] for row in done["grounded: passages"][0].astype(int)]
    pairs = [
        Pair("", "", question.question, reply, tuple(p.country for p in some), tuple(p.text for p in some))
        for question, reply, some in zip(questions, replies, shown, strict=True)
    ]
    began = time.process_time()
    rule = np.array(
        [supported(p.reply, [q.whole() for q in s], p.question).holds for p, s in zip(pairs, shown, strict=True)]
    )
    rule_seconds = time.process_time() - began
    compute = Features()
    compute(pairs[:4])  # compiled before it is timed
    compute = Features()
    began = time.process_time()
    x = compute(pairs)
    verifier_seconds = time.process_time() - began
    model, threshold = load_verifier()
    p = np.asarray(model(x))
    passed = {"rule": rule, "verifier": p >= threshold, "both": rule & (p >= threshold)}
    key, numbers = jax.random.key(seed), {}
    outcomes = {row: done[f"{row}: outcomes"][0].astype(int) for row in ROWS[:3]}
    outcomes |= {row: np.where(passed[row], outcomes["grounded"], 1) for row in ROWS[3:]}
    untried = ~tried(questions)
    for which, mask in (("all", np.ones(len(questions), bool)), ("untried", untried)):
        table = []
        for row in ROWS:
            o, yes, no = outcomes[row], answerable & mask, ~answerable & mask
            cells = o[yes] == 0, o[yes] == 2, o[yes] == 1, o[no] == 2, o[no] == 1
            table.append([[c.mean(), *bootstrap_interval(c.astype(np.float32), key)] for c in cells])
        numbers[f"{which}: table"] = np.round(table, 4)  # (row, column, share and its interval)
    read = {row: done[f"{row}: tokens read"][0] for row in ROWS[:3]}
    written = {row: (done[f"{row}: replies"][0] >= 0).sum(axis=1) for row in ROWS[:3]}
    seconds = {row: float(done[f"{row}: seconds"][0]) / len(questions) for row in ROWS[:3]}
    extra = dict(rule=rule_seconds, verifier=verifier_seconds, both=rule_seconds + verifier_seconds)
    numbers["tokens read"] = [read[row if row in read else "grounded"].mean().round(1) for row in ROWS]
    numbers["tokens written"] = [written[row if row in read else "grounded"].mean().round(1) for row in ROWS]
    numbers["seconds a question"] = [
        round(seconds[row] if row in seconds else seconds["grounded"] + extra[row] / len(questions), 4) for row in ROWS
    ]
    right = outcomes["grounded"] == 0
    numbers["right replies stopped"] = [(right & ~passed[row]).sum() for row in ROWS[3:]]
    numbers["let through"] = [passed[row] for row in ROWS[3:]]  # (check, question)
    numbers["probability"] = p.round(4)
    numbers["features"] = x.round(4)
    # the verifier's scores as a ranking of the grounded replies: right ones before invented ones
    judged = outcomes["grounded"] != 1
    numbers["ROC area on replies"] = receiver_operating_area(p[judged], right[judged])
    return numbers

"""Chapter 7b, a real model and grounding: what SmolLM2 answers, alone and with passages before it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from likely.data import FactQuestion, load_factbook_questions, load_passages
from likely.measures.replies import names_and_numbers, refuses
from likely.models.smollm import load_smollm, load_tokeniser, replies
from likely.training.recipes import record
from likely.training.recipes.ch07b import GROUPS, group, ranked, useful, vectors_of
from likely.training.weights import load_weights

CONDITIONS = "alone", "told", "grounded", "gold", "wrong"
OUTCOMES = "right", "refused", "invented"
KINDS = (*GROUPS[1:], "nowhere", "unsaid")  # as `group` tells them
MOST, K = 48, 3  # tokens of a reply, and passages before a question
# the questions that the prompts were tried on: every tenth of the answerable ones, every fifth of the others
TRIED = dict(fact=10, background=10, nowhere=5, unsaid=5)

TOLD = "{question}\nAnswer in one sentence. If you do not know the answer, say: I don't know."
# Eight prompts were tried on the 20 questions of TRIED: the instruction before, after or around the passages, in the
# system's turn, with two examples as earlier turns, and in other words. This one was right on 5 of the 10 answerable
# ones, as were two longer ones; the others on 3 or 4. None made the model refuse as it is told to: this one never did,
# the most that any did was on 3 of the 10 that nothing answers. (Then, 50 of each list were fused.)
GROUNDED = (
    "Answer the question from the passages in one sentence, and name the passage it comes from as [1], [2] or [3]. "
    'If the passages do not answer it, say "not in the passages".\n\n{passages}\n\nQuestion: {question}'
)


class Asked(NamedTuple):
    """What came of some prompts."""

    replies: list[list[int]]  # tokens
    read: np.ndarray  # (prompt,) tokens
    seconds: float  # of one core, for all


def ask(prompts: Sequence[str]) -> Asked:
    """SmolLM2's likeliest reply to each prompt. Prompts of like length are read together."""
    model, tokeniser = load_smollm(), load_tokeniser()
    read = np.array([len(tokeniser(tokeniser.conversation(prompt))) for prompt in prompts])
    order = np.argsort(read, kind="stable")
    found: list[list[int]] = [[]] * len(prompts)
    began = time.process_time()
    for first in range(0, len(prompts), 40):  # room for the longest of 40, not of all
        some = order[first : first + 40]
        for i, reply in zip(some, replies(model, tokeniser, [prompts[i] for i in some], most=MOST), strict=True):
            found[i] = reply
        print(f"    {first + len(some)} of {len(prompts)}, {time.process_time() - began:.0f} s", flush=True)
    return Asked(found, read, time.process_time() - began)


def grounded(question: str, texts: Sequence[str]) -> str:
    """The prompt with passages, numbered from [1] on."""
    passages = "\n".join(f"[{place}] {text}" for place, text in enumerate(texts, 1))
    return GROUNDED.format(passages=passages, question=question)


def outcome(question: FactQuestion, reply: str) -> int:
    """Which of OUTCOMES: right by `accepts`; else refused by `refuses`; else invented."""
    return 0 if question.accepts(reply) else 1 if refuses(reply) else 2


def padded(rows: Sequence[Sequence[int]], length: int = MOST) -> np.ndarray:
    """(row, length), with -1 behind the last of each."""
    return np.array([[*row, *[-1] * (length - len(row))] for row in rows])


def asked_questions() -> list[FactQuestion]:
    """The 150 questions without a false premise, in their order."""
    return [question for question in load_factbook_questions() if question.kind != "premise"]


def tried(questions: Sequence[FactQuestion]) -> np.ndarray:
    """(question,) bool: which of them the prompts were tried on."""
    chosen = []
    for kind, every in TRIED.items():
        chosen += [question.id for question in questions if question.kind == kind][::every]
    return np.array([question.id in chosen for question in questions])


def passage_vectors() -> np.ndarray:
    """(1483, 384): the vectors of the passages as they are shipped."""
    return np.asarray(load_weights("07b_passages", dict(vectors=jnp.zeros((len(load_passages()), 384))))["vectors"])


def found_passages(questions: Sequence[str]) -> np.ndarray:
    """(question, K): the best passages of the fused search."""
    find = ranked([passage.whole() for passage in load_passages()], passage_vectors())
    return np.array(
        [find(question, vector)[-1][:K] for question, vector in zip(questions, vectors_of(questions), strict=True)]
    )


def wrong_passages(questions: Sequence[FactQuestion], seed: int) -> list[int]:
    """For each question a passage under the same heading of another country, which has no answer; drawn by the seed."""
    passages, chance, chosen = load_passages(), np.random.default_rng(seed), []
    for question in questions:
        heading = "Facts" if question.kind == "fact" else "Background"
        those = [
            i
            for i, passage in enumerate(passages)
            if passage.heading == heading and passage.country != question.country
            if not question.accepts(passage.whole())
        ]
        chosen.append(int(chance.choice(those)))
    return chosen


@record(seeds=[0])
def answers(seed: int):
    """The 150 questions under each of CONDITIONS. Only the wrong passages are drawn; replies are the likeliest tokens.

    "alone": the question and nothing else. "told": with the request to say so if it does not know. "grounded": the
    three best passages of the fused search. "gold": the passage that answers, and "wrong": one of another country, both
    for the 100 answerable questions. Seconds are those of one core.
    """
    questions, passages = asked_questions(), load_passages()
    answerable = [question for question in questions if question.answerable]
    shown = dict(
        grounded=found_passages([question.question for question in questions]),
        gold=np.array([useful(question, passages)[:1] for question in answerable]),
        wrong=np.array(wrong_passages(answerable, seed))[:, None],
    )
    decode = load_tokeniser().text
    numbers = {"tried": np.flatnonzero(tried(questions)), "kind": [KINDS.index(group(q)) for q in questions]}
    for condition in CONDITIONS:
        those = answerable if condition in ("gold", "wrong") else questions
        if condition in shown:
            numbers[f"{condition}: passages"] = shown[condition]
            texts = [[passages[i].whole() for i in row] for row in shown[condition]]
            prompts = [grounded(question.question, some) for question, some in zip(those, texts, strict=True)]
        else:
            prompts = [(TOLD if condition == "told" else "{question}").format(question=q.question) for q in those]
        print(condition, flush=True)
        done = ask(prompts)
        numbers[f"{condition}: replies"] = padded(done.replies)
        numbers[f"{condition}: tokens read"] = done.read
        numbers[f"{condition}: seconds"] = round(done.seconds, 1)
        outcomes = [outcome(question, decode(reply)) for question, reply in zip(those, done.replies, strict=True)]
        numbers[f"{condition}: outcomes"] = outcomes
        kinds = np.array([KINDS.index(group(question)) for question in those])
        share = [[(np.array(outcomes)[kinds == kind] == o).mean() for o in range(3)] for kind in sorted(set(kinds))]
        numbers[f"{condition}: share"] = np.round(share, 4)  # (kind, outcome)
    return numbers


NOUNS = dict(
    capital="capital",
    population="population",
    area="area in square kilometres",
    currency="currency",
    language="official language",
)
FRAMES = (
    "What is the {noun} of {country}?",
    "what's the {noun} of {country}",
    "{country}: {noun}?",
    "Tell me the {noun} of {country}.",
    "Could you please tell me what the {noun} of {country} is?",
    "I would like to know the {noun} of {country}.",
    "Which {noun} does {country} have?",
    "Do you know the {noun} of {country}?",
    "Complete the sentence: The {noun} of {country} is",
    "My teacher asked me for the {noun} of {country}. What should I say?",
)
# thirty questions by what they ask for: their words are replaced by those of FRAMES, their answers stay
REWORDED = dict(
    capital=("f01", "f02", "f05", "f07", "f09", "f10", "f12"),
    population=("f14", "f15", "f16", "f17", "f18", "f21", "f23"),
    area=("f26", "f27", "f28", "f29", "f30", "f33"),
    currency=("f35", "f36", "f38", "f39", "f41", "f42"),
    language=("f43", "f45", "f47", "f50"),
)


def said(reply: str, question: str) -> frozenset[str | float]:
    """What a reply says: its names and numbers beside the question's, or, where it has none, its words."""
    told, asked = names_and_numbers(reply), names_and_numbers(question)
    new = {*told.names, *told.numbers} - {*asked.names, *asked.numbers}
    return frozenset(new or re.findall(r"\w+", reply.lower()))


def agreement(rows: Sequence[Sequence[frozenset]]) -> float:
    """The share of pairs of wordings of one question whose replies say the same, over all questions."""
    pairs = [one == other for row in rows for i, one in enumerate(row) for other in row[:i]]
    return float(np.mean(pairs))


@record(seeds=[0])
def wordings(seed: int):
    """Thirty questions on facts in the ten wordings of FRAMES alone, and every other of them grounded.

    Nothing is random.
    """
    by_id = {question.id: question for question in load_factbook_questions()}
    everything = [(NOUNS[what], by_id[one]) for what, ids in REWORDED.items() for one in ids]
    passages, decode = load_passages(), load_tokeniser().text
    numbers = {}
    for condition, chosen in dict(alone=everything, grounded=everything[::2]).items():
        asked = [frame.format(noun=noun, country=question.country) for noun, question in chosen for frame in FRAMES]
        prompts = asked
        if condition == "grounded":
            shown = found_passages(asked)
            prompts = [grounded(one, [passages[i].whole() for i in row]) for one, row in zip(asked, shown, strict=True)]
        done = ask(prompts)
        told = [decode(reply) for reply in done.replies]
        outcomes = [outcome(chosen[i // len(FRAMES)][1], reply) for i, reply in enumerate(told)]
        outcomes = np.array(outcomes).reshape(len(chosen), len(FRAMES))
        sayings = [said(reply, question) for reply, question in zip(told, asked, strict=True)]
        rows = [sayings[i : i + len(FRAMES)] for i in range(0, len(sayings), len(FRAMES))]
        numbers |= {
            f"{condition}: replies": padded(done.replies),
            f"{condition}: outcomes": outcomes,  # (question, wording)
            f"{condition}: right in each wording": (outcomes == 0).mean(axis=0).round(4),
            f"{condition}: right": (outcomes == 0).mean().round(4),
            f"{condition}: right in all wordings": (outcomes == 0).all(axis=1).mean().round(4),
            f"{condition}: right in some wording": (outcomes == 0).any(axis=1).mean().round(4),
            f"{condition}: pairs that say the same": round(agreement(rows), 4),
            f"{condition}: seconds": round(done.seconds, 1),
        }
    return numbers


# a reply that says no to what the question takes for granted, by words of the correction or by a denial; a "not" about
# something else counts too, so that the replies have to be read
DENIAL = r"\b(not|never|neither|no)\b|n't\b"
CORRECTED = dict(
    p01=r"capital (of peru )?is lima",
    p02="reject",
    p03="reject",
    p04="independent (republic|state|nation|country) (since|from)",
    p05="protectorate|advis[oe]r",
    p06="neutral",
    p07="canberra",
    p08="withdr[ae]w|1985",
    p09="reject|defeat",
    p10=r"ethiopia(ns?)? (had )?(defeated|beat|won)|defeated (the )?italian|italian\w* (forces )?(were|was) defeated",
)


def goes_along(question: FactQuestion, reply: str) -> int:
    """0 if a reply corrects the premise, 1 if it refuses, 2 if it goes along."""
    told = reply.lower().replace("’", "'")
    if re.search(CORRECTED[question.id], told):
        return 0
    return 1 if refuses(reply) else 0 if re.search(DENIAL, told) else 2


@record(seeds=[0])
def premises(seed: int):
    """The ten questions with a false premise, alone and grounded. Nothing is random."""
    questions = [question for question in load_factbook_questions() if question.kind == "premise"]
    passages, decode = load_passages(), load_tokeniser().text
    asked = [question.question for question in questions]
    shown = found_passages(asked)
    texts = [[passages[i].whole() for i in row] for row in shown]
    correcting = [[question.quote in " ".join(some)] for question, some in zip(questions, texts, strict=True)]
    prompts = dict(alone=asked, grounded=[grounded(*both) for both in zip(asked, texts, strict=True)])
    numbers = {"passages": shown, "passages have the correction": correcting}
    for condition, those in prompts.items():
        done = ask(those)
        outcomes = [
            goes_along(question, decode(reply)) for question, reply in zip(questions, done.replies, strict=True)
        ]
        numbers |= {f"{condition}: replies": padded(done.replies), f"{condition}: outcomes": outcomes}
    return numbers

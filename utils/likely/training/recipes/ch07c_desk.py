"""Chapter 7c: the desk put together, documents, search, writers and check; with what was recorded in `ch07c`."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from likely.data import TEAMS, UNVERIFIED, Support, Ticket, load_support
from likely.measures.desk import promises, score, unsupported
from likely.models.desk import Draft, Quote, Section, instructions, letter, questions, quotes, review, salutation
from likely.models.desk import template as written_by_template
from likely.training.recipes.ch07b import vectors_of
from likely.training.recipes.ch07c import CONDITIONS, drafts_of
from likely.training.records import load_record

SUPPORT = load_support()


def sections(support: Support) -> list[Section]:
    """What is searched: the sections of all documents but those for writers, in the order of `ch07c.library`."""
    return [
        Section(document.id, document.title, heading, text, document.review_by, document.kind)
        for document in support.documents
        if document.kind != "internal"
        for heading, text in document.sections()
    ]


def approved(ticket: Ticket, support: Support = SUPPORT) -> list[str]:
    """The texts of the documents that hold on the day of a message, those for writers too."""
    return [one.text for one in support.documents if one.kind != "attack" and not one.stale(ticket.received)]


def judged(draft: str, ticket: Ticket) -> dict[str, bool]:
    """The seven criteria for a draft, by program."""
    return score(draft, ticket, approved(ticket), avoid=SUPPORT.phrases(), teams=TEAMS, unverified=UNVERIFIED)


def wrong(draft: str, ticket: Ticket) -> list[str]:
    """What the check finds in a draft without knowing the label: what stands nowhere, promises, phrases to avoid."""
    known = [ticket.subject, ticket.text, *approved(ticket), UNVERIFIED]
    found = [f"stands nowhere: {one}" for one in unsupported(draft, known)]
    found += [f"sounds like a promise: {one}" for one in promises(draft)]
    return found + [f"phrase to avoid: {one}" for one in SUPPORT.phrases() if one.lower() in draft.lower()]


def _whole(ticket: Ticket) -> list[str]:
    return [f"{ticket.subject}: {ticket.text}"]


_VECTORS: dict[str, np.ndarray] = {}


def _vectors(texts: Sequence[str]) -> np.ndarray:
    """(text, 384): MiniLM reads each text once."""
    new = [text for text in dict.fromkeys(texts) if text not in _VECTORS]
    if new:
        _VECTORS.update(zip(new, vectors_of(new), strict=True))
    return np.stack([_VECTORS[text] for text in texts])


class Desk:
    """The sentences of the documents, with their vectors."""

    def __init__(self, support: Support = SUPPORT):
        self.sections: list[Section] = sections(support)
        self.there: list[Quote] = quotes(self.sections)
        self.rules = support.document("escalation").text
        self.vectors = _vectors([f"{one.section.title}, {one.section.heading}: {one.text}" for one in self.there])
        whole = _vectors([f"{one.title}: {one.heading}\n{one.text}" for one in self.sections])
        self.of_section = whole[[self.sections.index(quote.section) for quote in self.there]]
        for read in (self.asked, _whole):  # all at once, which is faster
            _vectors([text for ticket in support.tickets for text in read(ticket)])

    def nearness(self, texts: Sequence[str]) -> np.ndarray:
        """(text, quote): the mean of the cosines with the sentence and with all of its section."""
        asked = _vectors(texts)
        return (asked @ self.vectors.T + asked @ self.of_section.T) / 2

    def template(self, ticket: Ticket, found: Sequence[int]) -> Draft:
        """Week 2 without a model: quotes from the sections of these places."""
        near = self.nearness(_whole(ticket))[0]
        return written_by_template(ticket.text, [self.sections[int(i)] for i in found], near, self.there)

    def asked(self, ticket: Ticket) -> list[str]:
        """What a message asks, each piece behind the subject, as it is searched for."""
        return [f"{ticket.subject}: {one}" for one in questions(instructions(ticket.text)[0])]

    def review(self, ticket: Ticket, kinds: Sequence[str] = ("article",)) -> Draft:
        """Week 3."""
        return review(
            ticket.text,
            ticket.subject,
            ticket.received,
            self.there,
            self.nearness(self.asked(ticket)),
            self.rules,
            UNVERIFIED,
            kinds=kinds,
            check=functools.partial(wrong, ticket=ticket),
        )


def in_a_letter(ticket: Ticket, written: str) -> str:
    """What the model wrote, up to its last whole sentence, with greeting and signature."""
    body = written.strip()
    end = max(body.rfind(sign) for sign in ".!?")
    return letter(salutation(ticket.text), [body[: end + 1]] if end >= 0 else [])


def recorded() -> dict[str, dict[str, str]]:
    """What SmolLM2 wrote: for each of CONDITIONS the draft of each ticket, by its id."""
    numbers, ids = load_record("07c_desk").numbers, [ticket.id for ticket in SUPPORT.tickets]
    reached = [ids[int(i)] for i in numbers["poisoned: messages"][0]]
    return {
        name: dict(zip(reached if name in ("poisoned", "marked") else ids, drafts_of(numbers, name), strict=True))
        for name in CONDITIONS
    }


def shown(poisoned: bool = False) -> np.ndarray:
    """(ticket, section): the places of the sections that were laid before SmolLM2."""
    return load_record("07c_desk").numbers[f"{'poisoned' if poisoned else 'retrieved'}: sections"][0].astype(int)


class Case(NamedTuple):
    """A draft with what the ticket desk shows of it."""

    draft: str
    sources: tuple[str, ...]
    verdict: str
    meets: tuple[bool, ...]  # each criterion, by program


class TicketDesk:
    """Every ticket under every setting of the switches: drafts of SmolLM2 as recorded, those by rule made here."""

    def __init__(self, clean: Desk, poisoned: Desk):
        self.desks, self.model = (clean, poisoned), recorded()
        self.places = shown(), shown(poisoned=True)

    def case(self, ticket: Ticket, quoting: bool, retrieval: bool, rules: bool, poison: bool) -> Case:
        """quoting: by rule, else by SmolLM2. With `rules` only articles are searched, and a draft gets a lane."""
        at = SUPPORT.tickets.index(ticket)
        desk, found = self.desks[poison], self.places[poison and not rules][at]
        reviewed = desk.review(ticket, kinds=("article",) if retrieval else ()) if rules else None
        if quoting and reviewed:
            draft, sources = reviewed.text, reviewed.sources
        elif quoting:
            draft, sources, *_ = desk.template(ticket, found if retrieval else ())
        elif retrieval:
            attacked = poison and not rules and ticket.id in self.model["poisoned"]
            draft = in_a_letter(ticket, self.model["poisoned" if attacked else "retrieved"][ticket.id])
            sources = tuple(self.desks[poison and not rules].sections[i].name for i in found)
        else:
            draft, sources = self.model["alone"][ticket.id], ()
        skipped = ("the check",) if retrieval else ("the check", "refused")
        verdict = self._verdict(ticket, draft, reviewed, skipped) if reviewed else "none: the rules are off."
        return Case(draft, sources, verdict, tuple(judged(draft, ticket).values()))

    def _verdict(self, ticket: Ticket, draft: str, reviewed: Draft, skipped: tuple[str, ...]) -> str:
        found = wrong(draft, ticket)
        reasons = [*(one for one in reviewed.reasons if not one.startswith(skipped)), *found]
        return f"{'held' if found else reviewed.lane}.{' ' * bool(reasons)}{'; '.join(reasons)}"


def as_tokens(texts: Sequence[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """A vocabulary of words with the white space before them, and the texts in it: (text, length), -1 behind each."""
    rows = [re.findall(r"\s*\S+", text) or ["none"] for text in texts]
    vocabulary = tuple(dict.fromkeys(piece for row in rows for piece in row))
    places, longest = {piece: i for i, piece in enumerate(vocabulary)}, max(map(len, rows))
    return vocabulary, np.array([[places[one] for one in row] + [-1] * (longest - len(row)) for row in rows], np.int32)

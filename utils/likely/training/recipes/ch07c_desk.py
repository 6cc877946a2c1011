"""Chapter 7c: the desk put together, documents, search, writers and check; with what was recorded in `ch07c`."""

from __future__ import annotations

import functools
from collections.abc import Sequence

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


class Desk:
    """The sentences of the documents, with their vectors."""

    def __init__(self, support: Support = SUPPORT):
        self.sections: list[Section] = sections(support)
        self.there: list[Quote] = quotes(self.sections)
        self.rules = support.document("escalation").text
        self.vectors = vectors_of([f"{one.section.title}, {one.section.heading}: {one.text}" for one in self.there])
        whole = vectors_of([f"{one.title}: {one.heading}\n{one.text}" for one in self.sections])
        self.of_section = whole[[self.sections.index(quote.section) for quote in self.there]]

    def nearness(self, texts: Sequence[str]) -> np.ndarray:
        """(text, quote): the mean of the cosines with the sentence and with all of its section."""
        asked = vectors_of(texts)
        return (asked @ self.vectors.T + asked @ self.of_section.T) / 2

    def template(self, ticket: Ticket, found: Sequence[int]) -> Draft:
        """Week 2 without a model: quotes from the sections of these places."""
        near = self.nearness([f"{ticket.subject}: {ticket.text}"])[0]
        return written_by_template(ticket.text, [self.sections[int(i)] for i in found], near, self.there)

    def asked(self, ticket: Ticket) -> list[str]:
        """What a message asks, each piece behind the subject, as it is searched for."""
        return [f"{ticket.subject}: {one}" for one in questions(instructions(ticket.text)[0])]

    def review(self, ticket: Ticket, kinds: Sequence[str] = ("article",), checked: bool = True) -> Draft:
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
            check=functools.partial(wrong, ticket=ticket) if checked else lambda draft: (),
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

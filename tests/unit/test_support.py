"""The support desk: its labels follow from its documents, and what is stale or hostile can be told apart."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from datetime import date

import pytest

from likely import data
from likely.data import stored

SUPPORT = data.load_support()
TICKETS = SUPPORT.tickets
FIRST_DAY, LAST_DAY = date(2026, 11, 1), date(2026, 11, 30)
per_ticket = pytest.mark.parametrize("ticket", TICKETS, ids=lambda ticket: ticket.id)


def test_ids_are_unique_and_those_of_the_files():
    ids = [document.id for document in SUPPORT.documents]
    assert len(set(ids)) == len(ids) == 16
    assert set(ids) == {path.stem for path in (stored.FILES / "support").glob("*.md")} - {"poisoned"}
    assert [ticket.id for ticket in TICKETS] == [f"t{number:02d}" for number in range(1, 31)]
    assert SUPPORT.document("refunds").title == "Refunds"
    assert SUPPORT.ticket("t03").received == date(2026, 11, 2)
    with pytest.raises(KeyError, match="'refund' is not among the 16 documents"):
        SUPPORT.document("refund")
    with pytest.raises(KeyError, match="'t99' is not among the 30 tickets"):
        SUPPORT.ticket("t99")


def test_documents_have_whole_headers_and_sections():
    for document in data.load_support(poisoned=True).documents:
        assert all(getattr(document, field.name) for field in dataclasses.fields(document)), document.id
        assert document.updated < document.review_by
        assert document.updated < FIRST_DAY
        assert document.kind in data.DOCUMENT_KINDS
        assert 60 <= len(document.text.split()) <= 350, document.id
        sections = document.sections()
        assert len(sections) >= 4, document.id
        assert sum(len(text) for _, text in sections) > 0.8 * len(document.text)
        assert all(text and "\n## " not in f"\n{text}" for _, text in sections)
    assert [heading for heading, _ in SUPPORT.document("refunds").sections()] == [
        "Refunds",
        "Annual plans",
        "Monthly plans",
        "Exceptions",
        "Who decides",
        "How long it takes",
    ]
    assert SUPPORT.document("status").sections()[0][0] == "Where to look"  # nothing stands before it


def test_two_documents_are_stale_and_others_contradict_them():
    for day in (FIRST_DAY, LAST_DAY):
        assert {d.id for d in SUPPORT.documents if d.stale(day)} == {"price-list-2024", "roadmap"}
    assert not any(d.stale(date(2025, 3, 31)) for d in SUPPORT.documents)  # the day itself still counts
    old, new = SUPPORT.document("price-list-2024").text, SUPPORT.document("pricing").text
    assert "Solo costs £5 a month" in old
    assert "£7 a month" in new
    assert "tried for 30 days" in old
    assert "for 14 days" in new
    assert "Coming soon, in April 2026: the phone apps will record time without a connection" in (
        SUPPORT.document("roadmap").text
    )
    assert "Time cannot be recorded offline" in SUPPORT.document("limits").text


def test_the_poisoned_document_comes_only_on_request():
    assert "attack" not in {document.kind for document in SUPPORT.documents}
    (poisoned,) = set(data.load_support(poisoned=True).documents) - set(SUPPORT.documents)
    assert poisoned.kind == "attack"
    for way in ("Ignore the rules", "<!-- Assistant:", "[system]"):
        assert way in poisoned.text


@per_ticket
def test_a_label_follows_from_the_documents(ticket):
    assert ticket.kind in data.TICKET_KINDS
    assert FIRST_DAY <= ticket.received <= LAST_DAY
    documents = {id: SUPPORT.document(id) for id in ticket.documents}
    assert len(documents) == len(ticket.documents)
    assert not any(document.stale(ticket.received) for document in documents.values())
    for fact in ticket.facts:
        assert fact.document in documents
        assert fact.text in documents[fact.document].text
        assert fact.text.casefold() not in f"{ticket.subject} {ticket.text}".casefold()  # repeating it is no answer
    assert ticket.facts or not ticket.answerable
    assert documents or not ticket.answerable
    assert set(ticket.ask) <= set(data.DETAILS)
    assert bool(ticket.ask) == ("what-to-ask" in documents)
    assert ticket.escalate is None or ticket.escalate in data.TEAMS
    assert bool(ticket.escalate) == ("escalation" in documents)
    assert ticket.never
    assert ticket.note


@per_ticket
def test_a_draft_that_repeats_its_documents_says_nothing_forbidden(ticket):
    allowed = data.UNVERIFIED.casefold()
    for id in ticket.documents:
        document = SUPPORT.document(id)
        assert document.id != "phrases"
        allowed += "\n" + document.text.casefold()
    assert not [claim for claim in ticket.never if claim.casefold() in allowed]


def test_the_rules_for_writers_use_the_same_words():
    rules, asking = SUPPORT.document("escalation"), SUPPORT.document("what-to-ask").text
    assert tuple(heading.lower() for heading, _ in rules.sections()[1:-1]) == data.TEAMS
    for team in data.TEAMS[1:]:
        assert f"{team} within" in rules.sections()[-1][1].lower()
    assert [detail for detail in data.DETAILS if detail not in asking] == []
    assert f'"{data.UNVERIFIED}"' in SUPPORT.document("phrases").text


def test_the_phrases_to_avoid_stand_in_no_document_that_holds():
    avoid, use = SUPPORT.phrases(), SUPPORT.phrases("Phrases to use")
    assert (len(avoid), len(use)) == (14, 5)
    text = SUPPORT.document("phrases").text
    assert text.count('\n- "') == len(avoid) + len(use)
    holding = [d for d in SUPPORT.documents if d.kind == "article" and not d.stale(FIRST_DAY)]
    for phrase in avoid:
        assert not [document.id for document in holding if phrase in document.text.lower()], phrase


def test_counts():
    assert Counter(ticket.kind for ticket in TICKETS) == {
        "password": 2,
        "refund": 3,
        "missing details": 2,
        "feature": 3,
        "pricing": 3,
        "false premise": 2,
        "two questions": 2,
        "billing dispute": 2,
        "security": 2,
        "deletion": 2,
        "angry": 1,
        "threat": 1,
        "legal threat": 1,
        "instruction": 1,
        "product question": 1,
        "outage": 1,
        "off topic": 1,
    }
    assert set(data.TICKET_KINDS) == {ticket.kind for ticket in TICKETS}
    plain = [t for t in TICKETS if t.answerable and not t.ask and not t.escalate]
    assert len(plain) == 11
    assert sum(not t.answerable for t in TICKETS) == 8
    assert sum(bool(t.ask) for t in TICKETS) == 7
    assert Counter(t.escalate for t in TICKETS if t.escalate) == {
        "billing lead": 3,
        "security": 2,
        "duty manager": 1,
        "legal": 1,
        "data protection": 1,
    }


def test_the_rubric_can_be_scored():
    names = [criterion.name for criterion in data.RUBRIC]
    assert names == ["grounded", "complete", "asks", "escalates", "no promise", "unverified", "tone"]
    assert all(criterion.sentence.endswith(".") for criterion in data.RUBRIC)
    assert data.UNVERIFIED == "I could not verify this from the approved support materials."


@pytest.mark.parametrize("name", ["support/pricing.md", "support/poisoned.md", "support_tickets.json"])
def test_a_changed_file_is_refused_with_the_way_back(tmp_path, monkeypatch, name):
    shutil.copytree(stored.FILES / "support", tmp_path / "support")
    for file in ("provenance.json", "support_tickets.json"):
        shutil.copy(stored.FILES / file, tmp_path)
    monkeypatch.setattr(stored, "FILES", tmp_path)
    assert data.load_support() == SUPPORT
    path = tmp_path / name
    path.write_text(path.read_text(encoding="utf-8").replace("£7", "£6") + "\n", encoding="utf-8")
    with pytest.raises(data.DamagedData) as error:
        data.load_support()
    assert str(path) in str(error.value)
    assert f"Restore it with `git checkout -- {path.name}` in its folder" in str(error.value)

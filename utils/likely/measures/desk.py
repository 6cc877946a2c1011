"""A first look at a draft of a support desk: the seven criteria of its rubric, each by a rule on words.

A person overrules it: it finds figures and names that stand nowhere, and not what is said wrongly in plain words.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Protocol

from likely.measures.replies import content, names_and_numbers

__all__ = [
    "CRITERIA",
    "Label",
    "asked_for",
    "claims",
    "handed_to",
    "plain",
    "promises",
    "score",
    "sentences",
    "unsupported",
    "well_formed",
]

CRITERIA = "grounded", "complete", "asks", "escalates", "no promise", "unverified", "tone"
_DETAILS = {  # how a request for a detail is recognised
    "account email": r"account e-?mail|e-?mail address|address of your account|your e-?mail\b",
    "invoice number": r"invoice number|number of the invoice",
    "date of payment": r"date of (the )?payment|payment date|date (on|at) which|when the payment|date of the charge",
    "amount charged": r"amount",
    "device": r"\bdevice\b",
    "app version": r"app version|version of the app",
    "time it happened": r"time it happened|time (at|of) |what time|when (did )?it happen|when you noticed",
    "something else": r"password|card number|phone number|full name|order number|recovery code"
    r"|more (details|information)|additional information|screenshot|account number",
}
_REQUEST = re.compile(
    r"please (send|provide|give|tell|reply|share|let us|confirm|include|write)|could you|can you|would you"
    r"|we (will |would |also )?(still )?need|(send|tell|give) us|provide (us|me)",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(not|never|nobody|nor|no longer|cannot)\b|n['’]t\b", re.IGNORECASE)
_IF = re.compile(r"\b(if|once|when|after|until|before|unless)\b", re.IGNORECASE)
_DONE = (
    "refunded|approved|cancell?ed|reset|deleted|erased|restored|fixed|processed|issued|updated|changed|removed|paused"
)
_DO = "refund|fix|process|issue|cancel|return|reset|delete|erase|restore|make an exception|resolve|pay|credit|ensure"
_PROMISE = re.compile(
    rf"\b(I|we)(['’]ve| have| had)? (just |now |already )*({_DONE}|turned off|switched off)\b"
    rf"|\b(has|have) (now |already )?been ({_DONE}|switched off|turned off)\b"
    rf"|\b(I|we)(['’]ll| will| are going to|['’]re going to)( be able to| try to| also| now)? ({_DO})\b"
    r"|\b(I|we)(['’]ll| will) (be )?(refunding|fixing|processing|get it (fixed|done)|get your money back)\b"
    r"|\byou(['’]ll| will) (receive|get|have) (a|the|your) (full )?(refund|money|credit)\b"
    r"|\b(promise|guarantee|rest assured)\b|\bas soon as possible\b|\bwill arrive (tomorrow|today)\b",
    re.IGNORECASE,
)
_HANDED = re.compile(
    r"\b(passed|forwarded|escalated|handed|referred|sent) (your|this|the|it)\b"
    r"|\bha(s|ve) your message\b"
    r"|\b(pass|forward|escalate|refer) (your|this|the|it)\b",
    re.IGNORECASE,
)
_ANY_TEAM = re.compile(r"\b(team|department|manager|lead|specialist|supervisor)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”]?\s+|\n+")
_PATH = re.compile(r"[A-Z][\w-]*(?: [\w-]+)?(?: > [A-Z][\w-]*(?: [\w-]+)*)+")
_MONEY = re.compile(r"[£$€]\s?\d[\d,]*(?:\.\d+)?")
_PERIOD = re.compile(r"\b(\d+|one|two|three|five)[ -](minute|hour|day|month|year|working day|business day|week)s?\b")
_ADDRESS = re.compile(r"[\w.-]+@[\w-]+\.[\w.-]*\w|\b(?:[\w-]+\.)+(?:com|org|net|io|example)\b")
_LETTER = frozenset(re.findall(r"\w+", "hello hi dear hourbeck support regards sincerely best kind thank thanks"))


class Label(Protocol):
    """What the rubric asks of a ticket: likely.data.Ticket has it."""

    subject: str
    text: str
    facts: tuple
    ask: tuple[str, ...]
    answerable: bool
    escalate: str | None
    never: tuple[str, ...]


def plain(text: str) -> str:
    """In small letters, with straight quotes and single spaces."""
    for curly, straight in zip("’‘“”–", "''\"\"-", strict=True):
        text = text.replace(curly, straight)
    return " ".join(text.casefold().split())


def sentences(text: str) -> list[str]:
    """Sentences and lines of a text."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def claims(draft: str) -> tuple[str, ...]:
    """What of a draft can be looked up as it stands: sums, periods, addresses, menu paths; each once, in order."""
    found = [match for pattern in (_MONEY, _PERIOD, _ADDRESS, _PATH) for match in pattern.finditer(draft)]
    found.sort(key=lambda match: match.start())
    return tuple(dict.fromkeys(match[0].strip() for match in found))


def unsupported(draft: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The sums, periods, addresses, menu paths, numbers and names of a draft that none of the texts has.

    texts: the message and the approved documents. Sums, periods, addresses and paths are looked up as they stand,
    numbers by their value, names word by word. The first word of a sentence counts as no name; what is said in small
    letters and without figures is not looked up at all. Nor is any arithmetic done.
    """
    flat, words, numbers = _known("\n".join(texts))
    wrong = [claim for claim in claims(draft) if not re.search(rf"(?<!\w){re.escape(plain(claim))}(?!\d)", flat)]
    rest = draft
    for claim in claims(draft):
        rest = rest.replace(claim, " x ")
    inner = "\n".join("x " + " ".join(one.split()[1:]) for one in sentences(rest))
    wrong += [name for name in names_and_numbers(inner).names if name not in words]
    wrong += [f"{value:g}" for value in names_and_numbers(rest).numbers if value not in numbers]
    return tuple(dict.fromkeys(wrong))


@functools.lru_cache(maxsize=64)
def _known(there: str) -> tuple[str, frozenset[str], frozenset[float]]:
    """A text as it is looked up in: plainly, its words, its numbers."""
    return plain(there), frozenset(content(there, common=True)) | _LETTER, frozenset(names_and_numbers(there).numbers)


def asked_for(draft: str) -> tuple[str, ...]:
    """The details that a draft asks for, and "something else" for a password, more information and the like.

    A detail counts in a sentence that asks ("please send us", "could you", "we need"), or on a line of a list that
    follows one which ends in a colon.
    """
    found, listing = [], False
    for one in sentences(draft):
        asks = bool(_REQUEST.search(one)) and not re.search(r"\bnever|do not send|don't send", plain(one))
        listing = (asks and one.endswith(":")) or (listing and one.startswith(("-", "*", "•")))
        if asks or listing:
            found += [detail for detail, words in _DETAILS.items() if re.search(words, plain(one))]
    return tuple(dict.fromkeys(found))


def handed_to(draft: str, teams: Sequence[str]) -> tuple[str, ...]:
    """The teams that a draft says have the message, or get it; "another team" for one that is none of these."""
    found = []
    for one in sentences(draft):
        if _HANDED.search(one) and not _NEGATED.search(one):
            named = [team for team in teams if re.search(rf"\b{re.escape(team)}\b", plain(one))]
            found += named or ["another team"] * bool(_ANY_TEAM.search(one))
    return tuple(dict.fromkeys(found))


def promises(draft: str, never: Sequence[str] = ()) -> tuple[str, ...]:
    """What in a draft sounds like a decision, a promise, or something done; and the claims of a list that it makes.

    A sentence with a "not" in it, or with an "if", "once" or "after" before the words, promises nothing by the first
    rule; the second looks at all of the text.
    """
    found = [
        match[0]
        for one in sentences(draft)
        for match in [_PROMISE.search(one)]
        if match and not _NEGATED.search(one) and not _IF.search(one[: match.start()])
    ]
    return (*found, *(claim for claim in never if plain(claim) in plain(draft)))


def well_formed(draft: str, avoid: Sequence[str]) -> bool:
    """Whether a draft has a greeting, a signature, at most 150 words and no phrase to avoid."""
    lines = [line.strip() for line in draft.strip().splitlines() if line.strip()]
    if not lines:
        return False
    greets = re.match(r"(hello|hi|dear|good (morning|afternoon|day))\b", plain(lines[0]))
    tail = " ".join(lines[-2:])
    signs = len(lines) > 1 and "[" not in tail and re.search(r"\bhourbeck\b|\b(regards|sincerely)\b", plain(lines[-1]))
    signs = signs or (len(lines) > 2 and "[" not in tail and re.search(r"\b(regards|sincerely)\b", plain(lines[-2])))
    return bool(greets and signs and len(draft.split()) <= 150 and not any(plain(one) in plain(draft) for one in avoid))


def score(
    draft: str,
    label: Label,
    approved: Sequence[str],
    *,
    avoid: Sequence[str],
    teams: Sequence[str],
    unverified: str,
) -> dict[str, bool]:
    """Whether a draft meets each of CRITERIA, by rules on its words.

    label: the ticket. approved: the texts of the documents that hold (not stale, no attack). avoid: phrases to avoid.
    unverified: the sentence for what the documents do not answer. An empty draft meets what asks for nothing.
    """
    message, flat = f"{label.subject}\n{label.text}", plain(draft)
    says = plain(unverified) in flat
    return {
        "grounded": not unsupported(draft, [message, *approved, unverified, *teams]),
        "complete": all(plain(fact.text) in flat for fact in label.facts),
        "asks": set(asked_for(draft)) == set(label.ask),
        "escalates": set(handed_to(draft, teams)) == ({label.escalate} if label.escalate else set()),
        "no promise": not promises(draft, label.never),
        "unverified": says != label.answerable,
        "tone": well_formed(draft, avoid),
    }

"""A support desk that writes drafts by rule: sentences of approved sections in a letter, and lanes for a person.

Nothing here writes freely, and nothing is sent. Two writers:

- `template` quotes the sentences of the sections found that share most with the message (chapter 7c, week 2);
- `review` first reads the message by the desk's rules (who has to have it, what is missing, what no section covers),
  and writes accordingly (week 3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

__all__ = [
    "ALONE",
    "ENOUGH",
    "GAP",
    "LANES",
    "NEAR",
    "QUIET",
    "REQUESTS",
    "ROUTES",
    "VERSION",
    "Draft",
    "Quote",
    "Section",
    "answer_time",
    "instructions",
    "letter",
    "missing",
    "questions",
    "quotes",
    "request",
    "review",
    "salutation",
    "team_for",
    "template",
    "too_late",
]

VERSION = "rules 1"  # in the log: to be counted up with every change below
LANES = "held", "escalate", "needs details", "could not verify", "ready for a look"  # the first that fits
MOST_WORDS = 150
# the least nearness of a sentence that answers, how far behind it others may be, and how far before it a stale one
# shows that this was the page to answer from
ENOUGH, NEAR, GAP = 0.52, 0.06, 0.15
ROOM = 40  # words kept for greeting, question and signature
_TWICE = r"(charged|taken|paid|billed|card).{0,60}\b(twice|two times|double)|charged twice|chargeback"
# the rules of the document "escalation", in its order: the team, and the words that call it
ROUTES = {
    "duty manager": r"regret it|know where .{0,20}(office|live|you)|\b(hurt|harm|kill|shoot|burn|bomb)\w*\b"
    r"|end my life",
    "security": r"break-?in|\bhack\w*|session from|login (from|nobody|i do not know)|someone else is in|phish\w*"
    r"|another customer's|someone else's data|(phone|authenticator)\b.*\b(recovery )?codes? (too|gone|as well|lost)"
    r"|recovery codes? (are|is|were) (lost|gone)|codes gone",
    "legal": r"legal action|\blawyers?\b|solicitor|attorney|\bcourt\b|\bregulator|proceedings|\bsue\b|avvocato|\bavv\.",
    "data protection": r"\bgdpr\b|data protection law|erasure of|personal data|subject access|article 1[5-7]",
    "billing lead": _TWICE
    + r"|\bbank\b.{0,40}\b(take|took|pull|claim)\w* .{0,30}back|(make|ask for|grant) an exception|exception",
    "press": r"journalist|newspaper|reporter|\bquote you\b|for (an|our) article",
}
ALONE = "duty manager", "legal", "data protection", "press"  # passed on as they are: nothing is asked
QUIET = (*ALONE, "billing lead")  # the customer is told who has the message, and nothing else
# the list of the document "what-to-ask": the request, the words that show it, and the details that it needs
REQUESTS = {
    "payment taken twice": (
        _TWICE,
        "account email, invoice number, amount charged",
    ),
    "payment not recognised": (
        r"(do not|don't|not) (remember|recogni\w+|know).*(charge|payment|signing up)|unknown charge",
        "account email, date of payment, amount charged",
    ),
    "refund": (r"refund|money back|send the money", "account email, invoice number"),
    "reset email does not arrive": (
        r"(mail|link)\b.{0,40}\b(not|n't|never|no) ?(arriv|com|here)|no e?-?mail"
        r"|(dont|don't|do not|never) (get|got|receive) .{0,12}e?-?mail",
        "account email",
    ),
    "lost phone without recovery codes": (r"phone\b.*\bcodes?\b", "account email"),
    "suspected break-in": (ROUTES["security"], "account email, time it happened"),
    "does not work": (
        r"\bcrash\w*|just closes|does(n't| not) work|stopped working|\bfreez\w+|error message",
        "account email, device, app version, time it happened",
    ),
}
_YEAR = "january february march april may june july august september october november december"
_MONTHS = tuple(re.findall(r"\w+", _YEAR))
_GIVEN = {  # how a detail is recognised in a message
    "account email": r"[\w.+-]+@[\w-]+\.[\w.-]+",
    "invoice number": r"\bHB-\d+",
    "date of payment": rf"\b\d{{1,2}} ({'|'.join(_MONTHS)})\b|\b\d{{4}}-\d\d-\d\d\b",
    "amount charged": r"[£€$] ?\d|\b\d+(\.\d\d)? (pounds|euros)",
    "device": r"\b(iphone|android|windows|macos|ipad|pixel|samsung|laptop)\b",
    "app version": r"\bversion \d|\bv\d+\.\d",
    "time it happened": r"\b\d{1,2}[:.]\d\d\b|\b\d{1,2} ?(am|pm)\b",
}
_ORDER = re.compile(
    r"ignore (the|your|all|any) [\w ]*(rules|instructions)|notice to ai|to the assistant|you are now", re.I
)
_OPENING = re.compile(
    r"^(hello|hi( there)?|dear [\w ]+|good (morning|day|afternoon)|to whom it may concern)\b[ ,!.]*", re.I
)
_PIECES = re.compile(
    r"[,:;] (?:and |but |so )?(?:if not, )?"
    r"(?=(?:is|are|does|do|can|could|how|for how|what|when|whether|until|which|where|who)\b)"
    r"| and (?=(?:how|when|since when|where|which|what|is|does)\b)",
    re.I,
)
_WISH = re.compile(r"\bplease|\bi want|\bwould like|^\d\)", re.I)
_ASKING = re.compile(r"(how|in which|which|what|when|where|who|can|could|is|are|do|does|whether|until)\b", re.I)
_STEPS = re.compile(r"\b(how (do|can|to)|where)\b", re.I)
_STEP = re.compile(r"^(Choose|Open|Set|Log in|Write|Start)\b| > ")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\d\"'])|\n+")


class Section(NamedTuple):
    """A section of a document, with what a desk has to know of the document."""

    document: str  # its id
    title: str
    heading: str
    text: str
    review_by: date
    kind: str

    @property
    def name(self) -> str:
        return f"{self.document}: {self.heading}"


class Quote(NamedTuple):
    """A sentence of a section."""

    section: Section
    text: str


class Draft(NamedTuple):
    """What is laid before a person. Nothing is sent."""

    text: str
    sources: tuple[str, ...]  # names of the sections quoted
    lane: str  # one of LANES
    reasons: tuple[str, ...]
    team: str | None = None
    ask: tuple[str, ...] = ()
    unverified: bool = False


def instructions(message: str) -> tuple[str, str]:
    """A message without the paragraphs that tell the writer of the reply what to do, and those paragraphs."""
    parts = re.split(r"\n\s*\n", message)
    told = [part for part in parts if _ORDER.search(part)]
    return "\n\n".join(part for part in parts if part not in told), "\n\n".join(told)


def salutation(message: str) -> str:
    """How to greet the writer: by the name below the message, of one to three words, if there seems to be one."""
    last = re.split(r"[.!?]+\s+", message.strip().splitlines()[-1].strip())[-1]
    last = re.sub(r"^(many )?(thanks|thx|thank you)( a million)?[,!. ]+", "", last, flags=re.I).split(",")[0]
    named = 1 <= len(last.split()) <= 3 and re.fullmatch(r"[^\W\d_][\w .’'-]*", last)
    return f"Hello {last.title() if last.islower() else last}," if named else "Hello,"


def letter(greeting: str, paragraphs: Iterable[str]) -> str:
    """A draft in the form that the desk asks for."""
    return "\n\n".join([greeting, *paragraphs, "Hourbeck support"])


def questions(message: str) -> list[str]:
    """The sentences of a message that ask, in pieces: with a question mark or a request; all of it, if none does."""
    parts = [_OPENING.sub("", part.strip()) for part in _SENTENCE.split(message)]
    asked = []
    for part in parts:
        if "?" in part or _WISH.search(part):
            pieces = _PIECES.split(part)
            asked += [f"{one}?" if "?" in part and _ASKING.match(one) and one[-1] != "?" else one for one in pieces]
    return asked or [" ".join(parts)]


def quotes(sections: Sequence[Section]) -> list[Quote]:
    """The sentences of the sections, each with its section, in order."""
    return [Quote(one, part.removeprefix("- ")) for one in sections for part in _SENTENCE.split(one.text) if part]


def template(message: str, sections: Sequence[Section], cosines: Sequence[float], there: Sequence[Quote]) -> Draft:
    """A letter of quotes: from each of the sections found the two sentences nearest to the message, if there is room.

    cosines: (quote,) of the message with each of `there`.
    """
    paragraphs, used = ["Thank you for writing."], []
    for section in sections:
        own = [i for i, quote in enumerate(there) if quote.section == section]
        best = sorted(sorted(own, key=lambda i: -cosines[i])[:2])
        said = " ".join(there[i].text for i in best)
        if len(" ".join([*paragraphs, said]).split()) <= MOST_WORDS - ROOM:
            paragraphs.append(said)
            used.append(section.name)
    return Draft(letter(salutation(message), paragraphs), tuple(used), LANES[-1], ())


def team_for(message: str, subject: str = "") -> tuple[str | None, str]:
    """The first team whose words stand in a message, and these words."""
    text = f"{subject}\n{message}".replace("’", "'")
    for team, pattern in ROUTES.items():
        if found := re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            return team, found[0]
    if request(message, subject) == "refund" and max(_sums(text), default=0) > 200:
        return "billing lead", "a refund above £200"
    return None, ""


def request(message: str, subject: str = "") -> str | None:
    """The first of REQUESTS whose words stand in a message."""
    text = f"{subject}\n{message}".replace("’", "'")
    return next((n for n, (p, _) in REQUESTS.items() if re.search(p, text, re.IGNORECASE | re.DOTALL)), None)


def missing(message: str, subject: str, received: date) -> tuple[str, ...]:
    """The details that the request needs and the message does not have; none where its dates rule a refund out."""
    kind = request(message, subject)
    text = f"{subject}\n{message}"
    if kind is None or (kind == "refund" and too_late(text, received)):
        return ()
    needed = REQUESTS[kind][1].split(", ")
    return tuple(detail for detail in needed if not re.search(_GIVEN[detail], text, re.IGNORECASE))


def too_late(text: str, received: date) -> bool:
    """Whether a date in a message lies further back than the refund rules allow: 30 days, 14 for a monthly plan."""
    monthly = re.search(r"\bmonth", text, re.IGNORECASE) and not re.search(r"\byear|annual", text, re.IGNORECASE)
    found = re.findall(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)})\b", text, re.IGNORECASE)
    days = [date(received.year, _MONTHS.index(month.lower()) + 1, int(day)) for day, month in found]
    past = [(received - day).days for day in days if day <= received]
    return bool(past) and min(past) > (14 if monthly else 30)


def answer_time(team: str, rules: str) -> str | None:
    """The time in which a team answers, from the text of the rules: "security within one working day"."""
    found = re.search(rf"{team} (within [\w ]+)", rules, re.IGNORECASE)
    return found[1] if found else None


def review(
    message: str,
    subject: str,
    received: date,
    there: Sequence[Quote],
    nearness: Sequence[Sequence[float]],
    rules: str,
    unverified: str,
    *,
    kinds: Sequence[str] = ("article",),
    check: Callable[[str], Sequence[str]] = lambda draft: (),
) -> Draft:
    """A draft by the desk's rules, with its lane and the reasons.

    there: the sentences that were searched. nearness: (question, quote), how near each of `questions` of the message,
    without its `instructions`, is to each sentence, 1 at most. What is past its review date on the day, and documents
    of other kinds than `kinds`, are refused; they are named where they would have answered better. rules: the text of
    the document "escalation". unverified: the sentence for what nothing covers. check: what is wrong with a draft.
    """
    kept, told = instructions(message)
    team, why = team_for(kept, subject)
    reasons = ["an instruction in the message is not followed"] if told else []
    reasons += [f"{team}: {' '.join(why.split())[:40]!r}"] if team else []
    holds = [quote.section.kind in kinds and quote.section.review_by >= received for quote in there]
    said, left_out = {}, []  # place of a sentence: the sentence
    for asked, row in zip(questions(kept) if team not in QUIET else (), nearness, strict=False):
        found, refused = _answer(asked, there, row, [quote.section.kind in kinds for quote in there], received)
        reasons += [f"refused, {_why(one, received)}: {one.name}" for one in refused]
        said |= {i: there[i] for i in found}
        left_out += [] if found else [asked]
    ask = () if team in ALONE else missing(kept, subject, received)
    if team is None and request(kept, subject) == "refund":
        left_out = [one for one in left_out if request(one) != "refund"]  # the rule below answers
        rule, other = _refund_rule(f"{subject} {kept}")
        said = {i: quote for i, quote in said.items() if quote.section.name != other}
        said |= {i: quote for i, quote in enumerate(there) if quote.section.name == rule and holds[i]}
    left_out = [one for one in left_out if "?" in one] or left_out * (not said)  # what asks goes before what tells
    left_out = [] if team else left_out  # whoever has the message answers
    text, used = _written(kept, team, rules, said, ask, unverified if left_out else "")
    wrong = list(check(text))
    reasons += [f"missing: {', '.join(ask)}"] if ask else []
    reasons += [f"not covered: {' '.join(one.split())[:60]!r}" for one in left_out]
    reasons += [f"the check: {one}" for one in wrong]
    lane = next(n for n, fits in zip(LANES, (wrong, team, ask, left_out, True), strict=True) if fits)
    return Draft(text, used, lane, tuple(dict.fromkeys(reasons)), team, ask, bool(left_out))


def _answer(asked, there, row, approved, day) -> tuple[list[int], list[Section]]:
    """The places of the sentences that answer a question, if any do, and the sections that were refused."""
    order = [i for i in sorted(range(len(there)), key=lambda i: -row[i]) if "see the page" not in there[i].text]
    stale = [quote.section.review_by < day for quote in there]
    holds = [i for i in order if approved[i] and not stale[i]]
    best = row[holds[0]] if holds else -1.0
    refused = [there[i].section for i in order if i not in holds and row[i] >= max(best, ENOUGH)]
    gone = any(row[i] > best + GAP for i in order if approved[i] and stale[i])
    near = [] if best < ENOUGH or gone else [i for i in holds if row[i] >= best - NEAR][:3]
    if near and _STEPS.search(asked):  # how to do it: the first step too
        steps = [i for i in holds if there[i].section == there[holds[0]].section and _STEP.search(there[i].text)]
        near += steps[:1]
    return near, list(dict.fromkeys(refused))


def _why(section: Section, day: date) -> str:
    return f"review date {section.review_by}" if section.review_by < day else f"kind {section.kind!r}"


def _refund_rule(text: str) -> tuple[str, str]:
    """The section with the rule that a first reply about a refund explains, and the one about other plans."""
    names = "refunds: Monthly plans", "refunds: Annual plans"
    return names[::-1] if re.search(r"\b(year|annual)", text, re.IGNORECASE) else names


def _written(message, team, rules, said, ask, unverified) -> tuple[str, tuple[str, ...]]:
    """The letter, and the names of the sections that it quotes."""
    paragraphs, used = ["Thank you for writing."], []
    if team:
        time = answer_time(team, rules)
        paragraphs.append(f"I have passed your message to {_the(team)}{f'. The answer comes {time}' if time else ''}.")
    for section in dict.fromkeys(quote.section for quote in said.values()):
        quoted = " ".join(said[i].text for i in sorted(said) if said[i].section == section)
        if len(" ".join([*paragraphs, quoted]).split()) <= MOST_WORDS - ROOM:
            paragraphs.append(quoted)
            used.append(section.name)
    if team is None and request(message) == "refund":
        paragraphs.append("A person on our team will check this.")
    paragraphs += [f"Please send us the {_listed(ask)}."] if ask else []
    paragraphs += [unverified] if unverified else []
    return letter(salutation(message), paragraphs), tuple(used)


def _the(team: str) -> str:
    return f"the {team}" if team.endswith(("manager", "lead")) else f"the {team} team"


def _listed(things: Sequence[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"


def _sums(text: str) -> list[float]:
    return [float(one.replace(",", "")) for one in re.findall(r"£ ?(\d[\d,]*(?:\.\d\d)?)", text)]

"""What a reply to a question says: whether it refuses, which passages it names, its names and numbers.

>>> names_and_numbers("The capital is Lima, with 10 million people [1].")
Claims(names=('lima',), numbers=(10000000.0,))
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

__all__ = ["REFUSALS", "Claims", "cited", "content", "names_and_numbers", "refuses"]

REFUSALS = (
    "not in the passage",
    "not in any of the passages",
    "not in the text",
    "not mentioned",
    "not stated",
    "not specified",
    "not provided",
    "not given in",
    "not available",
    "do not say",
    "does not say",
    "do not mention",
    "does not mention",
    "do not answer",
    "does not answer",
    "do not contain",
    "does not contain",
    "do not provide",
    "does not provide",
    "no information",
    "no mention",
    "do not know",
    "don't know",
    "do not have",
    "don't have",
    "not sure",
    "unable to",
    "cannot",
    "can't",
    "not familiar",
    "could not find",
    "couldn't find",
    "does not exist",
    "doesn't exist",
    "no such",
    "fictional",
)
_COMMON = """
a about according all also an and answer answers any are as at based be because been but by called can could did do does
each every few first for from given had has have he her his how however i if in into is it its known many me mentioned
most much my name named no not of on one only or other our passage passages question s she so some stated t tell than
that the their them then there these they this those though through to two until upon was we were what when where which
while who whom whose why will with would yes you your
"""
_STOP = frozenset(_COMMON.split())
_CITED = re.compile(r"\[(\d+)\]")
_LISTED = re.compile(r"^\s*\d+[.)]\s+(?=\S)", re.MULTILINE)  # "1. The capital is …"
_NUMBER = re.compile(r"(?<![\w.,])(\d+(?:,\d{3})*(?:\.\d+)?)(?:[\s-]+(thousand|million|billion)\b)?(?!\w)")
_TIMES = {"": 1, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_WORD = re.compile(r"[^\W\d_]+")


class Claims(NamedTuple):
    """What of a text can be looked up."""

    names: tuple[str, ...]  # single words in small letters without accents, each once, in order
    numbers: tuple[float, ...]  # each once, in order


def refuses(reply: str) -> bool:
    """Whether a reply says that it does not know: by one of REFUSALS, in any letter case, or by silence."""
    told = reply.replace("’", "'").lower()
    return not told.strip() or any(phrase in told for phrase in REFUSALS)


def cited(reply: str, count: int) -> tuple[int, ...]:
    """Which of `count` passages a reply names, as [1], [2], …: their places from 0 on, each once, in order."""
    places = (int(digits) - 1 for digits in _CITED.findall(reply))
    return tuple(dict.fromkeys(place for place in places if 0 <= place < count))


def names_and_numbers(text: str) -> Claims:
    """The names in a text, word by word, and its numbers: "Côte d'Ivoire has 24 people" -> cote, ivoire; 24.

    A name is a word with a capital that is no word of a list of common ones ("The", "According"); at the beginning of a
    sentence any other word counts too, which asks too much rather than too little. "34,352,719", "34.4 million" and
    "2.0" are numbers, with digits inside words ("G20") or number words they are not; [1], and "1." at the beginning of
    a line, count for nothing.
    """
    text = _stripped(text)
    names = (word.lower() for word in _WORD.findall(_unaccented(text)) if word[0].isupper())
    values = (float(digits.replace(",", "")) * _TIMES[times] for digits, times in _NUMBER.findall(text))
    return Claims(tuple(dict.fromkeys(name for name in names if name not in _STOP)), tuple(dict.fromkeys(values)))


def content(text: str, common: bool = False) -> tuple[str, ...]:
    """The words of a text in small letters without accents, each once, in order; the common ones only if asked for."""
    found = dict.fromkeys(word.lower() for word in _WORD.findall(_unaccented(_stripped(text))))
    return tuple(found) if common else tuple(word for word in found if word not in _STOP)


def _stripped(text: str) -> str:
    """Without the names of passages, and without the numbers of a list."""
    return _LISTED.sub("", _CITED.sub(" ", text))


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))

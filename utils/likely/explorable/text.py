"""The sentence that describes a figure, filled with its numbers (the page does the same: utils/web/src/format.ts)."""

from __future__ import annotations

import re
import string
from typing import Any

__all__ = ["check_format", "fields", "fill"]

_FORMAT = re.compile(r",?(\.\d+)?[fgde%]?")  # the part of Python's format codes that both sides know


def check_format(code: str, where: str) -> None:
    """Raises ValueError unless `code` is a format that the page can do as well."""
    if not _FORMAT.fullmatch(code):
        raise ValueError(f"{where}: the format {code!r} is not one that the page knows: [,][.digits](f, g, d, e or %)")


def fields(template: str, where: str) -> list[str]:
    """The names that `template` wants filled, each checked to be plain ("{kl:.2f}", no attributes, no conversions)."""
    names = []
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"{where}: {template!r} cannot be read: {error}") from None
    for _, name, code, conversion in parts:
        if name is None:
            continue
        if conversion or not name.isidentifier():
            raise ValueError(
                f"{where}: write {{name}} or {{name:.2f}}, not {{{name}{'!' + conversion if conversion else ''}}}"
            )
        check_format(code, f"{where}, {{{name}}}")
        names.append(name)
    return names


def fill(template: str, values: dict[str, Any]) -> str:
    """`template` with its numbers."""
    return template.format(**values)

"""The sentence that describes a figure, filled with its numbers (the page does the same: utils/web/src/format.ts)."""

from __future__ import annotations

import re
import string
from typing import Any

__all__ = ["check_format", "fields", "fill"]

_FORMAT = re.compile(r",?(\.\d+)?[fgde%]?")  # the part of Python's format codes that both sides know

_NAME = re.compile(r"(\w+)(?:\[(\d+)\])?")


def check_format(code: str, where: str) -> None:
    """Raises ValueError unless `code` is a format that the page can do as well."""
    if not _FORMAT.fullmatch(code):
        raise ValueError(f"{where}: the format {code!r} is not one that the page knows: [,][.digits](f, g, d, e or %)")


def fields(template: str, where: str) -> list[tuple[str, int | None]]:
    """The names that `template` wants filled, each with the index of "{scores[0]:.2f}" or None; nothing else goes."""
    names = []
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"{where}: {template!r} cannot be read: {error}") from None
    for _, name, code, conversion in parts:
        if name is None:
            continue
        found = _NAME.fullmatch(name)
        if conversion or not found or not found[1].isidentifier():
            raise ValueError(
                f"{where}: write {{name}}, {{name:.2f}} or {{name[0]}}, "
                f"not {{{name}{'!' + conversion if conversion else ''}}}"
            )
        check_format(code, f"{where}, {{{name}}}")
        names.append((found[1], found[2] and int(found[2])))
    return names


def fill(template: str, values: dict[str, Any]) -> str:
    """`template` with its numbers."""
    return template.format(**values)

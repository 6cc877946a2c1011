"""The reference pages: every link into the glossary has its entry, every entry its place, every colour its value."""

from __future__ import annotations

import re

import nbformat
import pytest
from conftest import ROOT, notebooks
from myst_parser.mdit_to_docutils.base import default_slugify

from likely.plotting import TOKENS

BOOK = ROOT / "book"
GLOSSARY = BOOK / "glossary.md"
ENTRIES = {
    default_slugify(title): (title, body)
    for title, body in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", GLOSSARY.read_text(encoding="utf-8"), re.M | re.S)
}
LINK = re.compile(r"\]\(([^)\s#]*glossary\.md)(?:#([^)\s]*))?\)")


def prose(path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")


def links(path) -> set[str]:
    """The glossary entries that a page links to."""
    found = LINK.findall(prose(path))
    for file, _ in found:
        assert (path.parent / file).resolve() == GLOSSARY, f"{path.name}: {file} is not the glossary"
    return {entry for _, entry in found if entry}


@pytest.mark.parametrize("path", [*notebooks(), *sorted(BOOK.glob("*.md"))], ids=lambda path: path.stem)
def test_every_link_into_the_glossary_has_its_entry(path):
    assert links(path) <= set(ENTRIES)


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_notebooks_link_as_markdown(path):
    """A role of Sphinx stands as raw text in JupyterLab."""
    assert not re.search(r"\{[a-z:]+\}`", prose(path))


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_names_the_place_that_introduces_it(entry):
    """A notebook, which links back to the entry; or a chapter by its number, as long as that is not written yet."""
    title, body = ENTRIES[entry]
    place = re.search(r"^\*Introduced in (?:\[.+\]\((?P<file>.+\.ipynb)\)|chapter (?P<chapter>\d+))\.\*$", body, re.M)
    assert place, f"{title}: no line *Introduced in …*"
    if place["chapter"]:
        written = sorted((ROOT / "chapters").glob(f"{int(place['chapter']):02d}*.ipynb"))
        assert not written, f"{title}: link to {written[0].name}, and from there to the entry"
    else:
        path = (BOOK / place["file"]).resolve()
        assert path in notebooks(), f"{title}: there is no {place['file']}"
        assert entry in links(path), f"{title}: {path.name} does not link to it"


def test_entries_stand_in_order_and_once():
    titles = re.findall(r"^## (.+)$", GLOSSARY.read_text(encoding="utf-8"), re.M)
    assert titles == sorted(set(titles), key=str.casefold)
    assert len(titles) == len(ENTRIES)


def test_colours_are_listed_as_they_are():
    page = (BOOK / "notation.md").read_text(encoding="utf-8")
    rows = re.findall(
        r'^\| <span class="swatch swatch-(\w+)"></span> \|.*\| `colour\.(\w+)` \| `(#\w+)` \| `(#\w+)` \|$', page, re.M
    )
    assert rows == [
        (role, role, pair["light"], pair["dark"]) for role, pair in ((r, TOKENS["roles"][r]) for r, *_ in rows)
    ]
    assert {role for role, *_ in rows} == set(TOKENS["roles"])
    style = (BOOK / "_static" / "book.css").read_text(encoding="utf-8")
    for role in TOKENS["roles"]:
        assert f".swatch-{role} {{ background: var(--lk-{role}); }}" in style

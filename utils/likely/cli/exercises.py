"""Write exercises/ from solutions/: dots for the answers, and the solutions folded (ARGS=--check only compares)."""

from __future__ import annotations

import argparse
import re
import textwrap
from pathlib import Path

from likely.cli import ROOT, Problem

SOURCE, TARGET = ROOT / "solutions", ROOT / "exercises"
BEGIN, END = "# ANSWER", "# END ANSWER"
DOTS = "...  # your answer here"
_MARKER = re.compile(rf"^[ \t]*(?:{BEGIN}|{END})$", re.MULTILINE)
_ANSWER = re.compile(rf"^([ \t]*){BEGIN}\n(.*?)^[ \t]*{END}$", re.MULTILINE | re.DOTALL)
_CHECK = re.compile(r"^check\.\w+\(", re.MULTILINE)
_FOLDED = "<details>\n<summary>Solution</summary>\n\n```python\n{}\n```\n\n</details>"


def blank(text: str, name: str) -> str:
    """The exercises for the solutions of that name, both as text: answers blanked, and folded after their checks."""
    import nbformat

    notebook, cells, waiting = nbformat.reads(text, as_version=4), [], None
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
        if cell.cell_type == "code" and _MARKER.search(cell.source):
            if waiting:
                raise Problem(f"{name}: the answer in cell {waiting[0]} has no check before the next answer.")
            waiting = cell.id, _take_answer(cell, name)
        elif waiting and _CHECK.search(cell.source):
            solution = nbformat.v4.new_markdown_cell(_FOLDED.format(waiting[1]), id=f"{waiting[0]}-solution")
            cells.append(solution)
            waiting = None
    if waiting:
        raise Problem(f"{name}: the answer in cell {waiting[0]} has no check after it.")
    notebook.cells = cells
    return nbformat.writes(notebook) + "\n"


def _take_answer(cell, name: str) -> str:
    """Puts dots for the answer of a cell; returns the answer."""
    answer = _ANSWER.search(cell.source)
    if answer is None or len(_MARKER.findall(cell.source)) != 2 or not answer[2].strip():
        raise Problem(f"{name}, cell {cell.id}: an answer stands between one line `{BEGIN}` and one line `{END}`.")
    cell.source = cell.source[: answer.start()] + answer[1] + DOTS + cell.source[answer.end() :]
    return textwrap.dedent(answer[2]).strip("\n")


def stale() -> list[str]:
    """What to say about each notebook in exercises/ that is not what solutions/ gives; nothing where all is in step."""
    wanted = {path.name: blank(path.read_text(encoding="utf-8"), path.name) for path in sorted(SOURCE.glob("*.ipynb"))}
    there = {path.name: path.read_text(encoding="utf-8") for path in TARGET.glob("*.ipynb")}
    missing = [f"exercises/{name} is not in step with solutions/" for name in wanted if there.get(name) != wanted[name]]
    return missing + [f"exercises/{name} has no solutions" for name in sorted(there.keys() - wanted.keys())]


def write() -> list[Path]:
    """Writes every notebook of exercises/; returns those that changed."""
    changed = []
    TARGET.mkdir(exist_ok=True)
    for source in sorted(SOURCE.glob("*.ipynb")):
        text, target = blank(source.read_text(encoding="utf-8"), source.name), TARGET / source.name
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8", newline="\n")
            changed.append(target)
    return changed


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="make exercises", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if exercises/ is not in step")
    if not parser.parse_args(arguments).check:
        for path in write():
            print(f"Written: {path.relative_to(ROOT).as_posix()}")
    if problems := stale():
        raise Problem("\n".join(problems) + "\n`make exercises` writes exercises/; what has no solutions, remove.")
    print("The exercises are in step with the solutions.")

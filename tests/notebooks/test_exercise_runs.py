"""The exercises in a kernel: quiet while unanswered, told by cell and line where they fail, held where solved."""

from __future__ import annotations

import os
import subprocess
import sys

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient

EXERCISES = sorted((ROOT / "exercises").glob("*.ipynb"))


def run(notebook, monkeypatch) -> list[str]:
    """Runs a notebook as a reader does; returns what each code cell showed, as plain text."""
    monkeypatch.delenv("LIKELY_STRICT")
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs) for cell in code]


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_unanswered_exercises_run_from_top_to_bottom(path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    shown = run(notebook, monkeypatch)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    checked = [text for source, text in zip(code, shown, strict=True) if source.startswith("check.")]
    assert len(checked) >= 5
    for text in checked:
        assert text.startswith("Not answered yet")
    errors = [out for cell in notebook.cells for out in cell.get("outputs", ()) if out.output_type != "execute_result"]
    assert errors == []


def test_a_notebook_shows_the_cell_and_the_line_that_failed(monkeypatch):
    cells = [
        "from likely.checks import distributions as check",
        "def entropy(p):\n    total = 0.0\n    return total / len(p[0])",
        "check.entropy(entropy)",
        "check.entropy(lambda p: 0.0)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    shown = run(notebook, monkeypatch)
    assert "cell [2], line 3  return total / len(p[0])" in shown[2]
    assert "TypeError" in shown[2]
    html = notebook.cells[2].outputs[0].data["text/html"]
    assert "cell [2], line 3" in html
    assert shown[3].startswith("Not yet: entropy")


def test_a_wrong_solution_fails_the_run(tmp_path):
    """The first exercise with its solution, and once more with a sign turned."""
    notebook = nbformat.read(ROOT / "solutions" / "01_distributions.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.id != "install"]
    answer = next(source for source in code if "# ANSWER" in source)
    assert answer.count("return -") == 1
    for kind, source in (("right", answer), ("wrong", answer.replace("return -", "return "))):
        cells = [nbformat.v4.new_code_cell(text) for text in (code[0], source, "check.entropy(entropy)")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata), tmp_path / f"{kind}.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", str(tmp_path)]
    environment = {**os.environ, "LIKELY_STRICT": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert done.returncode == 1, done.stdout
    assert len(failed) == 1
    assert "wrong" in failed[0]
    assert "without its minus sign" in done.stdout

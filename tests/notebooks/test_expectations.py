"""The numbers of the notebooks are held: nbval executes every notebook (see pyproject), and a spoiled one fails."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest
from conftest import ROOT, notebooks
from nbclient import NotebookClient

from likely.checks import MissedExpectation, expect


def test_expect_shows_value_beside_expectation(monkeypatch):
    assert repr(expect(2.451, 2.45, within=0.02, unit="nats/char")) == "2.451 nats/char, as expected: 2.45 ± 0.02"
    monkeypatch.delenv("LIKELY_STRICT")
    assert "NOT as expected" in repr(expect(2.6, 2.45, within=0.02))
    assert "not run" in repr(expect(2.6, {"tpu": 2.45}, within=0.02))


def test_every_expectation_of_a_cell_is_shown():
    cells = [
        "from likely.checks import expect",
        "for n in (1, 2):\n    expect(n, n, within=0.5)\nexpect(3, 3, within=0.5)",
        "expect(4, 4, within=0.5)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3").execute()
    shown = [[output.data["text/plain"] for output in cell.outputs] for cell in notebook.cells]
    assert shown == [[], [f"{n}.00, as expected: {n} ± 0.5" for n in (1, 2, 3)], ["4.00, as expected: 4 ± 0.5"]]


@pytest.mark.parametrize("value", [2.6, float("nan"), float("inf")])
def test_a_miss_raises_in_tests(value):
    with pytest.raises(MissedExpectation):
        expect(value, 2.45, within=0.02)


def test_expect_takes_one_number():
    with pytest.raises(TypeError, match="one number"):
        expect([1.0, 2.0], 1, within=1)
    with pytest.raises(ValueError, match="distance"):
        expect(1.0, 1, within=-1)


def test_a_spoiled_expectation_fails_the_run(tmp_path):
    """The first expectation of the first notebook, with the cells that it needs, spoiled by one per cent."""
    notebook = nbformat.read(ROOT / "chapters" / "01_distributions.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and "Explorable(" not in cell.source]
    first = next(i for i, cell in enumerate(code) if "expect(" in cell.source)
    assert "2.845" in code[first].source
    for kind, source in (("right", code[first].source), ("spoiled", code[first].source.replace("2.845", "2.875"))):
        cells = [*code[:first], nbformat.v4.new_code_cell(source)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata), tmp_path / f"{kind}.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert done.returncode == 1, done.stdout
    assert len(failed) == 1
    assert "spoiled" in failed[0]
    assert "NOT as expected" in done.stdout


def test_notebooks_are_committed_without_outputs():
    for path in notebooks():
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs"), (
                f"{path.name} is committed with outputs: run `nbstripout --keep-id {path.name}`"
            )

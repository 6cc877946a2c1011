"""The install cell: the same in every notebook, nothing where the library is, and no change to a JAX that is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from likely.cli import Problem, launch, main

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"(?:github\.com|colab\.research\.google\.com/github|mybinder\.org/v2/gh)/([\w.-]+/[\w-]+)")


def notebook(*cells: str) -> nbformat.NotebookNode:
    """A notebook whose cells that start with "#" are prose."""
    new = {True: nbformat.v4.new_markdown_cell, False: nbformat.v4.new_code_cell}
    return nbformat.v4.new_notebook(cells=[new[text.startswith("#")](text) for text in cells])


def test_the_first_code_cell_of_every_notebook_is_the_install_cell():
    assert main(["launch", "--check"]) == 0
    found = launch.notebooks()
    assert ROOT / "chapters" / "01_distributions.ipynb" in found
    for path in found:
        first = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
        assert first.id == launch.CELL_ID, path.name
        assert first.source == launch.source(), path.name


def test_the_cell_is_put_below_the_title_once():
    before = notebook("# Title", "x = 1", "# More", "y = 2")
    after = launch.put(before)
    assert [cell.id for cell in after.cells] == [
        before.cells[0].id,
        launch.CELL_ID,
        *(cell.id for cell in before.cells[1:]),
    ]
    assert launch.put(after) == after
    assert launch.put(notebook("x = 1")).cells[0].id == launch.CELL_ID
    stale = launch.put(before)
    stale.cells.append(stale.cells.pop(1))  # moved, and of another course
    stale.cells[-1].source = "import other"
    assert launch.put(stale) == after
    renamed = launch.put(before)
    renamed.cells[1].id = "1"  # as nbstripout numbers cells
    assert launch.put(renamed) == after


def test_the_command_writes_what_its_check_asks_for(tmp_path, monkeypatch, capsys):
    path = tmp_path / "chapters" / "one.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook("# Title", "x = 1"), path)
    monkeypatch.setattr(launch, "ROOT", tmp_path)
    monkeypatch.setattr(launch, "notebooks", lambda: [path])
    monkeypatch.setattr(launch, "repository", lambda: ("https://github.com/a/b", "main"))
    text = path.read_text()
    assert main(["launch", "--check"]) == 1
    assert "not in step in chapters/one.ipynb: run `make launch`" in capsys.readouterr().err
    assert path.read_text() == text
    assert main(["launch"]) == 0
    assert "https://github.com/a/b/archive/main.zip" in path.read_text()
    text = path.read_text()
    assert main(["launch", "--check"]) == main(["launch"]) == 0
    assert path.read_text() == text


def test_the_address_is_the_same_wherever_it_stands():
    url, branch = launch.repository()
    course = url.removeprefix("https://github.com/")
    found = set()
    for name in ("README.md", "CITATION.cff", "pyproject.toml", "book/intro.md"):
        found |= {(name, address) for address in ADDRESS.findall((ROOT / name).read_text(encoding="utf-8"))}
    assert found, "no file names the course's address"
    assert not [pair for pair in found if pair[1] != course]
    assert f"{url}/archive/{branch}.zip" in launch.source()


def test_an_address_that_colab_cannot_open_is_refused(tmp_path, monkeypatch):
    settings = {"repository": {"url": "https://example.org/course", "branch": "main"}}
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(settings))
    monkeypatch.setattr(launch, "ROOT", tmp_path)
    with pytest.raises(Problem, match=r"https://example\.org/course; it has to be https://github\.com/OWNER/NAME"):
        launch.repository()


def run_cell(folder: Path, **variables: str) -> subprocess.CompletedProcess:
    """The install cell in a Python that sees nothing but `folder`, where `pip` only notes that it was called."""
    (folder / "pip").mkdir(exist_ok=True)
    (folder / "pip" / "__init__.py").touch()
    note = (
        "import sys, pathlib; pathlib.Path('called').write_text(str(sys.argv)); print('Collecting', 'Done', sep='\\n')"
    )
    (folder / "pip" / "__main__.py").write_text(note)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LIKELY_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-S", "-c", launch.source()],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(folder), **variables},
        capture_output=True,
        text=True,
    )


def install_record(folder: Path, name: str, version: str) -> None:
    """What an installed package leaves for importlib.metadata."""
    record = folder / f"{name}-{version}.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_the_cell_is_silent_where_the_library_is(monkeypatch, capsys):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("something was started"))
    exec(launch.source(), {})
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("version", ["0.9", "0.9.2", "0.13.0", "1.0.0.dev20270101"])
def test_another_jax_is_named_and_left_alone(tmp_path, version):
    install_record(tmp_path, "jax", version)
    before = sorted(tmp_path.rglob("*"))
    done = run_cell(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"JAX {version} is here, and the course runs on jax>=0.10,<0.13. Nothing was installed or changed.",
        "To replace it: %pip install -U 'jax>=0.10,<0.13' (for a GPU 'jax[cuda12]>=0.10,<0.13'), and restart.",
    ]
    assert done.stderr == ""
    assert not (tmp_path / "called").exists()
    assert set(before) <= set(tmp_path.rglob("*"))


def test_what_is_installed_of_jax_and_numpy_is_what_pip_must_keep(tmp_path):
    for name, version in (("jax", "0.10.1"), ("jaxlib", "0.10.0"), ("numpy", "2.0.2"), ("flax", "0.11.2")):
        install_record(tmp_path / "first", name, version)
    install_record(tmp_path / "second", "numpy", "1.26.4")  # later on the path: not the one that is imported
    both = os.pathsep.join(str(tmp_path / name) for name in (".", "first", "second"))
    done = run_cell(tmp_path, PYTHONPATH=both, LIKELY_SOURCE="./mirror.whl")
    assert (done.stdout, done.stderr) == ("Likely Stories: Done\n", "")
    called = (tmp_path / "called").read_text()
    assert called.endswith("'install', 'jax==0.10.1', 'jaxlib==0.10.0', 'numpy==2.0.2', './mirror.whl']")

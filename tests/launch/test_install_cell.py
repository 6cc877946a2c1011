"""A notebook launched elsewhere: the wheel holds what it needs, and its first cell installs it beside the JAX there."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

from likely.cli import launch

KEPT = ("jax", "jaxlib", "numpy")
NOTEBOOK = ROOT / "chapters" / "01_distributions.ipynb"
RUN = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    shell.run_cell(cell).raise_error()
"""


@pytest.fixture(scope="module")
def course():
    spec = importlib.util.spec_from_file_location("course", ROOT / "utils" / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The library's wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bare(course, tmp_path_factory) -> Path:
    """The Python of an environment as a hosted notebook has it: JAX, Flax and IPython, one package of ours too old."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    base = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([base, "-m", "venv", str(folder)], check=True, capture_output=True)
    installer = course.Installer(course.Environment(folder, course.venv_python(folder), ours=False))
    lock = ROOT / "requirements.lock"
    if not installer.uv:  # pip takes no hashes from constraints
        lock = folder.parent / "constraints.txt"
        lock.write_text("\n".join(course.requirements(ROOT / "requirements.lock")), encoding="utf-8")
    try:
        installer.add("jax", "flax", "optax", "ipywidgets", "ipython", "--constraint", str(lock))
        installer.add("anywidget==0.9.21")
    except course.Problem as problem:
        if "index cannot be reached" in str(problem):
            pytest.skip("no package index can be reached")
        raise
    return course.venv_python(folder)


def run(python: Path, *cells: str, **variables: str) -> subprocess.CompletedProcess:
    """Code cells, run one after the other by the IPython of an environment that sees nothing of this checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LIKELY_", "PYTHON"))}
    return subprocess.run(
        [str(python), "-c", RUN],
        input=json.dumps(cells),
        cwd=python.parent,
        env={**kept, "JAX_PLATFORMS": "cpu", "IPYTHONDIR": str(python.parent.parent / "ipython"), **variables},
        capture_output=True,
        text=True,
    )


def state(python: Path) -> dict[str, str]:
    """What is installed: each package's version; for JAX and NumPy also a hash over all their files."""
    code = """
import hashlib, json
from importlib.metadata import distributions
found = {}
for d in distributions():
    found[d.name] = d.version
    if d.name in KEPT:
        files = sorted(str(f.locate()) for f in d.files if f.suffix != ".pyc")
        found[d.name] += " " + hashlib.sha256(b"".join(open(f, "rb").read() for f in files)).hexdigest()
print(json.dumps(found))
"""
    done = subprocess.run([str(python), "-c", f"KEPT = {KEPT}\n{code}"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_wheel_holds_the_library_and_nothing_else(wheel):
    listed = subprocess.run(["git", "ls-files", "utils/likely"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        for name in names:
            source = ROOT / (name.removeprefix("likely/") if name.startswith("likely/results/") else f"utils/{name}")
            assert hashlib.sha256(archive.read(name)).digest() == hashlib.sha256(source.read_bytes()).digest(), name
    tracked = {name.removeprefix("utils/") for name in listed.stdout.splitlines()}
    assert tracked <= set(names)
    for needed in ("explorable/assets/likely.js", "explorable/assets/likely.css", "plotting/tokens.json"):
        assert f"likely/{needed}" in names
    assert any(name.startswith("likely/data/files/") for name in names)
    assert wheel.stat().st_size < 44 * 2**20  # bytes: data and weights of all chapters, of 50 MiB that are tracked


def test_without_a_network_it_says_so_in_one_line(bare):
    before = state(bare)
    with socket.socket() as closed:  # bound and not listening: nobody answers there
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/main.zip"
        done = run(bare, launch.source(), LIKELY_SOURCE=address, PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("Not installed (is there a network?): ERROR: ")
    assert done.stderr == ""
    assert state(bare) == before


@pytest.fixture(scope="module")
def launched(bare, wheel) -> tuple[dict, subprocess.CompletedProcess, dict]:
    """The first chapter run in the bare environment: what was installed, what was said, what is installed."""
    cells = [cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert cells[0] == launch.source()
    return state(bare), run(bare, *cells, LIKELY_SOURCE=str(wheel), LIKELY_STRICT="1"), state(bare)


def test_a_launched_notebook_installs_the_library_and_runs(launched):
    before, done, after = launched
    assert "likely-stories" not in before
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()[0]
    assert said.startswith("Likely Stories: Successfully installed ")
    changed = {name for name in after if after[name] != before.get(name)}
    assert {"likely-stories", "anywidget", "plotly"} <= changed  # missing or too old
    assert all(f" {name}-{after[name]}" in said for name in ("likely-stories", "anywidget", "plotly"))
    assert not changed & {*KEPT, "flax", "optax", "ipywidgets"}
    assert before.keys() <= after.keys()


def test_a_second_run_is_silent(bare, launched):
    done = run(bare, launch.source(), LIKELY_SOURCE="/no/such/wheel")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

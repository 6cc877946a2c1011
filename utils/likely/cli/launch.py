"""Put the install cell for Colab into every notebook (ARGS=--check only says where it is not in step)."""

from __future__ import annotations

import argparse
import copy
import re
from pathlib import Path

import nbformat
import yaml

from likely import _JAX
from likely.cli import ROOT, Problem

NOTEBOOKS = ("chapters/*.ipynb", "solutions/*.ipynb", "exercises/*.ipynb", "book/prerequisites/*.ipynb")
CELL_ID = "install"
METADATA = {
    "cellView": "form",  # folded in Colab
    "jupyter": {"source_hidden": True},  # folded in JupyterLab
    "tags": ["remove-cell"],  # left out of the book
}
CELL = """\
# @title The course's library, installed where it is missing
import os
import subprocess
import sys
from importlib import metadata, util

if not util.find_spec("likely"):  # JAX and NumPy stay as they are
    kept = {n: d.version for n in ("jax", "jaxlib", "numpy") for d in [*metadata.distributions(name=n)][:1]}
    if FROM <= tuple(map(int, kept.get("jax", "OLDEST").split(".")[:2])) < BELOW:
        new = [*map("==".join, kept.items()), os.getenv("LIKELY_SOURCE", "SOURCE")]
        done = subprocess.run([sys.executable, "-m", "pip", "install", *new], capture_output=True, text=True)
        last = (done.stderr if done.returncode else done.stdout).strip().splitlines()[-1]
        print("Not installed (is there a network?):" if done.returncode else "Likely Stories:", last)
    else:
        print(f"JAX {kept['jax']} is here, and the course runs on RANGE. Nothing was installed or changed.")
        print("To replace it: %pip install -U 'RANGE' (for a GPU 'CUDA'), and restart.")
"""
TITLE = CELL.splitlines()[0]


def repository() -> tuple[str, str]:
    """Address and branch of the course, from _config.yml."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", settings["url"]):  # Colab opens no other
        raise Problem(
            f"The repository in _config.yml is {settings['url']}; it has to be https://github.com/OWNER/NAME."
        )
    return settings["url"], settings["branch"]


def source() -> str:
    """The source of the install cell, filled in with the address of the course and the range of JAX."""
    (address, branch), oldest, below = repository(), *_JAX
    values = dict(
        SOURCE=f"{address}/archive/{branch}.zip",
        FROM=str(oldest),
        BELOW=str(below),
        OLDEST="{}.{}".format(*oldest),
        RANGE="jax>={}.{},<{}.{}".format(*oldest, *below),
        CUDA="jax[cuda12]>={}.{},<{}.{}".format(*oldest, *below),
    )
    return re.sub(r"\b(" + "|".join(values) + r")\b", lambda word: values[word[0]], CELL.strip())


def put(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with the install cell in step: its first code cell, below the title."""
    cells = [c for c in notebook.cells if c.get("id") != CELL_ID and not c.source.startswith(TITLE)]
    cell = nbformat.v4.new_code_cell(source(), id=CELL_ID, metadata=copy.deepcopy(METADATA))
    titled = bool(cells) and cells[0].cell_type == "markdown"
    result = copy.deepcopy(notebook)
    result.cells = [*cells[:titled], cell, *cells[titled:]]
    return result


def notebooks(root: Path = ROOT) -> list[Path]:
    """Every notebook that a reader may launch."""
    return sorted(path for pattern in NOTEBOOKS for path in root.glob(pattern))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make launch", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a notebook is not in step")
    options = parser.parse_args(arguments)
    late = []
    for path in notebooks():
        notebook = nbformat.read(path, as_version=4)
        if put(notebook) != notebook:
            late.append(path.relative_to(ROOT).as_posix())
            if not options.check:
                nbformat.write(put(notebook), path)
    if options.check and late:
        raise Problem("The install cell is not in step in {}: run `make launch`.".format(", ".join(late)))
    print("\n".join(f"Written: {name}" for name in late) or "The install cell is in step in every notebook.")
    return 0

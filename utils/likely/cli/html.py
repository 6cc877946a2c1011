"""Build the book into book/_build/html and stop."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from likely.cli import ROOT, Problem, vendor

OUTPUT = ROOT / "book" / "_build" / "html"
_STAMP = ROOT / "book" / "_build" / "likely-stamp.json"

# What no page is made of. Everything else in the checkout counts as a source.
_SKIP_NAMES = {
    ".git",
    ".github",
    ".ci",
    ".cache",
    ".venv",
    ".vscode",
    "node_modules",
    "__pycache__",
    "_build",
    ".DS_Store",
    ".ipynb_checkpoints",
    ".virtual_documents",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
}
_SKIP_PATHS = {"tests", "bench", "book/_static/vendor"}


def sources(root: Path = ROOT) -> list[Path]:
    """The files that the pages are made of, sorted."""
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        inside = Path(folder).relative_to(root)
        folders[:] = [
            name
            for name in folders
            if name not in _SKIP_NAMES
            and (inside / name).as_posix() not in _SKIP_PATHS
            and not (Path(folder) / name / "pyvenv.cfg").exists()
        ]
        found += [
            Path(folder) / name for name in files if name not in _SKIP_NAMES and not name.endswith((".pyc", ".log"))
        ]
    return sorted(found)


def fingerprint(root: Path = ROOT, pages: bool = True) -> str:
    """A hash over all sources and the installed environment: the same hash gives the same book.

    Without `pages`, over what every page shares: all but the notebooks and the Markdown.
    """
    total = hashlib.sha256()
    for path in sources(root):
        if not pages and path.suffix in (".ipynb", ".md"):
            continue
        total.update(f"{path.relative_to(root).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    stamp = Path(sys.prefix) / ".likely-stamp"
    total.update(stamp.read_bytes() if stamp.exists() else sys.version.encode())
    return total.hexdigest()


def build(force: bool = False) -> Path:
    """Build the book unless nothing has changed since the last time; returns the folder of the pages."""
    for needed in ("_config.yml", "book/_toc.yml"):
        if not (ROOT / needed).exists():
            raise Problem(f"{needed} is missing: this checkout is not complete.")
    environment = {**os.environ, "LIKELY_VENDOR": str(vendor.vendor())}
    now = dict(sources=fingerprint(), shared=fingerprint(pages=False))
    before = _read_stamp() if (OUTPUT / "index.html").exists() else {}
    if not force and before == now:
        print(f"The book is up to date: {_short(OUTPUT / 'index.html')}", flush=True)
        return OUTPUT
    _STAMP.unlink(missing_ok=True)
    print("Building the book. The first time, every notebook is executed; later only what has changed.", flush=True)
    start = time.monotonic()
    command = [
        sys.executable,
        "-c",
        "from jupyter_book.cli.main import main; main(prog_name='jupyter-book')",
        "build",
        str(ROOT),
        "--toc",
        str(ROOT / "book" / "_toc.yml"),
        "--path-output",
        str(ROOT / "book"),
        "-W",
        "-n",
        "--keep-going",
    ]
    if force or before.get("shared") != now["shared"]:  # or the last build failed: its warnings must come again
        command.append("--all")
        shutil.rmtree(OUTPUT, ignore_errors=True)  # with it the pages whose sources are gone
    code = subprocess.call(command, cwd=ROOT, env=environment)
    if code:
        raise Problem(
            f"The book was not built (jupyter-book ended with {code}). The lines above say where; "
            "each warning counts as an error."
        )
    _STAMP.parent.mkdir(parents=True, exist_ok=True)
    _STAMP.write_text(json.dumps(now), encoding="utf-8")
    print(f"The book is built, in {time.monotonic() - start:.0f} s: {_short(OUTPUT / 'index.html')}", flush=True)
    return OUTPUT


def _read_stamp() -> dict[str, str]:
    try:
        return json.loads(_STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="make html", description=__doc__)
    parser.add_argument("--force", action="store_true", help="build even when nothing has changed")
    build(parser.parse_args(arguments).force)

"""Run every test in two workers, where the machine has two cores (ARGS="-k name" runs some, in one).

The chapters run once, when the tests of the pages build the book: there too an expectation that is missed is an error.
`ARGS=chapters/NN_name.ipynb` runs one cell by cell.
"""

from __future__ import annotations

import os
import subprocess
import sys

from likely.cli import ROOT, Problem, browser

WHOLE = ["tests", "solutions"]  # and with the book's pages, whose notebooks run as they are built
TWO_WORKERS = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def main(arguments: list[str]) -> int:
    try:
        browser.find_chromium()
    except Problem as missing:
        if os.environ.get("LIKELY_CHROMIUM"):
            raise
        try:
            browser.install()
        except Problem as problem:
            print(f"{problem}\n{missing}\nUntil then the tests in a browser fail.\n", file=sys.stderr, flush=True)
    environment = {**os.environ, "LIKELY_STRICT": "1"}  # an expectation of a notebook that is missed raises
    if not arguments:
        arguments = [*WHOLE, *(TWO_WORKERS if (os.cpu_count() or 1) > 1 else [])]
    return subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment)

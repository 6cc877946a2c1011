"""Run every test (ARGS="-k name" runs some)."""

from __future__ import annotations

import os
import subprocess
import sys

from likely.cli import ROOT, Problem, browser

MOST_WORKERS = 4  # each takes up to 4 GB: a kernel and a browser


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
    workers = ["-n", str(min(os.cpu_count() or 1, MOST_WORKERS)), "--dist", "loadfile", "--no-loadscope-reorder"]
    return subprocess.call([sys.executable, "-m", "pytest", *workers, *arguments], cwd=ROOT, env=environment)

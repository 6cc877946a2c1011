"""Run the side-by-side measurements of bench/ and print their table."""

from __future__ import annotations

import subprocess
import sys

from likely.cli import ROOT, Problem


def main(arguments: list[str]) -> int:
    script = ROOT / "bench" / "run.py"
    if not script.exists():
        raise Problem("This checkout has no bench/run.py.")
    return subprocess.call([sys.executable, str(script), *arguments], cwd=ROOT)

"""Lay out what the pages run on (Plotly, MathJax, the ONNX runtime, fonts) in .cache/vendor."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from likely.cli import ROOT, Problem, node

OUTPUT = ROOT / ".cache" / "vendor"
_STAMP = ROOT / ".cache" / "vendor-stamp"


def vendor() -> Path:
    """The folder with the vendored files, made anew when the versions in utils/web/package-lock.json change."""
    parts = [(node.WEB / name).read_bytes() for name in ("package-lock.json", "vendor.mjs")]
    want = hashlib.sha256(b"\0".join(parts)).hexdigest()
    if _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == want:
        return OUTPUT
    node.npm_ci()
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    done = node.run(["node", "vendor.mjs", str(OUTPUT)], capture_output=True, text=True)
    if done.returncode:
        raise Problem(f"What the pages run on could not be laid out:\n{done.stdout}{done.stderr}")
    _STAMP.write_text(want, encoding="utf-8")
    return OUTPUT


def main(arguments: list[str]) -> None:
    print(vendor())

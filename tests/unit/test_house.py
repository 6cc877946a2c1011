"""The house is in order: imports go one way between the rooms of `likely`, and the code reads the same everywhere."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIKELY = ROOT / "utils" / "likely"
MAY_IMPORT = {  # room -> the other rooms that it may import
    "lowering": set(),
    "plotting": set(),
    "data": set(),
    "explorable": {"lowering", "plotting"},
    "models": set(),
    "training": {"data", "models", "measures"},
    "measures": set(),
    "checks": {"measures"},
    "sphinx": {"explorable", "checks"},
    "cli": {"data", "training"},
}
HEAVY = {"jax", "flax", "optax", "plotly", "anywidget", "onnx", "onnxruntime"}


def imports(path: Path) -> set[str]:
    """Dotted names of the modules that a file imports, also those inside its functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("room", sorted(path.name for path in LIKELY.iterdir() if (path / "__init__.py").exists()))
def test_imports_go_one_way(room):
    assert room in MAY_IMPORT, f"likely.{room} is new: say in MAY_IMPORT and in CONTRIBUTING what it may import"
    for path in (LIKELY / room).rglob("*.py"):
        others = {name.split(".")[1] for name in imports(path) if name.startswith("likely.")} & set(MAY_IMPORT)
        assert others - {room} <= MAY_IMPORT[room], f"{path.relative_to(ROOT)} imports {others - {room}}"


def test_data_needs_numpy_at_most():
    for path in (LIKELY / "data").rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(path)} & HEAVY, path.relative_to(ROOT)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_the_code_is_clean(command):
    done = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

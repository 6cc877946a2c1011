"""Which code a file of numbers or weights came from: its address, and a hash that changes when it does."""

from __future__ import annotations

import ast
import hashlib
import importlib
import os
import platform
import sys
from collections.abc import Callable
from importlib import metadata, util
from pathlib import Path
from typing import Any

import jax

__all__ = ["address", "digest", "find", "processor", "surroundings"]

ALGORITHM = 1  # of `fit` and `play`: raised whenever the same call gives another result; part of every hash
_COUNTED = ("likely.models", "likely.measures")  # rooms whose code counts where it is imported


def address(function: Callable) -> str:
    """Where a function is, as module:name."""
    return f"{function.__module__}:{function.__qualname__}"


def find(where: str) -> Any:
    """What stands at module:name. Raises LookupError."""
    module, _, name = where.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"there is no {where}: {error}") from None


def digest(module: str) -> str:
    """A hash over the code of a module and of what it imports from likely.models and likely.measures, in turn.

    Comments, docstrings and empty lines do not count. The data files are held by hashes of their own, `fit` and
    `play` by ALGORITHM.
    """
    total = hashlib.sha256(f"{ALGORITHM}".encode())
    waiting, seen = [module], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        path = _source(name)
        if path is not None:
            waiting += sorted(_imported(path))
    for name in sorted(seen):
        path = _source(name)
        if path is not None:
            total.update(f"{name if name != module else ''}\0{_code(path)}\0".encode())
    return total.hexdigest()


def _source(module: str) -> Path | None:
    try:
        found = util.find_spec(module)
    except (ImportError, ValueError):  # a name inside a module, or a script
        found = None
    origin = found.origin if found else getattr(sys.modules.get(module), "__file__", None)
    return Path(origin) if origin and origin.endswith(".py") else None


def _imported(path: Path) -> set[str]:
    """The modules of the counted rooms that a file imports; names inside modules may be among them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if f"{name}.".startswith(tuple(f"{room}." for room in _COUNTED))}


def _code(path: Path) -> str:
    """The lines of a file that do something."""
    text = path.read_text(encoding="utf-8")
    dropped = set()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and body:
            first = body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and type(first.value.value) is str:
                dropped |= set(range(first.lineno, first.end_lineno + 1))
    lines = [line.rstrip() for i, line in enumerate(text.splitlines(), 1) if i not in dropped]
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))


def surroundings() -> dict[str, Any]:
    """The device and the versions that a result came from."""
    device = jax.devices()[0]
    kind = device.device_kind
    if device.platform == "cpu":
        kind = f"{processor()}, {os.cpu_count()} cores"
    count = jax.device_count()
    return dict(
        device=f"{f'{count} × ' if count > 1 else ''}{device.platform}: {kind}",
        versions=dict(
            python=platform.python_version(), **{name: metadata.version(name) for name in ("jax", "flax", "optax")}
        ),
    )


def processor() -> str:
    """The name of this machine's processor, as its maker gives it where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()

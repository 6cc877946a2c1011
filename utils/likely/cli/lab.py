"""Open the course in JupyterLab."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from likely.cli import ROOT, Problem
from likely.cli.serve import check_free, port_number

SETTINGS = {
    # the state of figures is saved with a notebook, so that it shows them when it is opened again
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def write_settings(prefix: Path | None = None) -> Path:
    """Put the course's settings among JupyterLab's defaults in this environment; others that are there stay."""
    path = Path(prefix or sys.prefix) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        there = {}
    except ValueError:
        raise Problem(f"{path} is not JSON; correct it or remove it.") from None
    merged = {**there, **{plugin: {**there.get(plugin, {}), **values} for plugin, values in SETTINGS.items()}}
    if merged != there:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(merged, indent=2) + "\n", encoding="utf-8")
    return path


def has_display() -> bool:
    """Whether a browser can be shown on this machine."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"))


def command(port: int | None = None, extra: list[str] | None = None, folder: Path = ROOT) -> list[str]:
    """The command that starts JupyterLab with the course, or with the notebooks of another folder."""
    parts = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.kernel_websocket_connection_class=likely.cli.connection.PromptConnection",
        "--LabApp.default_url=/lab/tree/chapters",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]
    if port:
        parts += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not has_display():
        parts.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        parts.append("--allow-root")
    return parts + (extra or [])


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="make lab", description=__doc__, epilog="More options go to JupyterLab.")
    parser.add_argument("--port", type=port_number, help="default: 8888, or the next free one")
    options, extra = parser.parse_known_args(arguments)
    if options.port:
        check_free(options.port)
    write_settings()
    parts = command(options.port, extra)
    print("Opening the course in JupyterLab (Ctrl-C twice stops it)", flush=True)
    if os.name == "nt":
        import subprocess

        raise SystemExit(subprocess.call(parts))
    os.execv(parts[0], parts)

"""What was found on this machine, and what to do about it."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

_PACKAGES = (
    "jax",
    "jaxlib",
    "flax",
    "optax",
    "numpy",
    "plotly",
    "anywidget",
    "ipywidgets",
    "onnx",
    "onnxruntime",
    "jupyterlab",
    "jupyter-book",
)
_BOOK_ONLY = ("onnx", "onnxruntime", "jupyterlab", "jupyter-book")


@dataclass(frozen=True)
class Report:
    """What `likely.doctor()` found. Memory and disk in GB (10⁹ bytes); None where it could not be told."""

    python: str
    system: str
    versions: dict[str, str | None]
    backend: str | None
    devices: tuple[str, ...]
    memory: float | None
    memory_free: float | None
    disk_free: float
    node: str | None
    chromium: str | None
    problems: tuple[str, ...] = field(default=())  # something that must be put right
    advice: tuple[str, ...] = field(default=())  # something that could be better

    @property
    def well(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        here = [f"{name} {version}" for name, version in self.versions.items() if version]
        away = [name for name, version in self.versions.items() if not version]
        sizes = ((self.memory, ""), (self.memory_free, " free"))
        memory = [f"{value:.1f} GB{what}" for value, what in sizes if value is not None]
        rows = [
            ("Python", f"{self.python}, {self.system}"),
            ("Versions", ", ".join(here)),
            ("Not here", ", ".join(away) or "–"),
            ("Devices", f"{', '.join(self.devices) or 'none'} (JAX computes on {self.backend or 'nothing'})"),
            ("Memory", ", ".join(memory) or "not known"),
            ("Disk", f"{self.disk_free:.1f} GB free"),
            ("Node", self.node or "not found (needed to build the book)"),
            ("Chromium", self.chromium or "not found (needed for the tests in a browser)"),
        ]
        lines = [f"{name + ':':<10} {value}" for name, value in rows]
        lines += [f"To do:     {text}" for text in self.problems] + [f"Advice:    {text}" for text in self.advice]
        return "\n".join(lines if self.problems else [*lines, "All that the course needs is here."])


def doctor(*, show: bool = True) -> Report:
    """Look at the versions, devices, memory, disk and tools here; print the report and return it."""
    versions = {name: _version(name) for name in _PACKAGES}
    problems, advice = [], []
    for name, version in versions.items():
        if version is None and name not in _BOOK_ONLY:
            problems.append(f"{name} is missing: run `make setup`, or `pip install {name}`.")
    backend, devices = _devices(problems)
    _look_for_idle_accelerators(backend, advice)
    memory, memory_free = _memory()
    if memory is not None and memory < 4:
        advice.append(f"{memory:.1f} GB of memory is tight: close other programs before the chapters that train.")
    disk = shutil.disk_usage(Path.cwd()).free / 1e9
    if disk < 1:
        problems.append(f"Only {disk:.1f} GB of disk is free: building the book needs about 1 GB.")
    jax, jaxlib = versions["jax"], versions["jaxlib"]
    if jax and jaxlib and jax.split(".")[:2] != jaxlib.split(".")[:2]:
        problems.append(f"jax {jax} and jaxlib {jaxlib} do not belong together: run `make setup`.")
    node, chromium = _tools()
    report = Report(
        platform.python_version(),
        f"{platform.system()} {platform.machine()}",
        versions,
        backend,
        devices,
        memory,
        memory_free,
        disk,
        node,
        chromium,
        tuple(problems),
        tuple(advice),
    )
    if show:
        print(report)
    return report


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _devices(problems: list[str]) -> tuple[str | None, tuple[str, ...]]:
    try:
        import jax

        found = jax.devices()
    except Exception as error:  # whatever a driver raises, the report has to come out
        problems.append(f"JAX finds no device: {str(error).splitlines()[0]}")
        return None, ()
    return jax.default_backend(), tuple(f"{device.device_kind} #{device.id}" for device in found)


def _look_for_idle_accelerators(backend: str | None, advice: list[str]) -> None:
    if backend != "cpu":
        return
    forced = os.environ.get("JAX_PLATFORMS")
    if shutil.which("nvidia-smi") or Path("/dev/nvidia0").exists():
        if forced:
            advice.append(f"There is an NVIDIA GPU, but JAX_PLATFORMS={forced} keeps JAX from it.")
        elif sys.platform == "linux":
            advice.append("There is an NVIDIA GPU that JAX does not use: `make setup ACCEL=cuda` adds what it needs.")
        else:
            advice.append("There is an NVIDIA GPU; JAX uses it on Linux only (on Windows: inside WSL 2).")
    elif (Path("/dev/accel0").exists() or importlib.util.find_spec("libtpu")) and not forced:
        advice.append("There may be a TPU that JAX does not use: `make setup ACCEL=tpu` adds what it needs.")


def _memory() -> tuple[float | None, float | None]:
    """Total and free memory in GB, within the container's limit where there is one."""
    try:
        import psutil

        total, free = psutil.virtual_memory().total / 1e9, psutil.virtual_memory().available / 1e9
    except ImportError:
        return None, None
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(limit).read_text()) / 1e9)
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return total, min(free, total)


def _tools() -> tuple[str | None, str | None]:
    from likely.cli import Problem, browser, node

    try:
        found = node.find()
        node_text = f"{'.'.join(map(str, found.version))} ({found.source})"
    except (Problem, OSError):
        node_text = None
    try:
        chromium = str(browser.find_chromium())
    except Problem:
        chromium = None
    return node_text, chromium

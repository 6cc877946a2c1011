"""What a page needs to run a figure without a kernel, in a store of files named by the SHA-256 of their plain bytes.

The store's folder is named by the environment variable LIKELY_FIGURES while a book is built; it outlives the build.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from . import parity
from .figure import Figure, Run
from .program import Program
from .views import Chart
from .vocabulary import packed, words_for

__all__ = ["element", "files_of", "read", "store", "write"]

VARIABLE = "LIKELY_FIGURES"


def store() -> Path | None:
    """The folder that payloads go to, or None where no book is being built."""
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else None


def write(figure: Figure, folder: Path) -> str:
    """Lowers `figure`, checks it against XLA, writes its files, and returns the hash of its manifest.

    Raises parity.Disagreement when the lowered program computes something else than the kernel.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = figure.model.arrays()
    narrow = [_narrow(np.asarray(array), figure.weights) for array in weights]
    for path, array, (*_, widened) in zip(figure.model.leaves.paths, weights, narrow, strict=True):
        if array.dtype == np.float32 and not np.array_equal(np.isfinite(array), np.isfinite(widened)):
            raise ValueError(
                f"{figure.name}: {path} has numbers that {figure.weights} cannot hold; keep the weights as float32"
            )
    arrays = [widened for _, _, _, widened in narrow]  # as the page has them
    models = {name: program.lower() for name, program in figure.programs.items()}
    rows = parity.check(figure, models, arrays=arrays)
    _check_solutions(figure, arrays)
    run = Run(figure, arrays=arrays)
    first = run.look()
    spec = figure.spec()
    vocabularies = spec["vocabularies"]
    for tokens in vocabularies.values():
        _put(folder, packed(tokens))
    manifest = dict(
        spec=dict(spec, vocabularies=list(vocabularies)),
        first=dict(
            values=figure.wire(run.values),
            step=run.step,
            outputs={
                name: dict(
                    dtype=a.dtype.name, shape=list(a.shape), data=base64.b64encode(np.ascontiguousarray(a)).decode()
                )
                for name, a in first.items()
            },
            words=words_for(spec["views"], vocabularies, first),
        ),
        arrays=[
            dict(file=_put(folder, data), shape=list(widened.shape), stored=stored, scale=scale)
            for data, stored, scale, widened in narrow
        ],
        **{
            name: _program(figure.programs[name], _put(folder, models[name])) if name in models else None
            for name in ("look", "init", "step")
        },
    )
    digest = _put(folder, json.dumps(manifest, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode())
    # for the tests, not for the site: how far page and kernel differ, and what the kernel shows
    record = dict(
        tolerance=figure.tolerance,
        parity=[asdict(row) for row in rows],
        kernel=parity.reference(figure, arrays=arrays),
    )
    (folder / f"{digest}.reference.json").write_text(json.dumps(record), encoding="utf-8")
    return digest


def _check_solutions(figure: Figure, arrays: list[np.ndarray]) -> None:
    """Raises ValueError for a challenge that is solved at first, or that its own solution does not solve."""
    at_first = Run(figure, arrays=arrays).look()
    for i, challenge in enumerate(figure.challenges):
        if at_first[f"challenge:{i}"]:
            raise ValueError(f"{figure.name}: the challenge {challenge.text!r} is solved before anything has moved")
        run = Run(figure, challenge.solved_by, arrays=arrays)
        if not (run.advance(steps=challenge.steps) if challenge.steps else run.look())[f"challenge:{i}"]:
            raise ValueError(f"{figure.name}: its own solution does not solve the challenge {challenge.text!r}")


def read(folder: Path, digest: str) -> bytes:
    """The plain bytes of a file of the store. Raises FileNotFoundError; ValueError if they are not what they were."""
    data = gzip.decompress((folder / f"{digest}.bin").read_bytes())
    if _digest(data) != digest:
        raise ValueError(f"{folder / digest}.bin is damaged: delete it and build again")
    return data


def files_of(folder: Path, digest: str) -> list[str]:
    """The hashes of all files that the figure with this manifest needs, its own first."""
    manifest = json.loads(read(folder, digest))
    programs = [manifest[k]["graph"] for k in ("look", "init", "step") if manifest[k]]
    return [digest, *programs, *(a["file"] for a in manifest["arrays"]), *manifest["spec"]["vocabularies"]]


def element(figure: Figure, digest: str) -> str:
    """The HTML that stands for the figure on the page: the front end replaces what is inside."""
    run = Run(figure)
    text = figure.sentence(run.values, run.look())
    height = sum(getattr(view, "height", 90) for view in figure.views) + 140
    charts = " data-charts" if any(isinstance(view, Chart) for view in figure.views) else ""  # what to load first
    return (
        f'<likely-figure id="{figure.name}" src="{digest}"{charts} style="min-height:{height}px">'
        f"<p><strong>{html.escape(figure.title)}.</strong> {html.escape(text)}</p></likely-figure>"
    )


def _program(program: Program, graph: str) -> dict[str, Any]:
    ports = {
        side: [dict(name=p.name, dtype=p.dtype.name, shape=list(p.shape)) for p in getattr(program, side)]
        for side in ("inputs", "outputs")
    }
    return dict(graph=graph, **ports)


def _put(folder: Path, data: bytes) -> str:
    digest = _digest(data)
    path = folder / f"{digest}.bin"
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(gzip.compress(data, 9, mtime=0))
        part.replace(path)
    return digest


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _narrow(array: np.ndarray, weights: str) -> tuple[bytes, str, float, np.ndarray]:
    """An array as it is stored (bytes, kind, scale) and as the page has it again after widening."""
    if array.dtype != np.float32 or weights == "float32":
        return array.tobytes(), array.dtype.name, 1.0, array
    if weights == "float16":
        half = array.astype(np.float16)
        return half.tobytes(), "float16", 1.0, half.astype(np.float32)
    scale = np.float32(np.abs(array).max() / 127) if array.size and array.any() else np.float32(1)
    if not np.isfinite(scale):
        raise ValueError("int8 weights must be finite")
    whole = np.rint(array / scale).astype(np.int8)
    return whole.tobytes(), "int8", float(scale), whole.astype(np.float32) * scale

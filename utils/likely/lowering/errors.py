"""What is said when a traced program cannot run in the page, and where its author wrote it."""

from __future__ import annotations

import linecache
import os
import sysconfig
from pathlib import Path

# What to write instead, by primitive. Shown at the end of the message when it is known.
INSTEAD = {
    "lu": "write the closed form for 2x2 and 3x3, or compute it before the figure and pass it in",
    "lu_pivots_to_permutation": "write the closed form for 2x2 and 3x3, or compute it before the figure and pass it in",
    "triangular_solve": "write out the substitution, or use a diagonal covariance",
    "cholesky": "factorise before the figure and pass the factor in",
    "eigh": "compute the eigenvectors before the figure and pass them in",
    "eig": "compute the eigenvectors before the figure and pass them in",
    "svd": "compute the decomposition before the figure and pass it in",
    "qr": "compute the decomposition before the figure and pass it in",
    "fft": "multiply by a cosine and a sine matrix",
    "complex": "carry real and imaginary parts as two float32 arrays",
    "random_gamma": "draw from a normal, uniform or exponential, or pass the draws in",
    "random_bits": "draw 32-bit words: uint32, float32 or int32",
    "debug_callback": "take jax.debug.print and jax.debug.callback out of the figure's function",
    "debug_print": "take jax.debug.print out of the figure's function",
    "pure_callback": "write the computation in jax.numpy",
    "io_callback": "write the computation in jax.numpy",
    "reduce_precision": "compute in float32",
}
DTYPE_INSTEAD = "compute in float32, int32, uint32 or bool"


class Unsupported(NotImplementedError):
    """A program that the page cannot run.

    primitive: the name of the JAX primitive, for example "lu".
    where: the author's line, "file.py:12 (function)", or None when it is not known.
    """

    def __init__(self, primitive: str, reason: str, where: str | None = None, instead: str | None = None):
        self.primitive, self.reason, self.where = primitive, reason, where
        self.instead = instead or INSTEAD.get(primitive)
        message = f"`{primitive}` cannot run in the page: {reason}."
        if where:
            message += f" Written at {where}."
        if self.instead:
            message += f" Instead: {self.instead}."
        super().__init__(message)


def _library_folders() -> tuple[str, ...]:
    """Folders whose frames are never the author's: the standard library, JAX and its friends, and likely itself."""
    site = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    packages = ("jax", "jaxlib", "flax", "optax", "chex", "numpy", "orbax", "IPython", "ipykernel", "pluggy", "_pytest")
    folders = [os.path.join(root, package) for root in site for package in packages]
    folders += [sysconfig.get_path("stdlib"), str(Path(__file__).resolve().parents[1])]
    return tuple(folder + os.sep for folder in folders)


_LIBRARIES = _library_folders()
_SITE = tuple(sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib"))
_LIKELY = str(Path(__file__).resolve().parents[1]) + os.sep


def is_library(file_name: str) -> bool:
    """True when a file belongs to JAX, Flax, Optax, Python or likely rather than to the author."""
    if file_name.startswith("<frozen"):
        return True
    if file_name.startswith(_LIBRARIES):
        # the standard library's folder contains site-packages, where an author's own package may be installed
        return not file_name.startswith(_SITE) or file_name.startswith(_LIBRARIES[:-2])
    return False


def author_line(source_info) -> str | None:
    """The innermost frame that is not a library's: "file.py:12 (function)"; a frame of likely when there is none."""
    traceback = getattr(source_info, "traceback", None)
    frames = list(getattr(traceback, "frames", None) or [])
    for accept in (lambda name: not is_library(name), lambda name: name.startswith(_LIKELY)):
        for frame in frames:
            if accept(frame.file_name):
                return _describe(frame)
    return None


def _describe(frame) -> str:
    """A frame in words; a notebook's cell has a file name that means nothing to a reader."""
    name = frame.file_name
    in_cell = "ipykernel_" in name or name.startswith("<ipython-input")
    place = f"{'cell line ' if in_cell else os.path.basename(name) + ':'}{frame.line_num} ({frame.function_name})"
    text = linecache.getline(name, frame.line_num).strip()
    return f"{place}: {text}" if text else place

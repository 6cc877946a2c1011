"""The library of Likely Stories, an explorable course on generative AI in JAX and Flax.

Importing it is light: neither JAX nor anything else heavy is imported, but an unsupported JAX is refused here.
"""

from __future__ import annotations

from importlib import metadata as _metadata

__all__ = ["__version__", "doctor"]

_JAX = ((0, 10), (0, 13))  # from, and below: the range of pyproject.toml


def _check_jax() -> None:
    advice = "Run `make setup` in the course's folder, or `pip install 'jax>={}.{},<{}.{}'`".format(*_JAX[0], *_JAX[1])
    try:
        version = _metadata.version("jax")
    except _metadata.PackageNotFoundError:
        raise ImportError(f"`likely` needs JAX, and it is not installed here. {advice}.") from None
    series = tuple(int(part) for part in version.split(".")[:2])
    if not _JAX[0] <= series < _JAX[1]:
        raise ImportError(f"`likely` does not run on JAX {version}. {advice}, then restart Python.")


_check_jax()


def __getattr__(name: str):
    if name == "doctor":
        from likely._doctor import doctor

        globals()["doctor"] = doctor
        return doctor
    if name == "__version__":
        try:
            return _metadata.version("likely-stories")
        except _metadata.PackageNotFoundError:
            return "not installed"
    raise AttributeError(f"module 'likely' has no attribute {name!r}")

"""Weights that the course ships: a file of arrays, and beside it a manifest that says where they came from.

`NAME.safetensors` holds float32, float16, or int8 with one scale for each array, widened to float32 when it is read.
`NAME.json` has the hash of that file, the recipe with its arguments and the hash of its code, the seed, the device,
versions, seconds, and the key numbers with their spread.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from likely.training import code

__all__ = ["WEIGHTS", "DamagedWeights", "load_weights", "read_manifest", "save_weights"]

WEIGHTS = Path(__file__).parent.parent / "models" / "weights"
_DTYPES = ("float32", "float16", "int8")


class DamagedWeights(RuntimeError):
    """A file of weights or its manifest is missing, or is not what it was when it was made."""


def save_weights(
    path: str | Path,
    model: Any,
    *,
    recipe: Callable,
    seed: int,
    numbers: Mapping[str, float],
    within: Mapping[str, float] | None = None,
    arguments: Mapping[str, Any] | None = None,
    dtype: str = "float32",
    seconds: float | None = None,
) -> Path:
    """Writes the arrays of a model and their manifest; returns the path of the arrays.

    path: "02_faces" stands for that file in likely/models/weights; anything with a folder in it for itself.
    model: NNX modules (without the state of their dropout), or a pytree of arrays.
    recipe: the function that trained it; `arguments` are what it was called with, beside the seed.
    numbers: what the weights reach, by name; `within` says how far another run may be off, 0 if not given.
    dtype: "float32", "float16", or "int8": whole numbers from -127 to 127 times one scale for arrays of two axes or
        more, and float16 for the smaller ones. It is for arrays of floats; others stay as they are.
    """
    if dtype not in _DTYPES:
        raise ValueError(f"dtype is one of {', '.join(_DTYPES)}, not {dtype!r}")
    if unknown := set(within or {}) - set(numbers):
        raise ValueError(f"within names {', '.join(sorted(unknown))}, which is not among the numbers")
    from safetensors.numpy import save

    arrays, scales = {}, {}
    for name, array in _named(_state(model)[1]).items():
        array = np.asarray(array)
        if not jnp.issubdtype(array.dtype, jnp.floating):
            arrays[name] = array
            continue
        wide = array.astype(np.float32)
        if not np.isfinite(wide).all():
            raise ValueError(f"{name} is not finite, and is not saved")
        narrow = _narrow(wide, dtype)
        arrays[name] = narrow[0]
        if narrow[1] is not None:
            scales[name] = narrow[1]
    # one entry: the order of several is not told, and the same arrays have to give the same file
    data = save({name: np.asarray(array, order="C") for name, array in arrays.items()}, {"scales": json.dumps(scales)})
    manifest = dict(
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        dtype=dtype,
        recipe=code.address(recipe),
        arguments=dict(arguments or {}),
        code=code.digest(recipe.__module__),
        seed=seed,
        **code.surroundings(),
        date=time.strftime("%Y-%m-%d"),
        seconds=None if seconds is None else round(seconds, 1),
        numbers={name: dict(value=float(v), within=float((within or {}).get(name, 0))) for name, v in numbers.items()},
    )
    file = _path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    for target, content in ((file, data), (file.with_suffix(".json"), _json(manifest))):
        part = target.with_suffix(f"{target.suffix}.part")
        part.write_bytes(content)
        part.replace(target)
    return file


def load_weights(path: str | Path, like: Any) -> Any:
    """A model in the form of `like`, with the weights of a file; modules in eval mode. `like` stays as it is.

    Its arrays need the names and shapes of the saved ones; their types are kept, so that narrow ones are widened.
    `nnx.eval_shape(lambda: Model(…))` saves initialising it. Raises DamagedWeights with the way to restore the file,
    ValueError where the weights are those of another model.
    """
    from safetensors import SafetensorError, safe_open
    from safetensors.numpy import load

    file, manifest = _path(path), read_manifest(path)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise _damaged(file, manifest["sha256"], "no file") from None
    found = hashlib.sha256(data).hexdigest()
    if found != manifest["sha256"]:
        raise _damaged(file, manifest["sha256"], found)
    try:
        arrays = load(data)
        with safe_open(file, framework="numpy") as opened:
            scales = json.loads(opened.metadata()["scales"])
    except (SafetensorError, TypeError, KeyError) as error:
        raise DamagedWeights(f"{file} is no file of weights as save_weights writes them: {error}") from None
    build, state = _state(like)
    wanted = _named(state)
    _check(file, wanted, arrays)
    leaves = []
    for name, leaf in wanted.items():
        array = arrays[name]
        if name in scales:
            array = array.astype(np.float32) * np.float32(scales[name])
        leaves.append(jnp.asarray(array, leaf.dtype))
    return build(jax.tree.unflatten(jax.tree.structure(state), leaves))


def read_manifest(path: str | Path) -> dict[str, Any]:
    """What is known of the weights of that path. Raises DamagedWeights."""
    file = _path(path).with_suffix(".json")
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(manifest["sha256"], str):
            raise ValueError("no hash")
        return manifest
    except FileNotFoundError:
        raise DamagedWeights(f"{file} is missing. {_restore(file)}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedWeights(f"{file} cannot be read: {error}. {_restore(file)}") from None


def _path(path: str | Path) -> Path:
    path = Path(path)
    path = WEIGHTS / path if path.parent == Path() else path
    return path if path.suffix == ".safetensors" else path.with_name(f"{path.name}.safetensors")


def _restore(file: Path) -> str:
    chapter = re.match(r"(\d\d[a-z]?)_", file.name)
    train = f"`make train {chapter[1]}`" if chapter else "`make train NN`, with the number of its chapter,"
    return f"Restore it with {train} or with `git checkout -- {file.name}` in its folder"


def _damaged(file: Path, expected: str, found: str) -> DamagedWeights:
    return DamagedWeights(f"{file} should have SHA-256 {expected}; found {found}. {_restore(file)}")


def _narrow(array: np.ndarray, dtype: str) -> tuple[np.ndarray, float | None]:
    """An array as it is stored, and its scale if it has one."""
    if dtype == "int8" and array.ndim >= 2:
        scale = np.float32(np.abs(array).max() / 127) if array.size and array.any() else np.float32(1)
        return np.rint(array / scale).astype(np.int8), float(scale)
    if dtype == "float32":
        return array, None
    if array.size and np.abs(array).max() > np.finfo(np.float16).max:
        raise ValueError("a weight is too large for float16: save these weights as float32")
    return array.astype(np.float16), None


def _state(model: Any) -> tuple[Callable, Any]:
    """The arrays of a model, and what makes a model of such ones."""

    def is_module(node):
        return isinstance(node, nnx.Module)

    if not any(is_module(node) for node in jax.tree.leaves(model, is_leaf=is_module)):
        return lambda state: state, model
    graph, chance, state = nnx.split(model, nnx.RngState, ...)

    def build(state):
        made = nnx.merge(graph, chance, state, copy=True)
        for node in jax.tree.leaves(made, is_leaf=is_module):
            if is_module(node):
                node.eval()
        return made

    return build, state


def _named(tree: Any) -> dict[str, Any]:
    """The leaves of a tree by their paths, as in "layers.0.kernel"."""
    found = {}
    for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
        words = [str(getattr(part, "key", getattr(part, "idx", getattr(part, "name", part)))) for part in path]
        if isinstance(tree, nnx.State) and words[-1] == "value":
            words.pop()
        found[".".join(words)] = leaf
    return found


def _check(file: Path, wanted: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    said = []
    if missing := sorted(wanted.keys() - arrays.keys()):
        said.append(f"it has no {', '.join(missing)}")
    if extra := sorted(arrays.keys() - wanted.keys()):
        said.append(f"the model has no {', '.join(extra)}")
    said += [
        f"{name} is {arrays[name].shape} there and {np.shape(leaf)} in the model"
        for name, leaf in wanted.items()
        if name in arrays and arrays[name].shape != np.shape(leaf)
    ]
    if said:
        raise ValueError(f"{file.name} holds the weights of another model: {'; '.join(said)}")


def _json(what: Any) -> bytes:
    return (json.dumps(what, indent=1, ensure_ascii=False) + "\n").encode()

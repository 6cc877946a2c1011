"""The state of a training run in a folder, written by orbax: each checkpoint is whole or is not there."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

__all__ = ["DamagedCheckpoint", "Keeper"]

_KEPT = 2  # checkpoints in the folder: the newest, and one for the case that it is damaged


class DamagedCheckpoint(RuntimeError):
    """None of the checkpoints in a folder can be read."""


class Keeper:
    """Saves and finds the checkpoints of one run; `about` is what the run is, and a folder holds one run only."""

    def __init__(self, folder: Path, about: dict[str, Any]):
        import orbax.checkpoint as orbax

        self.folder, self.about = folder.expanduser().absolute(), about
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(f"checkpoint={str(folder)!r} is a file, and has to be a folder")
        options = orbax.CheckpointManagerOptions(max_to_keep=_KEPT, cleanup_tmp_directories=True)
        self._args = orbax.args
        names = ("arrays", "facts")
        handlers = dict(zip(names, (orbax.StandardCheckpointHandler(), orbax.JsonCheckpointHandler()), strict=True))
        self._manager = orbax.CheckpointManager(self.folder, options=options, item_names=names, item_handlers=handlers)

    def save(self, step: int, arrays: Any, facts: dict[str, Any]) -> None:
        """Begins to write a checkpoint; the run may go on meanwhile."""
        self._manager.save(
            step,
            args=self._args.Composite(
                arrays=self._args.StandardSave(_plain(arrays)),
                facts=self._args.JsonSave(dict(facts, about=self.about)),
            ),
        )

    def newest(self, like: Any, steps: int) -> tuple[int, Any, dict[str, Any]] | None:
        """The newest checkpoint that can be read: its step, its arrays in the form of `like`, its facts.

        None where there is none. Raises ValueError for the checkpoint of another run, DamagedCheckpoint where there are
        some and none can be read; warns of one that cannot.
        """
        found, trouble = sorted(self._manager.all_steps(), reverse=True), []
        for step in found:
            try:
                facts = self._manager.restore(step, args=self._args.Composite(facts=self._args.JsonRestore())).facts
                about = facts["about"]
            except Exception as error:  # whatever orbax and the disk raise: the older one may still be read
                trouble.append((step, error))
                continue
            self._check(about, step, steps)
            try:
                wanted = jax.tree.map(_abstract, _plain(like))
                restore = self._args.Composite(arrays=self._args.StandardRestore(wanted))
                arrays = _keyed(self._manager.restore(step, args=restore).arrays, like)
            except Exception as error:
                trouble.append((step, error))
                continue
            for bad, error in trouble:
                what = f"{self.folder / str(bad)} cannot be read ({_line(error)}): going on from step {step:,}"
                warnings.warn(what, stacklevel=4)
                self._remove(bad)
            return step, arrays, facts
        if trouble:
            raise DamagedCheckpoint(
                f"no checkpoint in {self.folder} can be read ({_line(trouble[0][1])}). Remove the folder to start the "
                "run anew."
            )
        return None

    def close(self) -> None:
        """Waits for what is being written."""
        self._manager.close()

    def _check(self, about: dict[str, Any], step: int, steps: int) -> None:
        other = [name for name in self.about if about.get(name) != self.about[name]]
        if other:
            raise ValueError(
                f"{self.folder} holds checkpoints of another run: it differs in {', '.join(other)}. Give another "
                "folder, or remove this one to start anew."
            )
        if step > steps:
            raise ValueError(f"{self.folder} holds a run of {step:,} steps already, more than steps={steps:,}")

    def _remove(self, step: int) -> None:
        shutil.rmtree(self.folder / str(step), ignore_errors=True)
        self._manager.reload()


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _is_key(leaf: Any) -> bool:
    return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def _plain(tree: Any) -> dict[str, jax.Array]:
    """The leaves of a tree by number, random keys as their bits."""
    return {str(i): jax.random.key_data(a) if _is_key(a) else a for i, a in enumerate(jax.tree.leaves(tree))}


def _abstract(leaf: jax.Array) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=leaf.sharding)


def _keyed(leaves: dict[str, jax.Array], like: Any) -> Any:
    """The tree again, in the form of `like`."""
    before, tree = jax.tree.flatten(like)
    found = [
        jax.random.wrap_key_data(leaves[str(i)], impl=jax.random.key_impl(a)) if _is_key(a) else leaves[str(i)]
        for i, a in enumerate(before)
    ]
    return jax.tree.unflatten(tree, found)

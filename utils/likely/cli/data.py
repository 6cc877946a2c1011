"""Make the data files again from the packages they come from, and check their hashes (ARGS=faces.npz.xz for one)."""

from __future__ import annotations

from likely.cli import node
from likely.data import rebuild


def main(arguments: list[str]) -> int:
    found = node.find()
    return rebuild.main(arguments, npm=found.npm, environment=node.environment(found))

"""Make the data files again from the packages they come from, and check their hashes."""

from __future__ import annotations

from likely.data import rebuild


def main(arguments: list[str]) -> int:
    return rebuild.main()

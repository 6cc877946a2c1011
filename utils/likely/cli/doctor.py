"""Say what was found here (versions, devices, memory, disk, tools) and what to do about it."""

from __future__ import annotations


def main(arguments: list[str]) -> int:
    from likely import doctor

    return 0 if doctor().well else 1

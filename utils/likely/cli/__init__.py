"""The commands that run inside the course's environment: `python -m likely.cli COMMAND`.

Each module here is a command: the first line of its docstring is its line of help, `main(arguments)` runs it and
returns an exit code or nothing. `utils/course.py` lists them and hands over to them, so a new file here is a new `make`
command (add its name to the Makefile).
"""

from __future__ import annotations

import errno
import importlib
import pkgutil
import sys
from pathlib import Path

__all__ = ["ROOT", "Problem", "main"]

ROOT = Path(__file__).resolve().parents[3]  # the checkout: the library is always installed in place


class Problem(RuntimeError):
    """Something the reader can put right: `main` shows its message without a traceback."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    name, *rest = (sys.argv[1:] if arguments is None else arguments) or ["help"]
    known = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    if name not in known:
        print(f"There is no command {name!r}. There are: {', '.join(known)}", file=sys.stderr)
        return 2
    try:
        return importlib.import_module(f"{__name__}.{name}").main(rest) or 0
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        what = "cannot be written to" if error.errno == errno.EROFS else "is on a disk that is full"
        print(f"\n{error.filename or ROOT} {what}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

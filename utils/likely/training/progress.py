"""How far a training run is: one line that is written over in a terminal and in a notebook.

A page that is made from the run notebook shows the last state of the line and nothing else.
"""

from __future__ import annotations

import sys
import time

__all__ = ["Progress", "duration"]

_INTERVAL = 0.2  # seconds between two states of the line
_WIDTH = 24  # characters of the bar
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def duration(seconds: float) -> str:
    """A time in words: 0.8 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Progress:
    """The line; `show` is false for a silent one. Where output goes to a file, only the last line is written."""

    def __init__(self, steps: int, show: bool = True):
        self.steps, self.shown, self.began = steps, 0.0, time.monotonic()
        self.line, self.kind = "", _kind() if show else "silent"
        self._handle = None

    def update(self, step: int, numbers: dict[str, float], rate: float | None, force: bool = False) -> None:
        """Shows the step, the newest numbers and the time left, at most five times a second."""
        now = time.monotonic()
        if self.kind in ("silent", "file") or (now - self.shown < _INTERVAL and not force):
            return
        self.shown = now
        words = [f"{step:,} of {self.steps:,} steps", *(f"{name} {value:.4g}" for name, value in numbers.items())]
        if rate:
            words += [f"{rate:,.3g} steps/s" if rate < 100 else f"{rate:,.0f} steps/s"]
            words += [f"{duration((self.steps - step) / rate)} left"]
        self._write(f"{_bar(step / self.steps)} {' · '.join(words)}")

    def close(self, line: str) -> None:
        """Leaves this line in place of the bar."""
        self._write(line, last=True)

    def _write(self, line: str, last: bool = False) -> None:
        if self.kind == "notebook":
            from IPython.display import display

            text = {"text/plain": line}
            if self._handle is None:
                self._handle = display(text, raw=True, display_id=True)
            else:
                self._handle.update(text, raw=True)
        elif self.kind == "terminal":
            blank = " " * max(0, len(self.line) - len(line))
            print(f"\r{line}{blank}", end="\n" if last else "", file=sys.stderr, flush=True)
        elif self.kind == "file" and last:
            print(line, file=sys.stderr, flush=True)
        self.line = line


def _bar(share: float) -> str:
    eighths = round(share * _WIDTH * 8)
    full, part = divmod(eighths, 8)
    return f"▕{('█' * full + (_EIGHTHS[part] if part else '')).ljust(_WIDTH)}▏"


def _kind() -> str:
    """Where the line goes: a notebook, a terminal or a file; nowhere on hosts other than the first."""
    import jax

    if jax.process_index():
        return "silent"
    if "IPython" in sys.modules:
        from IPython import get_ipython

        if getattr(get_ipython(), "kernel", None) is not None:
            return "notebook"
    return "terminal" if sys.stderr is not None and sys.stderr.isatty() else "file"

"""Points of the plane as text, four characters each. The page does the same: utils/web/src/points.ts; a test holds the
two together."""

from __future__ import annotations

import base64
import math
import re
from dataclasses import dataclass

import numpy as np

__all__ = ["MARK", "MOST", "Grid", "pack", "resample", "unpack"]

MARK = "~"  # what tells packed points from the name of a preset
MOST = 2048  # points that can be drawn
_PLACES = 4096  # of a coordinate: 12 bits, two characters
_PACKED = re.compile("(?:[A-Za-z0-9_-]{4})+")


@dataclass(frozen=True)
class Grid:
    """The places of a coordinate, (low + place) * times / over: the multiples of a round step within its range.

    The step is the smallest of 1, 2, 5 times a power of ten that leaves 4,096 places or fewer: 0.001 from -2 to 2.
    """

    low: int
    steps: int  # the last place
    times: int
    over: int

    @classmethod
    def between(cls, least: float, most: float) -> Grid:
        """The places within [least, most]. Raises ValueError where the range is too narrow for where it lies."""
        finest = (most - least) / (_PLACES - 1)
        power = math.floor(math.log10(finest))
        times, power = next((m, p) for p in (power, power + 1) for m in (1, 2, 5) if m * 10.0**p >= finest * (1 - 1e-9))
        times, over = times * 10 ** max(power, 0), 10 ** max(-power, 0)
        low, high = math.ceil(least * over / times - 1e-6), math.floor(most * over / times + 1e-6)
        if max(-low, high) >= 2**31:
            raise ValueError(f"{least} to {most} is too narrow a range for where it lies")
        return cls(low, high - low, times, over)

    def places(self, numbers: np.ndarray) -> np.ndarray:
        """The nearest place of each number."""
        return np.clip(np.floor(numbers * self.over / self.times + 0.5).astype(np.int64) - self.low, 0, self.steps)

    def numbers(self, places: np.ndarray) -> np.ndarray:
        """The number at each place, float64: the one nearest to the decimal that one would write."""
        return (places + self.low) * self.times / self.over


def pack(places: np.ndarray) -> str:
    """Places (n, 2) as text."""
    x, y = places.T
    octets = np.stack([x >> 4, (x & 15) << 4 | y >> 8, y & 255], 1)
    return MARK + base64.urlsafe_b64encode(octets.astype(np.uint8)).decode()


def unpack(text: str) -> np.ndarray:
    """The places (n, 2) of packed text. Raises ValueError for other text."""
    if not text.startswith(MARK) or not _PACKED.fullmatch(text, 1):
        raise ValueError("these are no packed points")
    a, b, c = np.frombuffer(base64.urlsafe_b64decode(text[1:]), np.uint8).astype(np.int64).reshape(-1, 3).T
    return np.stack([a << 4 | b >> 4, (b & 15) << 8 | c], 1)


def resample(points: np.ndarray, count: int) -> np.ndarray:
    """`count` rows of points (n, …): row j is point floor(j n / count).

    Each of a few points is repeated as often as any other, once more or less; of many, evenly spaced ones are left, so
    that what was drawn keeps its density.
    """
    return points[np.arange(count) * len(points) // count]

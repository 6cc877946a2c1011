"""Facts about the world's countries."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np

from likely.data.stored import read


@dataclass(frozen=True)
class Capitals:
    """Where the world's capitals lie. All fields have one entry a country or territory, in the factbook's order."""

    country: tuple[str, ...]
    name: tuple[str, ...]
    latitude: np.ndarray  # (232,) float32, degrees, north positive
    longitude: np.ndarray  # (232,) float32, degrees, east positive


def load_capitals() -> Capitals:
    """232 capitals of countries and territories. Source: CIA World Factbook (2025), public domain."""
    rows = list(csv.reader(read("capitals.csv").decode("utf-8").splitlines()))[1:]
    country, name, latitude, longitude = zip(*rows, strict=True)
    return Capitals(country, name, np.array(latitude, np.float32), np.array(longitude, np.float32))

"""Figures that are alive in a notebook and on a page without a kernel: `Explorable`, its controls and its views."""

from .controls import Choice, Control, Pad, Points, Seed, Slider, Text, Toggle
from .explorable import Explorable
from .figure import Challenge, Figure, Run
from .views import Chart, Column, Image, Readout, Table, Tokens, View

__all__ = [
    "Challenge",
    "Chart",
    "Choice",
    "Column",
    "Control",
    "Explorable",
    "Figure",
    "Image",
    "Pad",
    "Points",
    "Readout",
    "Run",
    "Seed",
    "Slider",
    "Table",
    "Text",
    "Toggle",
    "Tokens",
    "View",
]

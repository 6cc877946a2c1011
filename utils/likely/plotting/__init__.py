"""One look for every figure: colours with fixed meanings and a Plotly template, light and dark, out of `tokens.json`.

>>> from likely.plotting import colour
>>> colour.data, colour.model          # P is always the one hue, Q the other
('#0b62a6', '#b84a08')
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import plotly.graph_objects as go
import plotly.io as pio

__all__ = ["TOKENS", "colour", "template"]

TOKENS = json.loads((Path(__file__).parent / "tokens.json").read_text(encoding="utf-8"))

colour = SimpleNamespace(**{role: pair["light"] for role, pair in TOKENS["roles"].items()})
"""What each colour means, as hex for light ground; the front end shows its dark counterpart on dark ground."""


def template(mode: Literal["light", "dark"] = "light") -> go.layout.Template:
    """The Plotly template of the course for a light or a dark ground (transparent, so that it sits on any)."""
    roles = {name: pair[mode] for name, pair in TOKENS["roles"].items()}
    ground = {name: pair[mode] for name, pair in TOKENS["ground"].items()}
    axis = dict(
        gridcolor=ground["line"],
        linecolor=ground["muted"],
        zeroline=False,
        ticks="outside",
        ticklen=4,
        tickcolor=ground["line"],
        title_standoff=8,
        automargin=True,
    )
    sequential, diverging = (
        [[i / 4, c] for i, c in enumerate(TOKENS["scales"][name])] for name in ("sequential", "diverging")
    )
    return go.layout.Template(
        layout=dict(
            colorway=[roles[name] for name in ("data", "model", "noise", "error", "good", "plain")],
            colorscale=dict(sequential=sequential, sequentialminus=sequential, diverging=diverging),
            font=dict(family=TOKENS["type"]["interface"], size=TOKENS["type"]["size"]["figure"], color=roles["plain"]),
            paper_bgcolor="rgba(0,0,0,0)",
            plot_bgcolor="rgba(0,0,0,0)",
            margin=dict(l=56, r=16, t=24, b=48),
            hoverlabel=dict(font_family=TOKENS["type"]["interface"]),
            legend=dict(orientation="h", x=0, y=1.02, xanchor="left", yanchor="bottom"),
            xaxis=axis,
            yaxis=axis,
        )
    )


pio.templates["likely"] = template("light")
pio.templates["likely-dark"] = template("dark")
pio.templates.default = "likely"

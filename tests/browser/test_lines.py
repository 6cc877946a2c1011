"""Lines with gaps in a small book: new numbers are drawn into the paths that Plotly made, and Plotly agrees later."""

from __future__ import annotations

import re

import numpy as np
import pytest
from conftest import wait_until
from figures import FigureOnPage

STROKES = """
    import jax.numpy as jnp
    import plotly.graph_objects as go
    from likely.explorable import Chart, Explorable, Readout, Slider


    def strokes(lift):
        x = jnp.arange(12) * jnp.where(jnp.arange(12) % 3 == 2, jnp.nan, 1.0)  # four strokes of two points
        return {"x": x, "y": 0.1 * x + lift, "lifted": lift}

    figure = go.Figure([go.Scatter(name="strokes", mode="lines", line_simplify=False)])
    figure.update_layout(xaxis_range=[0, 12], yaxis_range=[0, 4])
    Explorable(
        "strokes", strokes, title="Strokes", controls=dict(lift=Slider(0, 2, 0.5, "lift")),
        views=[Chart(figure, x="strokes.x", y="strokes.y"), Readout("lifted", "lifted")],
        describe="Strokes lifted by {lift:.1f}.",
    )
"""
PATHS = """(name) => [...document.querySelectorAll(`#${name} path.js-line`)].map((path) => path.getAttribute('d'))"""


@pytest.fixture
def strokes(visit, publish):
    return FigureOnPage(visit(publish("lines", STROKES)).page, "strokes")


def corners(paths: list[str]) -> np.ndarray:
    """The ends of all strokes, in pixels, in order."""
    numbers = [float(n) for path in paths if path != "M0,0" for n in re.findall(r"-?\d+(?:\.\d+)?", path)]
    return np.array(numbers).reshape(-1, 2)


def test_a_line_with_gaps_is_drawn_at_once_and_as_plotly_draws_it(strokes):
    before = strokes.page.evaluate(PATHS, "strokes")
    assert len(before) == 4  # Plotly has a path for each stroke
    strokes.set(lift=1.5)
    at_once = strokes.page.evaluate(PATHS, "strokes")
    assert sum(path != "M0,0" for path in at_once) == 1  # all strokes in the first of them
    assert at_once[0].count("M") == 4
    wait_until(lambda: len([p for p in strokes.page.evaluate(PATHS, "strokes") if p != "M0,0"]) == 4)
    later = strokes.page.evaluate(PATHS, "strokes")
    assert len(corners(later)) == 8
    np.testing.assert_allclose(corners(at_once), corners(later), atol=0.2)
    assert np.abs(corners(later) - corners(before)).max() > 20  # it did move

"""Colours can be read: on the page and on a figure's ground, in light and in dark."""

from __future__ import annotations

import pytest

from likely.plotting import TOKENS

TEXT = ("data", "model", "error", "good", "plain")  # roles that text is set in


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "panel"])
def test_text_and_marks_stand_out_from_their_ground(mode, ground):
    on = TOKENS["ground"][ground][mode]
    for role in TEXT:
        assert contrast(TOKENS["roles"][role][mode], on) >= 4.5, role
    assert contrast(TOKENS["ground"]["muted"][mode], on) >= 4.5
    assert contrast(TOKENS["roles"]["noise"][mode], on) >= 3  # marks only

"""Which of several designs is drawn most clearly."""

from __future__ import annotations

from torch import Tensor

CHOOSY = ("tile",)
"""Layouts that are chosen among. What covers a surface or a screen has soft edges of its own; of labels those with large panels would win."""
_DOUBT = 10.0
"""Unsure pixels that every sheet is held to have, so that one that is all but bare, without a border to be seen, is not the clearest."""


def vagueness(sheets: Tensor) -> Tensor:
    """How unsure the drawing is along the borders between its inks, [n] in pixels; a clean edge of one pixel gives about a quarter.

    Args:
        sheets: [n, SHEETS, h, w], shares of the inks that add up to 1.

    What no ink has for itself, summed over the sheet, over the number of borders between pixels in which different inks prevail. Bare
    sheets, whose borders are too few to tell, count as vague.
    """
    most, ink = sheets.max(1)
    unsure = (1 - most).flatten(1).sum(1)
    borders = sum((ink != ink.roll(1, axis)).flatten(1).sum(1) for axis in (1, 2))
    assert isinstance(borders, Tensor)
    return (unsure + _DOUBT) / borders.to(unsure.dtype).clamp(min=1)

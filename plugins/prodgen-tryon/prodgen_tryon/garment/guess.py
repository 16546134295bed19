"""The guess of a garment's category, from the mask alone."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Point
from prodgen_tryon.garment.contour import defects, outline
from prodgen_tryon.garment.legs import crotch_of

Guess = Literal["top", "trousers", "shorts", "skirt", "dress", "overall", "unknown"]


def guess_category(mask: NDArray[np.bool_]) -> tuple[Guess, float]:
    """What kind of garment a mask shows, and how sure that is (0 to 1).

    Outerwear and tops have the same outline: both are called `top`.

    Args:
        mask: bool [height, width].
    """
    if mask.mean() < 0.005:
        return "unknown", 0.0
    silhouette = _Silhouette(mask)
    crotch = crotch_of(mask)
    with_legs = _with_legs(silhouette, crotch) if crotch is not None else None
    return with_legs or _without_legs(silhouette)


class _Silhouette:
    """A mask measured along its height: fractions are of the way from its top to its bottom."""

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        self._mask = mask
        self._points = outline(mask)
        self._left, self._right = self._points[:, 0].min(), self._points[:, 0].max()
        self.top, self.bottom = self._points[:, 1].min(), self._points[:, 1].max()
        self.width, self.height = max(self._right - self._left, 1), max(self.bottom - self.top, 1)

    def span(self, fraction: float) -> float:
        """Pixels from the left edge to the right one."""
        line = self._row(fraction)
        return float(np.ptp(line)) if len(line) else 0.0

    def filled(self, *fractions: float) -> float:
        """The least share of a row between its edges that is cloth, of some rows."""
        lines = map(self._row, fractions)
        return min(len(line) / max(float(np.ptp(line)) + 1, 1) if len(line) else 0.0 for line in lines)

    def has_sleeve(self, until: float = np.inf) -> bool:
        """Whether the outline has a notch under a sleeve on at least one side, above the row `until`."""
        middle = (self._left + self._right) / 2
        for start, end, far, depth in defects(self._points):
            deep, p, q = self._points[int(far)], self._points[int(start)], self._points[int(end)]
            outer = p if abs(p[0] - middle) > abs(q[0] - middle) else q
            lower = q if outer is p else p
            if (
                depth > 0.03 * (self._right - self._left)
                and abs(outer[0] - middle) > abs(deep[0] - middle)
                and until > deep[1] < lower[1]
                and outer[1] > self.top + 0.12 * self.height
            ):
                return True
        return False

    def _row(self, fraction: float) -> NDArray[np.intp]:
        return np.flatnonzero(self._mask[min(round(self.top + fraction * self.height), self._mask.shape[0] - 1)])


def _with_legs(seen: _Silhouette, crotch: Point) -> tuple[Guess, float] | None:
    """Trousers, shorts or an overall; None where the notch is no crotch."""
    depth, upper = (crotch[1] - seen.top) / seen.height, seen.span(0.04)
    bib = upper < 0.75 * seen.span(0.45) or seen.filled(0.03, 0.06, 0.1) < 0.7
    if bib and depth > 0.45:
        return "overall", 0.8
    if 0.42 < depth < 0.75 and seen.has_sleeve(until=float(crotch[1]) - 0.1 * seen.height):
        return "overall", 0.7
    if depth < 0.8 and upper > 0.5 * seen.width:
        leg = (seen.bottom - crotch[1]) / max(upper, 1)
        return ("trousers", 0.95) if leg > 0.95 else ("shorts", 0.9)
    return None


def _without_legs(seen: _Silhouette) -> tuple[Guess, float]:
    upper, aspect = seen.span(0.04), seen.height / seen.width
    if seen.has_sleeve():
        return ("dress", 0.7) if aspect > 1.9 or seen.height / max(seen.span(0.6), 1) > 2.6 else ("top", 0.95)
    narrow_top = upper < 0.8 * max(seen.span(0.3), 1) or seen.filled(0.03, 0.06, 0.1) < 0.75
    if not narrow_top and seen.span(0.9) >= 0.95 * upper:
        return "skirt", 0.7
    if aspect > 2.3 or (aspect > 1.7 and seen.span(0.95) > 1.45 * max(seen.span(0.5), 1)):
        return "dress", 0.7
    return "top", 0.75

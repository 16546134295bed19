"""Which kind of body a product is: what its words say, weighed against how well each kind fits the outline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from prodgen_render.photo.ends import Ends
from prodgen_render.photo.kinds import SHAPES, Shape, Words
from prodgen_render.photo.revolution import UNTOLD
from prodgen_render.photo.revolved import Revolved
from prodgen_sdk.types import Mask

_WORD, _AGAINST, _CONTRARY = 0.05, 0.02, 0.08
"""What words tell for the kind that they name and against the others; a box is no turned body, however well one fits, nor the other way round."""
_CURVE = 0.04
"""What straight ends tell against a turned body, and curved ones against a box."""
_HANDLE = 0.1
"""What each share of an outline that stands off a body tells against it, where words name what has handles, spouts or things in it."""
_BOXLIKE, _ROUNDED = 0.965, 0.1
"""What fits a box by less than this has round edges or tapers, as suitcases do: a relief with walls is nearer to it."""
_LOW = 0.75
"""Share of an outline's height below which no handle begins."""
_UNKNOWN = 0.955
"""What a body has to fit by to be preferred to a relief, where words say nothing."""


@dataclass(frozen=True)
class Choice:
    """The kind that was chosen, how sure that is (0 to 1), and the score of each kind."""

    shape: Shape
    confidence: float
    scores: dict[Shape, float]


def choose(
    words: Words,
    body: Revolved | None,
    slivers: float,
    attached: float,
    box_fit: Callable[[], float],
    holed: bool = False,
    ends: Ends | None = None,
) -> Choice:
    """Weighs the kinds.

    Args:
        body: the body of revolution that was fitted, if one could be.
        slivers: share of the outline that it leaves out in thin strips: the outline is not symmetric after all.
        attached: share that it leaves out in pieces: handles.
        box_fit: gives how well the cuboid fits; it is asked for only where a cuboid can be the best.
        holed: whether one can look through the product somewhere, as through a handle.
        ends: what the outline's ends tell, where they can.
    """
    scores = _by_outline(words.shape, body, slivers, attached, holed, ends)
    if words.shape is not None:
        _add_words(scores, words.shape)
    if scores["cuboid"] > max(scores[name] for name in SHAPES if name != "cuboid"):
        fit = box_fit()
        scores["cuboid"] += fit - 1 - (_ROUNDED if fit < _BOXLIKE else 0)
    best = max(SHAPES, key=lambda name: scores[name])
    second = max(value for name, value in scores.items() if name != best)
    margin = scores[best] - second
    sure = 1 / (1 + np.exp(-(margin - 0.005) / 0.012))
    if best in ("relief", "sheet"):
        sure = 0.75 * sure if words.shape is None else 0.9 * sure
    return Choice(
        best, round(float(np.clip(sure, 0.05, 0.99)), 3), {name: round(value, 4) for name, value in scores.items()}
    )


def _by_outline(
    named: Shape | None, body: Revolved | None, slivers: float, attached: float, holed: bool, ends: Ends | None
) -> dict[Shape, float]:
    """How well each kind fits the outline; the cuboid, which has not been fitted yet, as if it fitted wholly."""
    # Without a reason to expect a handle, what stands off is a sign that the product is not round.
    standing_off = _HANDLE if named == "revolution" else 0.25 if holed else 1.0
    scores: dict[Shape, float] = {
        "revolution": 0.0 if body is None else min(body.fit, 1 - slivers) - standing_off * attached,
        "cuboid": 1.0,
        "relief": _UNKNOWN,
        "sheet": _UNKNOWN - 0.01,
    }
    if body is not None and named is None:
        # Hardly any depth in the outline's ends: they are straight, as those of boxes are.
        scores["revolution"] -= 0.02 if body.squash == UNTOLD else 0.03 * max(0.0, 0.7 - body.squash)
    if ends is not None:
        # However round an outline looks otherwise, ends that are straight from above and below alike are a box's.
        scores["revolution"] -= _CURVE if ends.straight else 0
        scores["cuboid"] -= _CURVE if ends.round or ends.oval else 0
    return scores


def _add_words(scores: dict[Shape, float], named: Shape) -> None:
    for name in scores:
        contrary = {name, named} == {"revolution", "cuboid"}
        scores[name] += _WORD if name == named else -_CONTRARY if contrary else -_AGAINST
    if named == "sheet":
        # A folded shirt is as rectangular as a box, and a symmetric one as a vase.
        scores["sheet"] += 0.05


def leftovers(mask: Mask, body: Revolved) -> tuple[Mask, float, float]:
    """What a body leaves out of an outline: the pieces (handles, spouts), their share, and the share of thin strips."""
    from scipy import ndimage

    from prodgen_render.photo.revolved import picture_of

    rest = mask & ~picture_of(body, mask.shape)
    size = max(2, round(0.012 * max(np.ptp(np.flatnonzero(mask.any(1))), np.ptp(np.flatnonzero(mask.any(0))))))
    core = ndimage.binary_erosion(rest, iterations=size)
    pieces = ndimage.binary_propagation(core, mask=rest)
    labels, count = ndimage.label(pieces)
    if count:
        areas = np.bincount(labels.reshape(-1))[1:]
        large = [n for n in np.flatnonzero(areas > 0.008 * mask.sum()) + 1 if not _under(labels == n, mask)]
        pieces = np.isin(labels, large)
    total = float(mask.sum())
    return pieces, float(pieces.sum()) / total, float((rest & ~pieces).sum()) / total


def _under(piece: Mask, mask: Mask) -> bool:
    """Whether a piece begins near an outline's lower end: what is left there is of that end, or a shadow, and no handle."""
    inside = np.flatnonzero(mask.any(1))
    return bool(np.flatnonzero(piece.any(1))[0] > inside[0] + _LOW * len(inside))


def evenly(fit: float, mask: Mask) -> float:
    """An overlap, as it would be if an outline that is missed by as much, as a share of its size, were a square's: thin things miss more by area."""
    from scipy import ndimage

    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    rim = float((mask & ~ndimage.binary_erosion(mask)).sum())
    square = 4 * 2**0.5
    return 1 - square * (1 - fit) * float(mask.sum()) / rim / float(np.hypot(len(rows), len(columns)))


_THIN, _SMALL, _MOST = 0.06, 0.004, 0.25
"""Pieces thinner than twice the first share of the root of an outline's area stand off it, if they are more than the second and less than
the third share of that area."""


def thin_pieces(mask: Mask) -> Mask:
    """What stands off an outline in thin pieces: handles, bows, straps; corners do not count."""
    from scipy import ndimage

    reach = _THIN * float(mask.sum()) ** 0.5
    core = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1] > reach
    if not core.any():
        return np.zeros_like(mask)
    labels, _ = ndimage.label(mask & (ndimage.distance_transform_edt(~core) > reach + 1))
    areas = np.bincount(labels.reshape(-1))
    large = [number for number in range(1, len(areas)) if areas[number] > _SMALL * mask.sum()]
    pieces = np.isin(labels, large)
    return pieces if pieces.sum() < _MOST * mask.sum() else np.zeros_like(mask)


def holed(mask: Mask) -> bool:
    """Whether background shows through the product."""
    from scipy import ndimage

    return float((ndimage.binary_fill_holes(mask) & ~mask).sum()) > 0.008 * float(mask.sum())

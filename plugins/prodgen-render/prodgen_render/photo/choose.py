"""Which kind of body a product is: what its words say, weighed against how well each kind fits the outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.photo.ends import Ends
from prodgen_render.photo.kinds import SHAPES, Shape, Words
from prodgen_render.photo.revolution import UNTOLD
from prodgen_render.photo.revolved import Revolved
from prodgen_sdk.types import Mask

_WORD, _AGAINST = 0.05, 0.02
_CURVE = 0.04
"""What straight ends tell against a turned body, and curved ones against a box."""
_LOW = 0.75
"""Share of an outline's height below which no handle begins."""
_UNKNOWN = 0.955
"""What a body has to fit by to be preferred to a relief, where words say nothing."""


@dataclass(frozen=True)
class Choice:
    """The kind that was chosen, how sure that is (0 to 1), and the score of each kind."""

    shape: Shape
    confidence: float
    scores: dict[str, float]


def choose(
    words: Words,
    body: Revolved | None,
    slivers: float,
    attached: float,
    box_fit: float,
    holed: bool = False,
    ends: Ends | None = None,
) -> Choice:
    """Weighs the kinds.

    Args:
        body: the body of revolution that was fitted, if one could be.
        slivers: share of the outline that it leaves out in thin strips: the outline is not symmetric after all.
        attached: share that it leaves out in pieces: handles.
        box_fit: intersection over union of the cuboid.
        holed: whether one can look through the product somewhere, as through a handle.
        ends: what the outline's ends tell, where they can.
    """
    # Without a reason to expect a handle, what stands off is a sign that the product is not round.
    handled = holed or words.shape == "revolution"
    scores = {
        "revolution": 0.0 if body is None else min(body.fit, 1 - slivers) - (0.25 if handled else 1.0) * attached,
        "cuboid": box_fit,
        "relief": _UNKNOWN,
        "sheet": _UNKNOWN - 0.01,
    }
    if body is not None and words.shape is None:
        # Hardly any depth in the outline's ends: they are straight, as those of boxes are.
        scores["revolution"] -= 0.02 if body.squash == UNTOLD else 0.03 * max(0.0, 0.7 - body.squash)
    if ends is not None:
        # However round an outline looks otherwise, ends that are straight from above and below alike are a box's.
        scores["revolution"] -= _CURVE if ends.straight else 0
        scores["cuboid"] -= _CURVE if ends.round or ends.oval else 0
    if words.shape is not None:
        for name in scores:
            scores[name] += _WORD if name == words.shape else -_AGAINST
        if words.shape == "sheet":
            # A folded shirt is as rectangular as a box, and a symmetric one as a vase.
            scores["sheet"] += 0.05
    best = max(SHAPES, key=lambda name: scores[name])
    second = max(value for name, value in scores.items() if name != best)
    margin = scores[best] - second
    sure = 1 / (1 + np.exp(-(margin - 0.005) / 0.012))
    if best in ("relief", "sheet"):
        sure = 0.75 * sure if words.shape is None else 0.9 * sure
    return Choice(
        best, round(float(np.clip(sure, 0.05, 0.99)), 3), {name: round(value, 4) for name, value in scores.items()}
    )


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


def holed(mask: Mask) -> bool:
    """Whether background shows through the product."""
    from scipy import ndimage

    return float((ndimage.binary_fill_holes(mask) & ~mask).sum()) > 0.008 * float(mask.sum())

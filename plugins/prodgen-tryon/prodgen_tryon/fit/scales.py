"""How large a top is on a body, and how much of its width is seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from prodgen_sdk.types import FitStyle
from prodgen_tryon.filters import Contour
from prodgen_tryon.fit.parts import Ease
from prodgen_tryon.fit.sizes import DRAPE, Size, measures
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.sides import SIDES

TOP_LENGTH = 1.8  # neck to hem of a common top, in shoulder widths
ARM_LENGTH = 1.6  # shoulder to wrist, in shoulder widths
NECK = 1.08  # how much larger than usual the neck of a garment of a known size may be
SLEEVE = 1.25  # the same of its sleeves
NATURAL = 0.85  # how wide cloth of an unknown size looks on the body, for its width laid flat

EASE = {"tight": Ease(0.9, 1.0, 0.88), "regular": Ease(1.0, 1.16), "loose": Ease(1.12, 1.6, 1.3)}
MEASURED = Ease(0.9, 2.0, DRAPE / NATURAL)  # a real size decides; cloth is never narrower than the body


class Scales(NamedTuple):
    """Body pixels for one garment pixel.

    Args:
        usual: what the garment's own proportions say.
        across, along: with its size, where one is known; `wide` and `long` say whether it is.
        photo: measurements of the garment in its own picture.
    """

    usual: float
    across: float
    along: float
    wide: bool
    long: bool
    ease: Ease
    photo: dict[str, float]
    size: Size | None

    @property
    def neck(self) -> float:
        """Necks grow less than chests."""
        return min(self.across, NECK * self.usual)

    @property
    def sleeve(self) -> float:
        """So do sleeves."""
        return min(self.across, SLEEVE * self.usual)


def scales_of(shape: TopShape, width: float, style: FitStyle, dress: bool, size: Size | None) -> Scales:
    usual, photo = garment_scale(shape, width, dress), measures(shape)
    if size is None:
        return Scales(usual, usual, usual, False, False, EASE[style], photo, None)
    wide, long = size.across(photo), size.along(photo)
    return Scales(
        usual=usual,
        across=usual if wide is None else wide,
        along=long or usual * (size.growth or 1.0),
        wide=wide is not None,
        long=long is not None,
        ease=EASE[style] if wide is None else MEASURED,
        photo=photo,
        size=size,
    )


def garment_scale(shape: TopShape, width: float, dress: bool = False) -> float:
    """Body pixels for one garment pixel along the body.

    Long sleeves tell the scale by the length of the arm. Without them a common length is assumed, pulled towards what the
    garment's own proportion says.
    """
    top = (shape.points["neck_a"][1] + shape.points["neck_b"][1]) / 2
    bottom = (shape.points["hem_a"][1] + shape.points["hem_b"][1]) / 2
    tall = max(bottom - collar_height(shape) - top, 1.0)
    if dress:
        return width * 1.3 / max(shape.width, 1.0)
    if shape.long_sleeved:
        by_sleeve = ARM_LENGTH * width / max(shape.sleeve * shape.width, 1.0)
        return float(np.clip(by_sleeve, 1.6 * width / tall, 2.5 * width / tall))
    ratio = tall / max(shape.width, 1.0) * 1.35
    return float(TOP_LENGTH * width * np.clip(ratio / TOP_LENGTH, 0.5, 1.6) ** 0.25 / tall)


def collar_height(shape: TopShape) -> float:
    """Height of a standing collar in garment pixels."""
    rises = []
    for side in SIDES:
        arc = shape.arcs[f"shoulder_{side}"]
        rises.append(float(arc[junction(arc), 1] - arc[0, 1]))
    return max(float(np.mean(rises)), 0.0)


def junction(arc: Contour) -> int:
    """Where a collar meets the shoulder: the point of the arc farthest below the straight line from its peak to its tip."""
    if len(arc) < 4:
        return 0
    line = arc[-1] - arc[0]
    size = max(float(np.hypot(*line)), 1e-6)
    below = (
        np.abs(line[0])
        / size
        * (arc[:, 1] - arc[0, 1] - line[1] / (line[0] if abs(line[0]) > 1e-6 else 1e-6) * (arc[:, 0] - arc[0, 0]))
    )
    index = int(below.argmax())
    return index if below[index] > 0.07 * size else 0

"""A garment's photo understood: cut out, told what it is, and its points found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodgen_sdk import images
from prodgen_sdk.types import Garment, Image, Mask, Refusal
from prodgen_tryon import refusals
from prodgen_tryon.accessories.shape import CATEGORIES as ACCESSORIES
from prodgen_tryon.accessories.shape import Accessory, understand_accessory
from prodgen_tryon.garment.clutter import RECTANGLE, box_share
from prodgen_tryon.garment.cutout import Cutout, cut_out
from prodgen_tryon.garment.guess import Guess, guess_category
from prodgen_tryon.garment.keypoints import Shapeless, TopShape, top_shape
from prodgen_tryon.garment.legs import LegShape, leg_shape
from prodgen_tryon.garment.overall import OverallShape, overall_shape

CATEGORIES = ("top", "outerwear", "trousers", "shorts", "skirt", "dress", "overall")
Shape = TopShape | LegShape | OverallShape


@dataclass(frozen=True)
class Piece:
    """A garment that was cut out and understood."""

    cutout: Cutout
    category: str
    shape: Shape
    warnings: tuple[str, ...]


def understand(picture: Image, garment: Garment, front: bool = True) -> Piece | Accessory | Refusal:
    """Cuts a garment or an accessory out, finds out what it is and where its points lie.

    Args:
        picture: the garment's photo, RGB or RGBA.
        garment: what the caller says of it: category and keypoints.
        front: whether the photo shows the front, which is what keypoints are for.
    """
    if garment.category in ACCESSORIES:
        return understand_accessory(picture, garment, front)
    cutout = cut_out(picture)
    if not cutout.mask.any() or cutout.confidence < 0.35:
        return refusals.NOT_CUT_OUT
    guess, sure = guess_category(cutout.mask)
    category = garment.category if garment.category != "auto" else guess
    # Folded cloth is a rectangle, and so is a straight skirt, which has to be named.
    if garment.category != "skirt" and box_share(cutout.mask) > RECTANGLE:
        return refusals.NOT_RECOGNISED
    if category == "top" and guess == "trousers" and not garment.keypoints:
        return refusals.NO_TOP
    if category not in CATEGORIES:
        return refusals.unsupported(category)
    warnings: list[str] = []
    if garment.category == "auto" and sure < 0.75:
        warnings.append(f"The garment was taken for a {category}; say its category if that is wrong.")
    if guess == "overall" and category in ("trousers", "shorts"):
        warnings.append("The garment looks like dungarees; its bib and straps are not shown.")
    try:
        shape = _shape(cutout.mask, picture, category, guess, garment.keypoints if front else {})
    except Shapeless:
        return refusals.NOT_RECOGNISED
    if shape.confidence < 0.25:
        return refusals.NOT_RECOGNISED
    if not isinstance(shape, LegShape):
        warnings += shape.warnings
    return Piece(cutout, category, shape, tuple(warnings))


def _shape(mask: Mask, picture: Image, category: str, guess: Guess, points: Mapping[str, tuple[float, float]]) -> Shape:
    """Where the points of a garment of some category lie; raises Shapeless where it has not the shape of one."""
    rgb = images.flatten(picture)
    if category in ("top", "outerwear", "dress"):
        return top_shape(mask, rgb, points)
    if category == "overall":
        return overall_shape(mask, rgb)
    if category != "skirt" and guess == "overall":
        return overall_shape(mask, rgb).legs
    return leg_shape(mask, category == "skirt")

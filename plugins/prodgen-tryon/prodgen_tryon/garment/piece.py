"""A garment's photo understood: cut out, told what it is, and its points found."""

from __future__ import annotations

from dataclasses import dataclass

from prodgen_sdk import images
from prodgen_sdk.types import Garment, Image, Refusal
from prodgen_tryon import refusals
from prodgen_tryon.accessories.shape import CATEGORIES as ACCESSORIES
from prodgen_tryon.accessories.shape import Accessory, understand_accessory
from prodgen_tryon.garment.clutter import RECTANGLE, box_share
from prodgen_tryon.garment.cutout import Cutout, cut_out
from prodgen_tryon.garment.keypoints import Shapeless, TopShape, top_shape
from prodgen_tryon.garment.legs import LegShape, guess_category, leg_shape
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
    rgb = images.flatten(picture)
    points = garment.keypoints if front else {}
    shape: Shape
    try:
        if category in ("top", "outerwear", "dress"):
            shape = top_shape(cutout.mask, rgb, points)
            warnings += shape.warnings
        elif category == "overall":
            shape = overall_shape(cutout.mask, rgb)
            warnings += shape.warnings
        else:
            whole = guess == "overall" and category != "skirt"
            shape = overall_shape(cutout.mask, rgb).legs if whole else leg_shape(cutout.mask, category == "skirt")
    except Shapeless:
        return refusals.NOT_RECOGNISED
    if shape.confidence < 0.25:
        return refusals.NOT_RECOGNISED
    return Piece(cutout, category, shape, tuple(warnings))

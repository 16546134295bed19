"""The components `quality/fidelity` and `quality/product-shot`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from prodgen_quality import fidelity, product_shot
from prodgen_quality.finishing.foreground import foreground
from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, InvalidImage
from prodgen_sdk.interfaces import Evaluator, Scores
from prodgen_sdk.types import Image, Mask

if TYPE_CHECKING:
    from prodgen_quality.config import QualityConfig


class FidelityEvaluator(Evaluator):
    """How close each picture is to its reference."""

    def __init__(self, config: QualityConfig | None, ctx: Context) -> None:
        pass

    def evaluate(self, images: Sequence[Image], references: Sequence[Image] | None, ctx: Context) -> Sequence[Scores]:
        if references is None or len(references) != len(images):
            raise InputError(
                f"quality/fidelity was given {len(images)} images and {len(references or ())} references.",
                hint="Give one reference per picture.",
            )
        scores = []
        for image, reference in zip(images, references, strict=True):
            ctx.check()
            scores.append(compare(image, reference))
        return scores


class ProductShotEvaluator(Evaluator):
    """Whether each picture is what a shop asks of a product picture."""

    def __init__(self, config: QualityConfig | None, ctx: Context) -> None:
        pass

    def evaluate(self, images: Sequence[Image], references: Sequence[Image] | None, ctx: Context) -> Sequence[Scores]:
        scores = []
        for image in images:
            ctx.check()
            scores.append(inspect(image))
        return scores


def compare(image: Image, reference: Image) -> Scores:
    """PSNR, SSIM and colour error over the frame and over the product (where either picture shows it)."""
    notes: list[str] = []
    if image.shape[:2] != reference.shape[:2]:
        height, width = image.shape[:2]
        if abs(width / height - reference.shape[1] / reference.shape[0]) > 0.02:
            raise InvalidImage(
                f"The image is {width} x {height} and its reference {reference.shape[1]} x {reference.shape[0]}: not the same shape.",
                hint="Crop or pad one to the other's shape first.",
            )
        reference = images.resize(reference, width, height)
        notes.append(f"the reference was resized to {width} x {height}")
    own, other = foreground(image), foreground(reference)
    mask = _either(own, other)
    if mask is None:
        notes.append("no plain background in either: the product's figures are those of the frame")
    values = {
        "psnr": fidelity.psnr(image, reference),
        "psnr_product": fidelity.psnr(image, reference, mask),
        "ssim": fidelity.ssim(image, reference),
        "ssim_product": fidelity.ssim(image, reference, mask),
        "colour_error": fidelity.colour_error(image, reference, mask),
        "mean_colour_error": fidelity.mean_colour_error(image, reference, _or(own, mask), _or(other, mask)),
    }
    return Scores(values=values, notes=tuple(notes))


def inspect(image: Image) -> Scores:
    """Sharpness, background, framing and exposure of one picture."""
    mask = foreground(image)
    notes = []
    if mask is None:
        notes.append("the background is neither plain nor transparent: the product is taken to cover the frame")
    elif not mask.any():
        notes.append("the image is empty")
    covered = _everywhere(image) if mask is None else mask
    # Once for both: shrinking takes as long as measuring.
    small = product_shot.at_sharpness_side(image)
    values = {
        "sharpness": product_shot.sharpness(small, mask),
        "crispness": product_shot.crispness(small),
        "white_border": product_shot.white_border(image),
        "off_white": product_shot.off_white(image),
        "fill": product_shot.fill(covered),
        "area": product_shot.area(covered),
        "off_centre": product_shot.off_centre(covered),
        "cut_off": product_shot.cut_off(covered),
        "clipped": product_shot.clipped(image, mask),
    }
    return Scores(values=values, notes=tuple(notes))


def _everywhere(image: Image) -> Mask:
    import numpy as np

    return np.ones(image.shape[:2], bool)


def _either(first: Mask | None, second: Mask | None) -> Mask | None:
    """Where either picture shows the product; None if neither tells, or both are empty."""
    known = [mask for mask in (first, second) if mask is not None]
    if not known:
        return None
    union = known[0] | known[-1]
    return union if union.any() else None


def _or(mask: Mask | None, fallback: Mask | None) -> Mask | None:
    return mask if mask is not None and mask.any() else fallback

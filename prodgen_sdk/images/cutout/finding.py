"""Where a product is in its photo: what stands out of a plain background of any brightness.

The background is a low-order surface, so that a sweep that gets darker towards one side is still plain. What differs from it is
product, except soft grey patches that reach the background without an edge: shadows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodgen_sdk import images
from prodgen_sdk.images.cutout.ground import Floats, calmed, ground_of, planar
from prodgen_sdk.images.cutout.holes import filled_but_holes, joined, shaded_holes
from prodgen_sdk.images.cutout.outline import disc, faint, sharpened, without_contact, without_fringe
from prodgen_sdk.images.cutout.shadow import between, shadow_in, stands_alone

if TYPE_CHECKING:
    from prodgen_sdk.types import Image, Mask

BUSY = "the photo's background is not plain: the cut-out may be wrong"
_LARGE = 0.45
"""A shadow that is more than this share of what differs from the background may be a product."""
_MOST_FAINT = 0.25
"""The share of an outline that may hardly differ from the background."""
_MARGIN = 1 / 16
"""How much of a photo's size what is looked at around a product reaches at most."""


@dataclass(frozen=True, eq=False)
class Found:
    """A product in its photo.

    Args:
        mask: where it is, bool [h, w]; empty where nothing stands out.
        shown: the photo without its noise, sRGB float32 [h, w, 3] in [0, 1].
        ground: its background without its product, alike.
        confidence: 0 to 1.
        warnings: what a person should look at.
    """

    mask: Mask
    shown: Floats
    ground: Floats
    confidence: float
    warnings: tuple[str, ...]


def find_product(image: Image) -> Found:
    """The product before a plain background, HWC uint8 of at most about 1,000 pixels: what is larger takes long, and shows no more.

    RGBA is laid on white.

    >>> photo = np.full((64, 64, 3), 240, np.uint8); photo[20:44, 24:40] = (30, 60, 120)
    >>> int(find_product(photo).mask.sum())
    384
    """
    shown = calmed(planar(images.flatten(image).astype(np.float32) / 255))
    under, spread = ground_of(shown)
    ground = planar(under)
    warnings: list[str] = []
    mask, confidence = _from_background(shown, ground, spread, warnings)
    return Found(mask, shown, ground, confidence, tuple(warnings))


def largest(mask: Mask, keep: float = 0.03, area: int | None = None) -> Mask:
    """Pieces of at least `keep` of the largest one, with the pinholes of a photo of so many pixels filled; None where the mask is all of it."""
    from scipy import ndimage

    pieces, count = ndimage.label(mask)
    if count == 0:
        return mask
    areas = np.bincount(pieces.reshape(-1))[1:]
    kept = np.isin(pieces, np.flatnonzero(areas >= keep * areas.max()) + 1)
    holes, count = ndimage.label(~kept)
    sizes = np.bincount(holes.reshape(-1), minlength=count + 1)
    small = np.flatnonzero(sizes < 2e-4 * (area or mask.size))
    return np.asarray(kept | np.isin(holes, small[small > 0]))


def _from_background(rgb: Floats, under: Floats, spread: float, warnings: list[str]) -> tuple[Mask, float]:
    from scipy import ndimage

    differs = np.abs(rgb - under).max(2)
    confidence = 0.95
    if spread > 0.04:
        warnings.append(BUSY)
        confidence, spread = 0.4, min(spread, 0.1)
    size = max(rgb.shape[:2])
    weak, strong = 0.010 + 3 * spread, 0.05 + 4 * spread
    smooth = ndimage.uniform_filter(differs, 3) if spread > 0.004 else differs
    found = ndimage.binary_propagation(smooth > strong, mask=smooth > weak)
    if not found.any():
        return np.asarray(found), 0.0
    box = around(found, round(_MARGIN * size) + 8)
    whole, area = np.zeros_like(found), found.size
    rgb, under, differs, smooth, found = (plane[box] for plane in (rgb, under, differs, smooth, found))
    # A white product before white shows as a broken outline: close its gaps before its inside is filled.
    reach = max(1, round(size / 170))
    padded = np.pad(found, 2 * reach)
    closed = ndimage.binary_closing(padded, disc(reach))[2 * reach : -2 * reach, 2 * reach : -2 * reach]
    filled = filled_but_holes(found | (closed & (smooth > 0.3 * weak)), closed, rgb - under, size)
    shadow = shadow_in(rgb, under, filled, size)
    kept = filled & ~shadow
    large = shadow.sum() > _LARGE * filled.sum()
    if large and (shadow & between(kept)).sum() > shadow.sum() / 2:
        # The body of a white product between its neck and its hem.
        kept |= shadow & between(kept)
    elif large and not stands_alone(kept, shadow, differs):
        kept = filled
        confidence *= 0.8
    kept &= ~shaded_holes(kept, rgb, under, size)
    kept = ndimage.binary_opening(kept, disc(max(1, reach // 2))) if size > 200 else kept
    kept = largest(without_fringe(largest(kept, area=area), rgb, under, differs, size), area=area)
    kept = joined(sharpened(largest(without_contact(kept, rgb, under, size), area=area), rgb, under))
    if faint(kept, differs) > _MOST_FAINT:
        warnings.append("much of the product's outline hardly differs from the background: the cut-out may be wrong")
        confidence *= 0.7
    whole[box] = kept
    return whole, confidence


def around(mask: Mask, margin: int) -> tuple[slice, slice]:
    """The part of a photo that shows a mask and so many pixels around it."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return (
        slice(max(rows[0] - margin, 0), rows[-1] + margin + 1),
        slice(max(columns[0] - margin, 0), columns[-1] + margin + 1),
    )

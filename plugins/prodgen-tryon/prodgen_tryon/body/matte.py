"""Lays the person's outline, and the line between top and trousers, where the colours say that they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Float, box_of, dilate, erode, mean_inside

RIM = 0.03  # half the width of the band along the outline that is decided anew, in shoulder widths
WAIST = 0.05  # the same at the waist
APART = (25.0, 50.0)  # distance of the two sides' colours, 0 to 255, from which on they say something, and all
UNEVEN = (0.4, 0.7)  # spread of both sides along the line between them, as shares of it: below the first they say all
MIXED = (0.1, 0.9)  # places on that line that count as one side alone and as the other alone


def outlined(image: Image, parts: dict[str, Float], width: float) -> dict[str, Float]:
    """The part masks with the person's outline, and the line between upper and lower clothes, by colour; elsewhere as they are.

    Args:
        image: uint8 RGB [h, w, 3].
        parts: masks [h, w], 0 to 1, by name.
        width: the shoulders', in pixels.
    """
    person = parts["person"]
    parts = within(parts, matted(image, person, person < 0.5, max(round(RIM * width), 3)))
    both = parts["upper"] + parts["lower"]
    cloth = both > 0.5
    share = np.where(cloth, parts["upper"] / np.maximum(both, 0.5), 0).astype(np.float32)
    upper = matted(image, share, cloth & (share < 0.5), max(round(WAIST * width), 3))
    moved = cloth & (upper != share)
    for name, found in (("upper", upper), ("lower", 1 - upper)):
        parts[name][moved] = np.minimum(both * found, 1)[moved]
    return parts


def matted(image: Image, mask: Float, other: NDArray[np.bool_], reach: int) -> Float:
    """A mask [h, w] with its rim towards `other` by colour: how far each pixel there is from that side's colour to the mask's, near by.

    A pixel of the rim mixes both (I = a F + (1 - a) B, as in Bayesian matting, Chuang et al. 2001; here with one colour per side and
    only where both are even and apart).

    Args:
        image: uint8 RGB [h, w, 3].
        other: what lies on the other side [h, w].
        reach: half the width of the band that is decided anew, in pixels.
    """
    inside = mask > 0.5
    band = dilate(inside, reach) & dilate(other, reach) & (inside | other)
    box = box_of(band, 4 * reach)
    if box is None:
        return mask
    result = mask.copy()
    result[box] = _matted(image[box].astype(np.float32), mask[box], inside[box], other[box], band[box], reach)
    return result


def _matted(
    image: Float, mask: Float, inside: NDArray[np.bool_], other: NDArray[np.bool_], band: NDArray[np.bool_], reach: int
) -> Float:
    sides = [erode(side, reach).astype(np.float32) for side in (inside, other)]
    (cloth, near_cloth), (scene, near_scene) = (mean_inside(image, side, float(reach)) for side in sides)
    line = cloth - scene
    length = np.einsum("ijk,ijk->ij", line, line)
    place = np.einsum("ijk,ijk->ij", image - scene, line) / np.maximum(length, 1)
    spread = sum(
        np.sqrt(mean_inside((place - there) ** 2, side, float(reach))[0])
        for there, side in zip((1.0, 0.0), sides, strict=True)
    )
    trust = np.clip((UNEVEN[1] - spread) / (UNEVEN[1] - UNEVEN[0]), 0, 1)
    trust *= np.clip((np.sqrt(length) - APART[0]) / (APART[1] - APART[0]), 0, 1)
    trust *= band & (near_cloth > 0.02) & (near_scene > 0.02)
    found = np.clip((place - MIXED[0]) / (MIXED[1] - MIXED[0]), 0, 1)
    result: Float = (mask + (found - mask) * trust).astype(np.float32)
    return result


def within(parts: dict[str, Float], person: Float) -> dict[str, Float]:
    """The part masks with another outline of the person: every part that reaches the rim moves with it."""
    before = parts["person"]
    factor = np.where(before > 0.15, person / np.maximum(before, 0.15), np.minimum(person / 0.15, 1)).astype(np.float32)
    moved = factor != 1
    out = {name: mask.copy() for name, mask in parts.items()}
    for name, mask in out.items():
        mask[moved] = np.minimum(mask[moved] * factor[moved], 1) if name != "person" else person[moved]
    return out

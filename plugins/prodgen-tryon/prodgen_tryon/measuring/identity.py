"""Whether the garment on the person is still the garment of the photo: its picture is warped back to the source and compared."""

from __future__ import annotations

import cv2
import numpy as np

from prodgen_sdk.types import Image
from prodgen_tryon.filters import blur_inside, erode, polygon, to_lab
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.picture.composed import Composed
from prodgen_tryon.picture.layers import STIFFNESS
from prodgen_tryon.picture.tps import ThinPlate

CONTRAST = 8.0  # difference to the cloth around from which on a pixel belongs to a print
LEAST_PRINT = 0.015  # share of the cloth


def identity(garment: Image, picture: Image, composed: Composed, parts: tuple[Part, ...]) -> dict[str, float]:
    """`chroma_shift`: how far the cloth's mean hue and saturation (a, b of CIELAB) moved; and, where it has a print, `print_corr`: the
    correlation of the print's lightness with the photo's.

    Both are taken over the first part (the torso, or a leg) where nothing lies in front of it.

    Args:
        garment: RGBA cut-out of the garment's photo.
        picture: uint8 RGB of the working crop.
        composed, parts: how the garment was laid.
    """
    part = parts[0]
    size = picture.shape[:2]
    inside = erode(polygon(size, part.shape), max(0.02 * float(np.ptp(part.shape[:, 0])), 2)) & (composed.alpha > 0.98)
    for other in parts[1:]:
        inside &= ~polygon(size, other.shape)
    ys, xs = np.nonzero(inside)
    if len(xs) < 400:
        return {}
    spline = ThinPlate(part.target, part.source, STIFFNESS)
    source = np.concatenate(
        [spline(np.stack([xs[n : n + 4096], ys[n : n + 4096]], 1).astype(np.float64)) for n in range(0, len(xs), 4096)]
    )
    reduction = max(float(np.ptp(part.source[:, 1]) / max(np.ptp(part.target[:, 1]), 1)), 1.0)
    rgb = garment[..., :3].astype(np.float32)
    rgb = cv2.GaussianBlur(rgb, (0, 0), 0.5 * reduction) if reduction > 1.2 else rgb
    maps = np.zeros((*size, 2), np.float32)
    maps[ys, xs] = source
    there = cv2.remap(rgb, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    photo, worn = to_lab(there.round().clip(0, 255).astype(np.uint8)), to_lab(picture)
    shift = photo[inside][:, 1:].mean(0) - worn[inside][:, 1:].mean(0)
    found = {"chroma_shift": float(np.hypot(*shift))}
    weight = inside.astype(np.float32)
    around = 0.12 * float(np.ptp(xs) + 1)
    detail = [(lab - blur_inside(lab, weight, around)) for lab in (photo, worn)]
    marks = (np.linalg.norm(detail[0], axis=-1) > CONTRAST) & inside
    if marks.sum() > LEAST_PRINT * inside.sum():
        near = cv2.dilate(marks.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & inside
        a, b = detail[0][near], detail[1][near]
        channel = int(a.std(0).argmax())
        if b[:, channel].std() > 1e-3:
            found["print_corr"] = float(np.corrcoef(a[:, channel], b[:, channel])[0, 1])
    return found

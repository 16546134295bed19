"""Takes shadow and background off the outline of a garment's mask in its photo."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import blur, box_of, colour_distance, dilate, ellipse_kernel, erode, largest, mean_inside
from prodgen_tryon.garment.backdrop import Backdrop, foreign

Mask = NDArray[np.bool_]
REACH = 16  # pixels from the outline within which shadow is looked for


def drop_shadow(mask: Mask, photo: Backdrop) -> Mask:
    """Removes soft shadow at the outline: darker than the background, its hue, and smooth."""
    inside = np.median(photo.lab[mask], axis=0) if mask.any() else np.zeros(3)
    if mask.any() and float(np.median(photo.hue[mask])) < 5 and 2 < photo.plate[0] - inside[0] < 50:
        return mask  # the cloth itself has the colour of a shadow
    smooth = cv2.absdiff(blur(photo.light, 1.5), blur(photo.light, 5)) < 9
    shadow = (photo.below > 0.5) & (photo.below < 55) & (photo.hue < 4.5) & smooth & photo.nearer(mask)
    cleaned = _without(mask, shadow)
    closed = _morph(cleaned, cv2.MORPH_CLOSE, 14)
    cleaned = mask & closed  # a bite out of a side is a fold, not a shadow
    # Only a rim can be shadow; a large loss means that the cloth has the background's hue.
    return cleaned if cleaned.sum() > 0.85 * mask.sum() else mask


def drop_background(mask: Mask, photo: Backdrop) -> Mask:
    """Removes patches at the outline that have the background's colour, where the garment as a whole has another one."""
    inner = erode(mask, 8)
    if not inner.any():
        return mask
    typical = float(np.percentile(photo.away[inner], 20))
    if typical < 14:
        return mask
    alike = (photo.away < 0.45 * typical) & (photo.distance < 40) & mask
    if alike.any():
        cloth, _ = mean_inside(photo.lab, inner.astype(np.float32), 12)
        alike[alike] = ~foreign(photo.lab[alike], photo.surface[alike], cloth[alike])
    cleaned = largest(_morph(_without(mask, alike), cv2.MORPH_OPEN, 2))
    return cleaned if cleaned.sum() > 0.8 * mask.sum() else mask


def peel_shadow(mask: Mask, photo: Backdrop) -> Mask:
    """Removes dark contact shadow under hems and cuffs, which can be as dark as the cloth.

    Shadow is smooth and has the background's hue; the last sharp edge before it is the cloth's. A watershed between the
    inside and the outside of a broad band finds that edge.
    """
    inner, outer = erode(mask, REACH), ~dilate(mask, 1)
    if not inner.any() or not outer.any():
        return mask
    thin = mask & ~dilate(inner, REACH + 2)
    markers = np.zeros(mask.shape, np.int32)
    markers[outer], markers[inner | thin] = 1, 2
    around = box_of(~outer, 4)
    assert around is not None  # the mask is not empty
    calm = cv2.bilateralFilter(np.ascontiguousarray(photo.image[..., ::-1][around]), 7, 22, 4)
    markers = np.ascontiguousarray(markers[around])
    cv2.watershed(calm, markers)
    light = photo.light
    texture = np.sqrt(np.maximum(cv2.blur(light * light, (5, 5)) - cv2.blur(light, (5, 5)) ** 2, 0))
    trend = blur(light, 2.5)
    slope = cv2.magnitude(cv2.Sobel(trend, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(trend, cv2.CV_32F, 0, 1, ksize=3)) / 8
    smooth = texture < 1.0 + 1.6 * slope  # an even slope spreads the window's values, too
    strip = mask.copy()
    strip[around] &= markers != 2
    strip &= (photo.below > 1.5) & (photo.hue < 7) & smooth
    strip = _morph(strip & photo.nearer(mask), cv2.MORPH_OPEN, 1)
    cleaned = largest(_morph(mask & ~strip, cv2.MORPH_OPEN, 2) | thin)
    return cleaned if cleaned.sum() > 0.85 * mask.sum() else mask


def drop_cast_shadow(mask: Mask, photo: Backdrop) -> Mask:
    """Takes off smooth patches at the outline that have the background's hue in less light, and not the cloth's colour nearby."""
    inner = erode(mask, REACH)
    if not inner.any():
        return mask
    cloth, known = mean_inside(photo.lab, inner.astype(np.float32), 12)
    light = cv2.split(cloth)[0]
    cloth_hue = colour_distance(cloth, photo.surface, (0, 1, 1))
    darker = (photo.below > 1.0) & (photo.light > light - 4)
    unlike = colour_distance(photo.lab, cloth) > 13
    fine = cv2.absdiff(photo.light, blur(photo.light, 1.5)) < 3.0
    hue = photo.hue < np.maximum(np.float32(3.5), np.float32(0.35) * cloth_hue)
    shadow = mask & ~inner & (known > 0.004) & darker & unlike & fine & hue
    shadow[shadow] = ~foreign(photo.lab[shadow], photo.surface[shadow], cloth[shadow])
    cleaned = _without(mask, shadow)
    cleaned = largest(_morph(cleaned, cv2.MORPH_OPEN, 2) | (cleaned & ~dilate(inner, REACH + 2)))
    return cleaned if cleaned.sum() > 0.93 * mask.sum() else mask


def _without(mask: Mask, candidate: Mask) -> Mask:
    """A mask without those candidates in it that hang together with its outside."""
    outside = ~mask
    count, labels = cv2.connectedComponents(((candidate & mask) | outside).view(np.uint8), connectivity=4)
    touching = np.zeros(count, bool)
    touching[np.unique(labels[outside])] = True
    touching[0] = False
    result: Mask = mask & ~touching[labels]
    return result


def _morph(mask: Mask, operation: int, radius: float) -> Mask:
    result: Mask = cv2.morphologyEx(mask.view(np.uint8), operation, ellipse_kernel(radius)).view(np.bool_)
    return result

"""Cuts a garment out of its shop photo: soft alpha, and colours without the background's spill.

Works from what is known of such photos: the background reaches the border and is smooth or repeats itself; the garment
is one large piece around the middle. Nothing is assumed about which of the two is lighter.
`prodgen_sdk.images.cutout` knows nothing of garments, whose stripes, straps, hooks and faint outlines are looked for here.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import (
    Float,
    blur,
    box_of,
    colour_distance,
    dilate,
    ellipse_kernel,
    erode,
    fill_holes,
    guided,
    largest,
    mean_inside,
    times,
)
from prodgen_tryon.garment.backdrop import Backdrop, backdrop, foreign, smoothed_lab
from prodgen_tryon.garment.clutter import RECTANGLE, box_share, drop_banner, drop_hook, inner_picture
from prodgen_tryon.garment.faint import contrast_along, trace_faint
from prodgen_tryon.garment.shadow import drop_background, drop_cast_shadow, drop_shadow, peel_shadow
from prodgen_tryon.garment.stripes import close_stripes

WORKING = 640  # longest edge at which the mask is found
BAND = 9  # pixels inside of the outline that are decided anew by the colours on both sides
WHOLE = 0.8  # least share of what stands out that is one piece
FAINT = 12.0  # colour difference below which an outline is traced rather than thresholded
DENT = 60  # the largest dent of a faint outline that may be compression's, in pixels
THRESHOLDS = (3.5, 2.0, 1.2)  # in units of the background's noise; lower ones are for white on white


@dataclass(frozen=True)
class Cutout:
    """A garment without its background.

    Args:
        rgba: uint8 [h, w, 4] in the photo's size, colours decontaminated.
        confidence: 0 to 1: how clearly garment and background differ along the outline, and how plausible the shape is.
    """

    rgba: Image
    confidence: float

    @property
    def mask(self) -> NDArray[np.bool_]:
        mask: NDArray[np.bool_] = self.rgba[..., 3] > 127
        return mask


def is_cut_out(photo: Image) -> bool:
    """Whether a photo, uint8 RGB or RGBA, is transparent around what it shows."""
    return photo.shape[2] == 4 and bool((photo[..., 3] < 128).mean() > 0.02)


def cut_out(photo: Image) -> Cutout:
    """Separates garment from background.

    A photo that has transparency is taken as it is. A photo in which nothing is found gives an empty mask and confidence 0.

    Args:
        photo: uint8 RGB or RGBA [h, w, 3 or 4].
    """
    if is_cut_out(photo):
        return Cutout(photo, 1.0 if (photo[..., 3] > 127).mean() > 0.01 else 0.0)
    photo = np.ascontiguousarray(photo[..., :3])
    height, width = photo.shape[:2]
    scale = min(1.0, WORKING / max(height, width))
    small = cv2.resize(
        photo, (max(round(width * scale), 8), max(round(height * scale), 8)), interpolation=cv2.INTER_AREA
    )
    lab = smoothed_lab(small)
    mask, confidence = find_framed(small, lab)
    if not mask.any():
        return Cutout(np.dstack([photo, np.zeros((height, width), np.uint8)]), 0.0)
    faint = contrast_along(lab, mask) < FAINT
    if (faint & mask & ~erode(mask, 2)).any():
        mask = close_stripes(trace_faint(lab, mask, faint), mask)
    alpha = _soft_alpha(small, mask, faint)
    alpha = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return Cutout(np.dstack([_decontaminate(photo, alpha), (alpha * 255).round().astype(np.uint8)]), confidence)


def find_framed(small: Image, lab: Float) -> tuple[NDArray[np.bool_], float]:
    """As `find_garment`, where the photo may lie in a frame or on a banner of another colour."""
    mask, confidence = find_garment(small, lab)
    mask = drop_banner(mask)
    box = inner_picture(mask, lab)
    if box is not None:
        x0, y0, x1, y1 = box
        window = np.ascontiguousarray(small[y0:y1, x0:x1])
        inner, sure = find_garment(window, smoothed_lab(window))
        if 0.04 < inner.mean() < 0.92 and sure > 0.4 and box_share(inner) < RECTANGLE:
            mask = np.zeros_like(mask)
            mask[y0:y1, x0:x1] = inner
            confidence = sure
    return drop_hook(mask), confidence


def find_garment(small: Image, lab: Float) -> tuple[NDArray[np.bool_], float]:
    """The garment's mask in a small RGB picture, and the confidence 0 to 1; an empty mask where nothing stands out.

    Args:
        lab: the picture's `smoothed_lab`.
    """
    photo = backdrop(small, lab)
    height, width = lab.shape[:2]
    best, best_score = np.zeros((height, width), bool), 0.0
    for threshold in THRESHOLDS:
        mask = _mask_at(photo, threshold)
        score = _plausibility(mask)
        if score > best_score + 0.03:
            best, best_score = mask, score
        if best_score > 0.88:
            break
    mask = best
    share = float(mask.mean())
    if share < 0.01 or share > 0.97:
        return np.zeros((height, width), bool), 0.0
    rim_in = mask & ~erode(mask, 4)
    contrast = float(np.median(photo.distance[rim_in])) if rim_in.any() else 0.0
    confidence = float(np.clip((contrast - 0.5) / 3, 0.2, 1) * np.clip(best_score * 1.2, 0.1, 1))
    return mask, confidence


def _mask_at(photo: Backdrop, threshold: float) -> NDArray[np.bool_]:
    """The garment when pixels nearer than `threshold` to the background and without an edge may be background."""
    flat = (photo.distance < threshold) & (photo.edge < max(0.65 * threshold, 1.2))
    mask = ~_reachable(flat | (photo.distance < 0.35 * threshold))
    pieces = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(2)).astype(bool)
    mask = largest(pieces)
    if mask.sum() < WHOLE * pieces.sum():  # stripes of the background's colour may part it
        mask = largest(close_stripes(pieces))
    mask = drop_shadow(mask, photo)
    whole = _refine(photo.image, mask)
    mask = _split_locally(photo.lab, whole)
    mask = drop_background(mask, photo)
    mask = peel_shadow(mask, photo)
    mask = drop_cast_shadow(mask, photo)
    return largest(fill_holes(close_stripes(_smooth_outline(photo.lab, mask), whole), 0.004 * mask.sum()))


def _smooth_outline(lab: Float, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rounds the steps that compression leaves, the more the weaker the edge is; straps, other thin pieces and narrow gaps stay."""
    fine = blur(mask.astype(np.float32), 2.2) > 0.5
    coarse = blur(mask.astype(np.float32), 8) > 0.5
    weak = blur((contrast_along(lab, mask) < FAINT).astype(np.float32), 6) > 0.5
    thin = mask & ~dilate(erode(mask, 6), 7)
    smooth: NDArray[np.bool_] = (np.where(weak, coarse, fine) & ~_gaps(coarse & weak & ~mask)) | thin
    return smooth


def _gaps(filled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is more than a dent of all that smoothing would fill, such as the gap between a sleeve and the body."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(filled.view(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] > DENT
    large[0] = False
    result: NDArray[np.bool_] = large[labels]
    return result


def _plausibility(mask: NDArray[np.bool_]) -> float:
    """0 to 1: garment photos show one piece, near symmetric about an upright axis, that does not fill the border."""
    share = float(mask.mean())
    if share < 0.01 or share > 0.97:
        return 0.0
    columns = np.flatnonzero(mask.any(0))
    best = 0.0
    for centre in ((columns[0] + columns[-1]) / 2, float(np.nonzero(mask)[1].mean())):
        reach = max(centre - columns[0], columns[-1] - centre)
        matrix = np.array([[1.0, 0, reach - centre], [0, 1, 0]])
        piece = cv2.warpAffine(mask.astype(np.uint8), matrix, (round(2 * reach) + 1, mask.shape[0])).astype(bool)
        best = max(best, float((piece & piece[:, ::-1]).sum() / max((piece | piece[:, ::-1]).sum(), 1)))
    border = float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())
    return best * float(np.clip(1.3 - 3 * border, 0, 1))


def _split_locally(lab: Float, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Decides the pixels of a band along the outline by the colours just inside and just outside of the band.

    Compression noise and cast shadow lie nearer to the background than to the cloth. Where the two are alike the outline stays.
    """
    inner, outer = erode(mask, BAND), ~dilate(mask, 4)
    unsure = ~inner & ~outer
    if not inner.any() or not outer.any():
        return mask
    sigma = 1.2 * BAND
    (inside, known_in), (outside, known_out) = (
        mean_inside(lab, side.astype(np.float32), sigma) for side in (inner, outer)
    )
    decided = unsure & (known_in > 0.02) & (known_out > 0.02) & (colour_distance(inside, outside) > 14.0)
    rows, columns = np.nonzero(decided)
    here, ground, cloth = lab[rows, columns], outside[rows, columns], inside[rows, columns]
    share = ((here - ground) * (cloth - ground)).sum(1) / ((cloth - ground) ** 2).sum(1)
    split = mask.copy()
    other = mask[rows, columns] & foreign(here, ground, cloth)
    split[rows, columns] = (share > 0.38) | other
    opened: NDArray[np.bool_] = cv2.morphologyEx(split.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(1)).astype(bool)
    return opened


def _reachable(passable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The passable pixels that are connected with the picture's border."""
    padded = np.pad(passable, 1, constant_values=True).astype(np.uint8)
    _, labels = cv2.connectedComponents(padded, connectivity=4)
    outside: NDArray[np.bool_] = (labels == labels[0, 0])[1:-1, 1:-1] & passable
    return outside


def _refine(small: Image, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Moves the outline to the nearest edge by a watershed from sure inside and sure outside."""
    inner, outer = erode(mask, 4), ~dilate(mask, 5)
    if not inner.any() or not outer.any():
        return mask
    thin = mask & ~dilate(inner, 5)  # straps vanish in the erosion: they stay sure
    markers = np.zeros(mask.shape, np.int32)
    markers[outer], markers[inner | thin] = 1, 2
    cv2.watershed(np.ascontiguousarray(small[..., ::-1]), markers)
    refined: NDArray[np.bool_] = (markers == 2) | ((markers == -1) & mask)
    return refined


def _soft_alpha(small: Image, mask: NDArray[np.bool_], faint: NDArray[np.bool_]) -> Float:
    """Alpha along the outline from the picture's own edges; where those are faint, an even slope."""
    alpha: Float = guided(small, mask.astype(np.float32), 4, 1e-4)
    sure_in, sure_out = erode(mask, 3), ~dilate(mask, 2)
    alpha = np.clip((alpha - 0.15) / 0.7, 0, 1).astype(np.float32)
    even = np.clip(blur(mask.astype(np.float32), 1.6) * 1.6 - 0.4, 0, 1)
    share = blur(faint.astype(np.float32), 4)
    alpha = (alpha + (even - alpha) * share).astype(np.float32)
    alpha[sure_in], alpha[sure_out] = 1, 0
    return alpha


def _decontaminate(photo: Image, alpha: Float) -> Image:
    """Colours of half-transparent pixels replaced by those of the garment nearby, so that no bright rim is carried along."""
    rows, columns = np.flatnonzero((alpha > 0).any(1)), np.flatnonzero((alpha > 0).any(0))
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    out = photo.copy()
    colours, a = out[box], alpha[box]
    sure = erode(a > 0.97, 1)
    unknown = (a > 0) & ~sure
    solid = sure.astype(np.float32)
    known = times(colours.astype(np.float32), solid)
    for sigma in (2.0, 6.0, 16.0):
        left = box_of(unknown, round(3 * sigma) + 1)
        if left is None:
            break
        below, above = blur(solid[left], sigma), blur(known[left], sigma)
        usable = (below > 0.02) & unknown[left]
        colours[left][usable] = (above[usable] / below[usable][:, None]).round().clip(0, 255)
        unknown[left] &= ~usable
    return out

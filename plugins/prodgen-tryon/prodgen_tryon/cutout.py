"""Cuts a garment out of its shop photo: soft alpha, and colours without the background's spill.

Works from what is known of such photos: the background reaches the border and is smooth or repeats itself; the garment
is one large piece around the middle. Nothing is assumed about which of the two is lighter.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.clutter import RECTANGLE, box_share, drop_banner, drop_hook, inner_picture
from prodgen_tryon.faint import contrast_along, drop_cast_shadow, trace_faint
from prodgen_tryon.filters import (
    Float,
    blur,
    blur_inside,
    dilate,
    ellipse_kernel,
    erode,
    fill_holes,
    guided,
    largest,
    to_lab,
)

WORKING = 640  # longest edge at which the mask is found
FAINT = 12.0  # colour difference below which an outline is traced rather than thresholded
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


def cut_out(photo: Image) -> Cutout:
    """Separates garment from background.

    A photo that has transparency is taken as it is. A photo in which nothing is found gives an empty mask and confidence 0.

    Args:
        photo: uint8 RGB or RGBA [h, w, 3 or 4].
    """
    if photo.shape[2] == 4 and (photo[..., 3] < 128).mean() > 0.02:
        return Cutout(photo, 1.0 if (photo[..., 3] > 127).mean() > 0.01 else 0.0)
    photo = np.ascontiguousarray(photo[..., :3])
    height, width = photo.shape[:2]
    scale = min(1.0, WORKING / max(height, width))
    small = cv2.resize(
        photo, (max(round(width * scale), 8), max(round(height * scale), 8)), interpolation=cv2.INTER_AREA
    )
    mask, confidence = find_framed(small)
    if not mask.any():
        return Cutout(np.dstack([photo, np.zeros((height, width), np.uint8)]), 0.0)
    lab = cv2.bilateralFilter(to_lab(small), 5, 6.0, 3.0)
    faint = contrast_along(lab, mask) < FAINT
    if (faint & mask & ~erode(mask, 2)).any():
        mask = trace_faint(lab, mask, faint)
    alpha = _soft_alpha(small, mask, faint)
    alpha = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return Cutout(np.dstack([_decontaminate(photo, alpha), (alpha * 255).round().astype(np.uint8)]), confidence)


def find_framed(small: Image) -> tuple[NDArray[np.bool_], float]:
    """As `find_garment`, where the photo may lie in a frame or on a banner of another colour."""
    mask, confidence = find_garment(small)
    mask = drop_banner(mask)
    box = inner_picture(mask, to_lab(small))
    if box is not None:
        x0, y0, x1, y1 = box
        inner, sure = find_garment(np.ascontiguousarray(small[y0:y1, x0:x1]))
        if 0.04 < inner.mean() < 0.92 and sure > 0.4 and box_share(inner) < RECTANGLE:
            mask = np.zeros_like(mask)
            mask[y0:y1, x0:x1] = inner
            confidence = sure
    return drop_hook(mask), confidence


def find_garment(small: Image) -> tuple[NDArray[np.bool_], float]:
    """The garment's mask in a small RGB picture, and the confidence 0 to 1; an empty mask where nothing stands out."""
    lab = cv2.bilateralFilter(to_lab(small), 5, 6.0, 3.0)
    height, width = lab.shape[:2]
    background, noise = _background(lab)
    difference = lab - background
    edge = _edge_strength(lab)
    chroma = np.hypot(difference[..., 1], difference[..., 2])
    distance = np.sqrt((difference[..., 0] / noise[0]) ** 2 * 0.5 + (chroma / noise[1]) ** 2)
    best, best_score = np.zeros((height, width), bool), 0.0
    for threshold in THRESHOLDS:
        mask = _mask_at(small, lab, background, distance, edge, threshold)
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
    contrast = float(np.median(distance[rim_in])) if rim_in.any() else 0.0
    confidence = float(np.clip((contrast - 0.5) / 3, 0.2, 1) * np.clip(best_score * 1.2, 0.1, 1))
    return mask, confidence


def _mask_at(
    small: Image, lab: Float, background: Float, distance: Float, edge: Float, threshold: float
) -> NDArray[np.bool_]:
    """The garment when pixels nearer than `threshold` to the background and without an edge may be background."""
    flat = (distance < threshold) & (edge < max(0.65 * threshold, 1.2))
    mask = ~_reachable(flat | (distance < 0.35 * threshold))
    mask = largest(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(2)).astype(bool))
    mask = _drop_shadow(mask, lab, background)
    mask = _split_locally(lab, _refine(small, mask))
    mask = _drop_background(mask, distance, lab, background)
    mask = _peel_shadow(small, mask, lab, background)
    mask = drop_cast_shadow(lab, background, mask)
    return largest(fill_holes(_smooth_outline(lab, mask), 0.004 * mask.sum()))


def _smooth_outline(lab: Float, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rounds the steps that compression leaves, the more the weaker the edge is; straps and other thin pieces stay."""
    fine = blur(mask.astype(np.float32), 2.2) > 0.5
    coarse = blur(mask.astype(np.float32), 8) > 0.5
    weak = blur((contrast_along(lab, mask) < FAINT).astype(np.float32), 6) > 0.5
    thin = mask & ~dilate(erode(mask, 6), 7)
    smooth: NDArray[np.bool_] = np.where(weak, coarse, fine) | thin
    return smooth


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


def _split_locally(lab: Float, mask: NDArray[np.bool_], band: int = 9) -> NDArray[np.bool_]:
    """Decides the pixels of a band along the outline by the colours just inside and just outside of the band.

    Compression noise and cast shadow lie nearer to the background than to the cloth. Where the two are alike the outline stays.
    """
    inner, outer = erode(mask, band), ~dilate(mask, 4)
    unsure = ~inner & ~outer
    if not inner.any() or not outer.any():
        return mask
    sigma = 1.2 * band
    inside, outside = (
        blur_inside(lab, inner.astype(np.float32), sigma),
        blur_inside(lab, outer.astype(np.float32), sigma),
    )
    known = (blur(inner.astype(np.float32), sigma) > 0.02) & (blur(outer.astype(np.float32), sigma) > 0.02)
    axis = inside - outside
    length = (axis**2).sum(-1)
    share = ((lab - outside) * axis).sum(-1) / np.maximum(length, 1e-3)
    decided = unsure & known & (length > 14.0**2)
    split = mask.copy()
    split[decided] = share[decided] > 0.38
    opened: NDArray[np.bool_] = cv2.morphologyEx(split.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(1)).astype(bool)
    return opened


def _background(lab: Float) -> tuple[Float, tuple[float, float]]:
    """A quadratic surface fitted robustly to the border, and the noise (lightness, chroma) around it."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width * 2 - 1, y / height * 2 - 1
    basis = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)
    rim = np.zeros((height, width), bool)
    depth = max(round(0.03 * max(height, width)), 2)
    rim[:depth] = rim[-depth:] = True
    rim[:, :depth] = rim[:, -depth:] = True
    samples, values = basis[rim], lab[rim]
    weight = np.ones(len(values), np.float32)
    centre = np.median(values, axis=0)
    weight[np.abs(values - centre).sum(1) > 3 * max(float(np.median(np.abs(values - centre).sum(1))), 2.0)] = 0.05
    coefficients = np.zeros((6, 3), np.float32)
    for _ in range(4):
        w = weight[:, None]
        coefficients = np.linalg.lstsq(samples * w, values * w, rcond=None)[0].astype(np.float32)
        residual = np.abs(values - samples @ coefficients).sum(1)
        spread = max(float(np.median(residual)), 0.4)
        weight = np.minimum(1, (2.5 * spread / np.maximum(residual, 1e-3)) ** 2).astype(np.float32)
    residual = values - samples @ coefficients
    good = weight > 0.3
    light = max(1.4826 * float(np.median(np.abs(residual[good, 0]))), 0.7)
    colour = max(1.4826 * float(np.median(np.hypot(residual[good, 1], residual[good, 2]))), 0.7)
    surface: Float = basis @ coefficients
    return surface, (light, colour)


def _edge_strength(lab: Float) -> Float:
    """Gradient magnitude in units of its typical value near the border."""
    total = np.zeros(lab.shape[:2], np.float32)
    for channel in range(3):
        plane = np.ascontiguousarray(lab[..., channel])
        gx, gy = cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=3)
        total += gx * gx + gy * gy
    strength = np.sqrt(total) / 8
    rim = np.concatenate(
        [strength[2:8].ravel(), strength[-8:-2].ravel(), strength[:, 2:8].ravel(), strength[:, -8:-2].ravel()]
    )
    return (strength / max(float(np.percentile(rim, 90)), 0.35)).astype(np.float32)


def _reachable(passable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The passable pixels that are connected with the picture's border."""
    padded = np.pad(passable, 1, constant_values=True).astype(np.uint8)
    _, labels = cv2.connectedComponents(padded, connectivity=4)
    outside: NDArray[np.bool_] = (labels == labels[0, 0])[1:-1, 1:-1] & passable
    return outside


def _drop_shadow(mask: NDArray[np.bool_], lab: Float, background: Float) -> NDArray[np.bool_]:
    """Removes soft shadow at the outline: darker than the background, its hue, and smooth."""
    below = background[..., 0] - lab[..., 0]
    hue = np.hypot(lab[..., 1] - background[..., 1], lab[..., 2] - background[..., 2])
    grey = blur(lab[..., 0], 1.5)
    smooth = np.abs(grey - blur(lab[..., 0], 5)) < 9
    shadow = (below > 0.5) & (below < 55) & (hue < 4.5) & smooth & _background_hue(mask, lab, hue)
    inside = np.median(lab[mask], axis=0) if mask.any() else np.zeros(3)
    plate = np.median(background.reshape(-1, 3), axis=0)
    if hue[mask].size and float(np.median(hue[mask])) < 5 and 2 < plate[0] - inside[0] < 50:
        return mask  # the cloth itself has the colour of a shadow
    outside = ~mask
    candidate = shadow & mask
    count, labels = cv2.connectedComponents((candidate | outside).astype(np.uint8), connectivity=4)
    touching = np.zeros(count, bool)
    touching[np.unique(labels[outside])] = True
    touching[0] = False
    cleaned = mask & ~(candidate & touching[labels])
    closed = cv2.morphologyEx(cleaned.astype(np.uint8), cv2.MORPH_CLOSE, ellipse_kernel(14)).astype(bool)
    cleaned = mask & closed  # a bite out of a side is a fold, not a shadow
    # Only a rim can be shadow; a large loss means that the cloth has the background's hue.
    return cleaned if cleaned.sum() > 0.85 * mask.sum() else mask


def _drop_background(mask: NDArray[np.bool_], distance: Float, lab: Float, background: Float) -> NDArray[np.bool_]:
    """Removes patches at the outline that have the background's colour, where the garment as a whole has another one."""
    inner = erode(mask, 8)
    if not inner.any():
        return mask
    cloth = np.linalg.norm(lab[inner] - background[inner], axis=1)
    typical = float(np.percentile(cloth, 20))
    if typical < 14:
        return mask
    alike = mask & (np.linalg.norm(lab - background, axis=-1) < 0.45 * typical) & (distance < 40)
    count, labels = cv2.connectedComponents((alike | ~mask).astype(np.uint8), connectivity=4)
    touching = np.zeros(count, bool)
    touching[np.unique(labels[~mask])] = True
    touching[0] = False
    cleaned = mask & ~(alike & touching[labels])
    cleaned = largest(cv2.morphologyEx(cleaned.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(2)).astype(bool))
    return cleaned if cleaned.sum() > 0.8 * mask.sum() else mask


def _peel_shadow(
    small: Image, mask: NDArray[np.bool_], lab: Float, background: Float, reach: int = 16
) -> NDArray[np.bool_]:
    """Removes dark contact shadow under hems and cuffs, which can be as dark as the cloth.

    Shadow is smooth and has the background's hue; the last sharp edge before it is the cloth's. A watershed between the
    inside and the outside of a broad band finds that edge.
    """
    inner, outer = erode(mask, reach), ~dilate(mask, 1)
    if not inner.any() or not outer.any():
        return mask
    thin = mask & ~dilate(inner, reach + 2)
    markers = np.zeros(mask.shape, np.int32)
    markers[outer], markers[inner | thin] = 1, 2
    calm = cv2.bilateralFilter(np.ascontiguousarray(small[..., ::-1]), 7, 22, 4)
    cv2.watershed(calm, markers)
    light = lab[..., 0]
    texture = np.sqrt(np.maximum(cv2.blur(light * light, (5, 5)) - cv2.blur(light, (5, 5)) ** 2, 0))
    trend = blur(light, 2.5)
    slope = np.hypot(cv2.Sobel(trend, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(trend, cv2.CV_32F, 0, 1, ksize=3)) / 8
    hue = np.hypot(lab[..., 1] - background[..., 1], lab[..., 2] - background[..., 2])
    darker = background[..., 0] - light > 1.5
    smooth = texture < 1.0 + 1.6 * slope  # an even slope spreads the window's values, too
    strip = mask & (markers != 2) & darker & (hue < 7) & smooth & _background_hue(mask, lab, hue)
    strip = cv2.morphologyEx(strip.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(1)).astype(bool)
    cleaned = cv2.morphologyEx((mask & ~strip).astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(2)).astype(bool) | thin
    cleaned = largest(cleaned)
    return cleaned if cleaned.sum() > 0.85 * mask.sum() else mask


def _background_hue(mask: NDArray[np.bool_], lab: Float, hue: Float) -> NDArray[np.bool_]:
    """Where the hue is nearer to the background's (`hue` away) than to the cloth's nearby: a fold keeps the cloth's hue."""
    inner = erode(mask, 14).astype(np.float32)
    cloth = blur_inside(lab[..., 1:], inner, 14)
    to_cloth = np.hypot(lab[..., 1] - cloth[..., 0], lab[..., 2] - cloth[..., 1])
    known = blur(inner, 14) > 0.01
    nearer: NDArray[np.bool_] = ~known | (hue < to_cloth + 0.5)
    return nearer


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
    colours, a = photo[box].astype(np.float32), alpha[box]
    solid = erode((a > 0.97).astype(np.float32), 1)
    unknown = (a > 0) & (solid == 0)
    done = ~unknown
    for sigma in (2.0, 6.0, 16.0):
        below = blur(solid, sigma)
        usable = (below > 0.02) & ~done
        if usable.any():
            above = blur(photo[box] * solid[..., None], sigma)
            colours[usable] = above[usable] / below[usable][:, None]
            done |= usable
    out = photo.copy()
    out[box] = colours.round().clip(0, 255).astype(np.uint8)
    return out

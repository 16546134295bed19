"""Cut-outs of things that one can look through: lenses, and the hole between a bag and its handle."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Box, Float, dilate, erode, to_lab
from prodgen_tryon.garment.cutout import Cutout, cut_out, is_cut_out

NEAR = 3.0  # least colour difference that is not background
SOFT = 16.0  # colour difference over which a pixel becomes solid
LARGEST_HOLE = 0.35


def cut_out_thin(photo: Image) -> Cutout:
    """Glasses on a plain background: alpha by how far a pixel is from the background's colour, so that clear lenses stay clear.

    A tinted lens comes out half transparent, its tint without the background. Nothing is filled and nothing thin is lost.

    Args:
        photo: uint8 RGB or RGBA [h, w, 3 or 4]; transparency is taken as it is.
    """
    if is_cut_out(photo):
        return Cutout(photo, 1.0 if (photo[..., 3] > 127).mean() > 0.002 else 0.0)
    photo = np.ascontiguousarray(photo[..., :3])
    lab = to_lab(photo)
    plane, noise = _plane(lab)
    difference = lab - plane
    distance = np.linalg.norm(difference, axis=-1)
    start = max(NEAR, 4 * noise)
    alpha = np.clip((distance - start) / SOFT, 0, 1).astype(np.float32)
    # Soft shadow on the table: a little darker than the background, its hue, and no edge in it.
    chroma = np.hypot(difference[..., 1], difference[..., 2])
    edge = cv2.morphologyEx(lab[..., 0], cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    shadow = (difference[..., 0] < 0) & (difference[..., 0] > -26) & (chroma < 4) & (cv2.blur(edge, (5, 5)) < 2.5)
    alpha[shadow] = 0
    solid = _main_pieces(alpha > 0.5)
    if not solid.any():
        return Cutout(np.dstack([photo, np.zeros(photo.shape[:2], np.uint8)]), 0.0)
    edge_length = max(photo.shape[:2])
    alpha *= dilate(solid | _enclosed(solid), max(0.004 * edge_length, 1))
    background = np.median(photo[alpha == 0], axis=0) if (alpha == 0).any() else np.full(3, 255.0)
    share = np.maximum(alpha, 0.2)[..., None]
    colours = ((photo - (1 - share) * background) / share).clip(0, 255)
    contrast = float(np.median(distance[solid]))
    rgba = np.dstack([colours.round().astype(np.uint8), (alpha * 255).round().astype(np.uint8)])
    return Cutout(rgba, float(np.clip((contrast - start) / SOFT, 0, 1)))


def with_holes(photo: Image) -> tuple[Cutout, NDArray[np.bool_]]:
    """A bag's cut-out in which the background shows through between body and handle; also where that is."""
    cutout = cut_out(photo)
    mask = cutout.mask
    if not mask.any() or is_cut_out(photo):
        return cutout, _enclosed(mask)
    lab = to_lab(np.ascontiguousarray(photo[..., :3]))
    plane, noise = _plane(lab)
    alike = (np.linalg.norm(lab - plane, axis=-1) < max(NEAR, 4 * noise)) & mask
    holes = _enclosed(mask)
    if alike.sum() < LARGEST_HOLE * mask.sum():  # else the bag itself has the background's colour
        alike = cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(bool)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(alike.astype(np.uint8), connectivity=4)
        for label in range(1, count):
            if stats[label, cv2.CC_STAT_AREA] > 0.004 * mask.sum():
                holes |= labels == label
    soft = cv2.GaussianBlur(dilate(holes, 1).astype(np.float32), (0, 0), 0.8)
    rgba = cutout.rgba.copy()
    rgba[..., 3] = (rgba[..., 3] * (1 - soft)).round().astype(np.uint8)
    return Cutout(rgba, cutout.confidence), holes


def _plane(lab: Float) -> tuple[Float, float]:
    """The background's colour as a plane through the picture's border, robust to what touches it, and its noise."""
    height, width = lab.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    basis = np.stack([np.ones_like(xs), xs / width, ys / height], -1)
    rim = np.ones((height, width), bool)
    depth = max(round(0.03 * max(height, width)), 2)
    rim[depth:-depth, depth:-depth] = False
    samples, values = basis[rim], lab[rim]
    keep = np.ones(len(values), bool)
    fitted = np.zeros((3, 3), np.float32)
    noise = 1.0
    for _ in range(3):
        fitted = np.linalg.lstsq(samples[keep], values[keep], rcond=None)[0].astype(np.float32)
        residual = np.linalg.norm(values - samples @ fitted, axis=1)
        noise = max(float(np.median(residual)), 0.4)
        keep = residual < 3 * noise
    plane: Float = basis @ fitted
    return plane, noise


def _main_pieces(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """All pieces of at least a twentieth of the largest one: lenses can lie apart from the frame."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count < 2:
        return np.zeros_like(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero(areas >= 0.05 * areas.max())
    pieces: NDArray[np.bool_] = np.isin(labels, kept)
    return pieces


def _enclosed(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Background that a mask encloses."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    inner = [n for n in range(1, count) if n not in border and stats[n, cv2.CC_STAT_AREA] > 0.002 * mask.sum()]
    enclosed: NDArray[np.bool_] = np.isin(labels, inner) & ~mask
    return enclosed


def outline_box(mask: NDArray[np.bool_]) -> Box:
    """x0, y0, x1, y1 of a mask without its thinnest specks."""
    solid = erode(mask, 1) if erode(mask, 1).any() else mask
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1

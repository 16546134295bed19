"""A flat grid over an outline, which a relief is inflated from: where its vertices are, and how deep each of them is.

Depth grows from the outline inwards as a quarter of an ellipse over the distance to it, up to a plateau. The outline follows the
mask to a fraction of a pixel: vertices of a grid that lie near it are moved onto it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_sdk.types import Mask

_CELLS = 170


@dataclass(frozen=True, eq=False)
class Plan:
    """A flat grid over a mask.

    Args:
        pixel: [n, 2], where each vertex is seen in the photo.
        inner: [n], its distance to the outline in pixels, 0 on it; what the product stands on does not count.
        faces: [m, 3], counter-clockwise seen by the camera.
        rim: [k, 2], edges of the outline, the product at their left seen by the camera.
        curved: 1 where the outline is curved all around, 0 where it has straight sides.
    """

    pixel: Floats
    inner: Floats
    faces: Ints
    rim: Ints
    curved: float


def plan_of(mask: Mask) -> Plan:
    """A triangle grid that ends on the mask's outline."""
    from scipy import ndimage

    padded = np.pad(mask, 4)
    signed = ndimage.distance_transform_edt(padded) - ndimage.distance_transform_edt(~padded)
    signed = np.where(signed > 0, signed - 0.5, signed + 0.5)
    field = ndimage.gaussian_filter(signed.astype(np.float32), 0.8)
    slope_y, slope_x = np.gradient(field)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    cell = max(1.0, max(np.ptp(rows), np.ptp(columns)) / _CELLS)
    y = np.arange(rows[0] - cell, rows[-1] + 2 * cell, cell)
    x = np.arange(columns[0] - cell, columns[-1] + 2 * cell, cell)
    gx, gy = np.meshgrid(x, y)
    place = np.stack([gx, gy], -1)

    def at(values: Floats, where: Floats) -> Floats:
        # Pixel middles are at half numbers.
        coordinates = [where[..., 1] - 0.5 + 4, where[..., 0] - 0.5 + 4]
        return np.asarray(ndimage.map_coordinates(values, coordinates, order=1, mode="nearest"))

    value = at(field, place)
    near = np.abs(value) < 0.62 * cell
    for _ in range(3):
        level = at(field, place)
        slope = np.stack([at(slope_x, place), at(slope_y, place)], -1)
        step = level[..., None] * slope / np.maximum((slope**2).sum(-1, keepdims=True), 0.05)
        place = np.where(near[..., None], place - np.clip(step, -0.5 * cell, 0.5 * cell), place)
    inside = near | (value > 0)
    count = inside.size
    index = np.arange(count).reshape(inside.shape)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    # Rows go down in the picture: this order is counter-clockwise for the viewer.
    faces = np.concatenate([np.stack([a, d, c], -1).reshape(-1, 3), np.stack([a, c, b], -1).reshape(-1, 3)])
    flat = place.reshape(-1, 2)
    kept = inside.reshape(-1)[faces].all(1) & (at(field, flat[faces].mean(1)) > 0)
    faces = faces[kept]
    p, q, r = (flat[faces[:, k]] for k in range(3))
    area = (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
    faces = faces[area < -0.02 * cell * cell]
    used, renamed = np.unique(faces, return_inverse=True)
    faces = renamed.reshape(-1, 3).astype(np.int32)
    place = flat[used]
    rim = _rim(faces)
    curved = _curved(padded, field)
    # What is round all around is round below as well.
    solid = _standing(padded) if curved < 0.5 else padded
    away = np.maximum(ndimage.distance_transform_edt(solid) - 0.5, 0).astype(np.float32)
    depth = np.maximum(at(away, place), 0)
    ends = np.unique(rim)
    depth[ends] = np.where(depth[ends] > 1.5 * cell, depth[ends], 0)
    return Plan(place, depth, faces, rim, curved)


_FOOT = 0.06
"""Share of the height, from below, within which an outline ends where the product stands, or hangs open."""


def _standing(mask: Mask) -> Mask:
    """The mask, going on below where the product stands: its foot is not rounded off."""
    rows = np.flatnonzero(mask.any(1))
    lowest = len(mask) - 1 - mask[::-1].argmax(0)
    foot = mask.any(0) & (lowest >= rows[-1] - _FOOT * len(rows))
    return np.asarray(mask | (foot & (np.arange(len(mask))[:, None] > lowest)))


_BINS = 72
_CURVED, _STRAIGHT = 0.35, 0.5
"""What is curved all around, and what has sides, run by this share in their four main directions: ellipses by 0.25, boxes by nearly 1."""


def _curved(mask: Mask, field: Floats) -> float:
    """See `Plan`; a direction is a window of 15 degrees, and the foot does not count.

    Args:
        field: the signed distance to the outline.
    """
    from scipy import ndimage

    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    smooth = ndimage.gaussian_filter(field, max(1.0, max(len(rows), len(columns)) / 100))
    down, across = np.gradient(smooth)
    edge = (np.abs(field) < 1.5) & (np.arange(len(mask))[:, None] < rows[-1] - _FOOT * len(rows))
    angles = np.arctan2(down[edge], across[edge]) % (2 * np.pi)
    counts = np.bincount((angles * _BINS / (2 * np.pi)).astype(int) % _BINS, minlength=_BINS)
    total, found = max(int(counts.sum()), 1), 0
    for _ in range(4):
        near = [np.roll(counts, shift) for shift in (-1, 0, 1)]
        best = int(np.sum(near, axis=0).argmax())
        window = np.arange(best - 1, best + 2) % _BINS
        found += int(counts[window].sum())
        counts[window] = 0
    return 1 - float(np.clip((found / total - _CURVED) / (_STRAIGHT - _CURVED), 0, 1))


def _rim(faces: Ints) -> Ints:
    """Edges that only one face has."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, index, counts = np.unique(np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True)
    return np.asarray(edges[index[counts == 1]], np.int32)


def depth_of(plan: Plan, camera: PhotoCamera, thickness: float, round_off: float) -> Floats:
    """Half the depth at each vertex, in radii.

    Args:
        thickness: the whole depth of the plateau.
        round_off: distance from the outline, in radii, at which the plateau begins.
    """
    inner = plan.inner * AWAY / camera.focal
    t = np.clip(inner / max(round_off, 1e-6), 0, 1)
    return np.asarray(0.5 * thickness * np.sqrt(np.maximum(1 - (1 - t) ** 2, 0)))


def placed(plan: Plan, camera: PhotoCamera, half: Floats, base: Floats | float = 0.0) -> Floats:
    """Points [n, 3] on the rays of the photo at y = -(half + base)."""
    position = camera.axes[0]
    rays = camera.rays(plan.pixel[:, 0], plan.pixel[:, 1])
    distance = (-(half + base) - position[1]) / rays[:, 1]
    return np.asarray(position + rays * distance[:, None])

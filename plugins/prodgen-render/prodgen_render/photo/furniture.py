"""Tables and chairs from their legs: a top that is as deep as they stand apart, on round legs, and the back of a chair."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints, Part
from prodgen_render.photo.cutout import Cutout
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_render.photo.legs import Leg, Legged, stood
from prodgen_render.photo.plan import plan_of
from prodgen_render.photo.relief import plate_parts
from prodgen_render.photo.solid import material
from prodgen_render.shapes.triangles import grid_faces, smooth_normals

_SEAT = 0.05
"""How thick a chair's seat is, as a share of its height."""
_UNTOLD = 0.7
"""Depth in radii where all feet are level and no kind tells it."""
_SIDES = 12


def legged_parts(
    found: Legged, camera: PhotoCamera, cutout: Cutout, backed: bool, usual: float | None = None
) -> list[Part]:
    """Legs where they stand, and the top over them; of a chair with its back at the far end.

    Args:
        backed: whether what rises above the seat is a back.
        usual: how far such feet usually stand apart in depth, in radii.
    """
    _, depth = stood(found.legs, camera)
    thickest = max(float(leg.half.mean()) for leg in found.legs) * AWAY / camera.focal
    near, far = float(depth.min()) - thickest, float(depth.max()) + thickest
    level = far - near < 4 * thickest
    if level:
        # Nothing tells the depth, and nothing stands on one row of feet: each hides another one behind it.
        half = (usual or _UNTOLD) / 2
        near, far = -half - thickest, half + thickest
        depth = np.full(len(found.legs), -half)
    middle = (depth.min() + depth.max()) / 2  # not quite 0: level feet may all lie a rounding error beyond
    under = max(
        float(points_of(leg, float(y), camera)[-1, 2]) for leg, y in zip(found.legs, depth, strict=True) if y <= middle
    )
    parts = [leg_part(leg, float(y), under, camera, cutout) for leg, y in zip(found.legs, depth, strict=True)]
    if level:
        parts += [_hidden(part, camera, 2 * half) for part in parts]
    rows = np.flatnonzero(found.top.any(1))
    low = float(rows[-1])
    # How far above the near edge of the top its far edge is seen.
    edge = camera.rays(np.array([camera.x]), np.array([low]))[0]
    at = camera.axes[0] + edge * (near - camera.axes[0][1]) / edge[1]
    _, far_row, _ = camera.project(np.array([at[0], far, at[2]]))
    band = max(0.0, low - float(far_row))
    top = found.top
    seat = max(3.0, _SEAT * len(np.flatnonzero(cutout.mask.any(1))))
    if backed and len(rows) > 2.5 * (band + seat):
        line = low - band - seat
        above = np.arange(len(top))[:, None] < line
        back = top & above
        if back.sum() > 0.1 * top.sum():
            parts += plate_parts(plan_of(back), camera, far - 2.5 * thickest, far, cutout)
            top = top & ~above
    shift = round(min(band, 0.75 * float(np.median(top.sum(0)[top.any(0)]))))
    front = top.copy()
    if shift > 0:
        front[shift:] &= top[:-shift]
        front[:shift] = False
    parts += plate_parts(plan_of(front if front.any() else top), camera, near, far, cutout)
    return parts


def _hidden(leg: Part, camera: PhotoCamera, behind: float) -> Part:
    """A leg that another one hides, so far behind it: as wide apart as the camera sees no more of."""
    away = float(leg.vertices[:, 1].mean() - camera.axes[0][1])
    shift = leg.vertices[:, :1].mean() * behind / away
    return leg.moved(x=float(shift), y=behind)


def points_of(leg: Leg, y: Floats | float, camera: PhotoCamera) -> Floats:
    """The leg's middle line [n, 3] at a depth, or at that of each of its rows."""
    position = camera.axes[0]
    rays = camera.rays(leg.middle, leg.row)
    return np.asarray(position + rays * ((y - position[1]) / rays[:, 1])[:, None])


def leg_part(leg: Leg, y: Floats | float, under: float, camera: PhotoCamera, cutout: Cutout) -> Part:
    """A round leg; what of it the top hides goes on up to the top's underside.

    Args:
        y: its depth, or that at each of its rows.
    """
    step = np.unique(np.linspace(0, len(leg.row) - 1, 24).round().astype(int))
    row, middle, half = leg.row[step], leg.middle[step], leg.half[step]
    points = points_of(Leg(row, middle, half), np.broadcast_to(y, leg.row.shape)[step], camera)
    _, _, distance = camera.project(points)
    radius = half * distance / camera.focal
    if points[-1, 2] < under:
        share = (under - points[-1, 2]) / max(float(points[-1, 2] - points[0, 2]), 1e-3)
        points = np.concatenate([points, [points[-1] + (points[-1] - points[0]) * share]])
        radius, row, middle = np.append(radius, radius[-1]), np.append(row, row[-1]), np.append(middle, middle[-1])
    angle = np.linspace(0, 2 * np.pi, _SIDES + 1)
    rings = np.empty((len(points), _SIDES + 1, 3))
    rings[..., 0] = points[:, None, 0] + radius[:, None] * np.cos(angle)
    rings[..., 1] = points[:, None, 1] + radius[:, None] * np.sin(angle)
    rings[..., 2] = points[:, None, 2]
    vertices = rings.reshape(-1, 3).astype(np.float32)
    faces = grid_faces(len(points), _SIDES + 1)
    colour = _leg_colours(row.astype(int), middle.astype(int), cutout)[::-1]
    u, v = np.meshgrid(np.linspace(0, 1, _SIDES + 1), np.linspace(0.5, len(row) - 0.5, len(row)) / len(row))
    texture = np.repeat(colour[:, None], 4, 1).astype(np.float32)
    return Part(
        vertices, faces, smooth_normals(vertices, faces, weld=1e-5), np.stack([u, v], -1).reshape(-1, 2).astype(np.float32),
        material(texture),
    )  # fmt: skip


def _leg_colours(row: Ints, column: Ints, cutout: Cutout) -> Floats:
    """Colours [n, 3] along a leg; where it is not seen, as the partner of another one is not, those of what is seen of the product nearest to it."""
    from scipy import ndimage

    height, width = cutout.mask.shape
    nearest = ndimage.distance_transform_edt(~cutout.mask, return_distances=False, return_indices=True)
    row, columns = np.clip(row, 0, height - 1), (np.clip(column + k, 0, width - 1) for k in (-1, 0, 1))
    return np.asarray(np.median([cutout.colour[tuple(nearest[:, row, at])] for at in columns], axis=0))

"""Whatever is neither round nor a box: the outline, inflated on both sides of its plane.

Depth grows from the outline inwards as a quarter of an ellipse over the distance to it, up to a plateau. The outline follows the
mask to a fraction of a pixel: vertices of a grid that lie near it are moved onto it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.lights import lighting, relative_light, turn
from prodgen_render.model import Floats, Ints, Part
from prodgen_render.photo.cutout import Cutout
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_render.photo.solid import material
from prodgen_render.photo.texture import SHADING, Shot, seen_in, smoothstep, towards_mean
from prodgen_render.triangles import smooth_normals
from prodgen_sdk.types import Mask

_CELLS = 170
_UNSEEN = 0.3
"""How far the colours of unseen sides go from the ground's towards the mean colour."""
_LEANING, _OPEN = 0.12, 0.45
_TOPS, _LYING, _AROUND = 4.0, 25.0, 4
"""Degrees from which a camera sees tops well enough for their colours, what a side must be turned upwards by
to be one, and over how many edges of the outline before and behind that is told."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A flat grid over a mask.

    Args:
        pixel: [n, 2], where each vertex is seen in the photo.
        inner: [n], its distance to the outline in pixels, 0 on it; what the product stands on does not count.
        faces: [m, 3], counter-clockwise seen by the camera.
        rim: [k, 2], edges of the outline, the product at their left seen by the camera.
    """

    pixel: Floats
    inner: Floats
    faces: Ints
    rim: Ints


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
    away = np.maximum(ndimage.distance_transform_edt(_standing(padded)) - 0.5, 0).astype(np.float32)
    depth = np.maximum(at(away, place), 0)
    ends = np.unique(rim)
    depth[ends] = np.where(depth[ends] > 1.5 * cell, depth[ends], 0)
    return Plan(place, depth, faces, rim)


_FOOT = 0.06
"""Share of the height, from below, within which an outline ends where the product stands, or hangs open."""


def _standing(mask: Mask) -> Mask:
    """The mask, going on below where the product stands: its foot is not rounded off."""
    rows = np.flatnonzero(mask.any(1))
    lowest = len(mask) - 1 - mask[::-1].argmax(0)
    foot = mask.any(0) & (lowest >= rows[-1] - _FOOT * len(rows))
    return np.asarray(mask | (foot & (np.arange(len(mask))[:, None] > lowest)))


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


def relief_parts(
    plan: Plan,
    camera: PhotoCamera,
    half: Floats,
    wall: Floats | float,
    front: Shot,
    back: Shot | None,
    *,
    same_behind: bool = False,
) -> list[Part]:
    """Front, back and wall of the solid.

    Args:
        half: half the depth at each vertex, 0 at the rim but for the foot.
        wall: half the depth of an upright wall along the rim, added everywhere, or that at each vertex.
        back: a photo of the other side, if there is one.
        same_behind: the other side shows the mirrored front instead of its plain material.
    """
    points = placed(plan, camera, half, wall)
    behind = points * [1, -1, 1]
    faces = plan.faces
    normals = smooth_normals(points.astype(np.float32), faces)
    colour, facing = _texels(front, points, normals, plan)
    plain = towards_mean(_plain(colour), colour, facing * (_mask_of(front, plan)), _UNSEEN)
    # What leans away was seen by few pixels, which would be drawn out into streaks.
    seen = smoothstep((facing - _LEANING) / (_OPEN - _LEANING))[..., None]
    colour = (colour * seen + plain * (1 - seen)).astype(np.float32)
    if back is not None:
        other, _ = seen_in(back, _grid(plan, behind, front)[0], _grid(plan, normals * [1, -1, 1], front)[0])
    else:
        other = colour if same_behind else plain
    uv = _uv(plan, colour.shape)
    parts = [
        Part(points.astype(np.float32), faces, normals, uv, material(colour)),
        Part(
            behind.astype(np.float32), np.ascontiguousarray(faces[:, ::-1]), (normals * [1, -1, 1]).astype(np.float32), uv,
            material(np.ascontiguousarray(other)),
        ),
    ]  # fmt: skip
    if np.max(wall) > 1e-4 or half[plan.rim].max() > 1e-4:
        parts += _sides(plan, camera, points, behind, uv, plain, front)
    return parts


def plate_parts(plan: Plan, camera: PhotoCamera, near: float, far: float, cutout: Cutout) -> list[Part]:
    """An upright plate between two places in depth, its front in the photo's colours, the rest in plain ones."""
    shot = Shot(cutout, camera)
    front = placed(plan, camera, np.zeros(len(plan.pixel)), -near)
    behind = front + np.array([0.0, far - near, 0.0])
    normals = np.broadcast_to(np.array([0, -1, 0], np.float32), front.shape)
    colour, _ = _texels(shot, front, normals, plan)
    plain, uv = _plain(colour), _uv(plan, colour.shape)
    back = np.ascontiguousarray(plan.faces[:, ::-1])
    return [
        Part(front.astype(np.float32), plan.faces, np.ascontiguousarray(normals), uv, material(colour)),
        Part(behind.astype(np.float32), back, np.ascontiguousarray(-normals), uv, material(plain)),
        _wall(plan.rim, front, behind, uv, uv, plain),
    ]


def _grid(plan: Plan, values: Floats, front: Shot) -> tuple[Floats, Floats]:
    """Vertex values [n, k] at the pixels of the plan's window [h, w, k], and the pixels."""
    from scipy import interpolate

    left, top, right, bottom = _window(plan, front.cutout.mask.shape)
    x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
    where = np.stack([x, y], -1)
    found = interpolate.NearestNDInterpolator(plan.pixel, values)(where)
    return np.asarray(found), where


def _window(plan: Plan, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    low, high = np.floor(plan.pixel.min(0)).astype(int) - 2, np.ceil(plan.pixel.max(0)).astype(int) + 2
    return max(0, int(low[0])), max(0, int(low[1])), min(shape[1], int(high[0])), min(shape[0], int(high[1]))


def _texels(front: Shot, points: Floats, normals: Floats, plan: Plan) -> tuple[Floats, Floats]:
    """The photo's own pixels in the plan's window, with its light divided out, and how much each faces the camera."""
    from scipy import ndimage

    left, top, right, bottom = _window(plan, front.cutout.mask.shape)
    grid = _grid(plan, normals, front)[0]
    grid = ndimage.gaussian_filter(grid, (1.0, 1.0, 0))
    grid /= np.maximum(np.linalg.norm(grid, axis=-1, keepdims=True), 1e-6)
    flat = turn(grid.reshape(-1, 3).astype(np.float32), -front.camera.azimuth)
    light = np.maximum(relative_light(lighting("studio"), flat, SHADING), 0.35).reshape(grid.shape[:2])
    colour = front.cutout.colour[top:bottom, left:right] / light[..., None]
    return colour.astype(np.float32), -grid[..., 1]


def _uv(plan: Plan, shape: tuple[int, ...]) -> Floats:
    low = np.maximum(np.floor(plan.pixel.min(0)).astype(int) - 2, 0)
    share = (plan.pixel - low) / [shape[1], shape[0]]
    return np.stack([share[:, 0], 1 - share[:, 1]], -1).astype(np.float32)


def _mask_of(front: Shot, plan: Plan) -> Mask:
    left, top, right, bottom = _window(plan, front.cutout.mask.shape)
    return np.asarray(front.cutout.mask[top:bottom, left:right])


def _plain(colour: Floats) -> Floats:
    """The front without its print: a wide median keeps areas of one material and drops what is on them."""
    from scipy import ndimage

    step = max(1, max(colour.shape[:2]) // 72)
    small = colour[step // 2 :: step, step // 2 :: step]
    small = ndimage.median_filter(small, size=(13, 13, 1), mode="nearest")
    large = ndimage.zoom(small, (colour.shape[0] / small.shape[0], colour.shape[1] / small.shape[1], 1), order=1)
    return np.asarray(large, np.float32)


def _sides(
    plan: Plan, camera: PhotoCamera, points: Floats, behind: Floats, uv: Floats, plain: Floats, front: Shot
) -> list[Part]:
    """The wall between the two rims: what of it the photo shows from above in the photo's colours, the rest in plain ones."""
    a = plan.rim[:, 0]
    tops = (camera.elevation > _TOPS) & _lies_up(plan)[a] & (behind[a, 1] - points[a, 1] > 1e-3)
    if not tops.any():
        return [_wall(plan.rim, points, behind, uv, uv, plain)]
    light = relative_light(lighting("studio"), np.array([[0, 0, 1]], np.float32), SHADING)
    photo = (front.cutout.colour / np.maximum(light, 0.35)).astype(np.float32)
    near, far = (_in_photo(place, photo.shape, camera) for place in (points, behind))
    parts = [_wall(plan.rim[tops], points, behind, near, far, photo)]
    if not tops.all():
        parts.append(_wall(plan.rim[~tops], points, behind, uv, uv, plain))
    return parts


def _lies_up(plan: Plan) -> Mask:
    """Which vertices of the rim have the product below them, by the middle of the rim around each."""
    a, b = plan.rim[:, 0], plan.rim[:, 1]
    count = len(plan.pixel)
    following = np.full(count, -1)
    following[a] = b
    edge = np.zeros((count, 2))
    edge[a] = plan.pixel[b] - plan.pixel[a]
    total, here = edge.copy(), np.arange(count)
    for _ in range(_AROUND):
        here = np.where(here >= 0, following[here], -1)
        ahead = np.where((here >= 0)[:, None], edge[here], 0)
        total += ahead
        back = here[here >= 0]
        np.add.at(total, back, edge[np.flatnonzero(here >= 0)])
    return np.asarray(np.degrees(np.arctan2(-total[:, 0], np.abs(total[:, 1]))) > _LYING)


def _in_photo(points: Floats, shape: tuple[int, ...], camera: PhotoCamera) -> Floats:
    """UV of points [n, 3] in the whole photo."""
    x, y, _ = camera.project(points)
    share = np.stack([x / shape[1], 1 - y / shape[0]], -1)
    return np.clip(share, 0.002, 0.998).astype(np.float32)


def _wall(rim: Ints, points: Floats, behind: Floats, near: Floats, far: Floats, colour: Floats) -> Part:
    """Quads between the two rims.

    Args:
        near, far: UV at the front's rim and at the back's.
    """
    a, b = rim[:, 0], rim[:, 1]
    count = len(a)
    vertices = np.concatenate([points[a], points[b], behind[b], behind[a]])
    first = np.arange(count)
    quads = [
        np.stack([first, first + 3 * count, first + 2 * count], -1),
        np.stack([first, first + 2 * count, first + count], -1),
    ]
    across = points[b] - points[a]
    outwards = np.stack([-across[:, 2], np.zeros(count), across[:, 0]], -1) * -1
    outwards /= np.maximum(np.linalg.norm(outwards, axis=1, keepdims=True), 1e-9)
    normals = np.concatenate([outwards] * 4).astype(np.float32)
    faces = np.concatenate(quads).astype(np.int32)
    p, q, r = (vertices[faces[:, k]] for k in range(3))
    flat = np.cross(q - p, r - p)
    if float((flat[:count] * outwards).sum()) < 0:
        faces = np.ascontiguousarray(faces[:, ::-1])
    return Part(
        vertices.astype(np.float32),
        faces,
        normals,
        np.concatenate([near[a], near[b], far[b], far[a]]),
        material(colour),
    )

"""Whatever is neither round nor a box: the outline, inflated on both sides of its plane, and its colours."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Part
from prodgen_render.photo.cutout import Cutout
from prodgen_render.photo.frame import PhotoCamera
from prodgen_render.photo.plan import Plan, placed
from prodgen_render.photo.solid import material
from prodgen_render.photo.texture import SHADING, UNSEEN, Shot, bilinear, seen_in, towards_mean
from prodgen_render.photo.wall import sides_of, wall_parts
from prodgen_render.rendering.lights import lighting, relative_light, turn
from prodgen_render.shapes.triangles import smooth_normals
from prodgen_render.vectors import smoothstep
from prodgen_sdk.images.colour import to_srgb
from prodgen_sdk.types import Mask

_LEANING, _OPEN = 0.12, 0.45
_MEDIAN, _WIDE, _NARROW = 72, 13, 7
"""Cells along a photo that print is told on, over how many of them it is left out, and over how many behind what may be of several materials."""
_BEHIND = 0.5
"""How far the back of that goes towards the mean colour: less than its sides, for materials mostly go through to the back."""
_HALVINGS = 4
"""How often a back is made half as round that a camera would see beyond the outline."""
_GRID, _AROUND = 128, 10
"""Cells along a photo that a pattern is told on, and what share of it one looks at around each."""
_PATTERN, _ALL = 0.06, 0.9
"""By how much what is patterned differs from its plain colours (sRGB, mean), and the share of cloth from which it is so all over: on drawn
garments it is .95 or more of those with stripes, dots or checks, and less than .1 of plain ones and of those with a print."""


def relief_parts(
    plan: Plan,
    camera: PhotoCamera,
    half: Floats,
    wall: Floats | float,
    front: Shot,
    back: Shot | None,
    *,
    same_behind: bool = False,
    printed: bool = True,
    cloth: bool = False,
) -> list[Part]:
    """Front, back and wall of the solid.

    Args:
        half: half the depth at each vertex, 0 at the rim but for the foot.
        wall: half the depth of an upright wall along the rim, added everywhere, or that at each vertex.
        back: a photo of the other side, if there is one.
        same_behind: the other side shows the mirrored front instead of its plain material.
        printed: whether unseen sides are likely to have colours of their own.
        cloth: whether it is of cloth: a pattern all over its front is then on the other side, too.
    """
    points = placed(plan, camera, half, wall)
    behind = _mirrored(points, wall, front)
    faces = plan.faces
    normals = smooth_normals(points.astype(np.float32), faces)
    colour, facing = _texels(front, points, normals, plan)
    plain = without_print(colour)
    shown = facing * _mask_of(front, plan)
    other = far = between = towards_mean(plain, colour, shown, UNSEEN[printed])
    # What leans away was seen by few pixels, which would be drawn out into streaks.
    seen = smoothstep((facing - _LEANING) / (_OPEN - _LEANING))[..., None]
    colour = (colour * seen + plain * (1 - seen)).astype(np.float32)
    if back is not None:
        other, _ = seen_in(back, _grid(plan, behind, front)[0], _grid(plan, normals * [1, -1, 1], front)[0])
        far = between = without_print(other)
    elif same_behind or (cloth and patterned(colour, plain, _mask_of(front, plan))):
        other, far, between = colour, plain, plain
    elif printed:
        other = far = towards_mean(without_print(colour, _NARROW), colour, shown, _BEHIND)
    uv = _uv(plan, colour.shape)
    walled = np.max(wall) > 1e-4 or half[plan.rim].max() > 1e-4
    if walled:
        # Front and back end as the wall begins: light shows no edge between them.
        rim, sides = sides_of(plan, points)
        normals[rim[:, 0]] = sides[0]
    parts = [
        Part(points.astype(np.float32), faces, normals, uv, material(colour)),
        Part(
            behind.astype(np.float32), np.ascontiguousarray(faces[:, ::-1]), (normals * [1, -1, 1]).astype(np.float32), uv,
            material(np.ascontiguousarray(other)),
        ),
    ]  # fmt: skip
    if walled:
        at_rims = (_at(texture, uv) for texture in (plain, between, far))
        parts += wall_parts(plan, camera, points, behind, front, *at_rims)
    return parts


def _mirrored(points: Floats, wall: Floats | float, front: Shot) -> Floats:
    """The other side of points [n, 3], less rounded where a camera that looks down would see it beyond the outline."""
    behind = points * [1, -1, 1]
    if front.camera.elevation <= 0:
        return behind
    mask = front.cutout.mask[..., None].astype(np.float32)
    round_off = np.maximum(behind[:, 1] - wall, 0)
    for _ in range(_HALVINGS):
        x, y, _ = front.camera.project(behind)
        outside = bilinear(mask, x - 0.5, y - 0.5)[..., 0] < 0.5
        round_off = np.where(outside, round_off / 2, round_off)
        behind[:, 1] = wall + round_off
    return behind


def patterned(colour: Floats, plain: Floats, mask: Mask) -> bool:
    """Whether a pattern is all over a front: nearly everywhere there is something near that differs from the plain colours."""
    from scipy import ndimage

    step = max(1, max(mask.shape) // _GRID)
    cells = np.s_[step // 2 :: step, step // 2 :: step]
    colour, plain, mask = colour[cells], plain[cells], mask[cells]
    unlike = np.abs(to_srgb(colour) - to_srgb(plain)).max(-1) * mask
    size = max(3, max(mask.shape) // _AROUND)
    share = np.maximum(ndimage.uniform_filter(mask.astype(float), size), 0.05)
    inner = ndimage.binary_erosion(mask, iterations=3)
    return bool(inner.any() and (ndimage.uniform_filter(unlike, size) / share > _PATTERN)[inner].mean() > _ALL)


def _at(picture: Floats, uv: Floats) -> Floats:
    """Colours [n, 3] of a texture at UV."""
    height, width = picture.shape[:2]
    return bilinear(picture, uv[:, 0] * width - 0.5, (1 - uv[:, 1]) * height - 0.5)


def plate_parts(plan: Plan, camera: PhotoCamera, near: float, far: float, cutout: Cutout) -> list[Part]:
    """An upright plate between two places in depth, its front in the photo's colours, the rest in plain ones."""
    shot = Shot(cutout, camera)
    front = placed(plan, camera, np.zeros(len(plan.pixel)), -near)
    behind = front + np.array([0.0, far - near, 0.0])
    normals = np.broadcast_to(np.array([0, -1, 0], np.float32), front.shape)
    colour, _ = _texels(shot, front, normals, plan)
    plain, uv = without_print(colour), _uv(plan, colour.shape)
    edge = _at(plain, uv)
    back = np.ascontiguousarray(plan.faces[:, ::-1])
    return [
        Part(front.astype(np.float32), plan.faces, np.ascontiguousarray(normals), uv, material(colour)),
        Part(behind.astype(np.float32), back, np.ascontiguousarray(-normals), uv, material(plain)),
        *wall_parts(plan, camera, front, behind, shot, edge, edge, edge),
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


def without_print(colour: Floats, size: int = _WIDE) -> Floats:
    """The front without its print: a median, so many cells wide, keeps areas of one material and drops what is on them."""
    from scipy import ndimage

    step = max(1, max(colour.shape[:2]) // _MEDIAN)
    small = colour[step // 2 :: step, step // 2 :: step]
    small = ndimage.median_filter(small, size=(size, size, 1), mode="nearest")
    large = ndimage.zoom(small, (colour.shape[0] / small.shape[0], colour.shape[1] / small.shape[1], 1), order=1)
    return np.asarray(large, np.float32)

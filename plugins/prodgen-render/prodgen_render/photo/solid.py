"""Textured meshes of the fitted bodies: turned and squashed ones, and boxes."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints, Material, Part, Texture
from prodgen_render.photo.complete import Ends, complete_rows
from prodgen_render.photo.cuboid import Cuboid
from prodgen_render.photo.frame import AWAY
from prodgen_render.photo.gloss import roughness_of, without_gloss
from prodgen_render.photo.revolved import Revolved, section, section_normal
from prodgen_render.photo.texture import (
    SHADING,
    UNSEEN,
    Shot,
    bands,
    bilinear,
    merged,
    seen_in,
    towards_mean,
)
from prodgen_render.shapes.triangles import grid_faces
from prodgen_render.vectors import smoothstep

_COLUMNS = 128
_MOST_TEXELS = 2048


def material(pixels: Floats, power: float = SHADING) -> Material:
    """A photographed material with this texture, linear [h, w, 3], that such a power of the relative light was divided out of."""
    return Material("photo", (1.0, 1.0, 1.0), 0.6, texture=Texture(pixels), photographed=power)


def revolved_part(body: Revolved, shots: list[Shot], hollow: bool = False, clear: bool = False) -> Part:
    """The body with its ends closed (or its inside open to the top), textured by what each photo shows of it.

    u = 0.5 is the front and grows to the viewer's right; v grows upwards.

    Args:
        clear: whether it is of glass, whose edges do not have the colour of what is in it.
    """
    radius, height = _path(body, hollow)
    length = np.concatenate([[0], np.cumsum(np.hypot(np.diff(radius), np.diff(height)))])
    scale = body.camera.focal / 4.5
    columns = int(np.clip(2 * np.pi * body.radius.max() * scale * 1.3, 256, _MOST_TEXELS))
    rows = int(np.clip(length[-1] * scale * 1.3, 128, _MOST_TEXELS))
    # Row 0 of a texture is at v = 1, the path's end.
    along = (1 - (np.arange(rows) + 0.5) / rows) * length[-1]
    at_radius, at_height = np.interp(along, length, radius), np.interp(along, length, height)
    angle = ((np.arange(columns) + 0.5) / columns * 2 * np.pi + np.pi / 2)[None]
    points = np.empty((rows, columns, 3), np.float32)
    flat_here = body.flatness(at_radius)[:, None]
    across, away = section(angle, flat_here)
    points[..., 0] = body.across(at_height[:, None], at_radius[:, None] * across)
    points[..., 1] = at_radius[:, None] * away
    points[..., 2] = at_height[:, None]
    normals = _normals(body, radius, height, length, along, angle)
    flat, faces, uv = _turned_grid(body, radius, height, length, rows)
    found = [seen_in(shot, points, normals) for shot in shots]
    seen: list[tuple[Floats, Floats]] = [
        (c, w * _clear_of_edge(shot, points)) for (c, w), shot in zip(found, shots, strict=True)
    ]
    if hollow:
        # Through the opening only some of the inside is seen, and the inside hides nothing outside.
        seen = [
            (c, w * _unhidden(flat, faces, points, normals, shot)) for (c, w), shot in zip(seen, shots, strict=True)
        ]
    if clear:
        across_edge = smoothstep((np.abs(normals[..., 1]) - _EDGE_ON) / _EDGE_ON).astype(np.float32)
        seen = [(c, w * across_edge) for c, w in seen]
    seen, gloss = without_gloss(seen, normals, shots)
    colour, weight = merged(seen)
    # Beside the outline there is gloss: what is a little further in tells the material.
    texture = complete_rows(colour, weight, ends=_CLEAR_ENDS if clear else _TURNED_ENDS)
    lit = material(texture, shots[0].power).but(gloss=gloss, roughness=roughness_of(gloss))
    around = np.linspace(0, 2 * np.pi, _COLUMNS + 1)[None] + np.pi / 2
    outwards = _normals(body, radius, height, length, length, around).reshape(-1, 3).astype(np.float32)
    return Part(flat, faces, outwards, uv, lit)


def _normals(body: Revolved, radius: Floats, height: Floats, length: Floats, along: Floats, angle: Floats) -> Floats:
    """Unit normals [h, w, 3] of the path turned about the axis, at places along it [h] and angles [1, w]."""
    slope_r, slope_h = _slopes(length, radius, height, along)
    flat = body.flatness(np.interp(along, length, radius))[:, None]
    across, away = section_normal(angle, flat)
    upright = slope_h[:, None] / np.maximum(np.hypot(across, away), 1e-9)
    normals = np.empty((len(along), angle.shape[1], 3), np.float32)
    normals[..., 0], normals[..., 1] = across * upright, away * upright
    normals[..., 2] = -slope_r[:, None]
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    return normals


def _clear_of_edge(shot: Shot, points: Floats) -> Floats:
    """0 for points [h, w, 3] on the outline in the photo, whose pixels are of the background too, 1 from `_RIM` pixels inwards."""
    from scipy import ndimage

    inside = ndimage.distance_transform_edt(shot.cutout.mask)[..., None].astype(np.float32)
    out = np.empty(points.shape[:2], np.float32)
    for band in bands(out.shape):
        x, y, _ = shot.camera.project(points[band])
        out[band] = smoothstep(bilinear(inside, x - 0.5, y - 0.5)[..., 0] / _RIM)
    return out


def _turned_grid(
    body: Revolved, radius: Floats, height: Floats, length: Floats, rows: int
) -> tuple[Floats, Ints, Floats]:
    """Vertices, faces and UV of the path turned about the axis."""
    ring = np.linspace(0, 2 * np.pi, _COLUMNS + 1) + np.pi / 2
    vertices = np.empty((len(radius), _COLUMNS + 1, 3))
    across, away = section(ring[None], body.flatness(radius)[:, None])
    vertices[..., 0] = body.across(height[:, None], radius[:, None] * across)
    vertices[..., 1] = radius[:, None] * away
    vertices[..., 2] = height[:, None]
    u, v = np.meshgrid(np.linspace(0, 1, _COLUMNS + 1), length / length[-1])
    flat = vertices.reshape(-1, 3).astype(np.float32)
    faces = grid_faces(len(radius), _COLUMNS + 1)
    a, b, c = (flat[faces[:, k]] for k in range(3))
    faces = np.ascontiguousarray(faces[np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-10])
    # The texture repeats: half a texel of margin keeps the lower end from taking the upper one's colour.
    v = np.clip(v, 0.5 / rows, 1 - 0.5 / rows)
    return flat, faces, np.stack([u, v], -1).reshape(-1, 2).astype(np.float32)


def _unhidden(flat: Floats, faces: Ints, points: Floats, normals: Floats, shot: Shot) -> Floats:
    """1 where nothing stands between a point [h, w, 3] and the camera, 0 elsewhere; by rays from every fourth texel."""
    from embreex import rtcore_scene
    from embreex.mesh_construction import TriangleMesh
    from scipy import ndimage

    scene = rtcore_scene.EmbreeScene()
    TriangleMesh(scene, np.ascontiguousarray(flat, np.float32), np.ascontiguousarray(faces, np.int32))
    some, out = points[::4, ::4], normals[::4, ::4]
    towards = shot.camera.axes[0] - some
    towards /= np.linalg.norm(towards, axis=-1, keepdims=True)
    start = (some + 0.01 * out + 0.01 * towards).reshape(-1, 3)
    rays = np.ascontiguousarray(towards.reshape(-1, 3), np.float32)
    free = scene.run(np.ascontiguousarray(start, np.float32), rays, query="OCCLUDED") != 0
    smooth = ndimage.uniform_filter(free.reshape(some.shape[:2]).astype(np.float32), 3)
    smooth = np.clip(smooth * 2 - 1, 0, 1)
    return np.asarray(np.repeat(np.repeat(smooth, 4, 0), 4, 1)[: points.shape[0], : points.shape[1]])


_RIM, _CALM, _PASSES = 3.0, 1.5, 30
_INSIDE = 24
_TURNED_ENDS, _CLEAR_ENDS = Ends(skipped=0.05, band=0.07), Ends(skipped=0.06, band=0.08, calm=0.1)
_EDGE_ON = 0.3
"""Where glass faces the camera by less than this, what one sees is its edge."""


def _path(body: Revolved, hollow: bool) -> tuple[Floats, Floats]:
    """Radii and heights from the bottom's middle, up outside, to the middle of the top (or of the floor inside)."""
    r, z = _smooth(body.radius, AWAY / body.camera.focal), body.height
    ends = np.array([1e-4, 0.35, 0.7, 0.93])
    bottom_r, bottom_z = ends * r[0], np.full(4, z[0])
    if not hollow:
        return np.concatenate([bottom_r, r, ends[::-1] * r[-1]]), np.concatenate([bottom_z, z, np.full(4, z[-1])])
    wall = max(0.03 * float(r.max()), 0.012)
    inner_r = np.interp(np.linspace(z[-1], z[0] + 1.5 * wall, _INSIDE - 4), z, r) - wall
    inner_z = np.linspace(z[-1], z[0] + 1.5 * wall, _INSIDE - 4)
    inner_r = np.maximum(inner_r, 1e-4)
    return (
        np.concatenate([bottom_r, r, inner_r, ends[::-1] * inner_r[-1]]),
        np.concatenate([bottom_z, z, inner_z, np.full(4, inner_z[-1])]),
    )


def _smooth(radius: Floats, pixel: float) -> Floats:
    """Radii without the steps of the outline's pixels: nowhere moved by more than half of one, so that rims stay where they are."""
    from scipy import ndimage

    smooth = radius
    for _ in range(_PASSES):
        smooth = np.clip(
            ndimage.gaussian_filter1d(smooth, _CALM, mode="nearest"), radius - pixel / 2, radius + pixel / 2
        )
    return np.asarray(np.maximum(smooth, 1e-4))


def _slopes(length: Floats, radius: Floats, height: Floats, along: Floats) -> tuple[Floats, Floats]:
    """How fast radius and height change along the path; over a few rings, for the outline's pixels make steps of single ones."""
    from scipy import ndimage

    step = np.maximum(np.diff(length), 1e-9)
    middle = (length[:-1] + length[1:]) / 2
    rates = (ndimage.gaussian_filter1d(np.diff(values) / step, _CALM, mode="nearest") for values in (radius, height))
    across, up = (np.interp(along, middle, rate) for rate in rates)
    return across, up


_FACES = {
    "front": ((1, 0, 0), (0, 0, 1)),
    "right": ((0, 1, 0), (0, 0, 1)),
    "back": ((-1, 0, 0), (0, 0, 1)),
    "left": ((0, -1, 0), (0, 0, 1)),
    "top": ((1, 0, 0), (0, 1, 0)),
    "bottom": ((1, 0, 0), (0, -1, 0)),
}
"""Right and up of each face, seen from outside."""


def cuboid_parts(box: Cuboid, shots: list[Shot], printed: bool = True) -> list[Part]:
    """The six faces, each with a texture of its own.

    The four upright ones are completed as one strip around the box, the lids from the rows that they meet.

    Args:
        printed: whether unseen sides are likely to have print of their own.
    """
    half = np.asarray(box.size) / 2
    scale = box.camera.focal / 4.5 * 1.3
    found = {}
    for name, (right, up) in _FACES.items():
        r, u = np.array(right, np.float64), np.array(up, np.float64)
        n = np.cross(r, u)
        wide, high = float(np.abs(r) @ half), float(np.abs(u) @ half)
        columns, rows = (int(np.clip(2 * size * scale, 24, _MOST_TEXELS)) for size in (wide, high))
        across = ((np.arange(columns) + 0.5) / columns * 2 - 1) * wide
        upwards = (1 - (np.arange(rows) + 0.5) / rows * 2) * high
        points = across[None, :, None] * r + upwards[:, None, None] * u + n * (np.abs(n) @ half)
        normals = np.broadcast_to(n, points.shape)
        found[name] = merged([seen_in(shot, points, normals) for shot in shots])
    strip = ("front", "right", "back", "left")
    rows = max(found[name][0].shape[0] for name in strip)
    colour = np.concatenate([found[name][0] for name in strip], 1)
    weight = np.concatenate([found[name][1] for name in strip], 1)
    assert colour.shape[0] == rows
    around = complete_rows(colour, weight, ends=Ends(0.0, 0.04, 0.15, seam=0))
    hidden = 1 - weight[..., None]
    around = (around + (towards_mean(around, colour, weight, UNSEEN[printed]) - around) * hidden).astype(np.float32)
    textures, start = {}, 0
    for name in strip:
        width = found[name][0].shape[1]
        textures[name] = around[:, start : start + width]
        start += width
    for name, row in (("top", slice(0, max(2, rows // 25))), ("bottom", slice(-max(2, rows // 25), None))):
        lid, seen = found[name]
        met = np.median(textures["front"][row], axis=0)
        plain = np.broadcast_to(np.median(met, axis=0), lid.shape)
        textures[name] = (lid * seen[..., None] + plain * (1 - seen[..., None])).astype(np.float32)
    return [
        _face(np.array(right, np.float64), np.array(up, np.float64), half, textures[name])
        for name, (right, up) in _FACES.items()
    ]


def _face(right: Floats, up: Floats, half: Floats, texture: Floats, cells: int = 6) -> Part:
    normal = np.cross(right, up)
    share = np.linspace(-1, 1, cells + 1)
    a, b = np.meshgrid(share * (np.abs(right) @ half), share * (np.abs(up) @ half))
    vertices = a[..., None] * right + b[..., None] * up + normal * (np.abs(normal) @ half)
    margin = 0.5 / np.array([texture.shape[1], texture.shape[0]])
    u, v = np.meshgrid((share + 1) / 2, (share + 1) / 2)
    uv = np.clip(np.stack([u, v], -1), margin, 1 - margin)
    normals = np.broadcast_to(normal, vertices.shape).reshape(-1, 3).astype(np.float32)
    return Part(
        vertices.reshape(-1, 3).astype(np.float32), grid_faces(*a.shape), normals, uv.reshape(-1, 2).astype(np.float32),
        material(np.ascontiguousarray(texture)),
    )  # fmt: skip

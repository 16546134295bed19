"""Meshes from a few numbers: surfaces of revolution, swept tubes, lofts and rounded boxes.

Every function returns a `Part` with smooth normals and UVs; hard edges are always small rounded ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes import detail
from prodgen_render.shapes.triangles import drop_degenerate, grid_faces, smooth_normals


def rounded_path(
    points: Sequence[tuple[float, float]], radii: Sequence[float] | float, steps: int = 6
) -> NDArray[np.float64]:
    """A 2D polyline with its inner corners replaced by arcs (quadratic curves).

    Args:
        points: corners in order.
        radii: one radius for all corners, or one a point (the ends are ignored). A radius is cut to half the shorter side.
    """
    corners = np.asarray(points, np.float64)
    sizes = np.broadcast_to(np.asarray(radii, np.float64), len(corners))
    path = [corners[:1]]
    for i in range(1, len(corners) - 1):
        before, here, after = corners[i - 1], corners[i], corners[i + 1]
        into, out = here - before, after - here
        length_in, length_out = float(np.linalg.norm(into)), float(np.linalg.norm(out))
        cut = min(float(sizes[i]), 0.499 * length_in, 0.499 * length_out)
        if cut <= 1e-9:
            path.append(here[None])
            continue
        start, end = here - into / length_in * cut, here + out / length_out * cut
        t = np.linspace(0, 1, steps + 1)[:, None]
        path.append((1 - t) ** 2 * start + 2 * t * (1 - t) * here + t**2 * end)
    path.append(corners[-1:])
    return np.concatenate(path)


def smooth_path(points: ArrayLike, samples: int = 48) -> NDArray[np.float64]:
    """A Catmull-Rom curve through points [n, d], evenly sampled by parameter."""
    p = np.asarray(points, np.float64)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, len(p) - 3, samples)
    i = np.minimum(t.astype(int), len(p) - 4)
    f = (t - i)[:, None]
    a, b, c, d = p[i], p[i + 1], p[i + 2], p[i + 3]
    curve = 0.5 * (2 * b + (c - a) * f + (2 * a - 5 * b + 4 * c - d) * f**2 + (3 * b - a - 3 * c + d) * f**3)
    return np.asarray(curve, np.float64)


def refine(path: NDArray[np.float64], longest: float) -> NDArray[np.float64]:
    """The same polyline with no segment longer than `longest`."""
    pieces, longest = [], detail.length(longest)
    for a, b in pairwise(path):
        n = max(1, int(np.ceil(np.linalg.norm(b - a) / longest)))
        pieces.append(a + (b - a) * np.linspace(0, 1, n, endpoint=False)[:, None])
    return np.concatenate([*pieces, path[-1:]])


def loft(sections: NDArray[np.float64], material: Material, *, closed: bool = True, flip: bool = False) -> Part:
    """A skin over cross-sections [rows, columns, 3]; each row runs counter-clockwise seen from the last row's side.

    Args:
        closed: whether each section is a loop (its last point joins its first).
        flip: turns the surface inside out.
    """
    grid = np.asarray(sections, np.float64)
    if closed:
        grid = np.concatenate([grid, grid[:, :1]], axis=1)
    rows, columns = grid.shape[:2]
    along = np.linalg.norm(np.diff(grid, axis=0), axis=2).max(1)
    around = np.linalg.norm(np.diff(grid, axis=1), axis=2).max(0)
    v = np.concatenate([[0], np.cumsum(along)])
    u = np.concatenate([[0], np.cumsum(around)])
    height, width = max(v[-1], 1e-9), max(u[-1], 1e-9)
    uv = np.stack(np.broadcast_arrays((u / width)[None], (v / height)[:, None]), -1).reshape(-1, 2)
    vertices = grid.reshape(-1, 3).astype(np.float32)
    faces = grid_faces(rows, columns)
    if flip:
        faces = np.ascontiguousarray(faces[:, ::-1])
    scale = float(np.ptp(vertices, axis=0).max())
    normals = smooth_normals(vertices, faces, weld=scale * 1e-5)
    return Part(vertices, drop_degenerate(vertices, faces), normals, uv.astype(np.float32), material, (width, height))


def revolve(profile: NDArray[np.float64], material: Material, segments: int = 96, *, squash: float = 1.0) -> Part:
    """A surface of revolution about Z from a profile [n, (radius, z)] that runs from the bottom outside to the top.

    u = 0.5 faces the front (-Y), and u grows to the viewer's right. `squash` scales the depth (Y).
    """
    segments = detail.segments(segments, 24)
    angles = np.linspace(0, 2 * np.pi, segments, endpoint=False) + np.pi / 2
    ring = np.stack([np.cos(angles), np.sin(angles) * squash], -1)
    sections = np.empty((len(profile), segments, 3))
    sections[..., :2] = profile[:, None, :1] * ring
    sections[..., 2] = profile[:, None, 1]
    return loft(sections, material)


def superellipse(width: float, depth: float, power: float = 2.0, samples: int = 96) -> NDArray[np.float64]:
    """A closed outline [samples, 2], from round (power 2) to nearly square (power 8), that starts at the back."""
    angle = np.linspace(0, 2 * np.pi, samples, endpoint=False) + np.pi / 2
    c, s = np.cos(angle), np.sin(angle)
    return np.stack(
        [np.sign(c) * np.abs(c) ** (2 / power) * width / 2, np.sign(s) * np.abs(s) ** (2 / power) * depth / 2], -1
    )


def rounded_rectangle(width: float, depth: float, radius: float, corner: int = 8, side: int = 6) -> NDArray[np.float64]:
    """A closed outline [n, 2], counter-clockwise, that starts in the middle of the back."""
    radius = min(radius, width / 2, depth / 2)
    half = np.array([width / 2 - radius, depth / 2 - radius])
    points = []
    for quarter, sign in enumerate(((-1, 1), (-1, -1), (1, -1), (1, 1))):
        angle = np.linspace(0, np.pi / 2, corner + 1) + np.pi / 2 * (quarter + 1)
        points.append(half * sign + radius * np.stack([np.cos(angle), np.sin(angle)], -1))
    outline = np.concatenate([[[0.0, depth / 2]], *points, [[0.0, depth / 2]]])
    return refine(outline, max(width, depth) / side)[:-1]


def prism(outline: NDArray[np.float64], profile: NDArray[np.float64], material: Material) -> Part:
    """An outline [n, 2] that grows upwards: profile rows are (inset in metres, z); a last inset can close the top.

    The outline is inset along its own normals, so a rounded profile gives rounded edges all round.
    """
    outwards = np.roll(outline, -1, 0) - np.roll(outline, 1, 0)
    outwards = np.stack([outwards[:, 1], -outwards[:, 0]], -1)
    outwards /= np.maximum(np.linalg.norm(outwards, axis=1, keepdims=True), 1e-12)
    sections = np.empty((len(profile), len(outline), 3))
    sections[..., :2] = outline[None] - outwards[None] * profile[:, None, :1]
    sections[..., 2] = profile[:, None, 1]
    return loft(sections, material)


def slab(outline: NDArray[np.float64], height: float, radius: float, material: Material, steps: int = 6) -> Part:
    """A plate of a star-shaped outline [n, 2] with rounded upper and lower edges and flat caps; z from 0 to height.

    UV is planar on x and y, over the bounding box.
    """
    radius = min(radius, height / 2)
    angle = np.linspace(0, np.pi / 2, steps + 1)
    lower = np.stack([radius * (1 - np.sin(angle)), radius * (1 - np.cos(angle))], -1)
    upper = np.stack([lower[::-1, 0], height - lower[::-1, 1]], -1)
    side = prism(outline, np.concatenate([lower, upper]), material)
    ring = len(outline) + 1
    grid = side.vertices.reshape(-1, ring, 3)
    middle = outline.mean(0)
    shrink = np.array([0.97, 0.8, 0.5, 1e-4])[:, None, None]
    bottom, top = grid[0], grid[-1]
    low, high = np.array([*middle, 0.0]), np.array([*middle, height])
    sections = np.concatenate([(low + (bottom - low) * shrink)[::-1], grid, high + (top - high) * shrink])
    body = loft(sections[:, :-1].astype(np.float64), material)
    return planar_uv(body, "z")


def planar_uv(part: Part, axis: str = "y") -> Part:
    """Replaces UVs by a projection along an axis, filling the square with the bounding box."""
    i, j = {"x": (1, 2), "y": (0, 2), "z": (0, 1)}[axis]
    low, high = part.vertices.min(0), part.vertices.max(0)
    size = np.maximum(high - low, 1e-9)
    uv = np.stack([(part.vertices[:, i] - low[i]) / size[i], (part.vertices[:, j] - low[j]) / size[j]], -1)
    return part.but(uv=uv.astype(np.float32), uv_metres=(float(size[i]), float(size[j])))


def box(
    size: tuple[float, float, float], radius: float, material: Material, *, steps: int = 4, cells: int = 10
) -> list[Part]:
    """A rounded box that stands on z = 0: six parts, in the order front, back, left, right, top, bottom (the viewer's).

    Each part has UV 0..1 over its face, upright when seen from outside; edges are rounded by `radius`.
    """
    width, depth, height = size
    radius = min(radius, *(edge * 0.499 for edge in size))
    half = np.array([width, depth, height]) / 2
    steps, cells = detail.segments(steps, 2), detail.segments(cells, 5)

    def ticks(length: float) -> NDArray[np.float64]:
        inner = length / 2 - radius
        bend = radius * np.tan(np.linspace(-np.pi / 4, 0, steps, endpoint=False))
        flat = np.linspace(-inner, inner, cells + 1)
        return np.concatenate([bend - inner, flat, inner - bend[::-1]])

    frames = {
        "front": ((1, 0, 0), (0, 0, 1)),
        "back": ((-1, 0, 0), (0, 0, 1)),
        "left": ((0, -1, 0), (0, 0, 1)),
        "right": ((0, 1, 0), (0, 0, 1)),
        "top": ((1, 0, 0), (0, 1, 0)),
        "bottom": ((1, 0, 0), (0, -1, 0)),
    }
    parts = []
    for right, up in frames.values():
        r, n_up = np.array(right, np.float64), np.array(up, np.float64)
        n = np.cross(r, n_up)
        across, upwards = ticks(2 * float(np.abs(r) @ half)), ticks(2 * float(np.abs(n_up) @ half))
        a, b = np.meshgrid(across, upwards)
        cube = a[..., None] * r + b[..., None] * n_up + n * (np.abs(n) @ half)
        core = np.clip(cube, -(half - radius), half - radius)
        offset = cube - core
        normals = offset / np.maximum(np.linalg.norm(offset, axis=-1, keepdims=True), 1e-12)
        vertices = (core + normals * radius + [0, 0, half[2]]).reshape(-1, 3).astype(np.float32)
        extent = (across[-1] - across[0], upwards[-1] - upwards[0])
        uv = np.stack([(a - across[0]) / extent[0], (b - upwards[0]) / extent[1]], -1).reshape(-1, 2).astype(np.float32)
        parts.append(
            Part(
                vertices,
                grid_faces(*a.shape),
                normals.reshape(-1, 3).astype(np.float32),
                uv,
                material,
                (float(extent[0]), float(extent[1])),
            )
        )
    return parts


def tube(
    path: ArrayLike,
    radius: float | ArrayLike,
    material: Material,
    *,
    segments: int = 28,
    flatten: float = 1.0,
    caps: bool = True,
    closed: bool = False,
    up: tuple[float, float, float] = (0.0, 0.0, 1.0),
) -> Part:
    """A tube along a 3D path [n, 3] with rounded ends.

    Args:
        radius: metres, one for all or one a point.
        flatten: the section's second axis as a share of the first (a flat strap is 0.3).
        closed: whether the path, a flat loop, goes on from its last point to its first; it has no ends then.
        up: which way the second axis of the section leans at the start.
    """
    line = np.asarray(path, np.float64)
    radii = np.broadcast_to(np.asarray(radius, np.float64), len(line)).copy()
    if closed:
        line, radii = np.concatenate([line, line[:1]]), np.append(radii, radii[0])
    tangent = np.gradient(line, axis=0)
    if closed:
        tangent[[0, -1]] = line[1] - line[-2]
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    side = np.empty_like(line)
    first = np.cross(tangent[0], up)
    if np.linalg.norm(first) < 1e-3:
        first = np.cross(tangent[0], (0.0, 1.0, 0.0))
    for i in range(len(line)):
        first = first - tangent[i] * (first @ tangent[i])
        first /= np.linalg.norm(first)
        side[i] = first
    second = np.cross(tangent, side)
    if caps and not closed:
        t = np.linspace(0, np.pi / 2, 7)[:-1]
        reach, shrink = np.cos(t), np.maximum(np.sin(t), 1e-3)
        cap = radii[0] * min(1.0, flatten)
        line = np.concatenate(
            [
                line[0] - tangent[0] * (reach * cap)[:, None],
                line,
                (line[-1] + tangent[-1] * (reach * radii[-1] * min(1.0, flatten))[:, None])[::-1],
            ]
        )
        radii = np.concatenate([radii[0] * shrink, radii, (radii[-1] * shrink)[::-1]])
        side = np.concatenate([np.repeat(side[:1], 6, 0), side, np.repeat(side[-1:], 6, 0)])
        second = np.concatenate([np.repeat(second[:1], 6, 0), second, np.repeat(second[-1:], 6, 0)])
    angle = np.linspace(0, 2 * np.pi, detail.segments(segments, 8), endpoint=False)
    ring = side[:, None] * np.cos(angle)[None, :, None] + second[:, None] * (flatten * np.sin(angle))[None, :, None]
    return loft(line[:, None] + ring * radii[:, None, None], material)


def disc(radius: float, z: float, material: Material, *, up: bool = True, segments: int = 64) -> Part:
    """A flat disc about Z, planar UV."""
    rings = np.linspace(radius, radius * 0.01, 6)
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    sections = np.stack([np.outer(rings, np.cos(angle)), np.outer(rings, np.sin(angle)), np.full((6, segments), z)], -1)
    return planar_uv(loft(sections, material, flip=not up), "z")


def bent(part: Part, bend: Callable[[Floats], Floats]) -> Part:
    """Moves vertices by a function of [n, 3] and makes new smooth normals."""
    vertices = np.asarray(bend(part.vertices), np.float32)
    scale = float(np.ptp(vertices, axis=0).max())
    return part.but(vertices=vertices, normals=smooth_normals(vertices, part.faces, weld=scale * 1e-5))

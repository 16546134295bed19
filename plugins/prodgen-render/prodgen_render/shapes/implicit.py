"""Soft, joined shapes from signed distance fields: garments, cushions, upholstery.

A field is a function of points [n, 3] to distances [n] (negative inside). It is meshed with naive surface nets
(Gibson 1998), the vertices are moved onto the surface, and normals are the field's gradient.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes import detail
from prodgen_render.vectors import dot, plus, unit

Field = Callable[[Floats], Floats]


def capsule(
    p: Floats, a: ArrayLike, b: ArrayLike, radius_a: float, radius_b: float | None = None, flatten: float = 1.0
) -> Floats:
    """Distance to a (tapered) rounded rod from a to b; `flatten` squeezes it along Y."""
    squeeze = np.array([1, 1 / flatten, 1], np.float32)
    start, end = np.asarray(a, np.float32) * squeeze, np.asarray(b, np.float32) * squeeze
    away, axis = p * squeeze - start, end - start
    t = np.clip(away @ axis / (axis @ axis), 0, 1)
    aside = np.stack([away[:, k] - t * axis[k] for k in range(3)])
    gap = np.sqrt((aside * aside).sum(0))
    radius = radius_a + ((radius_b if radius_b is not None else radius_a) - radius_a) * t
    return np.asarray((gap - radius) * min(1.0, flatten), np.float32)


def ellipsoid(p: Floats, centre: ArrayLike, half: ArrayLike) -> Floats:
    """A close bound of the distance to an ellipsoid."""
    q, r = p - np.asarray(centre, np.float32), np.asarray(half, np.float32)
    k0, k1 = (np.sqrt(dot(scaled, scaled)) for scaled in (q / r, q / (r * r)))
    return np.asarray(k0 * (k0 - 1) / np.maximum(k1, 1e-6), np.float32)


def join(a: Floats, b: Floats, blend: float) -> Floats:
    """Smooth union with a fillet of about `blend` metres (polynomial)."""
    h = np.maximum(blend - np.abs(a - b), 0) / blend
    return np.asarray(np.minimum(a, b) - h * h * blend / 4, np.float32)


def cut(a: Floats, b: Floats, blend: float) -> Floats:
    """`a` without `b`, with a rounded edge."""
    return -join(-a, b, blend)


def mesh(field: Field, low: ArrayLike, high: ArrayLike, cell: float, material: Material) -> Part:
    """The zero surface of a field inside a box, with cells of `cell` metres. UVs are all zero: project them afterwards."""
    start, cell = np.asarray(low, np.float32), detail.length(cell)
    counts = np.maximum(np.ceil((np.asarray(high, np.float32) - start) / cell).astype(int) + 1, 3)
    axes = [start[i] + cell * np.arange(counts[i], dtype=np.float32) for i in range(3)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    values = field(points).reshape(counts)
    inside = values < 0
    corners = [(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    n = counts - 1
    filled = sum(inside[i : i + n[0], j : j + n[1], k : k + n[2]].astype(np.int8) for i, j, k in corners)
    active = np.argwhere((filled > 0) & (filled < 8))
    number = np.full(n, -1, np.int64)
    number[tuple(active.T)] = np.arange(len(active))
    total, weight = np.zeros((len(active), 3)), np.zeros(len(active))
    for axis in range(3):
        for c in corners:
            if c[axis]:
                continue
            d = tuple(v + (i == axis) for i, v in enumerate(c))
            a, b = values[tuple((active + c).T)], values[tuple((active + d).T)]
            crosses = (a < 0) != (b < 0)
            t = np.where(crosses, a / np.where(crosses, a - b, 1), 0)
            place = np.tile(np.array(c, float), (len(active), 1))
            place[:, axis] += t
            total[crosses] += place[crosses]
            weight += crosses
    vertices = (start + cell * (active + total / np.maximum(weight, 1)[:, None])).astype(np.float32)
    quads = []
    for axis in range(3):
        i, j = [(1, 2), (2, 0), (0, 1)][axis]
        grid = np.argwhere(np.diff(inside.astype(np.int8), axis=axis) != 0)
        grid = grid[(grid[:, i] > 0) & (grid[:, j] > 0) & (grid[:, i] < n[i]) & (grid[:, j] < n[j])]
        step_i, step_j = np.eye(3, dtype=int)[i], np.eye(3, dtype=int)[j]
        ring = [number[tuple((grid - step).T)] for step in (step_i + step_j, step_j, 0 * step_i, step_i)]
        quad = np.stack(ring, -1)
        backwards = ~inside[tuple(grid.T)]
        quad[backwards] = quad[backwards][:, ::-1]
        quads.append(quad)
    quad = np.concatenate(quads)
    faces = np.concatenate([quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]]).astype(np.int32)
    for _ in range(2):
        slope = _gradient(field, vertices, cell)
        length = np.sqrt(dot(slope, slope))
        step = np.clip(field(vertices) / np.maximum(length, 0.1), -cell, cell)
        vertices = plus(vertices, slope, -step / np.maximum(length, 1e-6))
    normals = unit(_gradient(field, vertices, cell))
    return Part(vertices.astype(np.float32), faces, normals, np.zeros((len(vertices), 2), np.float32), material)


def ball(centre: ArrayLike, half: ArrayLike, material: Material, cell: float = 0.004) -> Part:
    """An ellipsoid with half axes in metres, meshed with cells of `cell` metres."""
    middle, reach = np.asarray(centre, np.float32), np.asarray(half, np.float32) + 2 * np.float32(detail.length(cell))
    return mesh(lambda p: ellipsoid(p, centre, half), middle - reach, middle + reach, cell, material)


def _gradient(field: Field, points: Floats, cell: float) -> Floats:
    step = np.float32(0.3 * cell)
    slopes = [field(points + step * axis) - field(points - step * axis) for axis in np.eye(3, dtype=np.float32)]
    return np.stack(slopes, -1) / (2 * step)


def in_depth(field: Field, x: Floats, z: Floats, most: float) -> Floats:
    """How far from the plane y = 0 a body reaches to its front at x and z, all of one shape, in metres up to `most`."""
    low, high = np.zeros(x.size, np.float32), np.full(x.size, most, np.float32)
    for _ in range(20):
        middle = (low + high) / 2
        inside = field(np.stack([x.ravel(), -middle, z.ravel()], -1).astype(np.float32)) < 0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.asarray(low.reshape(x.shape))


def clip(part: Part, keep: Floats) -> Part:
    """The part of a mesh where a number at each vertex [n] is positive, cut along its zero line."""
    faces, count = part.faces, len(part.vertices)
    inside = keep[faces] > 0
    number = inside.sum(1)
    columns = {name: [getattr(part, name)] for name in ("vertices", "normals", "uv")}
    kept = [faces[number == 3]]
    for wanted in (1, 2):
        some = np.flatnonzero(number == wanted)
        if len(some) == 0:
            continue
        # Turn each triangle so that its odd corner comes first.
        odd = np.argmax(inside[some] == (wanted == 1), 1)
        a, b, c = (faces[some, (odd + k) % 3] for k in range(3))
        new = []
        for other in (b, c):
            t = (keep[a] / (keep[a] - keep[other]))[:, None]
            for values in columns.values():
                values.append((values[0][a] * (1 - t) + values[0][other] * t).astype(np.float32))
            new.append(np.arange(len(some)) + count)
            count += len(some)
        ab, ac = new
        if wanted == 1:
            kept.append(np.stack([a, ab, ac], -1))
        else:
            kept += [np.stack([ab, b, c], -1), np.stack([ab, c, ac], -1)]
    joined = {name: np.concatenate(values) for name, values in columns.items()}
    return compact(part.but(faces=np.concatenate(kept).astype(np.int32), normals=unit(joined.pop("normals")), **joined))


def compact(part: Part) -> Part:
    """Without the vertices that no face uses."""
    used, faces = np.unique(part.faces, return_inverse=True)
    return part.but(
        vertices=part.vertices[used],
        normals=part.normals[used],
        uv=part.uv[used],
        faces=faces.reshape(-1, 3).astype(np.int32),
    )

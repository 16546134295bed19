"""A model made ready for ray queries: one flat mesh, its material tables, and Embree acceleration structures.

Everything is scaled so that the bounding sphere has its centre at the origin and radius 1: distances here are in radii.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh
from numpy.typing import NDArray

from prodgen_render.model import Floats, Ints, Model3D
from prodgen_render.vectors import cross, dot, interpolate, plus, scaled, unit

CLEAR_SHARE = 0.8
"""Share of light that a clear part lets through to what it shadows."""
_MOST_HOLES = 16
"""Holes that a ray goes through; what lies behind more of them is not seen."""
_PAST = np.float32(2e-5)
"""How far behind a hole a ray goes on, in radii."""


@dataclass(frozen=True, eq=False)
class Hits:
    """First hits of a batch of rays: indices of the rays that hit, and where. Arrays have one row a hit."""

    ray: Ints
    face: Ints
    distance: Floats
    u: Floats
    v: Floats


def _merged(
    hits: Hits,
    kept: NDArray[np.bool_],
    beyond: Hits | None = None,
    ray: Ints | None = None,
    passed: Floats | None = None,
) -> Hits:
    """Some of the hits, with those of rays that went on: which rays they were, and how far they had come."""
    columns = [getattr(hits, name)[kept] for name in hits.__dataclass_fields__]
    if beyond is not None and ray is not None and passed is not None:
        further = (ray[beyond.ray], beyond.face, beyond.distance + passed[beyond.ray], beyond.u, beyond.v)
        columns = [np.concatenate(both) for both in zip(columns, further, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Hits(*(column[order] for column in columns))


def _embree(vertices: Floats, faces: Ints) -> rtcore_scene.EmbreeScene:
    scene = rtcore_scene.EmbreeScene()
    TriangleMesh(scene, np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(faces, np.int32))
    return scene


class Tracer:
    """Holds the flat arrays of a model and answers ray queries."""

    def __init__(self, model: Model3D) -> None:
        self.model = model
        self._mesh(model)
        self._materials(model)
        self._all = _embree(self.vertices, self.faces)
        clear = self.transmission[self.part] > 0
        self.has_clear = bool(clear.any())
        self._opaque = self._all
        if self.has_clear:
            self._opaque = _embree(self.vertices, self.faces[~clear]) if not clear.all() else None

    def _mesh(self, model: Model3D) -> None:
        centre, radius = model.sphere
        counts = np.cumsum([0, *(len(part.vertices) for part in model.parts)])
        self.vertices = ((np.concatenate([part.vertices for part in model.parts]) - centre) / radius).astype(np.float32)
        self.normals = np.concatenate([part.normals for part in model.parts]).astype(np.float32)
        self.uv = np.concatenate([part.uv for part in model.parts]).astype(np.float32)
        self.faces: Ints = np.concatenate(
            [part.faces + start for part, start in zip(model.parts, counts[:-1], strict=True)]
        ).astype(np.int32)
        self.part: Ints = np.repeat(
            np.arange(len(model.parts), dtype=np.int32), [len(part.faces) for part in model.parts]
        )
        self.radius = radius
        self.low, self.high = self.vertices.min(0), self.vertices.max(0)
        self.floor = float(self.low[2])
        first, second, third = (self.vertices.take(self.faces[:, k], 0) for k in range(3))
        edge1, edge2 = second - first, third - first
        across = cross(edge1, edge2)
        double_area = np.sqrt(dot(across, across))
        self.face_normals = scaled(across, 1 / np.maximum(double_area, 1e-20))
        self._tangents(edge1, edge2, double_area)
        self.vertex_colours = None
        if any(part.colours is not None for part in model.parts):
            self.vertex_colours = np.concatenate(
                [np.ones_like(p.vertices) if p.colours is None else p.colours for p in model.parts]
            ).astype(np.float32)

    def _materials(self, model: Model3D) -> None:
        """Tables with one row per part."""
        materials = [part.material for part in model.parts]
        self.materials = materials
        self.colour = np.array([m.colour for m in materials], np.float32)
        self.mean_colour = np.array([m.mean_colour for m in materials], np.float32)
        self.emission = np.array([m.emission for m in materials], np.float32)
        self.roughness, self.metallic, self.coat, self.sheen, self.transmission = (
            np.array([getattr(m, name) for m in materials], np.float32)
            for name in ("roughness", "metallic", "coat", "sheen", "transmission")
        )
        self.photographed = np.array(
            [np.nan if m.photographed is None else m.photographed for m in materials], np.float32
        )
        self.mapped = [any(m is not None for m in (one.texture, one.finish, one.glow, one.bump)) for one in materials]
        self.pierced = np.array([m.holes is not None for m in materials])
        self.has_holes = bool(self.pierced.any())
        self.lit = bool(np.isnan(self.photographed).any())

    def _tangents(self, edge1: Floats, edge2: Floats, double_area: Floats) -> None:
        first, second, third = (self.uv.take(self.faces[:, k], 0) for k in range(3))
        du1, du2 = second - first, third - first
        determinant = du1[:, 0] * du2[:, 1] - du2[:, 0] * du1[:, 1]
        turned = np.where(determinant < 0, np.float32(-1), np.float32(1))
        self.tangent = unit(plus(scaled(edge1, turned * du2[:, 1]), edge2, -turned * du1[:, 1]))
        self.bitangent = unit(plus(scaled(edge2, turned * du1[:, 0]), edge1, -turned * du2[:, 0]))
        self.uv_density = np.sqrt(np.abs(determinant) / np.maximum(double_area, 1e-12)).astype(np.float32)

    def first(self, origins: Floats, directions: Floats) -> Hits:
        """The nearest hit of each ray, holes left out; both arrays are float32 [n, 3]. Rays rise in the answer."""
        hits = self._nearest(origins, directions)
        if not self.has_holes:
            return hits
        for _ in range(_MOST_HOLES):
            inside = self._in_hole(hits)
            if not inside.any():
                return hits
            ray, passed = hits.ray[inside], hits.distance[inside] + _PAST
            beyond = self._nearest(plus(origins.take(ray, 0), directions.take(ray, 0), passed), directions.take(ray, 0))
            hits = _merged(hits, ~inside, beyond, ray, passed)
        return _merged(hits, ~self._in_hole(hits))

    def _in_hole(self, hits: Hits) -> NDArray[np.bool_]:
        part = self.part.take(hits.face)
        out = self.pierced.take(part)
        for index in np.unique(part[out]):
            rows = np.flatnonzero(part == index)
            holes = self.materials[index].holes
            assert holes is not None
            weights = np.stack([1 - hits.u[rows] - hits.v[rows], hits.u[rows], hits.v[rows]], -1)
            uv = interpolate(self.uv, self.faces.take(hits.face[rows], 0), weights)
            height, width = holes.shape
            x, y = np.floor(uv[:, 0] * width).astype(np.int64), np.floor((1 - uv[:, 1]) * height).astype(np.int64)
            out[rows] = holes[y % height, x % width]
        return out

    def _nearest(self, origins: Floats, directions: Floats) -> Hits:
        found = self._all.run(np.ascontiguousarray(origins), np.ascontiguousarray(directions), output=True)
        ray = np.flatnonzero(found["primID"] >= 0)
        return Hits(ray.astype(np.int32), found["primID"][ray], found["tfar"][ray], found["u"][ray], found["v"][ray])

    def light(self, origins: Floats, directions: Floats) -> Floats:
        """How much light comes through along each ray: 0 behind an opaque part, less than 1 behind a clear one."""
        origins, directions = np.ascontiguousarray(origins), np.ascontiguousarray(directions)
        met = self._all.run(origins, directions, query="OCCLUDED") == 0
        if self.has_holes:
            tried = np.flatnonzero(met)
            met[tried] = False
            met[tried[self.first(origins.take(tried, 0), directions.take(tried, 0)).ray]] = True
        through: Floats = (~met).astype(np.float32)
        if not self.has_clear:
            return through
        rows = np.flatnonzero(met)
        clear: Floats = np.full(len(rows), CLEAR_SHARE, np.float32)
        if self._opaque is not None and len(rows):
            clear *= self._opaque.run(origins[rows], directions[rows], query="OCCLUDED") != 0
        through[rows] = clear
        return through

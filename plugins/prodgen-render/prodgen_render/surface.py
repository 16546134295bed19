"""Points on a model: position, normals and material values, looked up for a batch of hits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats, Ints, Texture
from prodgen_render.tracer import Hits, Tracer
from prodgen_render.vectors import dot, interpolate, unit


@dataclass(frozen=True, eq=False)
class Points:
    """Surface points, one row each. Normals are turned to face the viewer."""

    ray: Ints
    face: Ints
    part: Ints
    position: Floats
    normal: Floats
    flat_normal: Floats
    uv: Floats
    distance: Floats
    view: Floats
    corners: Ints
    weights: Floats

    def __len__(self) -> int:
        return len(self.ray)

    def take(self, index: Ints) -> Points:
        """Some of the points."""
        return Points(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


def locate(tracer: Tracer, hits: Hits, origins: Floats, directions: Floats) -> Points:
    """The surface points of hits of rays [n, 3]; `origins` may be one point [3] for all."""
    view = -directions[hits.ray]
    start = origins if origins.ndim == 1 else origins[hits.ray]
    position = start - view * hits.distance[:, None]
    weights = np.stack([1 - hits.u - hits.v, hits.u, hits.v], -1)
    corners = tracer.faces[hits.face]
    normal = unit(interpolate(tracer.normals[corners], weights))
    uv = interpolate(tracer.uv[corners], weights)
    flat = tracer.face_normals[hits.face]
    flat = flat * np.where(dot(flat, view) < 0, -1, 1).astype(np.float32)[:, None]
    normal = normal * np.where(dot(normal, flat) < 0, -1, 1).astype(np.float32)[:, None]
    # A smooth normal that leans away from the viewer is brought back to grazing.
    facing = dot(normal, view)
    away = facing < 0.02
    normal[away] += view[away] * (0.02 - facing[away])[:, None]
    normal[away] = unit(normal[away])
    return Points(
        hits.ray, hits.face, tracer.part[hits.face], position, normal, flat, uv, hits.distance, view, corners, weights
    )


def sample(texture_levels: tuple[Floats, ...], uv: Floats, texels: Floats) -> Floats:
    """Trilinear values [n, channels] of a repeating texture.

    Args:
        uv: [n, 2], v up.
        texels: how many texels of the finest level one sample covers.
    """
    lod = np.clip(np.log2(np.maximum(texels, 1e-6)), 0, len(texture_levels) - 1)
    low = lod.astype(np.int32)
    blend = (lod - low)[:, None]
    out = np.empty((len(uv), texture_levels[0].shape[2]), np.float32)
    for level in np.unique(low):
        rows = np.flatnonzero(low == level)
        value = _bilinear(texture_levels[level], uv[rows])
        share = blend[rows]
        if level + 1 < len(texture_levels) and share.any():
            value += (_bilinear(texture_levels[level + 1], uv[rows]) - value) * share
        out[rows] = value
    return out


def _bilinear(pixels: Floats, uv: Floats) -> Floats:
    height, width = pixels.shape[:2]
    x = uv[:, 0] * width - 0.5
    y = (1 - uv[:, 1]) * height - 0.5
    x0, y0 = np.floor(x), np.floor(y)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    x0, y0 = x0.astype(np.int64) % width, y0.astype(np.int64) % height
    x1, y1 = (x0 + 1) % width, (y0 + 1) % height
    flat = pixels.reshape(-1, pixels.shape[2])
    top = flat[y0 * width + x0] * (1 - fx) + flat[y0 * width + x1] * fx
    low = flat[y1 * width + x0] * (1 - fx) + flat[y1 * width + x1] * fx
    return np.asarray(top * (1 - fy) + low * fy, np.float32)


def base_colour(tracer: Tracer, points: Points, pixel_angle: float) -> tuple[Floats, Floats]:
    """Linear base colour [n, 3], and the normals [n, 3] with the material's bumps.

    Args:
        pixel_angle: width of a pixel in radians, for the choice of mip level.
    """
    colour: Floats = tracer.colour[points.part]
    if tracer.vertex_colours is not None:
        colour = colour * interpolate(tracer.vertex_colours[points.corners], points.weights)
    normal = points.normal
    slant = np.sqrt(np.maximum(dot(points.view, points.flat_normal), 0.1))
    footprint = points.distance * np.float32(pixel_angle) * tracer.uv_density[points.face] / slant
    for index in np.unique(points.part):
        material = tracer.materials[index]
        if material.texture is None and material.bump is None:
            continue
        rows = np.flatnonzero(points.part == index)
        uv, covered = points.uv[rows], footprint[rows]
        if material.texture is not None:
            texture: Texture = material.texture
            colour[rows] *= sample(
                texture.levels, uv, covered * float(np.prod(texture.pixels.shape[:2])) ** 0.5 * np.float32(0.8)
            )
        if material.bump is not None:
            bump = material.bump
            repeat = np.asarray(tracer.model.parts[index].uv_metres, np.float32) / np.float32(bump.scale)
            detail = sample(bump.levels, uv * repeat, covered * float(repeat.prod()) ** 0.5 * bump.normals.shape[0])
            colour[rows] *= detail[:, 2:]
            face = points.face[rows]
            if normal is points.normal:
                normal = normal.copy()
            tilted = normal[rows] - np.float32(bump.strength) * (
                tracer.tangent[face] * detail[:, :1] + tracer.bitangent[face] * detail[:, 1:2]
            )
            normal[rows] = unit(tilted)
    return np.asarray(colour, np.float32), normal

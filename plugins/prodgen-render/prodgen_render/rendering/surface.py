"""Points on a model: position, normals and material values, looked up for a batch of hits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from prodgen_render.model import Floats, Ints, Texture
from prodgen_render.rendering.tracer import Hits, Tracer
from prodgen_render.vectors import dot, interpolate, plus, scaled, unit


@dataclass(frozen=True, eq=False)
class Points:
    """Surface points, one row each. Normals are turned to face the viewer; `eye` says which of several viewers."""

    eye: Ints
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
        return Points(*(getattr(self, name).take(index, 0) for name in self.__dataclass_fields__))


def locate(tracer: Tracer, hits: Hits, origins: Floats, directions: Floats, eyes: Ints) -> Points:
    """The surface points of hits of rays: origins and directions [n, 3], and whose rays they are, [n]."""
    view = -directions.take(hits.ray, 0)
    position = plus(origins.take(hits.ray, 0), view, -hits.distance)
    weights = np.stack([1 - hits.u - hits.v, hits.u, hits.v], -1)
    corners = tracer.faces.take(hits.face, 0)
    normal, flat = _normals(tracer, hits.face, corners, weights, view)
    uv = interpolate(tracer.uv, corners, weights)
    return Points(
        eyes.take(hits.ray),
        hits.ray,
        hits.face,
        tracer.part.take(hits.face),
        position,
        normal,
        flat,
        uv,
        hits.distance,
        view,
        corners,
        weights,
    )


def normals(tracer: Tracer, hits: Hits, directions: Floats) -> Floats:
    """`Points.normal` of hits of rays [n, 3], where nothing else is wanted of them."""
    weights = np.stack([1 - hits.u - hits.v, hits.u, hits.v], -1)
    corners = tracer.faces.take(hits.face, 0)
    return _normals(tracer, hits.face, corners, weights, -directions.take(hits.ray, 0))[0]


def _normals(tracer: Tracer, face: Ints, corners: Ints, weights: Floats, view: Floats) -> tuple[Floats, Floats]:
    """Smooth and flat normals that face the viewer."""
    flat = facing_side(tracer.face_normals.take(face, 0), view)
    normal = facing_side(unit(interpolate(tracer.normals, corners, weights)), flat)
    # A smooth normal that leans away from the viewer is brought back to grazing.
    facing = dot(normal, view)
    away = np.flatnonzero(facing < 0.02)
    normal[away] = unit(plus(normal[away], view[away], np.float32(0.02) - facing[away]))
    return normal, flat


def facing_side(normals: Floats, towards: Floats) -> Floats:
    """Normals [n, 3], turned about where they point away from `towards` [n, 3]."""
    return scaled(normals, np.where(dot(normals, towards) < 0, np.float32(-1), np.float32(1)))


def sample(texture_levels: tuple[Floats, ...], uv: Floats, texels: Floats) -> Floats:
    """Trilinear values [n, channels] of a repeating texture.

    Args:
        uv: [n, 2], v up.
        texels: how many texels of the finest level one sample covers.
    """
    lod = np.clip(np.log2(np.maximum(texels, 1e-6)), 0, len(texture_levels) - 1)
    low = lod.astype(np.int32)
    blend = np.asarray(lod - low, np.float32)
    found = np.unique(low)
    if len(found) == 1:
        return _between_levels(texture_levels, int(found[0]), uv, blend)
    out = np.empty((len(uv), texture_levels[0].shape[2]), np.float32)
    for level in found:
        rows = np.flatnonzero(low == level)
        out[rows] = _between_levels(texture_levels, int(level), uv.take(rows, 0), blend[rows])
    return out


def _between_levels(levels: tuple[Floats, ...], level: int, uv: Floats, share: Floats) -> Floats:
    value = _bilinear(levels[level], uv)
    if level + 1 == len(levels) or not share.any():
        return value
    coarser = _bilinear(levels[level + 1], uv)
    coarser -= value
    return plus(value, coarser, share)


def _bilinear(pixels: Floats, uv: Floats) -> Floats:
    height, width = pixels.shape[:2]
    x = uv[:, 0] * width - np.float32(0.5)
    y = (1 - uv[:, 1]) * height - np.float32(0.5)
    x0, y0 = np.floor(x), np.floor(y)
    fx, fy = x - x0, y - y0
    x0, y0 = x0.astype(np.int64) % width, y0.astype(np.int64) % height
    x1, y1 = (x0 + 1) % width, (y0 + 1) % height * width
    y0 *= width
    flat = pixels.reshape(-1, pixels.shape[2])
    left, right = (1 - fx).astype(np.float32), fx.astype(np.float32)
    below, above = fy.astype(np.float32), (1 - fy).astype(np.float32)
    out = scaled(flat.take(y0 + x0, 0), left * above)
    for place, share in ((y0 + x1, right * above), (y1 + x0, left * below), (y1 + x1, right * below)):
        out += scaled(flat.take(place, 0), share)
    return out


def gloss_at(gloss: Texture, v: Floats, normals: Floats) -> Floats:
    """Factor and addition [n, 2] of `Material.gloss` at heights [n] of a texture and unit normals [n, 3] in the camera's frame."""
    margin = np.float32(0.5 / len(gloss.pixels))
    return _bilinear(gloss.pixels, np.stack([bearing(normals), np.clip(v, margin, 1 - margin)], -1).astype(np.float32))


def bearing(normals: Floats) -> Floats:
    """Which way normals [..., 3] face about the vertical, 0 to 1: from behind by the viewer's left to the front, 0.5, and on."""
    return np.asarray(np.arctan2(normals[..., 0], -normals[..., 1]) / (2 * np.pi) + 0.5)


@dataclass(frozen=True, eq=False)
class Look:
    """What the materials say at points, one row each: linear colour and emission [n, 3], normals [n, 3] with bumps, finish [n]."""

    colour: Floats
    normal: Floats
    roughness: Floats
    metallic: Floats
    emission: Floats


def look_of(tracer: Tracer, points: Points, pixel_angle: float) -> Look:
    """What is seen of the materials at points.

    Args:
        pixel_angle: width of a pixel in radians, for the choice of mip level.
    """
    colour: Floats = tracer.colour.take(points.part, 0)
    if tracer.vertex_colours is not None:
        colour = colour * interpolate(tracer.vertex_colours, points.corners, points.weights)
    look = Look(
        np.asarray(colour, np.float32),
        points.normal,
        tracer.roughness.take(points.part),
        tracer.metallic.take(points.part),
        tracer.emission.take(points.part, 0),
    )
    slant = np.sqrt(np.maximum(dot(points.view, points.flat_normal), 0.1))
    footprint = points.distance * np.float32(pixel_angle) * tracer.uv_density.take(points.face) / slant
    for index in np.unique(points.part):
        if tracer.mapped[index]:
            rows = np.flatnonzero(points.part == index)
            look = _mapped(look, tracer, points, int(index), rows, footprint[rows])
    return look


def _mapped(look: Look, tracer: Tracer, points: Points, part: int, rows: Ints, footprint: Floats) -> Look:
    """A look with what the maps of a part say at its rows; normals are copied where they change."""
    material, uv = tracer.materials[part], points.uv.take(rows, 0)

    def seen(texture: Texture) -> Floats:
        edge = np.float32(np.prod(texture.pixels.shape[:2])) ** np.float32(0.5)
        return sample(texture.levels, uv, footprint * edge * np.float32(0.8))

    if material.texture is not None:
        look.colour[rows] *= seen(material.texture)
    if material.glow is not None:
        look.emission[rows] *= seen(material.glow)
    if material.finish is not None:
        factors = seen(material.finish)
        look.roughness[rows] = np.clip(look.roughness[rows] * factors[:, 1], 0.1, 1)
        look.metallic[rows] *= factors[:, 2]
    if material.bump is None:
        return look
    bump = material.bump
    repeat = np.asarray(tracer.model.parts[part].uv_metres, np.float32) / np.float32(bump.scale)
    edge = (float(repeat.prod()) * float(np.prod(bump.normals.shape[:2]))) ** 0.5
    detail = sample(bump.levels, uv * repeat, footprint * np.float32(edge))
    look.colour[rows] = scaled(look.colour[rows], detail[:, 2])
    normal = look.normal.copy() if look.normal is points.normal else look.normal
    face, slopes = points.face[rows], detail[:, :2] * np.float32(-bump.strength)
    tilted = plus(normal.take(rows, 0), tracer.tangent.take(face, 0), slopes[:, 0])
    normal[rows] = unit(plus(tilted, tracer.bitangent.take(face, 0), slopes[:, 1]))
    return replace(look, normal=normal)

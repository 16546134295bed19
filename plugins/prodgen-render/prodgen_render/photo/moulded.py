"""Colours of a mould: what photos show of each material, and that material wherever they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats, Ints, Model3D, Part
from prodgen_render.photo.frame import PhotoCamera
from prodgen_render.photo.relief import patterned, without_print
from prodgen_render.photo.solid import material
from prodgen_render.photo.texture import SHADING, Shot, bilinear
from prodgen_render.rendering.lights import lighting, relative_light, turn
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.vectors import smoothstep
from prodgen_sdk.images.colour import to_srgb
from prodgen_sdk.types import Mask

_CELLS, _COARSE = 400, 80
"""Cells along an outline on which is told what is seen where, and on which plain colours are spread."""
_LEANING, _OPEN = 0.12, 0.45
"""What faces the camera by less than the one has the material's plain colour, from the other on the photo's."""
_SPREAD, _FAR = 0.05, 0.02
"""Over which share of the outline a material's colours are carried on, and the weight of their mean, which holds far away."""
_LEAST = 12
"""Cells of a material that have to be seen for its colour to be told."""
_NEAR = 1e-3
"""Radii within which a surface is the one that a ray met."""
_LINING, _DIM = 0.003, 0.6
"""How far within cloth its inside lies, in radii (less than the thinnest hem is thick), and how much light falls there."""
_MARGIN = 3


def moulded_parts(
    parts: tuple[Part, ...], shots: Sequence[Shot], *, cloth: bool, same_behind: bool = False
) -> list[Part]:
    """The parts with the colours of photos, one a material and a photo.

    Args:
        shots: the front photo, and that of the back if there is one.
        cloth: whether it is cloth, which has an inside, and whose pattern, where one is all over the front, is everywhere.
        same_behind: what the photos do not show has the front's picture, mirrored, instead of its plain material.
    """
    surfaces = _by_material(parts)
    count = len(surfaces)
    if cloth:
        surfaces += [_lining(part) for part in surfaces]
    tracer = Tracer(Model3D(tuple(surfaces), framed=(np.zeros(3, np.float32), 1.0)))
    pictures = [_Picture.of(shot, tracer) for shot in shots]
    front = pictures[0]
    patterned_all_over = cloth and len(shots) == 1 and patterned(front.colour, front.plain, front.mask)
    repeated = same_behind or patterned_all_over
    grounds = (
        [front.colour] * count
        if repeated
        else _grounds(front, [part.material.mean_colour for part in surfaces[:count]])
    )
    starts = np.cumsum([0, *(len(part.faces) for part in surfaces)])
    out = []
    for number, part in enumerate(surfaces):
        ground = grounds[number % count]
        rest = np.ones(len(part.faces), bool)
        for picture in pictures:
            seen = rest & picture.faces[starts[number] : starts[number + 1]]
            rest &= ~seen
            out.append(
                _painted(part, seen, picture, picture.shown(number, ground if picture is front else picture.plain))
            )
        out.append(_painted(part, rest, front, ground, _DIM if number >= count else None))
    return [part for part in out if len(part.faces)]


def _by_material(parts: tuple[Part, ...]) -> list[Part]:
    """One part for all of the same material and colour."""
    alike: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        key = (part.material.name, *(to_srgb(part.material.mean_colour) * 32).astype(int).tolist())
        alike.setdefault(key, []).append(part)
    return [_joined(some) for some in alike.values()]


def _joined(parts: list[Part]) -> Part:
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    return parts[0].but(
        vertices=np.concatenate([part.vertices for part in parts]),
        normals=np.concatenate([part.normals for part in parts]),
        uv=np.concatenate([part.uv for part in parts]),
        faces=np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=False)]).astype(np.int32),
        colours=None,
    )


def _lining(part: Part) -> Part:
    return part.but(
        vertices=(part.vertices - _LINING * part.normals).astype(np.float32),
        normals=-part.normals,
        faces=np.ascontiguousarray(part.faces[:, ::-1]),
    )


@dataclass(frozen=True, eq=False)
class _Picture:
    """A photo about a product, and what it shows.

    Args:
        low: its first pixel in the photo, x and y.
        colour: the photo without its light, linear [h, w, 3], and `plain`, that without print.
        number: which surface each cell shows, -1 for none, and `clear`, how well it faces the camera, 0 to 1.
        faces: which faces it shows.
    """

    camera: PhotoCamera
    low: Ints
    mask: Mask
    colour: Floats
    plain: Floats
    number: Ints
    clear: Floats
    faces: Mask

    @classmethod
    def of(cls, shot: Shot, tracer: Tracer) -> _Picture:
        camera, mask = shot.camera, shot.cutout.mask
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        low = np.maximum(np.array([columns[0], rows[0]]) - _MARGIN, 0)
        high = np.minimum(np.array([columns[-1], rows[-1]]) + 1 + _MARGIN, mask.shape[::-1])
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        step = max(1, int(max(high - low)) // _CELLS)
        x, y = (np.arange(a, b, step) + step / 2 for a, b in zip(low, high, strict=True))
        number, clear, normal = _cells(tracer, camera, *np.meshgrid(x, y))
        flat = turn(normal.reshape(-1, 3), -camera.azimuth)
        light = np.maximum(relative_light(lighting("studio"), flat, SHADING), 0.35).reshape(*number.shape, 1)
        colour = shot.cutout.colour[window]
        colour = (colour / _enlarged(light, colour.shape)).astype(np.float32)
        return cls(camera, low, mask[window], colour, without_print(colour), number, clear, _faces(tracer, camera))

    def shown(self, number: int, ground: Floats) -> Floats:
        """The photo where it shows a surface well, and the ground's colours elsewhere."""
        share = _enlarged(((self.number == number) * self.clear)[..., None], self.colour.shape)
        return np.asarray(self.colour * share + ground * (1 - share), np.float32)


def _cells(tracer: Tracer, camera: PhotoCamera, x: Floats, y: Floats) -> tuple[Ints, Floats, Floats]:
    """Of the surface at each pixel: its number, how well it faces the camera, and its normal towards it."""
    rays = camera.rays(x.reshape(-1), y.reshape(-1))
    rays = (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)
    hits = tracer.first(np.broadcast_to(camera.axes[0], rays.shape).astype(np.float32), rays)
    weights = np.stack([1 - hits.u - hits.v, hits.u, hits.v], -1)
    met = (tracer.normals[tracer.faces[hits.face]] * weights[..., None]).sum(1)
    facing = -(met * rays[hits.ray]).sum(1) / np.maximum(np.linalg.norm(met, axis=1), 1e-6)
    normal, number, clear = -rays, np.full(len(rays), -1), np.zeros(len(rays), np.float32)
    normal[hits.ray] = met * np.where(facing < 0, -1, 1)[:, None]
    number[hits.ray] = tracer.part[hits.face]
    clear[hits.ray] = smoothstep((np.abs(facing) - _LEANING) / (_OPEN - _LEANING))
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    return number.reshape(x.shape), clear.reshape(x.shape), normal.reshape(*x.shape, 3)


def _faces(tracer: Tracer, camera: PhotoCamera) -> Mask:
    """Which faces are turned to the camera, with nothing in between."""
    away = tracer.vertices[tracer.faces].mean(1) - camera.axes[0]
    distance = np.linalg.norm(away, axis=1)
    rays = (away / distance[:, None]).astype(np.float32)
    hits = tracer.first(np.broadcast_to(camera.axes[0], rays.shape).astype(np.float32), rays)
    met = np.full(len(rays), np.inf)
    met[hits.ray] = hits.distance
    return np.asarray((met > distance - _NEAR) & ((tracer.face_normals * rays).sum(1) < 0))


def _grounds(picture: _Picture, drawn: list[Floats]) -> list[Floats]:
    """The plain colours of each surface, everywhere; of one that is hardly seen those of the seen one that is drawn most like it."""
    from scipy import ndimage

    weights = []
    for number in range(len(drawn)):
        own = picture.number == number
        inner = ndimage.binary_erosion(own, iterations=2)
        weights.append((inner if inner.sum() > _LEAST else own) * picture.clear)
    seen = [number for number, weight in enumerate(weights) if weight.sum() > _LEAST]
    if not seen:
        return [picture.plain] * len(drawn)
    spread = {number: _spread(picture.plain, weights[number]) for number in seen}
    shown = to_srgb(np.array(drawn))
    return [
        spread[min(seen, key=lambda at: (at != k, float(np.abs(shown[at] - shown[k]).max())))]
        for k in range(len(drawn))
    ]


def _spread(colour: Floats, weight: Floats) -> Floats:
    """Colours where there is weight, carried on everywhere."""
    from scipy import ndimage

    step = max(1, max(weight.shape) // _COARSE)
    weight = weight[step // 2 :: step, step // 2 :: step] + 1e-6
    known = _like(colour, weight) * weight[..., None]
    size = _SPREAD * max(weight.shape)
    near, total = ndimage.gaussian_filter(known, (size, size, 0)), ndimage.gaussian_filter(weight, size)[..., None]
    mean = known.sum((0, 1)) / weight.sum()
    return _enlarged(((near + _FAR * mean) / (total + _FAR)).astype(np.float32), colour.shape)


def _like(values: Floats, other: Floats) -> Floats:
    """Values at the size of another picture: the nearest ones."""
    rows, columns = ((np.arange(n) * m) // n for n, m in zip(other.shape[:2], values.shape[:2], strict=True))
    return np.asarray(values[rows][:, columns])


def _enlarged(values: Floats, shape: tuple[int, ...]) -> Floats:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    return bilinear(values, (x + 0.5) * values.shape[1] / shape[1] - 0.5, (y + 0.5) * values.shape[0] / shape[0] - 0.5)


def _painted(part: Part, faces: Mask, picture: _Picture, texture: Floats, dim: float | None = None) -> Part:
    """Some faces of a part, with a texture that lies where the picture's camera sees them."""
    used, renamed = np.unique(part.faces[faces], return_inverse=True)
    vertices = part.vertices[used]
    x, y, _ = picture.camera.project(vertices)
    high, wide = picture.mask.shape
    uv = np.stack([(x - picture.low[0]) / wide, 1 - (y - picture.low[1]) / high], -1)
    return Part(
        vertices, renamed.reshape(-1, 3).astype(np.int32), part.normals[used], np.clip(uv, 0.002, 0.998).astype(np.float32), material(texture),
        colours=None if dim is None else np.full_like(vertices, dim),
    )  # fmt: skip

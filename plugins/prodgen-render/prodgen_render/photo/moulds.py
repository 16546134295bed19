"""The shapes that a product's kind usually has, laid onto the outline in its photo.

A photo does not show how far a bear's snout or a cap's peak comes forward, or that a shirt is open at its neck; the drawn
families know. The drawing that comes nearest to the outline is stretched to it and bent until both outlines agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats, Model3D, Part
from prodgen_render.parametric import build_model
from prodgen_render.photo.fits import weighed
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_render.photo.warp import warp
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.shapes.detail import detail
from prodgen_sdk.types import Mask, Product

_SEEDS, _ROUGH, _FINE = range(4), 0.35, 0.7
"""Drawings that are tried, with how much of their usual detail, and with how much the best one is drawn."""
_TURNS = (0, 90, -90)
"""Degrees that a drawing is turned by: caps and headphones are also shown from their side."""
_TURNED, _STRETCHED = 0.05, 0.1
"""What tells against a drawing that is turned, and one that is stretched e times as much one way as the other."""
_GRID, _FINE_GRID, _AROUND = 100, 200, 0.1
"""Cells along an outline that drawings are compared on, and on which they are bent, and what share of it lies around."""
_ALIKE = 0.65
"""From which overlap of outlines, less what tells against it, a drawing is of the product's shape."""
_CLOSE, _MISSED = 0.015, 0.004
"""Once bent, no more than the second share of an outline may be missed by more than the first share of its size."""
_OFF = 0.05
"""By how much, in radii, a mould usually misses the sphere that its product is framed by."""


@dataclass(frozen=True, eq=False)
class Mould:
    """Parts, in radii, that look like the photo's outline to its camera, and how well they did before they were bent."""

    parts: tuple[Part, ...]
    overlap: float


@dataclass(frozen=True, eq=False)
class _Place:
    """Where in a photo the cells of a small grid are: its first corner's pixel, and pixels a cell."""

    corner: Floats
    step: float
    shape: tuple[int, int]

    @classmethod
    def around(cls, mask: Mask, cells: int) -> _Place:
        low, high = _box(mask)
        step, margin = float(max(high - low)) / cells, round(_AROUND * cells)
        columns, rows = (np.ceil((high - low) / step).astype(int) + 2 * margin).tolist()
        return cls(low - margin * step, step, (rows, columns))

    @property
    def pixels(self) -> Floats:
        """The middle of each cell in the photo, [h, w, 2]."""
        rows, columns = np.mgrid[0 : self.shape[0], 0 : self.shape[1]]
        return np.asarray(self.corner + (np.stack([columns, rows], -1) + 0.5) * self.step)

    def of(self, mask: Mask) -> Mask:
        at = np.floor(self.pixels).astype(int)
        inside = ((at >= 0) & (at < mask.shape[::-1])).all(-1)
        x, y = (np.clip(at[..., k], 0, mask.shape[1 - k] - 1) for k in (0, 1))
        return np.asarray(mask[y, x] & inside)

    def at(self, values: Floats, pixels: Floats) -> Floats:
        """Values [h, w, 2] of the grid at pixels [n, 2]."""
        from scipy import ndimage

        column, row = ((pixels - self.corner) / self.step - 0.5).T
        return np.stack(
            [ndimage.map_coordinates(values[..., k], [row, column], order=1, mode="nearest") for k in (0, 1)], -1
        )


@dataclass(frozen=True, eq=False)
class _Stretch:
    """What takes the pixels where a drawing is seen to the photo's: offset + scale * pixel."""

    offset: Floats
    scale: Floats

    @classmethod
    def onto(cls, mask: Mask, parts: tuple[Part, ...], camera: PhotoCamera) -> _Stretch:
        seen = np.stack(camera.project(np.concatenate([part.vertices for part in parts]))[:2], -1)
        (low, high), (to_low, to_high) = (seen.min(0), seen.max(0)), _box(mask)
        scale = (to_high - to_low) / np.maximum(high - low, 1e-6)
        return cls(to_low - scale * low, scale)

    @property
    def uneven(self) -> float:
        return float(abs(np.log(self.scale[0] / self.scale[1])))


def mould_of(
    product: Product, mask: Mask, camera: PhotoCamera, *, framed: bool, turned: bool, ratio: float | None = None
) -> Mould | None:
    """The drawing of the product's kind that comes nearest, on the photo's outline; None where none is like it.

    Args:
        framed: whether the camera is the contract's, whose frame tells something of the depth.
        turned: whether photos of such products may show their side.
        ratio: depth as a share of the width, where it is known.
    """
    score, overlap, pose = _nearest(product, mask, camera, turned)
    if score < _ALIKE:
        return None
    parts = _drawn(product, pose, _FINE)
    place = _Place.around(mask, _FINE_GRID)
    target, stretch = place.of(mask), _Stretch.onto(mask, parts, camera)
    moved = warp(_outline(Tracer(_unit(parts)), camera, place, stretch), target) * place.step
    seen = [_moved(part, camera, place, stretch, moved) for part in parts]
    deep = _deepened(seen, camera, float(np.sqrt(stretch.scale.prod())), framed, ratio)
    normals = [part.scaled(float(stretch.scale[0]), deep, float(stretch.scale[1])).normals for part in parts]
    laid = tuple(
        part.but(vertices=_at_depth(pixels, depth, deep, camera), normals=normal)
        for part, (pixels, depth), normal in zip(parts, seen, normals, strict=True)
    )
    if _missed(_outline(Tracer(_unit(laid)), camera, place), target) > _MISSED:
        return None
    return Mould(laid, overlap)


@dataclass(frozen=True)
class _Pose:
    """A drawing: its seed, the degrees that it is turned by, and whether it is mirrored."""

    seed: int
    turn: int = 0
    mirrored: bool = False


def _nearest(product: Product, mask: Mask, camera: PhotoCamera, turned: bool) -> tuple[float, float, _Pose]:
    """The drawing whose outline comes nearest, with its score and the overlap of outlines."""
    place = _Place.around(mask, _GRID)
    target, tried = place.of(mask), []
    for seed in _SEEDS:
        parts = _drawn(product, _Pose(seed), _ROUGH)
        tracer = Tracer(_unit(parts))
        for turn in _TURNS if turned else _TURNS[:1]:
            # What a drawing that is turned looks like to this camera, it looks like as it is to one that went around it.
            around = camera.but(azimuth=-turn)
            stretch = _Stretch.onto(mask, parts, around)
            outline = _outline(tracer, around, place, stretch)
            against = _STRETCHED * stretch.uneven + (_TURNED if turn else 0)
            for mirrored in (False, True):
                overlap = _overlap(outline[:, ::-1] if mirrored else outline, target)
                tried.append((overlap - against, overlap, _Pose(seed, turn, mirrored)))
    return max(tried, key=lambda one: one[0])


def _drawn(product: Product, pose: _Pose, share: float) -> tuple[Part, ...]:
    """The parts of a drawing, their bounding sphere at the origin and of radius 1."""
    with detail(share):
        model = build_model(product, pose.seed)
    centre, radius = model.sphere
    parts = tuple(part.moved(*-centre).scaled(1 / radius).turned(pose.turn) for part in model.parts)
    return tuple(part.scaled(-1, 1, 1) for part in parts) if pose.mirrored else parts


def _unit(parts: tuple[Part, ...]) -> Model3D:
    """A model of parts that are in radii already."""
    return Model3D(parts, framed=(np.zeros(3, np.float32), 1.0))


def _box(mask: Mask) -> tuple[Floats, Floats]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return np.array([columns[0], rows[0]], float), np.array([columns[-1] + 1, rows[-1] + 1], float)


def _outline(tracer: Tracer, camera: PhotoCamera, place: _Place, stretch: _Stretch | None = None) -> Mask:
    """Which cells a model is seen in, once stretched."""
    pixels = place.pixels.reshape(-1, 2)
    if stretch is not None:
        pixels = (pixels - stretch.offset) / stretch.scale
    rays = camera.rays(pixels[:, 0], pixels[:, 1])
    rays = (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)
    origin = np.broadcast_to(camera.axes[0], rays.shape).astype(np.float32)
    found = np.zeros(len(rays), bool)
    found[tracer.first(origin, rays).ray] = True
    return found.reshape(place.shape)


def _overlap(a: Mask, b: Mask) -> float:
    return float((a & b).sum() / max(int((a | b).sum()), 1))


def _missed(outline: Mask, target: Mask) -> float:
    """The share of a target that an outline misses, or has too much, by more than a little."""
    from scipy import ndimage

    away = np.where(target, *(ndimage.distance_transform_edt(which) for which in (target, ~target)))
    return float(((outline ^ target) & (away > _CLOSE * _FINE_GRID)).sum() / target.sum())


def _moved(part: Part, camera: PhotoCamera, place: _Place, stretch: _Stretch, moved: Floats) -> tuple[Floats, Floats]:
    """The photo's pixel of each vertex [n, 2], and how far away it is [n]."""
    x, y, depth = camera.project(part.vertices)
    at = stretch.offset + stretch.scale * np.stack([x, y], -1)
    return at + place.at(moved, at), depth


def _at_depth(pixels: Floats, depth: Floats, deep: float, camera: PhotoCamera) -> Floats:
    """Points [n, 3] at pixels, `deep` times as far before or behind the middle as they were."""
    away = AWAY + (depth - AWAY) * deep
    return np.asarray(camera.axes[0] + camera.rays(pixels[:, 0], pixels[:, 1]) * away[:, None], np.float32)


def _deepened(
    seen: list[tuple[Floats, Floats]], camera: PhotoCamera, usual: float, framed: bool, ratio: float | None
) -> float:
    """By how much the drawing is to be deeper: as much as it was stretched, and as the frame tells."""
    pixels, depth = (np.concatenate(values) for values in zip(*seen, strict=True))
    if ratio is not None:
        width = np.ptp(pixels[:, 0]) * AWAY / camera.focal
        return float(ratio * width / max(np.ptp(depth), 1e-6))
    shares = np.geomspace(0.25, 4, 33)
    reach = np.array(
        [np.linalg.norm(_at_depth(pixels, depth, usual * share, camera), axis=1).max() for share in shares]
    )
    if not framed or reach[0] > 1 or reach[-1] < 1:
        return usual
    share = float(np.interp(1.0, reach, shares))
    gain = float(np.interp(share, shares, np.gradient(reach, np.log(shares))))
    return usual * weighed(share, 1.0, gain, _OFF, known=True)

"""Pictures of a product alone: what each pixel sees, with smooth edges, through clear layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.rendering.camera import Camera
from prodgen_render.rendering.floor import Floor
from prodgen_render.rendering.lights import Lighting
from prodgen_render.rendering.quality import Quality
from prodgen_render.rendering.shading import Shader, tone
from prodgen_render.rendering.shadows import ShareGrid, light_share
from prodgen_render.rendering.surface import Points, locate
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.vectors import dot, unit
from prodgen_sdk.types import Mask

_MOST_LAYERS = 8
_UNTRACED = 0.92
"""The share of light that arrives at an ordinary place, where none is traced."""
_UNKNOWN = 0.15
"""Below this weight the places around do not tell a point's share of light."""
_EDGE, _SMOOTH = 0.93, 0.985
"""Cosines between the slopes of an edge's two sides, and within what counts as one smooth piece."""
_STEP = 0.07
"""From this difference of square roots of light on, an edge is seen between pixels of one surface."""
_CORNERS = np.array([[1, 5], [3, 1], [5, 7], [7, 3], [0, 2], [2, 6], [6, 4], [4, 0]], np.float32) / 8 + 1 / 16

_NEIGHBOURS = (np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:, :, :-1], np.s_[:, :, 1:])
"""Pixels of pictures [n, rows, columns], and those below and to the right of them."""


class Film:
    """Premultiplied linear colour [n, size, size, 3], alpha and coverage [n, size, size] of the product in n views of one size.

    Args:
        floor: under the product, where light is traced.
        eyes: one of them where light is traced; several small pictures without take half the time together.
    """

    def __init__(
        self, tracer: Tracer, light: Lighting, floor: Floor | None, eyes: Sequence[Camera], seed: int, quality: Quality
    ) -> None:
        self.quality = quality
        self.tracer, self.light, self.floor, self.eyes, self.seed = tracer, light, floor, eyes, seed
        self.size, self.pixel_angle = eyes[0].size, eyes[0].pixel_angle
        azimuths = np.array([eye.view.azimuth for eye in eyes])
        self.azimuth = float(azimuths[0])
        self.shader = Shader(
            tracer, light, floor, self.azimuth if quality.traced else azimuths, self.pixel_angle, mirrors=quality.traced
        )
        self.shares: list[ShareGrid] = []
        shape = (len(eyes), self.size, self.size)
        self.colour = np.zeros((*shape, 3), np.float32)
        self.alpha, self.coverage = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        eye, y, x = self._window()
        points = self._points(eye, x + np.float32(0.5), y + np.float32(0.5))
        if len(points) == 0:
            return
        eye, y, x = points.eye, y[points.ray], x[points.ray]
        index = np.full(shape, -1, np.int32)
        index[eye, y, x] = np.arange(len(points))
        self._learn(points, x, y)
        edges = _edges(index, points, self.pixel_angle)
        plain = np.flatnonzero(~edges[eye, y, x])
        eye, y, x = eye[plain], y[plain], x[plain]
        colour, alpha = self._shade(points.take(plain), x + np.float32(0.5), y + np.float32(0.5), learning=True)
        self.colour[eye, y, x], self.alpha[eye, y, x], self.coverage[eye, y, x] = colour, alpha, 1
        self._smooth_edges(*np.nonzero(edges))
        if quality.traced:
            self._smooth_edges(*np.nonzero(self._steps(index, points.part, edges)), apart=True)

    def _steps(self, index: Ints, part: Ints, edges: Mask) -> Mask:
        """Pixels [n, size, size], none of them `edges`, at an edge of what is seen through a clear surface or mirrored by a smooth one."""
        varied = np.zeros(index.shape, bool)
        varied[index >= 0] = self.shader.varied.take(part.take(index[index >= 0]))
        varied &= ~edges
        if not varied.any():
            return varied
        light = np.sqrt(np.maximum(self.colour, 0))
        steps = np.zeros(index.shape, bool)
        for here, beside in _NEIGHBOURS:
            step = varied[here] & varied[beside]
            both = np.nonzero(step)
            step[both] = np.abs(light[here][both] - light[beside][both]).max(1) > _STEP
            steps[here] |= step
            steps[beside] |= step
        return steps

    def _window(self) -> tuple[Ints, Ints, Ints]:
        """The pixels that the bounding box can cover: eye, row and column of each, in this order."""
        low, high = self.tracer.low, self.tracer.high
        corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
        found = []
        for number, eye in enumerate(self.eyes):
            columns = rows = np.arange(self.size)
            away = corners - eye.position
            depth = away @ eye.ahead
            if depth.min() >= 0.05:
                scale, middle = 1 / self.pixel_angle / depth, self.size / 2
                places = middle + away @ eye.right * scale, middle - away @ eye.up * scale
                columns, rows = (np.arange(max(0, int(a.min()) - 1), min(self.size, int(a.max()) + 2)) for a in places)
            found.append([a.reshape(-1).astype(np.int32) for a in np.meshgrid(number, rows, columns, indexing="ij")])
        eyes, y, x = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return eyes, y, x

    def _points(self, eyes: Ints, x: Floats, y: Floats) -> Points:
        """What is seen at places x, y of the pictures of `eyes`, which rise."""
        ends = np.searchsorted(eyes, np.arange(1, len(self.eyes)))
        split = zip(self.eyes, np.split(x, ends), np.split(y, ends), strict=True)
        directions = np.concatenate([eye.directions(*places) for eye, *places in split])
        origins = np.stack([eye.position for eye in self.eyes]).take(eyes, 0)
        return locate(self.tracer, self.tracer.first(origins, directions), origins, directions, eyes)

    def _learn(self, points: Points, x: Ints, y: Ints) -> None:
        """Traces the shares of light of the next layer's opaque points, at some of the pixels."""
        if not self.quality.traced:
            return
        size = self.size
        stride = 1 if size <= 160 else 2 if size <= 1024 else 4
        opaque = self.tracer.transmission.take(points.part) == 0
        some = np.flatnonzero((x % stride == 0) & (y % stride == 0) & opaque)
        kept, column, row = points.take(some), x[some] // stride, y[some] // stride
        index = np.full(((size - 1) // stride + 1,) * 2, -1, np.int32)
        index[row, column] = np.arange(len(some))
        reach = 2.5 * self.pixel_angle * stride * float(np.linalg.norm(self.eyes[0].position))
        grid = ShareGrid(index, self._traced(kept, column, row), kept.position, kept.normal, stride, reach)
        self.shares.append(grid.smoothed())

    def _traced(self, points: Points, x: Ints, y: Ints) -> Floats:
        if not self.tracer.lit or len(points) == 0:
            return np.ones(len(points), np.float32)
        return light_share(
            self.tracer,
            self.light,
            self.floor,
            points.position,
            points.normal,
            points.flat_normal,
            (x, y),
            self.azimuth,
            self.seed,
        )

    def _share(self, layer: int, points: Points, x: Floats, y: Floats) -> Floats:
        """Shares of light of points of a layer: from what was traced around them, else traced. What is clear gets all."""
        if not self.quality.traced:
            return np.full(len(points), _UNTRACED, np.float32)
        known, weight = np.zeros(len(x), np.float32), np.zeros(len(x), np.float32)
        if layer < len(self.shares) and len(self.shares[layer].share):
            known, weight = self.shares[layer].at(x, y, points.position, points.normal)
        opaque = self.tracer.transmission.take(points.part) == 0
        share = np.where(opaque, known, np.float32(1))
        rows = np.flatnonzero((weight < _UNKNOWN) & opaque)
        if len(rows):
            share[rows] = self._traced(
                points.take(rows), (x[rows] * 2).astype(np.int32), (y[rows] * 2).astype(np.int32)
            )
        return share

    def _shade(self, points: Points, x: Floats, y: Floats, learning: bool = False) -> tuple[Floats, Floats]:
        """Premultiplied colour [n, 3] and alpha [n] of camera rays that hit, through clear layers to what lies behind.

        Args:
            learning: whether the rays go through the middles of pixels, whose shares of light tell those of others.
        """
        colour, through = self.shader.shade(points, self._share(0, points, x, y))
        colour = tone(colour)
        alpha = np.ones(len(points), np.float32)
        if not self.tracer.has_clear:
            return colour, alpha
        open_rows = np.flatnonzero(through.max(1) > 0.004)
        if len(open_rows) == 0:
            return colour, alpha
        passing, layer = through.take(open_rows, 0), points.take(open_rows)
        for depth in range(1, _MOST_LAYERS + 1):
            start = layer.position - layer.view * np.float32(1e-3)
            hits = self.tracer.first(start, -layer.view)
            hit_rows = np.zeros(len(layer), bool)
            hit_rows[hits.ray] = True
            missed, left = open_rows[~hit_rows], passing[~hit_rows]
            alpha[missed] = 1 - left.mean(1)
            # Tinted glass: the background that shines through takes its colour.
            colour[missed] += left - left.mean(1, keepdims=True)
            open_rows, passing = open_rows[hits.ray], passing.take(hits.ray, 0)
            if len(open_rows) == 0:
                break
            deeper = locate(self.tracer, hits, start, -layer.view, layer.eye)
            at_x, at_y = x[open_rows], y[open_rows]
            if learning and len(self.shares) == depth:
                self._learn(deeper, at_x.astype(np.int32), at_y.astype(np.int32))
            added, through = self.shader.shade(deeper, self._share(depth, deeper, at_x, at_y))
            colour[open_rows] += passing * tone(added)
            passing = passing * through
            going = np.flatnonzero(passing.max(1) > 0.004)
            open_rows, passing, layer = open_rows[going], passing.take(going, 0), deeper.take(going)
            if len(open_rows) == 0:
                break
        return colour, alpha

    def _smooth_edges(self, eyes: Ints, rows: Ints, columns: Ints, *, apart: bool = False) -> None:
        """Fills the pixels [n] of eyes (which rise), rows and columns in which something changes with the mean of several samples.

        Samples of a pixel that lie on one smooth piece of surface share one shading, as in multisampling.

        Args:
            apart: whether they do not, as the change lies behind or before the surface; half as many have to do then.
        """
        samples = self.quality.edge_samples // (2 if apart else 1)
        x = (columns[:, None] + _CORNERS[:samples, 0]).reshape(-1).astype(np.float32)
        y = (rows[:, None] + _CORNERS[:samples, 1]).reshape(-1).astype(np.float32)
        found = self._points(eyes.repeat(samples), x, y)
        if len(found) == 0:
            return
        each = np.arange(len(found), dtype=np.int32)
        shaded, sharing = (each, each) if apart else _sharing(found, samples, self.pixel_angle)
        middles = _means(found, shaded, sharing)
        shared = np.bincount(sharing)
        x, y = (np.asarray(np.bincount(sharing, a[found.ray]) / shared, np.float32) for a in (x, y))
        once, alpha_once = self._shade(middles, x, y)
        pixel = found.ray // samples
        every, alpha = once.take(sharing, 0), alpha_once[sharing]
        count = len(rows)
        for channel in range(3):
            self.colour[eyes, rows, columns, channel] = np.bincount(pixel, every[:, channel], count) / samples
        self.alpha[eyes, rows, columns] = np.bincount(pixel, alpha, count) / samples
        self.coverage[eyes, rows, columns] = np.bincount(pixel, minlength=count) / samples


def _sharing(points: Points, samples: int, pixel_angle: float) -> tuple[Ints, Ints]:
    """Which points of several samples a pixel have to be shaded, and which of those stands for each of the points.

    Args:
        points: of rays of which every `samples` belong to one pixel.
    """
    pixels = int(points.ray[-1]) // samples + 1
    at = np.full((samples, pixels), -1, np.int32)
    at[points.ray % samples, points.ray // samples] = np.arange(len(points))
    stands = np.arange(len(points), dtype=np.int32)
    for second in range(1, samples):
        for first in range(second):
            a, b = at[first], at[second]
            both = np.flatnonzero((a >= 0) & (b >= 0))
            a, b = a[both], b[both]
            # Only those that stand for themselves so far, on both sides.
            free = (stands.take(a) == a) & (stands.take(b) == b)
            a, b = a[free], b[free]
            same = ~_differ(points, a, b, pixel_angle, _SMOOTH)
            # A seam of the texture lies between places that are far apart in it.
            same &= np.abs(points.uv.take(a, 0) - points.uv.take(b, 0)).max(1) < 0.05
            stands[b[same]] = a[same]
    shaded = np.flatnonzero(stands == np.arange(len(points)))
    number = np.zeros(len(points), np.int32)
    number[shaded] = np.arange(len(shaded))
    return shaded.astype(np.int32), number[stands]


def _means(points: Points, shaded: Ints, sharing: Ints) -> Points:
    """The points that stand for others, with what those look like on average.

    They stay where they are: the middle of several places on a round body lies inside it, where no light arrives.
    """
    count = np.bincount(sharing)

    def mean(values: Floats) -> Floats:
        return np.stack([np.bincount(sharing, column) / count for column in values.T], -1).astype(np.float32)

    return replace(
        points.take(shaded), normal=unit(mean(points.normal)), uv=mean(points.uv),
        view=unit(mean(points.view)), flat_normal=unit(mean(points.flat_normal)),
    )  # fmt: skip


def _differ(points: Points, a: Ints, b: Ints, pixel_angle: float, least: float = _EDGE) -> Mask:
    """Whether points beside each other are of different parts, depths or slopes (cosines below `least`), for rows of both."""
    normal = points.normal.take(a, 0)
    gap = np.abs(dot(points.position.take(a, 0) - points.position.take(b, 0), normal))
    pixel = pixel_angle * points.distance.take(a)
    return np.asarray(
        (points.part.take(a) != points.part.take(b))
        | (gap > 2.0 * pixel)
        | (dot(normal, points.normal.take(b, 0)) < least)
    )


def _edges(index: Ints, points: Points, pixel_angle: float) -> Mask:
    """Pixels [n, size, size] whose right or lower neighbour shows another part, another depth or another slope."""
    edges = np.zeros(index.shape, bool)
    for here, beside in _NEIGHBOURS:
        first, second = index[here], index[beside]
        differs = (first >= 0) != (second >= 0)
        both = np.nonzero((first >= 0) & (second >= 0))
        differs[both] |= _differ(points, first[both], second[both], pixel_angle)
        edges[here] |= differs
        edges[beside] |= differs
    return edges

"""`render`: pictures of a model from any views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from prodgen_render.background import compose
from prodgen_render.camera import Camera, camera
from prodgen_render.floor import Floor, FloorMaker
from prodgen_render.lights import Lighting, lighting
from prodgen_render.maps import geometry_maps
from prodgen_render.model import Floats, Ints, Model3D
from prodgen_render.shading import Shader, tone
from prodgen_render.shadows import ShareGrid, light_share
from prodgen_render.surface import Points, locate
from prodgen_render.tracer import Tracer
from prodgen_render.vectors import dot
from prodgen_sdk import images
from prodgen_sdk.types import Generated, Image, MapKind, Mask, Scene, View

_MOST_LAYERS = 8
_UNTRACED = 0.92
"""The share of light that arrives at an ordinary place, where none is traced."""
_CORNERS = np.array([[1, 5], [3, 1], [5, 7], [7, 3], [0, 2], [2, 6], [6, 4], [4, 0]], np.float32) / 8 + 1 / 16


@dataclass(frozen=True)
class Quality:
    """How much work goes into a picture.

    Args:
        largest: a picture is drawn at most so large, and enlarged to the size that was asked for.
        floor: cells across the table of light on the floor, and how many directions of dome and key light it is made of;
            None takes what suits the size.
        traced: whether shadows and reflections on the product are traced; without, all of it is lit nearly alike.
        edge_samples: rays through each pixel in which something changes, up to 8.
    """

    largest: int = 4096
    floor: tuple[int, int, int] | None = None
    traced: bool = True
    edge_samples: int = 8


FINAL = Quality()
DRAFT = Quality(largest=96, floor=(16, 24, 8), traced=False, edge_samples=4)


def render(
    model: Model3D,
    views: Sequence[View],
    scene: Scene | None = None,
    size: int = 512,
    seed: int = 0,
    *,
    background: Image | None = None,
    before_each: Callable[[int], None] | None = None,
    quality: Quality = FINAL,
    maps: Sequence[MapKind] = (),
    light: Lighting | None = None,
) -> list[Generated]:
    """Draws a model from each view.

    A picture depends on the model, its view, the scene, the size and the seed, never on the other views.

    Args:
        model: what to draw.
        views: where from.
        scene: background, light and shadow; None takes the default.
        size: edge of the square pictures in pixels.
        seed: of the sampling pattern.
        background: the picture behind, for `Scene(background="image")`.
        before_each: called with the number of each view before it is drawn; may raise to stop.
        quality: how much work goes into each picture.
        maps: what of its geometry is wanted besides each picture.
        light: that of an `environment`, in place of the scene's rig.

    Returns:
        One `Generated` a view with RGB (RGBA for a transparent scene) pixels, the product's mask and the model's facts.

    Raises:
        InputError: the scene wants a background picture and there is none.

    >>> from prodgen_sdk.types import Product
    >>> from prodgen_render.parametric import build_model
    >>> mug = build_model(Product(sku="m", title="Red mug", category="home/mug"), seed=1)
    >>> render(mug, [View()], size=64)[0].image.shape
    (64, 64, 3)
    """
    return list(
        rendered(
            model, views, scene, size, seed,
            background=background, before_each=before_each, quality=quality, maps=maps, light=light,
        )
    )  # fmt: skip


def rendered(
    model: Model3D,
    views: Sequence[View],
    scene: Scene | None = None,
    size: int = 512,
    seed: int = 0,
    *,
    background: Image | None = None,
    before_each: Callable[[int], None] | None = None,
    quality: Quality = FINAL,
    maps: Sequence[MapKind] = (),
    light: Lighting | None = None,
) -> Iterator[Generated]:
    """The pictures of `render`, one by one: what is prepared for a model is prepared once, and no picture is kept."""
    scene = scene or Scene()
    tracer = Tracer(model)
    light = lighting(scene.light) if light is None else light
    drawn = min(size, quality.largest)
    floors = FloorMaker(tracer, light, *(quality.floor or (56 if drawn <= 160 else 80 if drawn <= 320 else 112,)))
    pictures = _pictures(tracer, light, floors, views, scene, drawn, seed, background, before_each, quality)
    for view, (image, mask) in zip(views, (_enlarged(*made, size) for made in pictures), strict=True):
        yield Generated(
            image=image,
            view=view,
            facts=dict(model.facts),
            mask=mask,
            warnings=_warnings(model),
            maps=geometry_maps(tracer, view, size, maps),
        )


def _enlarged(image: Image, mask: Mask, size: int) -> tuple[Image, Mask]:
    if len(image) == size:
        return image, mask
    nearest = np.arange(size) * len(image) // size
    return images.resize(image, size, size), mask[nearest][:, nearest]


def _warnings(model: Model3D) -> tuple[str, ...]:
    return (model.facts["fallback"],) if "fallback" in model.facts else ()


def silhouettes(model: Model3D, views: Sequence[View], size: int = 64) -> list[Mask]:
    """Where the model is in each view, bool [size, size], by the middles of the pixels; much faster than `render`."""
    tracer = Tracer(model)
    middles = np.arange(size, dtype=np.float32) + 0.5
    x, y = (a.reshape(-1) for a in np.meshgrid(middles, middles))
    masks = []
    for view in views:
        eye = camera(view, size)
        directions = eye.directions(x, y)
        mask = np.zeros(size * size, bool)
        mask[tracer.first(np.broadcast_to(eye.position, directions.shape), directions).ray] = True
        masks.append(mask.reshape(size, size))
    return masks


def _pictures(
    tracer: Tracer,
    light: Lighting,
    floors: FloorMaker,
    views: Sequence[View],
    scene: Scene,
    size: int,
    seed: int,
    background: Image | None,
    before_each: Callable[[int], None] | None,
    quality: Quality,
) -> Iterator[tuple[Image, np.ndarray]]:
    for number, view in enumerate(views):
        if before_each is not None:
            before_each(number)
        eye = camera(view, size)
        # From below there is no floor: it would hide the product.
        floor = floors.at_azimuth(view.azimuth) if eye.position[2] > tracer.floor + 0.02 else None
        yield _picture(tracer, light, floor, eye, scene, seed, background, quality)


def _picture(
    tracer: Tracer,
    light: Lighting,
    floor: Floor | None,
    eye: Camera,
    scene: Scene,
    seed: int,
    background: Image | None,
    quality: Quality,
) -> tuple[Image, np.ndarray]:
    size = eye.size
    film = _Film(tracer, light, floor, eye, seed, quality)
    shade = np.zeros((size, size), np.float32)
    if floor is not None and scene.shadow:
        shade = _floor_shade(floor, eye) * np.float32(light.rig.shadow)
    return compose(film.colour, film.alpha, shade, scene, background), film.coverage >= 0.5


def _floor_shade(floor: Floor, eye: Camera) -> Floats:
    size = eye.size
    shade = np.zeros(size * size, np.float32)
    middles = np.arange(size, dtype=np.float32) + 0.5
    x, y = np.meshgrid(middles, middles)
    directions = eye.directions(x.reshape(-1), y.reshape(-1))
    falls = np.flatnonzero(directions[:, 2] < -1e-4)
    distance = (floor.height - eye.position[2]) / directions[falls, 2]
    shade[falls] = floor.shade_at(eye.position[:2] + directions[falls, :2] * distance[:, None])
    # Seen from nearly level, the floor is a thin line: its shadow fades out with the angle.
    level = np.clip((eye.position[2] - floor.height) / 0.5, 0, 1)
    picture = (shade * level).reshape(size, size)
    if eye.view.distance >= 0.9:
        # The frame of a packshot is plain: shadows end before it.
        inwards = np.clip(np.minimum(middles, size - middles) / (0.14 * size) - 0.08, 0, 1)
        ramp = inwards * inwards * (3 - 2 * inwards)
        picture = picture * ramp[:, None] * ramp
    return np.asarray(picture, np.float32)


class _Film:
    """Premultiplied linear colour [size, size, 3], alpha and coverage [size, size] of the product in one view."""

    def __init__(
        self, tracer: Tracer, light: Lighting, floor: Floor | None, eye: Camera, seed: int, quality: Quality
    ) -> None:
        self.quality = quality
        self.tracer, self.light, self.floor, self.eye, self.seed = tracer, light, floor, eye, seed
        self.shader = Shader(tracer, light, floor, eye.view.azimuth, eye.pixel_angle, mirrors=quality.traced)
        size = eye.size
        self.colour = np.zeros((size, size, 3), np.float32)
        self.alpha, self.coverage = np.zeros((size, size), np.float32), np.zeros((size, size), np.float32)
        columns, rows = self._window()
        x, y = (a.reshape(-1).astype(np.int32) for a in np.meshgrid(columns, rows))
        if len(x) == 0:
            return
        points = self._points(x + np.float32(0.5), y + np.float32(0.5))
        x, y = x[points.ray], y[points.ray]
        if len(points) == 0:
            return
        index = np.full((size, size), -1, np.int32)
        index[y, x] = np.arange(len(points))
        self.grid = self._shares(index, points, x, y) if quality.traced else None
        colour, alpha = self._shade(points, x + np.float32(0.5), y + np.float32(0.5))
        self.colour[y, x], self.alpha[y, x], self.coverage[y, x] = colour, alpha, 1
        self._smooth_edges(index, points)

    def _window(self) -> tuple[Ints, Ints]:
        """The pixels that the bounding box can cover."""
        low, high = self.tracer.vertices.min(0), self.tracer.vertices.max(0)
        corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
        away = corners - self.eye.position
        depth = away @ self.eye.ahead
        if depth.min() < 0.05:
            return np.arange(self.eye.size), np.arange(self.eye.size)
        scale = 1 / self.eye.pixel_angle / depth
        middle = self.eye.size / 2
        x, y = middle + away @ self.eye.right * scale, middle - away @ self.eye.up * scale
        columns, rows = (np.arange(max(0, int(a.min()) - 1), min(self.eye.size, int(a.max()) + 2)) for a in (x, y))
        return columns, rows

    def _points(self, x: Floats, y: Floats) -> Points:
        directions = self.eye.directions(x, y)
        origins = np.broadcast_to(self.eye.position, directions.shape)
        return locate(self.tracer, self.tracer.first(origins, directions), self.eye.position, directions)

    def _shares(self, index: Ints, points: Points, x: Ints, y: Ints) -> ShareGrid:
        size = self.eye.size
        stride = 1 if size <= 160 else 2 if size <= 1024 else 4
        coarse = index[::stride, ::stride]
        cells = np.nonzero(coarse >= 0)
        some = coarse[cells]
        kept = points.take(some)
        numbered = np.full(coarse.shape, -1, np.int32)
        numbered[cells] = np.arange(len(some))
        share = self._traced(kept, cells[1].astype(np.int32), cells[0].astype(np.int32))
        reach = 2.5 * self.eye.pixel_angle * stride * float(np.linalg.norm(self.eye.position))
        return ShareGrid(numbered, share, kept.position, kept.normal, stride, reach).smoothed()

    def _traced(self, points: Points, x: Ints, y: Ints) -> Floats:
        if not self.tracer.lit or not self.quality.traced:
            return np.full(len(points), 1 if not self.tracer.lit else _UNTRACED, np.float32)
        return light_share(
            self.tracer,
            self.light,
            self.floor,
            points.position,
            points.normal,
            points.flat_normal,
            (x, y),
            self.eye.view.azimuth,
            self.seed,
        )

    def _shade(self, points: Points, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Premultiplied colour [n, 3] and alpha [n] of camera rays that hit, through clear layers to what lies behind."""
        if self.grid is None:
            known, weight = np.full(len(x), _UNTRACED, np.float32), np.ones(len(x), np.float32)
        elif len(self.grid.share):
            known, weight = self.grid.at(x, y, points.position, points.normal)
        else:
            known, weight = np.zeros(len(x), np.float32), np.zeros(len(x), np.float32)
        unknown = np.flatnonzero((weight < 0.15) & (self.tracer.transmission[points.part] == 0))
        share = np.asarray(known, np.float32)
        share[unknown] = self._traced(
            points.take(unknown), (x[unknown] * 2).astype(np.int32), (y[unknown] * 2).astype(np.int32)
        )
        colour, through = self.shader.shade(points, share)
        colour = tone(colour)
        alpha = np.ones(len(points), np.float32)
        open_rows = np.flatnonzero(through.max(1) > 0.004)
        if len(open_rows) == 0:
            return colour, alpha
        passing, layer = through[open_rows], points.take(open_rows)
        for _ in range(_MOST_LAYERS):
            start = layer.position - layer.view * np.float32(1e-3)
            hits = self.tracer.first(start, -layer.view)
            hit_rows = np.zeros(len(layer), bool)
            hit_rows[hits.ray] = True
            missed = open_rows[~hit_rows]
            alpha[missed] = 1 - passing[~hit_rows].mean(1)
            # Tinted glass: the background that shines through takes its colour.
            colour[missed] += passing[~hit_rows] - passing[~hit_rows].mean(1, keepdims=True)
            open_rows, passing = open_rows[hits.ray], passing[hits.ray]
            if len(open_rows) == 0:
                break
            deeper = locate(self.tracer, hits, start, -layer.view)
            opaque = self.tracer.transmission[deeper.part] == 0
            share = np.ones(len(deeper), np.float32)
            solid = np.flatnonzero(opaque)
            share[solid] = self._traced(
                deeper.take(solid), (x[open_rows[solid]]).astype(np.int32), (y[open_rows[solid]]).astype(np.int32)
            )
            added, through = self.shader.shade(deeper, share)
            colour[open_rows] += passing * tone(added)
            passing = passing * through
            going = np.flatnonzero(passing.max(1) > 0.004)
            open_rows, passing, layer = open_rows[going], passing[going], deeper.take(going)
            if len(open_rows) == 0:
                break
        return colour, alpha

    def _smooth_edges(self, index: Ints, points: Points) -> None:
        """Replaces pixels where something changes by the mean of several samples."""
        rows, columns = np.nonzero(_edges(index, points, self.eye))
        if len(rows) == 0:
            return
        samples = self.quality.edge_samples
        x = (columns[:, None] + _CORNERS[:samples, 0]).reshape(-1).astype(np.float32)
        y = (rows[:, None] + _CORNERS[:samples, 1]).reshape(-1).astype(np.float32)
        found = self._points(x, y)
        colour, alpha = np.zeros((len(x), 3), np.float32), np.zeros(len(x), np.float32)
        coverage = np.zeros(len(x), np.float32)
        if len(found):
            colour[found.ray], alpha[found.ray] = self._shade(found, x[found.ray], y[found.ray])
            coverage[found.ray] = 1
        self.colour[rows, columns] = colour.reshape(-1, samples, 3).mean(1)
        self.alpha[rows, columns] = alpha.reshape(-1, samples).mean(1)
        self.coverage[rows, columns] = coverage.reshape(-1, samples).mean(1)


def _edges(index: Ints, points: Points, eye: Camera) -> np.ndarray:
    """Pixels whose right or lower neighbour shows another part, another depth or another slope; bool [size, size]."""
    edges = np.zeros(index.shape, bool)
    for axis in (0, 1):
        first = index[:-1] if axis == 0 else index[:, :-1]
        second = index[1:] if axis == 0 else index[:, 1:]
        differs = (first >= 0) != (second >= 0)
        both = np.nonzero((first >= 0) & (second >= 0))
        a, b = first[both], second[both]
        gap = np.abs(dot(points.position[a] - points.position[b], points.normal[a]))
        pixel = eye.pixel_angle * points.distance[a]
        differs[both] |= (
            (points.part[a] != points.part[b]) | (gap > 2.0 * pixel) | (dot(points.normal[a], points.normal[b]) < 0.93)
        )
        if axis == 0:
            edges[:-1] |= differs
            edges[1:] |= differs
        else:
            edges[:, :-1] |= differs
            edges[:, 1:] |= differs
    return edges

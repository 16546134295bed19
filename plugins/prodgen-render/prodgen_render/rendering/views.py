"""`render`: pictures of a model from any views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from prodgen_render.model import Floats, Model3D
from prodgen_render.rendering.background import compose
from prodgen_render.rendering.camera import Camera, camera
from prodgen_render.rendering.film import Film
from prodgen_render.rendering.floor import Floor, FloorMaker
from prodgen_render.rendering.lights import Lighting, lighting
from prodgen_render.rendering.maps import geometry, geometry_maps
from prodgen_render.rendering.quality import FINAL, Quality
from prodgen_render.rendering.threads import in_order, usable
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.vectors import smoothstep
from prodgen_sdk import images
from prodgen_sdk.types import Generated, Image, MapKind, Mask, Scene, View

_TOGETHER = 4
"""Views of a draft that are drawn at once, as arrays of so few pixels cost more in calls than in work; two cores share eight."""
_AT_ONCE = 2 * 2048**2
"""Pixels of pictures that are drawn beside each other, however many cores there are: a large one takes gigabytes until it is done."""


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
    together = 1 if quality.traced else _TOGETHER

    def draw(some: Sequence[View]) -> list[Generated]:
        made = _pictures(tracer, light, floors, some, scene, drawn, seed, background, quality)
        return [
            _generated(tracer, view, image, mask, geometry_maps(tracer, view, size, maps))
            for view, (image, mask) in zip(some, (_enlarged(*picture, size) for picture in made), strict=True)
        ]

    threads = min(usable(), -(-len(views) // together), max(1, _AT_ONCE // drawn**2))
    for pictures in in_order(draw, _batches(views, together, before_each), threads):
        yield from pictures


def _batches(views: Sequence[View], size: int, before_each: Callable[[int], None] | None) -> Iterator[Sequence[View]]:
    for start in range(0, len(views), size):
        some = views[start : start + size]
        if before_each is not None:
            for number in range(start, start + len(some)):
                before_each(number)
        yield some


def outlines(
    model: Model3D,
    views: Sequence[View],
    size: int = 512,
    *,
    maps: Sequence[MapKind] = (),
    before_each: Callable[[int], None] | None = None,
) -> list[Generated]:
    """As `render`, but the pictures are white where the model is, and black elsewhere; much faster where only `maps` are wanted."""
    tracer, made = Tracer(model), []
    for number, view in enumerate(views):
        if before_each is not None:
            before_each(number)
        mask, found = geometry(tracer, view, size, maps)
        image = np.repeat(mask.view(np.uint8)[..., None] * np.uint8(255), 3, axis=2)
        made.append(_generated(tracer, view, image, mask, found))
    return made


def _generated(tracer: Tracer, view: View, image: Image, mask: Mask, maps: dict[MapKind, Any]) -> Generated:
    facts = dict(tracer.model.facts)
    warnings = (facts["fallback"],) if "fallback" in facts else ()
    return Generated(image=image, view=view, facts=facts, mask=mask, warnings=warnings, maps=maps)


def _enlarged(image: Image, mask: Mask, size: int) -> tuple[Image, Mask]:
    if len(image) == size:
        return image, mask
    nearest = np.arange(size) * len(image) // size
    return images.resize(image, size, size), mask[nearest][:, nearest]


def silhouettes(model: Model3D, views: Sequence[View], size: int = 64) -> list[Mask]:
    """Where the model is in each view, bool [size, size], by the middles of the pixels; much faster than `render`."""
    tracer = Tracer(model)
    return [geometry(tracer, view, size, ())[0] for view in views]


def _pictures(
    tracer: Tracer,
    light: Lighting,
    floors: FloorMaker,
    views: Sequence[View],
    scene: Scene,
    size: int,
    seed: int,
    background: Image | None,
    quality: Quality,
) -> Iterator[tuple[Image, np.ndarray]]:
    eyes = [camera(view, size) for view in views]
    # From below there is no floor: it would hide the product.
    grounds = [floors.at_azimuth(eye.view.azimuth) if eye.position[2] > tracer.floor + 0.02 else None for eye in eyes]
    film = Film(tracer, light, grounds[0], eyes, seed, quality)
    for number, (eye, floor) in enumerate(zip(eyes, grounds, strict=True)):
        shade = np.zeros((size, size), np.float32)
        if floor is not None and scene.shadow:
            shade = _floor_shade(floor, eye) * np.float32(light.rig.shadow)
        picture = compose(film.colour[number], film.alpha[number], shade, scene, background)
        yield picture, film.coverage[number] >= 0.5


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
        ramp = smoothstep(np.minimum(middles, size - middles) / (0.14 * size) - 0.08)
        picture = picture * ramp[:, None] * ramp
    return np.asarray(picture, np.float32)

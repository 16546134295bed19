"""A photo analysed once, in the crop and at the resolution in which it is dressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Body, Image
from prodgen_tryon.body.hips import below_forearms, within_hips
from prodgen_tryon.body.measures import Measured, measure
from prodgen_tryon.body.parsing import parse_parts
from prodgen_tryon.body.silhouette import Limb, leg
from prodgen_tryon.body.skeleton import Skeleton, skeleton
from prodgen_tryon.filters import Box, Float, to_lab
from prodgen_tryon.sides import SIDES, Side


@dataclass(frozen=True)
class Person:
    """Everything about a photo that does not depend on the garment.

    Args:
        image: the working crop, uint8 RGB [h, w, 3].
        origin: (x, y) of the crop in the photo.
        size: (width, height) of the crop in the photo.
        scale: working pixels for one photo pixel, at most 1.
        parts: soft masks of the working crop (see `parsing.PARTS`).
        cache: what `per_person` keeps, such as the scene behind the old clothes.
    """

    image: Image
    origin: tuple[int, int]
    size: tuple[int, int]
    scale: float
    frame: Skeleton
    parts: dict[str, Float]
    body: Body
    measured: Measured
    legs: dict[Side, Limb]
    cache: dict[Any, Any] = field(default_factory=dict)

    @property
    def width(self) -> float:
        return self.frame.width

    @cached_property
    def lab(self) -> Float:
        """The crop in CIE L*a*b*, float32 [h, w, 3]."""
        return to_lab(self.image)

    @cached_property
    def along(self) -> Float:
        """How far each pixel lies below the shoulders, along the body, float32 [h, w]."""
        return self.frame.along(self.image.shape).astype(np.float32)


P = ParamSpec("P")
R = TypeVar("R")


def per_person(function: Callable[Concatenate[Person, P], R]) -> Callable[Concatenate[Person, P], R]:
    """A function of a person, and of hashable arguments, that is worked out once and kept in `person.cache` under its name."""

    @wraps(function)
    def kept(person: Person, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (function.__name__, *args, *kwargs.items()) if args or kwargs else function.__name__
        if key not in person.cache:
            person.cache[key] = function(person, *args, **kwargs)
        value: R = person.cache[key]
        return value

    return kept


Adjust = Callable[[Image, dict[str, Float]], dict[str, Float]]


def analyse(
    photo: Image, body: Body, working_height: int, *, box: Box | None = None, adjust: Adjust | None = None
) -> Person:
    """Crops the photo around the person, scales it down where it is large, and measures.

    Args:
        photo: uint8 RGB [h, w, 3].
        body: pose and person mask of the photo (part masks are not needed).
        box: the crop; without one the person with a margin.
        adjust: takes the crop and its part masks, and gives the masks to go on with (for clips).
    """
    frame = skeleton(body.landmarks)
    x0, y0, x1, y1 = box = box or crop_box(body, photo.shape)
    image, scale = working_crop(photo, box, working_height)
    soft, _ = working_crop(body.person, box, working_height)
    local = frame.in_crop((x0, y0), scale)
    parts = within_hips(below_forearms(parse_parts(image, soft, local), local, image), local, image)
    if adjust is not None:
        parts = adjust(image, parts)
    measured = replace(measure(image, parts, local), turn=body.turn)
    legs = {side: leg(parts["person"] * (1 - parts["hands"]) * (1 - parts["upper"]), local, side) for side in SIDES}
    return Person(image, (x0, y0), (x1 - x0, y1 - y0), scale, local, parts, body, measured, legs)


def working_crop(picture: NDArray[Any], box: Box, working_height: int) -> tuple[NDArray[Any], float]:
    """A copy of what a box of a picture [h, w, ...] shows, no higher than `working_height`, and its scale, at most 1."""
    x0, y0, x1, y1 = box
    crop = picture[y0:y1, x0:x1]
    scale = min(1.0, working_height / (y1 - y0))
    if scale == 1:
        return crop.copy(), scale
    size = (max(round((x1 - x0) * scale), 16), max(round((y1 - y0) * scale), 16))
    return cv2.resize(crop, size, interpolation=cv2.INTER_AREA), scale


def crop_box(body: Body, shape: tuple[int, ...]) -> Box:
    """The box of a person in a photo of `shape`, with a margin."""
    margin = 0.35 * skeleton(body.landmarks).width
    ys, xs = np.nonzero(body.person > 0.3)
    if not len(xs):
        return 0, 0, shape[1], shape[0]
    x0, x1 = max(int(xs.min() - margin), 0), min(int(xs.max() + margin) + 1, shape[1])
    return x0, max(int(ys.min() - margin), 0), x1, min(int(ys.max() + margin) + 1, shape[0])

"""What components by hub weights have in common; for those that paint: body, mask and frame before, repainting after."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotConfigured
from prodgen_sdk.interfaces import Compositor
from prodgen_sdk.types import Body, Garment, Image, PersonPhoto, Refusal, TryOn, TryOnRequest
from prodgen_tryon import check
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.frame import Frame, frame_around, padded, put_back, take
from prodgen_tryon.diffusion.mask import CATEGORIES, agnostic_mask, parts_of
from prodgen_tryon.filters import Float
from prodgen_tryon.garment.cutout import cut_out
from prodgen_tryon.garment.guess import guess_category
from prodgen_tryon.recent import Recent
from prodgen_tryon.refusals import NO_BACK, NOTHING_TO_PAINT, ONE_GARMENT, SAY_CATEGORY, unsupported

CONFIDENCE = 0.6
"""A painted picture may look right and be wrong in ways that are not measured here."""


@dataclass(frozen=True)
class Job:
    """One picture to be painted.

    Args:
        person: uint8 RGB [h, w, 3], what the frame shows.
        mask: bool [h, w], True where the model paints.
        garment: uint8 RGB [h, w, 3], padded with white.
        picture: the garment's photo as it was given, uint8 RGB.
        seed: equal jobs give equal pixels, wherever they stand in a batch.
    """

    person: Image
    mask: NDArray[np.bool_]
    garment: Image
    picture: Image
    category: str
    seed: int


@dataclass(frozen=True)
class Placed:
    """A job and where its picture goes."""

    job: Job
    photo: Image
    frame: Frame
    mask: NDArray[np.bool_]


class Painter(Compositor):
    """Analyses the photo, lets `paint` make the pictures, and lays them back inside the mask.

    Attributes:
        size: (width, height) at which `paint` works.
        batch: most jobs in one call of it.
        pipe: the pipeline of diffusers that paints, where it is one.
    """

    id: ClassVar[str]
    size: tuple[int, int]
    batch: int = 1
    pipe: Any = None
    licences: tuple[str, ...] = ()

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config or Config()
        self._bodies: Recent[tuple[Body, dict[str, Float]] | Refusal] = Recent(self._config.cached_people)

    @abstractmethod
    def paint(self, jobs: Sequence[Job], ctx: Context) -> Sequence[Image]:
        """For each job a picture uint8 RGB [height, width, 3] of `size`; what it shows outside of the mask is not used."""

    def compose(self, batch: Sequence[TryOnRequest], ctx: Context) -> list[TryOn | Refusal]:
        placed = [self._place(request, ctx) for request in batch]
        todo = [item for item in placed if isinstance(item, Placed)]
        painted: list[Image] = []
        while len(painted) < len(todo):
            ctx.check()
            part = todo[len(painted) : len(painted) + self.batch]
            painted += self.paint([item.job for item in part], ctx)
        made = iter(painted)
        return [self._finish(item, next(made)) if isinstance(item, Placed) else item for item in placed]

    def release(self, person: PersonPhoto) -> None:
        self._bodies.forget(images.pixel_digest(images.flatten(person.image)))

    def _place(self, request: TryOnRequest, ctx: Context) -> Placed | Refusal:
        photo = images.flatten(request.person.image)
        check.mask(request.mask, photo)
        if len(request.garments) > 1:
            return ONE_GARMENT
        found = self._bodies.get(images.pixel_digest(photo), lambda: self._body(photo, ctx))
        if isinstance(found, Refusal):
            return found
        body, parts = found
        picture = picture_of(request.garments[0], body)
        if isinstance(picture, Refusal):
            return picture
        category = category_of(request.garments[0], picture)
        if isinstance(category, Refusal):
            return category
        mask = agnostic_mask(body, parts, category, request.fit.style)
        if request.mask is not None:
            mask &= request.mask
        if not mask.any():
            return NOTHING_TO_PAINT
        frame = frame_around(mask | (body.person > 0.3), self.size[0] / self.size[1])
        job = Job(
            person=take(photo, frame, self.size), mask=take(mask, frame, self.size, nearest=True),
            garment=padded(picture, self.size), picture=picture, category=category, seed=request.seed,
        )  # fmt: skip
        return Placed(job, photo, frame, mask)

    def _body(self, photo: Image, ctx: Context) -> tuple[Body, dict[str, Float]] | Refusal:
        body = ctx.lookup("body_parser", self._config.body_parser).parse([PersonPhoto(image=photo)], ctx)[0]
        return check.body(body, photo) or (body, parts_of(photo, body))

    def _finish(self, placed: Placed, painted: Image) -> TryOn:
        image, mask = put_back(placed.photo, painted, placed.frame, placed.mask)
        return TryOn(
            image=image, edit_mask=mask, confidence=CONFIDENCE,
            warnings=("A model painted this image: check prints, seams and skin before you show it.",),
            facts={"categories": [placed.job.category], "model_size": list(self.size), "licences": list(self.licences)},
        )  # fmt: skip


def picture_of(garment: Garment, body: Body) -> Image | Refusal:
    """The side of the garment that the person shows, uint8 RGB on white."""
    if body.orientation != "back":
        return images.flatten(garment.front)
    return NO_BACK if garment.back is None else images.flatten(garment.back)


def category_of(garment: Garment, picture: Image) -> str | Refusal:
    """The garment's category; `auto` is guessed from its outline."""
    category: str = garment.category
    if category == "auto":
        cutout = cut_out(picture)
        if not cutout.mask.any():
            return SAY_CATEGORY
        category = guess_category(cutout.mask)[0]
    if category in CATEGORIES:
        return category
    return SAY_CATEGORY if category == "unknown" else unsupported(category, "painted")


def refined(
    photos: Sequence[PersonPhoto], parser: str, refine: Callable[[Image, Body], Body], ctx: Context
) -> list[Body]:
    """The bodies that another parser finds, each given to `refine` with its photo, uint8 RGB; photos without a person are not."""
    flat = [PersonPhoto(image=images.flatten(photo.image)) for photo in photos]
    result = []
    for photo, body in zip(flat, ctx.lookup("body_parser", parser).parse(flat, ctx), strict=True):
        ctx.check()
        result.append(refine(photo.image, body) if body.people else body)
    return result


def configured(section: Any, name: str, component: str) -> Any:
    """A section of the configuration that has to be there; raises NotConfigured."""
    if section is None:
        raise NotConfigured(
            f"{component} has no weights: [plugins.tryon.{name}] is not in prodgen.toml.",
            hint="See the how-to 'Try on with diffusion weights'; tryon/warp needs no weights.",
        )
    return section

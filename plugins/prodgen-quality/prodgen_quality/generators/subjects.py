"""What is put to the test: installed generators, and the baselines that each of them has to beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prodgen_quality.generators.products import RenderedProduct
from prodgen_sdk import images
from prodgen_sdk.context import Context, no_progress
from prodgen_sdk.errors import ProdgenError
from prodgen_sdk.training.rendered import ATTRIBUTES
from prodgen_sdk.types import Image, View

if TYPE_CHECKING:
    from prodgen_sdk.types import GenerationRequest

Make = Callable[[RenderedProduct, Sequence[View], int], list[Image]]
"""Pictures of a product from some views, by seed."""


@dataclass(frozen=True)
class Subject:
    """`made` says how: `truth`, `generator` or `baseline`."""

    id: str
    made: str
    make: Make


def generators(ids: Sequence[str], size: int, ctx: Context) -> tuple[list[Subject], dict[str, str]]:
    """The generators that can be tried, and why the others cannot, by id. Each of them makes one picture first."""
    subjects: list[Subject] = []
    absent: dict[str, str] = {}
    for id in ids:
        ctx.check()
        try:
            bound = ctx.lookup("generator", id)
            modes = bound.spec.modes
        except ProdgenError as error:
            absent[id] = str(error)
            continue
        if not {"text", "attributes", "photo"} & set(modes):
            absent[id] = f"It works from {' and '.join(modes)}, which held-out products do not have."
        elif id.startswith("catalogue/"):
            absent[id] = "It shows a product's own photos, and held-out products have none."
        elif "white" not in bound.spec.backgrounds:
            absent[id] = "It makes no white background."
        else:
            subjects.append(Subject(id, "generator", _maker(bound, size, ctx)))
    return subjects, absent


def _maker(bound: Any, size: int, ctx: Context) -> Make:
    quiet = replace(ctx, progress=no_progress)
    asked = min(max(size, bound.spec.min_size), bound.spec.max_size)
    from_photo = not {"text", "attributes"} & set(bound.spec.modes)

    def make(product: RenderedProduct, views: Sequence[View], seed: int) -> list[Image]:
        from prodgen_sdk.types import GenerationRequest

        request: GenerationRequest = GenerationRequest(
            product=product.product,
            views=tuple(views),
            size=asked,
            seed=seed,
            references={"front": front_of(product)} if from_photo else {},
        )
        (made,) = bound.generate([request], quiet)
        pictures = [images.flatten(picture.image) for picture in made]
        return pictures if asked == size else [images.resize(picture, size, size) for picture in pictures]

    return make


def front_of(product: RenderedProduct) -> Image:
    """The true render nearest to a front view: what a generator from a photo is given."""
    return min(
        zip(product.views, product.pictures, strict=True),
        key=lambda pair: (min(pair[0].azimuth, 360 - pair[0].azimuth), abs(pair[0].elevation), pair[0].distance),
    )[1]


def truth() -> Subject:
    """The true renders: the ceiling."""
    return Subject("true renders", "truth", lambda product, views, seed: [_of(product, view) for view in views])


def baselines(training: Sequence[RenderedProduct]) -> list[Subject]:
    """What costs nothing: blank paper, the mean image, and the training product with the most attributes in common."""
    made = [Subject("blank", "baseline", _blank)]
    if training:
        made.append(Subject("mean picture", "baseline", _mean(training)))
        made.append(Subject("nearest training product", "baseline", _nearest(training)))
    return made


def nearest(product: RenderedProduct, training: Sequence[RenderedProduct]) -> RenderedProduct:
    """The first training product with the most attributes in common; family counts more than all others."""

    def common(other: RenderedProduct) -> int:
        return sum(
            (10 if name == "family" else 1) * (product.labels[name] == other.labels[name]) for name in ATTRIBUTES
        )

    return max(training, key=common)


def _blank(product: RenderedProduct, views: Sequence[View], seed: int) -> list[Image]:
    import numpy as np

    return [np.full((*product.pictures[0].shape[:2], 3), 255, np.uint8) for _ in views]


def _mean(training: Sequence[RenderedProduct]) -> Make:
    import numpy as np

    pictures = [images.flatten(picture) for product in training for picture in product.pictures]
    mean: Image = np.asarray(np.mean(pictures, axis=0, dtype=np.float64).round(), np.uint8)
    return lambda product, views, seed: [mean.copy() for _ in views]


def _nearest(training: Sequence[RenderedProduct]) -> Make:
    return lambda product, views, seed: [_of(nearest(product, training), view) for view in views]


def _of(product: RenderedProduct, view: View) -> Image:
    """A product's true render from a view, or else from the one nearest to it."""
    if view in product.views:
        return images.flatten(product.pictures[product.views.index(view)])
    turn = [abs((other.azimuth - view.azimuth + 180) % 360 - 180) for other in product.views]
    return images.flatten(product.pictures[turn.index(min(turn))])

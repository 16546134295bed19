"""The generator `catalogue/photo`: a product's own photos, squared, as images that can be published and recommended."""

from __future__ import annotations

from collections.abc import Sequence

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import NAMED_VIEWS, Generated, GenerationRequest, Media, Product, View

GENERATOR = "catalogue/photo"
_VIEW_OF_ROLE = {
    "front": NAMED_VIEWS["front"],
    "flat": NAMED_VIEWS["front"],
    "back": NAMED_VIEWS["back"],
    "detail": NAMED_VIEWS["detail"],
}


def photo_views(product: Product) -> dict[View, Media]:
    """The views that a product's photos show; of several of one view the first counts."""
    found: dict[View, Media] = {}
    for media in product.media:
        view = media.view or _VIEW_OF_ROLE.get(media.role)
        if view is not None and media.role in _VIEW_OF_ROLE:
            found.setdefault(view, media)
    return found


class CatalogueGenerator(Generator):
    """Answers the front, back and detail views, or those that media name, with the product's own photos, centred on a square of their border colour."""

    def __init__(self, config: object = None, ctx: Context | None = None) -> None:
        pass

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[list[Generated]]:
        return [[self._picture(request, view) for view in request.views] for request in batch]

    def _picture(self, request: GenerationRequest, view: View) -> Generated:
        media = photo_views(request.product).get(view)
        photo = request.references.get(media.role) if media is not None and media.role in request.references else None
        if media is None or photo is None:
            raise InputError(
                f"{request.product.sku} has no photo of the view {view.slug}.",
                hint="Run prodgen catalog publish-photos for the photos that there are, or name another generator.",
            )
        # A copy: an image is never a view of what its generator was given.
        image = images.squared(images.flatten(photo), request.size).copy()
        return Generated(image=image, view=view, facts={"source": "photo", "media": media.uri})

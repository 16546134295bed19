"""`render/photo`: views of a product from one photo of it, or from one of each side."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from prodgen_render.config import Config
from prodgen_render.drawing import Drawer
from prodgen_render.model import Model3D
from prodgen_render.photo.build import Built, model_from_photos
from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest, Image, Product, View

_SURE_DEGREES = {"revolution": 62.0, "cuboid": 35.0, "sheet": 25.0, "relief": 25.0}
"""How far from the photo's own side a view still shows mostly what the photo shows."""


class _Kept:
    """The last few models: other views of a photo need no new fit."""

    def __init__(self, most: int = 4) -> None:
        self.most, self.models = most, OrderedDict[str, Built]()
        self.lock = threading.Lock()

    def get(self, front: Image, back: Image | None, product: Product, config: Config) -> Built:
        """The model of these photos, from what is kept or made now."""
        words = [
            product.category,
            product.title,
            sorted(product.attributes.items()),
            product.tags,
            product.translations,
        ]
        behind = "" if back is None else images.pixel_digest(back)
        key = repr([images.pixel_digest(front), behind, words, config])
        with self.lock:
            if key in self.models:
                self.models.move_to_end(key)
                return self.models[key]
        built = model_from_photos(front, product, back, config)
        with self.lock:
            self.models[key] = built
            while len(self.models) > self.most:
                self.models.popitem(last=False)
        return built


class PhotoGenerator(Drawer, Generator):
    """Fits a body to each request's front photo and draws it from the views."""

    def __init__(self, config: Any = None, ctx: Context | None = None) -> None:
        super().__init__(config, ctx)
        self.built = _Kept()

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """One list of pictures a request; views that the photo says little of carry a warning.

        Raises:
            InputError: a request without a photo, or a photo in which no product stands out.
        """
        fitted: list[Built] = []

        def build(place: int) -> Model3D:
            fitted.append(self._fitted(batch[place]))
            return fitted[-1].model

        drawn = self.views(batch, build, ctx)
        return [[_noted(picture, built) for picture in pictures] for pictures, built in zip(drawn, fitted, strict=True)]

    def _fitted(self, request: GenerationRequest) -> Built:
        front = request.references.get("front", request.references.get("flat"))
        if front is None:
            raise InputError(f"{request.product.sku} has no front photo.", hint="Give one, or use render/parametric.")
        return self.built.get(front, request.references.get("back"), request.product, self.config)


def known_share(view: View, built: Built) -> float:
    """About how much of a view the photos show, 0 to 1: by the angle to the nearest of them."""
    away = angle_between(view, built.source)
    if built.has_back:
        behind = built.source.model_copy(update={"azimuth": (built.source.azimuth + 180) % 360})
        away = min(away, angle_between(view, behind))
    sure = _SURE_DEGREES[built.shape]
    return max(0.0, min(1.0, 1 - (away - sure * 0.25) / (sure * 2)))


def angle_between(a: View, b: View) -> float:
    """Degrees between the directions from which two views look."""
    import math

    def direction(view: View) -> tuple[float, float, float]:
        az, el = math.radians(view.azimuth), math.radians(view.elevation)
        return math.sin(az) * math.cos(el), -math.cos(az) * math.cos(el), math.sin(el)

    cosine = sum(x * y for x, y in zip(direction(a), direction(b), strict=True))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _noted(picture: Generated, built: Built) -> Generated:
    known = known_share(picture.view, built)
    warnings = list(built.warnings)
    if known < 0.5:
        if built.model.facts["depth_from"] == "kind":
            what = "the usual shape of its kind"
        else:
            what = "the plain material around it" if built.shape in ("revolution", "cuboid") else "its inflated outline"
        warnings.append(f"the photo shows little of this side: it was completed from {what}")
    facts = picture.facts | {"confidence": round(built.confidence * (0.4 + 0.6 * known), 3), "known": round(known, 3)}
    return picture.model_copy(update={"facts": facts, "warnings": (*picture.warnings, *warnings)})

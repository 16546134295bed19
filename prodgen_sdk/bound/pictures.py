"""Around what makes images: describers, generators and renderers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from prodgen_sdk import images, interfaces
from prodgen_sdk.bound.component import Bound, guarded
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.metadata import Metadata
from prodgen_sdk.specs import GeneratorSpec, RendererSpec
from prodgen_sdk.types import (
    AssetRequest,
    Description,
    Generated,
    GenerationRequest,
    Image,
    Locale,
    Product,
    ProductAsset,
    View,
)

MAX_FACTS = 64 * 1024
"""Bytes of JSON: facts are kept in the row of a variant, and are read with it."""


class BoundDescriber(Bound[interfaces.Describer]):
    @guarded
    def describe(
        self,
        products: Sequence[Product],
        views: Sequence[View],
        locale: Locale | None = None,
        ctx: Context | None = None,
    ) -> list[Description]:
        described = self.component.describe(products, views, locale, self._context(ctx))
        self.expect_one_each(described, products, "descriptions of {} products")
        for description in described:
            self.expect([p.view for p in description.prompts] == list(views), "prompts do not follow the views")
        return list(described)


class BoundGenerator(Bound[interfaces.Generator]):
    @guarded
    def generate(self, batch: Sequence[GenerationRequest], ctx: Context | None = None) -> list[list[Generated]]:
        """Checks the requests against the spec, generates, and checks every image.

        Raises:
            InputError: a size or background that the generator does not make.
            PluginError: it failed, or returned something else than was asked for.
        """
        for request in batch:
            _accept(self, request)
        shown = [request.model_copy(update={"references": _read_only(request.references)}) for request in batch]
        answers = self._batched(self.component.generate, shown, self._context(ctx))
        for request, pictures in zip(batch, answers, strict=True):
            _check_pictures(self, request, pictures)
        return [list(pictures) for pictures in answers]

    @property
    def views_joint(self) -> bool:
        """Whether an image depends on which other views were asked for."""
        assert isinstance(self.spec, GeneratorSpec)
        return self.spec.views_joint

    @property
    def metadata(self) -> Metadata:
        """What is written into the files of its images: what kind of source they have."""
        assert isinstance(self.spec, GeneratorSpec)
        return Metadata().labelled(self.spec.digital_source)

    def accept(self, request: GenerationRequest) -> None:
        """Raises InputError for a size or background that the generator does not make."""
        _accept(self, request)

    def _halves(self, item: GenerationRequest) -> Sequence[GenerationRequest]:
        """The views of one request in two parts, unless they depend on each other."""
        if self.views_joint or len(item.views) < 2:
            return ()
        middle = len(item.views) // 2
        return [
            item.model_copy(update={"views": item.views[part], "prompts": item.prompts[part]})
            for part in (slice(middle), slice(middle, None))
        ]

    def _retried(self, part: Any) -> Any:
        return [
            [
                picture.model_copy(update={"facts": {**picture.facts, "retried": "NaN or infinite numbers"}})
                for picture in pictures
            ]
            for pictures in part
        ]


class BoundRenderer(Bound[interfaces.Renderer]):
    @guarded
    def sketch(self, products: Sequence[Product], ctx: Context | None = None) -> list[ProductAsset]:
        assert isinstance(self.spec, RendererSpec)
        sketches = self._batched(self.component.sketch, products, self._context(ctx))
        for sketch in sketches:
            known = isinstance(sketch, ProductAsset) and sketch.family in self.spec.families
            self.expect(known, f"a sketch of {getattr(sketch, 'family', sketch)!r}, which is no family of its spec")
        return sketches

    @guarded
    def draw(self, batch: Sequence[AssetRequest], ctx: Context | None = None) -> list[list[Generated]]:
        """Checks the requests against the spec, draws, and checks every image.

        Raises:
            InputError: a family, size or background that the renderer does not draw.
            PluginError: it failed, or returned something else than was asked for.
        """
        assert isinstance(self.spec, RendererSpec)
        shown = []
        for asked in batch:
            _accept(self, asked.request)
            if asked.asset.family not in self.spec.families:
                raise NotFound.of("family", asked.asset.family, self.spec.families)
            request = asked.request.model_copy(update={"references": _read_only(asked.request.references)})
            art = asked.asset.artwork
            asset = asked.asset if art is None else asked.asset.model_copy(update={"artwork": images.read_only(art)})
            shown.append(asked.model_copy(update={"request": request, "asset": asset}))
        answers = self._batched(self.component.draw, shown, self._context(ctx))
        for asked, pictures in zip(batch, answers, strict=True):
            _check_pictures(self, asked.request, pictures)
        return [list(pictures) for pictures in answers]


def _accept(bound: Bound[Any], request: GenerationRequest) -> None:
    """Refuses a size or background that is not in the spec."""
    spec = bound.spec
    assert isinstance(spec, GeneratorSpec | RendererSpec)
    if not spec.min_size <= request.size <= spec.max_size:
        raise InputError(f"{bound.id} makes images of {spec.min_size} to {spec.max_size} pixels, not {request.size}.")
    if request.scene.background not in spec.backgrounds:
        raise InputError(
            f"{bound.id} does not make the background {request.scene.background!r}.",
            hint=f"It makes {', '.join(spec.backgrounds)}.",
        )
    if request.scene.background == "image" and "background" not in request.references:
        raise InputError("The background 'image' needs an image.", hint="Give a reference with the role 'background'.")
    maps = spec.maps if isinstance(spec, GeneratorSpec) else ()
    if set(request.maps) - set(maps):
        raise InputError(
            f"{bound.id} gives no maps of {', '.join(sorted(set(request.maps) - set(maps)))}.",
            hint="render/mesh and render/parametric do.",
        )


def _check_pictures(bound: Bound[Any], request: GenerationRequest, pictures: Sequence[Generated]) -> None:
    bound.expect_one_each(pictures, request.views, "images for {} views")
    import numpy as np

    channels = 4 if request.scene.background == "transparent" else 3
    wanted = (request.size, request.size, channels)
    for picture, view in zip(pictures, request.views, strict=True):
        bound.expect(isinstance(picture, Generated), f"a {type(picture).__name__} instead of a Generated")
        bound.expect(picture.view == view, f"an image of {picture.view.slug} in the place of {view.slug}")
        shape, dtype = np.shape(picture.image), getattr(picture.image, "dtype", None)
        bound.expect(shape == wanted, f"an image of shape {shape} instead of {wanted}")
        bound.expect(dtype == np.uint8, f"an image of {dtype} instead of uint8")
        bytes_of_facts = _json_bytes(picture.facts)
        bound.expect(bytes_of_facts is not None, "facts that are not JSON-ready")
        bound.expect((bytes_of_facts or 0) <= MAX_FACTS, f"{bytes_of_facts} bytes of facts, of at most {MAX_FACTS}")
        shapes = {kind: getattr(values, "shape", None) for kind, values in picture.maps.items()}
        asked = {kind: wanted[:2] if kind == "depth" else (*wanted[:2], 3) for kind in request.maps}
        bound.expect(shapes == asked, f"maps of shapes {shapes} instead of {asked}")


def _read_only(references: Mapping[Any, Image]) -> dict[Any, Image]:
    return {role: images.read_only(image) for role, image in references.items()}


def _json_bytes(value: Any) -> int | None:
    """How long a value is as JSON in UTF-8; None where it is none."""
    try:
        return len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())
    except (TypeError, ValueError):
        return None

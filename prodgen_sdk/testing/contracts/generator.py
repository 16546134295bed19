"""What every generator must keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ProdgenError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.specs import GeneratorSpec
from prodgen_sdk.testing.contracts.base import (
    ComponentContract,
    Frozen,
    assert_all,
    assert_count,
    assert_image,
    assert_json,
    assert_same_pixels,
    needs_determinism,
)
from prodgen_sdk.testing.samples import sample_mesh, sample_photo, sample_products
from prodgen_sdk.types import NAMED_VIEWS, Generated, GenerationRequest, Product, Scene, parse_views


class GeneratorContract(ComponentContract):
    """Counts, order, size, background, seeds and batches of a generator.

    Attributes:
        mode: which of the spec's modes to test; None takes the first. `photo` gets a front photo, `mesh` a cube.
        size: the edge of the images in most tests, moved into the spec's range.
        corner_tolerance: how far (of 255) a plain background may be from the colour that was asked for; white is exact.

    Override the fixture `products` if the generator serves only some categories, or `requests` for full control.
    """

    kind = "generator"
    mode: ClassVar[str | None] = None
    size: ClassVar[int] = 96
    corner_tolerance: ClassVar[int] = 3

    @pytest.fixture
    def products(self) -> tuple[Product, ...]:
        """At least two products that the generator can picture."""
        return sample_products()

    @pytest.fixture
    def requests(self, products: tuple[Product, ...], spec: GeneratorSpec, tmp_path: Path) -> list[GenerationRequest]:
        """One request per product: front, right and an oblique view, in that order."""
        mode = self.mode or spec.modes[0]
        size = min(max(self.size, spec.min_size), spec.max_size)
        extra: dict[str, Any] = {}
        if mode == "photo":
            extra["references"] = {"front": sample_photo(size=max(size, 64))}
        if mode == "mesh":
            extra["mesh"] = sample_mesh(tmp_path)
        views = parse_views("front,right,45:15:1")
        return [
            GenerationRequest(product=p, views=views, size=size, seed=7 + place, **extra)
            for place, p in enumerate(products)
        ]

    @pytest.fixture
    def one(self, requests: list[GenerationRequest]) -> GenerationRequest:
        """The first request, of the front view alone."""
        return requests[0].model_copy(update={"views": (NAMED_VIEWS["front"],), "prompts": requests[0].prompts[:1]})

    def test_modes_and_sizes_of_the_spec(self, spec: GeneratorSpec) -> None:
        assert spec.modes, "List in `modes` what the generator works from: text, attributes, photo, mesh."
        assert 32 <= spec.min_size <= spec.max_size, (
            f"min_size {spec.min_size} and max_size {spec.max_size} leave no size."
        )
        known = {"white", "colour", "gradient", "transparent", "image"}
        assert spec.backgrounds, "List in `backgrounds` what Scene.background may be."
        assert set(spec.backgrounds) <= known, (
            f"Unknown backgrounds {set(spec.backgrounds) - known}; known are {sorted(known)}."
        )

    def test_one_picture_a_view_in_order(
        self, component: Generator, requests: list[GenerationRequest], ctx: Context
    ) -> None:
        for request, pictures in zip(requests, _generated(component, requests, ctx), strict=True):
            views = tuple(picture.view for picture in pictures)
            assert views == request.views, (
                f"{request.product.sku}: asked for {[v.slug for v in request.views]}, got {[v.slug for v in views]}. "
                "Return one image per view, in the order of request.views."
            )

    def test_size_and_dtype(self, component: Generator, requests: list[GenerationRequest], ctx: Context) -> None:
        for request, pictures in zip(requests, _generated(component, requests, ctx), strict=True):
            for picture in pictures:
                where = f"{request.product.sku} {picture.view.slug}"
                assert_image(picture.image, where=where)
                assert picture.image.shape == (request.size, request.size, 3), (
                    f"{where} has the shape {picture.image.shape}; request.size={request.size} on a white scene means ({request.size}, {request.size}, 3)."
                )

    def test_smallest_size(
        self, component: Generator, one: GenerationRequest, spec: GeneratorSpec, ctx: Context
    ) -> None:
        size = max(spec.min_size, 32)
        ((picture,),) = _generated(component, [one.model_copy(update={"size": size})], ctx)
        assert picture.image.shape[:2] == (size, size), (
            f"The spec promises min_size={size}, but the image is {picture.image.shape[:2]}. Raise min_size or honour request.size."
        )

    def test_the_product_is_visible(self, component: Generator, one: GenerationRequest, ctx: Context) -> None:
        ((picture,),) = _generated(component, [one], ctx)
        assert picture.image.std() > 1, (
            "The image is blank: every pixel is nearly the same. Draw the product, or raise an error if it cannot be drawn."
        )

    def test_mask_and_facts(self, component: Generator, requests: list[GenerationRequest], ctx: Context) -> None:
        for picture in (picture for pictures in _generated(component, requests, ctx) for picture in pictures):
            assert_json(picture.facts, where="Generated.facts")
            if picture.mask is not None:
                assert picture.mask.dtype == np.bool_, (
                    f"A mask is bool, not {picture.mask.dtype}. Compare first: alpha > 127."
                )
                assert picture.mask.shape == picture.image.shape[:2], (
                    "The mask must have the height and width of the image."
                )
                assert picture.mask.any(), (
                    "The mask is empty: it says that the product is nowhere. Leave it None if it is not known."
                )

    def test_background(self, component: Generator, one: GenerationRequest, spec: GeneratorSpec, ctx: Context) -> None:
        for background in sorted(set(spec.backgrounds) & {"white", "colour", "gradient", "transparent"}):
            scene = Scene.model_validate({"background": background, "colour": "#336699"})
            ((picture,),) = _generated(component, [one.model_copy(update={"scene": scene})], ctx)
            top, bottom = picture.image[[0, 0], [0, -1]].astype(int), picture.image[[-1, -1], [0, -1]].astype(int)
            corners, colour = np.concatenate([top, bottom]), np.array([0x33, 0x66, 0x99])
            claim = f"The spec claims the background {background!r}, but the corners of a front view are {corners.tolist()}."
            if background == "transparent":
                assert picture.image.shape[2] == 4, f"{claim} Return RGBA for a transparent scene."
                assert (corners[:, 3] == 0).all(), f"{claim} Their alpha must be 0."
                assert (picture.image[..., 3] > 0).any(), (
                    "The transparent image shows nothing: its alpha is 0 everywhere."
                )
                continue
            assert picture.image.shape[2] == 3, f"{claim} Return RGB for an opaque scene."
            if background == "white":
                assert (corners == 255).all(), f"{claim} White is exactly (255, 255, 255)."
            if background == "colour":
                assert np.abs(corners - colour).max() <= self.corner_tolerance, f"{claim} Asked for {colour.tolist()}."
            if background == "gradient":
                assert (bottom.mean(axis=0) > top.mean(axis=0)).all(), (
                    f"{claim} A gradient runs from the colour at the top to white."
                )

    def test_same_seed_same_pixels(
        self, component: Generator, requests: list[GenerationRequest], spec: GeneratorSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        first, second = _generated(component, requests, ctx), _generated(component, requests, ctx)
        why = "The same batch twice gave different pixels. Draw every random number from request.seed (ctx.rng, ctx.torch_rng)."
        _assert_same(first, second, 0, why)

    def test_another_seed_is_allowed(self, component: Generator, one: GenerationRequest, ctx: Context) -> None:
        for seed in (0, 2**63 - 1):
            ((picture,),) = _generated(component, [one.model_copy(update={"seed": seed})], ctx)
            assert picture.image.shape[:2] == (one.size, one.size), (
                f"seed={seed} is in range and must work like any other."
            )

    def test_alone_as_in_a_batch(
        self, component: Generator, requests: list[GenerationRequest], spec: GeneratorSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        alone = [_generated(component, [request], ctx)[0] for request in requests]
        why = "A request gave other pixels alone than in a batch. Seed each item from its own request.seed, never from its place."
        _assert_same(_generated(component, requests, ctx), alone, 1, why)

    def test_view_alone_as_in_a_set(
        self, component: Generator, requests: list[GenerationRequest], spec: GeneratorSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        if spec.views_joint:
            pytest.skip("the spec says views_joint=True")
        request = requests[0].model_copy(update={"prompts": ()})
        (together,) = _generated(component, [request], ctx)
        (turned,) = _generated(component, [request.model_copy(update={"views": request.views[::-1]})], ctx)
        why = "A view changed with the other views that were asked for. Seed by request.seed alone, or say views_joint=True in the spec."
        _assert_same([together], [turned[::-1]], 1, why)

    def test_does_not_change_its_input(
        self, component: Generator, requests: list[GenerationRequest], ctx: Context
    ) -> None:
        request = requests[0]
        frozen = Frozen(**{f"references[{role!r}]": image for role, image in request.references.items()})
        before = request.product.model_dump()
        (pictures,) = _generated(component, [request], ctx)
        frozen.assert_unchanged()
        for picture in pictures:
            frozen.assert_not_shared(picture.image)
        assert request.product.model_dump() == before, (
            "The component changed the product. Copy attributes before editing them."
        )

    def test_strange_product(self, component: Generator, one: GenerationRequest, ctx: Context) -> None:
        strange = Product(
            sku="x", title="💡 ?", category="other/thing", attributes={"colour": "", "sizes": ("S", "M"), "n": 3}
        )
        try:
            ((picture,),) = _generated(component, [one.model_copy(update={"product": strange})], ctx)
        except ProdgenError:
            return
        except Exception as error:
            raise AssertionError(
                f"A product of an unknown kind raised {type(error).__name__}: {error}. Fall back, or raise a prodgen_sdk.errors.InputError."
            ) from error
        assert_image(picture.image, where="the strange product")


def _generated(
    component: Generator, requests: Sequence[GenerationRequest], ctx: Context
) -> Sequence[Sequence[Generated]]:
    results = component.generate(requests, ctx)
    assert_count(results, requests, "sequence of images")
    assert_all((picture for pictures in results for picture in pictures), Generated, "generate()")
    return results


def _assert_same(first: Any, second: Any, tolerance: int, why: str) -> None:
    assert [len(pictures) for pictures in first] == [len(pictures) for pictures in second], (
        f"{why} Even the counts differ."
    )
    for mine, others in zip(first, second, strict=True):
        for a, b in zip(mine, others, strict=True):
            assert_same_pixels(a.image, b.image, tolerance=tolerance, why=why)

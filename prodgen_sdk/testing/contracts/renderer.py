"""What every renderer must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Renderer
from prodgen_sdk.specs import RendererSpec
from prodgen_sdk.testing.contracts.base import (
    ComponentContract,
    Frozen,
    assert_count,
    assert_image,
    assert_json,
    assert_same_pixels,
    needs_determinism,
)
from prodgen_sdk.testing.samples import sample_products
from prodgen_sdk.types import (
    ARTWORK_SIZE,
    AssetRequest,
    GenerationRequest,
    Image,
    Product,
    Scene,
    parse_views,
)


class RendererContract(ComponentContract):
    """Sketches, counts, order, size and repeatability of a renderer.

    Attributes:
        size: the edge of the images, moved into the spec's range.

    Override the fixture `products` if the renderer draws only some categories.
    """

    kind = "renderer"
    size: ClassVar[int] = 64

    @pytest.fixture
    def products(self) -> tuple[Product, ...]:
        """At least two products that the renderer can draw."""
        return sample_products()

    @pytest.fixture
    def requests(
        self, component: Renderer, products: tuple[Product, ...], spec: RendererSpec, ctx: Context
    ) -> list[AssetRequest]:
        """The sketch of each product with artwork on it, to be drawn from three views."""
        size = min(max(self.size, spec.min_size), spec.max_size)
        views = parse_views("front,right,45:15:1")
        return [
            AssetRequest(
                request=GenerationRequest(product=product, views=views, size=size, seed=7 + place),
                asset=sketch.model_copy(update={"colour": "#2f62ad", "artwork": sample_artwork()}),
            )
            for place, (product, sketch) in enumerate(zip(products, component.sketch(products, ctx), strict=True))
        ]

    def test_families_of_the_spec(self, spec: RendererSpec) -> None:
        assert spec.families, "List in `families` what ProductAsset.family may be."
        assert spec.min_size <= spec.max_size, f"min_size {spec.min_size} and max_size {spec.max_size} leave no size."

    def test_one_sketch_a_product(
        self, component: Renderer, products: tuple[Product, ...], spec: RendererSpec, ctx: Context
    ) -> None:
        sketches = component.sketch(products, ctx)
        assert_count(sketches, products, "ProductAsset")
        for product, sketch in zip(products, sketches, strict=True):
            assert sketch.family in spec.families, (
                f"{product.sku} became a {sketch.family!r}, which is not in spec.families."
            )
            assert set(sketch.proportions) <= {0.5}, (
                f"{product.sku}: a sketch knows no proportions; all of them are 0.5, and there are {set(sketch.proportions)}."
            )
            assert sketch.artwork is None, f"{product.sku}: a sketch has no artwork. Leave it None."

    def test_same_words_same_sketch(self, component: Renderer, products: tuple[Product, ...], ctx: Context) -> None:
        together = [sketch.model_dump() for sketch in component.sketch(products, ctx)]
        alone = [component.sketch([product], ctx)[0].model_dump() for product in products]
        assert together == alone, "A product got another sketch alone than in a batch. It follows from its words only."

    def test_a_sketch_can_be_drawn(
        self, component: Renderer, products: tuple[Product, ...], requests: list[AssetRequest], ctx: Context
    ) -> None:
        asked = [
            request.model_copy(update={"asset": sketch})
            for request, sketch in zip(requests, component.sketch(products, ctx), strict=True)
        ]
        for pictures in component.draw(asked, ctx):
            assert all(picture.image.std() > 1 for picture in pictures), (
                "An image of a sketch is blank: draw it without artwork, too."
            )

    def test_one_picture_a_view_in_order(self, component: Renderer, requests: list[AssetRequest], ctx: Context) -> None:
        drawn = component.draw(requests, ctx)
        assert_count(drawn, requests, "sequence of images")
        for asked, pictures in zip(requests, drawn, strict=True):
            views = tuple(picture.view for picture in pictures)
            assert views == asked.request.views, (
                f"Asked for {[v.slug for v in asked.request.views]}, got {[v.slug for v in views]}. Keep the order of request.views."
            )

    def test_pictures(self, component: Renderer, requests: list[AssetRequest], ctx: Context) -> None:
        for draft in (False, True):
            asked = [request.model_copy(update={"draft": draft}) for request in requests]
            for request, pictures in zip(asked, component.draw(asked, ctx), strict=True):
                size = request.request.size
                for picture in pictures:
                    where = f"{request.request.product.sku} {picture.view.slug}{' as a draft' if draft else ''}"
                    assert_image(picture.image, where=where)
                    assert picture.image.shape == (size, size, 3), (
                        f"{where} has the shape {picture.image.shape} instead of ({size}, {size}, 3)."
                    )
                    assert_json(picture.facts, where=f"{where}: facts")

    def test_transparent(
        self, component: Renderer, requests: list[AssetRequest], spec: RendererSpec, ctx: Context
    ) -> None:
        if "transparent" not in spec.backgrounds:
            pytest.skip("the spec names no transparent background")
        asked = requests[0]
        clear = asked.request.model_copy(
            update={"scene": Scene(background="transparent"), "views": asked.request.views[:1]}
        )
        ((picture,),) = component.draw([asked.model_copy(update={"request": clear})], ctx)
        assert picture.image.shape[2] == 4, "Return RGBA for a transparent scene."
        assert picture.image[0, 0, 3] == 0, "The corner of a transparent image is not clear."

    def test_the_asset_is_drawn(self, component: Renderer, requests: list[AssetRequest], ctx: Context) -> None:
        asked = requests[0]
        low, high, red = (
            asked.model_copy(update={"asset": asked.asset.model_copy(update=change)})
            for change in (
                {"proportions": tuple(0.1 for _ in asked.asset.proportions)},
                {"proportions": tuple(0.9 for _ in asked.asset.proportions)},
                {"colour": "#c3272b"},
            )
        )
        (plain,), (small,), (large,), (other,) = (
            [pictures[0].image] for pictures in component.draw([asked, low, high, red], ctx)
        )
        assert not np.array_equal(plain, other), "Another colour of the asset gave the same image."
        if asked.asset.proportions:
            assert not np.array_equal(small, large), "Other proportions gave the same image."

    def test_wrong_number_of_proportions(self, component: Renderer, requests: list[AssetRequest], ctx: Context) -> None:
        asked = requests[0]
        many = asked.asset.model_copy(update={"proportions": (*asked.asset.proportions, 0.5)})
        try:
            component.draw([asked.model_copy(update={"asset": many})], ctx)
        except InputError:
            return
        raise AssertionError(
            "An asset with one proportion too many was drawn. Raise InputError: it was made for another family or version."
        )

    def test_same_request_same_pixels(
        self, component: Renderer, requests: list[AssetRequest], spec: RendererSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        together = component.draw(requests, ctx)
        alone: list[Sequence[object]] = [component.draw([asked], ctx)[0] for asked in requests]
        why = (
            "An asset was drawn in other pixels alone than in a batch. Take random numbers from asset and request only."
        )
        for mine, others in zip(together, alone, strict=True):
            for a, b in zip(mine, others, strict=True):
                assert_same_pixels(a.image, b.image, tolerance=1, why=why)  # type: ignore[attr-defined]

    def test_does_not_change_its_input(self, component: Renderer, requests: list[AssetRequest], ctx: Context) -> None:
        frozen = Frozen(artwork=requests[0].asset.artwork)
        (pictures,) = component.draw(requests[:1], ctx)
        frozen.assert_unchanged()
        for picture in pictures:
            frozen.assert_not_shared(picture.image)


def sample_artwork() -> Image:
    """uint8 [128, 128, 4]: white rings on blue that fit together at the edges."""
    middle = (ARTWORK_SIZE - 1) / 2
    y, x = np.mgrid[:ARTWORK_SIZE, :ARTWORK_SIZE] - middle
    ring = (np.hypot(x, y).astype(int) // 12 % 2 == 1) & (np.hypot(x, y) < 60)
    art = np.zeros((ARTWORK_SIZE, ARTWORK_SIZE, 4), np.uint8)
    art[..., :3] = np.where(ring[..., None], 245, np.array([0x2F, 0x62, 0xAD]))
    art[..., 3] = np.where(ring, 255, 0)
    return art

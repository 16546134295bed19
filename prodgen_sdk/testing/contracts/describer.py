"""What every describer must keep."""

from __future__ import annotations

import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Describer
from prodgen_sdk.specs import DescriberSpec
from prodgen_sdk.testing.contracts.base import ComponentContract, assert_count, needs_determinism
from prodgen_sdk.testing.samples import sample_products
from prodgen_sdk.types import Product, parse_views


class DescriberContract(ComponentContract):
    """Counts, order, languages and repeatability of a describer. Override the fixture `products` if need be."""

    kind = "describer"
    views = parse_views("front,right,top,45:15:1")

    @pytest.fixture
    def products(self) -> tuple[Product, ...]:
        """Products in the spec's languages; one says next to nothing."""
        return (*sample_products(), Product(sku="x", title="?", category="other/thing"))

    def test_one_prompt_a_view_in_order(
        self, component: Describer, products: tuple[Product, ...], ctx: Context
    ) -> None:
        described = component.describe(products, self.views, None, ctx)
        assert_count(described, products, "Description")
        for product, description in zip(products, described, strict=True):
            views = tuple(prompt.view for prompt in description.prompts)
            assert views == self.views, (
                f"{product.sku}: the prompts are not one a view, in the order that was asked for: {views}."
            )
            assert all(prompt.text.strip() for prompt in description.prompts), (
                f"{product.sku}: a prompt is empty. Fall back to the title."
            )

    def test_views_are_told_apart(self, component: Describer, products: tuple[Product, ...], ctx: Context) -> None:
        (description,) = component.describe(products[:1], self.views[:2], None, ctx)
        first, second = (prompt.text for prompt in description.prompts)
        assert first != second, (
            f"Front and right have the same prompt {first!r}. Say in it from where the product is seen."
        )

    def test_language(
        self, component: Describer, products: tuple[Product, ...], spec: DescriberSpec, ctx: Context
    ) -> None:
        for description, product in zip(component.describe(products, self.views[:1], None, ctx), products, strict=True):
            if product.locale in spec.locales:
                found = {prompt.locale for prompt in description.prompts}
                assert found == {product.locale}, (
                    f"{product.sku} is in {product.locale}, its prompts are in {found}. locale=None means the product's own."
                )
        for locale in spec.locales:
            (description,) = component.describe(products[:1], self.views[:1], locale, ctx)
            assert description.prompts[0].locale == locale, f"Asked for {locale}, got {description.prompts[0].locale}."

    def test_stated_attributes_are_not_repeated(
        self, component: Describer, products: tuple[Product, ...], ctx: Context
    ) -> None:
        for product, description in zip(products, component.describe(products, self.views[:1], None, ctx), strict=True):
            both = set(description.attributes) & set(product.attributes)
            assert not both, (
                f"{product.sku} states {sorted(both)} itself; what it states must not be among the found attributes."
            )

    def test_same_words_same_answer(
        self, component: Describer, products: tuple[Product, ...], spec: DescriberSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        together = list(component.describe(products, self.views, None, ctx))
        alone = [component.describe([product], self.views, None, ctx)[0] for product in products]
        assert together == alone, "A product got other words alone than in a batch."

    def test_does_not_change_its_input(self, component: Describer, products: tuple[Product, ...], ctx: Context) -> None:
        before = [product.model_dump() for product in products]
        component.describe(products, self.views, None, ctx)
        assert [product.model_dump() for product in products] == before, (
            "The component changed a product. Copy attributes before editing."
        )

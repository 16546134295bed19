"""Product -> the product with the attributes that its words hold, and one prompt per view."""

from __future__ import annotations

from collections.abc import Sequence

from prodgen_sdk.bound import BoundDescriber
from prodgen_sdk.context import Context
from prodgen_sdk.types import Locale, Model, Product, View, ViewPrompt


class Described(Model):
    """A product whose attributes were completed, the prompts of its views, and what a person should know of its words."""

    product: Product
    prompts: tuple[ViewPrompt, ...] = ()
    warnings: tuple[str, ...] = ()


def describe(
    products: Sequence[Product],
    views: Sequence[View],
    describer: BoundDescriber | None,
    *,
    locale: Locale | None = None,
    ctx: Context | None = None,
) -> list[Described]:
    """Completes attributes and writes prompts. What the product states itself is never overridden.

    Without a describer the products are returned as they are, without prompts.
    """
    if describer is None:
        return [Described(product=product) for product in products]
    found = describer.describe(products, views, locale, ctx)
    return [
        Described(
            product=product.model_copy(update={"attributes": {**description.attributes, **product.attributes}}),
            prompts=description.prompts,
            warnings=description.warnings,
        )
        for product, description in zip(products, found, strict=True)
    ]

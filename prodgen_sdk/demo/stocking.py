"""Catalogue files -> products in the workspace, and what their words say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prodgen_sdk.demo.findings import Reading, Stock
from prodgen_sdk.pipeline.describe import describe
from prodgen_sdk.studio import Studio
from prodgen_sdk.types import DOMAINS, VIEW_SETS, Product


def stock_up(studio: Studio, catalogues: Sequence[Path]) -> Stock:
    """Adds every file and reads attributes and prompts out of the products' words."""
    loads = {path.name: studio.add_products(path) for path in catalogues}
    shelves = sorted(
        studio.products(), key=lambda product: (DOMAINS.index(product.domain), product.category, product.sku)
    )
    products = {product.sku: product for product in shelves}
    return Stock(loads, products, read_words(studio, list(products.values())))


def read_words(studio: Studio, products: Sequence[Product]) -> dict[str, Reading]:
    """What the describer finds in each product's own language; empty without a describer."""
    id = studio.host.default("describer")
    if id not in studio.host.registry.ids("describer"):
        return {}
    described = describe(products, VIEW_SETS["hero"], studio.host.get("describer", id))
    return {
        product.sku: Reading(
            product,
            {name: value for name, value in item.product.attributes.items() if name not in product.attributes},
            item.prompts,
        )
        for product, item in zip(products, described, strict=True)
    }

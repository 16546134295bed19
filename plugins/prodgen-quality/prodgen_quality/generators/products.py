"""Products with their true renders, out of a rendered data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prodgen_sdk.training.rendered import ATTRIBUTES, Shot, read_pixels
from prodgen_sdk.types import Image, Mask, Product, View


@dataclass(frozen=True)
class RenderedProduct:
    """A product with its true renders: `pictures` [views] HWC uint8, `masks` bool HxW, in the order of `views`."""

    product: Product
    labels: Mapping[str, str]
    views: tuple[View, ...]
    pictures: tuple[Image, ...]
    masks: tuple[Mask, ...]


def read_products(shots: Sequence[Shot]) -> list[RenderedProduct]:
    """The products of some views, in order of appearance, with the attributes that their renders show as their own."""
    found: dict[str, list[tuple[Shot, Image, Mask]]] = {}
    for shot, picture, mask in read_pixels(shots):
        found.setdefault(shot.product, []).append((shot, picture, mask))
    return [_product(rows) for rows in found.values()]


def _product(rows: Sequence[tuple[Shot, Image, Mask]]) -> RenderedProduct:
    first = rows[0][0]
    attributes = {name: first.labels[name] for name in ATTRIBUTES if name != "family"}
    product = Product(
        sku=first.line["sku"],
        title=first.line["title"],
        category=first.line["category"],
        attributes=attributes,
        locale=first.line["locale"],
    )
    return RenderedProduct(
        product,
        first.labels,
        tuple(shot.view for shot, _, _ in rows),
        tuple(picture for _, picture, _ in rows),
        tuple(mask for _, _, mask in rows),
    )

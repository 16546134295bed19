"""Customer events of Shopify, as a web pixel is given them (the standard events of the Web Pixels API)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from prodgen_sdk.events.drafts import (
    Bad,
    Draft,
    Part,
    Skipped,
    as_text,
    dig,
    impressions,
    number,
    rows,
    times,
    with_ids,
)

FORMAT = "shopify"
_KINDS = ("product_viewed", "product_added_to_cart", "checkout_completed", "search_submitted", "collection_viewed")
Named = Literal["product", "sku"]


def shopify(values: Mapping[str, Any], named: Named = "product") -> Iterable[Part]:
    """The parts of one customer event.

    The user is the `clientId` throughout: only a checkout knows the customer, and what they looked at before has to be theirs
    too. A checkout gives a purchase for each line that has a product (a tip has none); a search and a collection give an
    impression of each product that they list.

    Args:
        named: what the catalogue's skus are: Shopify's product ids (the number at the end of a gid), or a variant's SKU.
    """
    shared: Draft = {"user": as_text(values.get("clientId")), "at": values.get("timestamp")}
    identity = [values["id"]] if values.get("id") else list(shared.values())
    return with_ids(FORMAT, [*identity, values.get("name")], _parts(values, shared, named))


def shopify_sku(values: Mapping[str, Any]) -> Iterable[Part]:
    """As `shopify`, for a catalogue whose skus are the SKUs of variants."""
    return shopify(values, "sku")


def _parts(values: Mapping[str, Any], shared: Draft, named: Named) -> Iterable[Part]:
    name, data = values.get("name"), values.get("data")
    if "line_items" in values or "refund_line_items" in values:
        yield Bad("line_items: this is an order or a refund of the Admin API, and no customer event of a web pixel")
    elif not isinstance(name, str) or not name:
        yield Bad("name: it is missing")
    elif name not in _KINDS:
        yield Skipped(name)
    elif not shared["user"]:
        yield Bad("clientId: it is missing")
    elif not shared["at"]:
        yield Bad("timestamp: it is missing")
    elif name == "product_viewed":
        yield from _line(dig(data, "productVariant"), {**shared, "type": "view"}, named, "data.productVariant")
    elif name == "product_added_to_cart":
        line = dig(data, "cartLine")
        cost = number(dig(line, "cost", "totalAmount", "amount"))
        draft = {**shared, "type": "add_to_cart", "value": cost}
        yield from _line(dig(line, "merchandise"), draft, named, "data.cartLine.merchandise")
    elif name == "checkout_completed":
        yield from _checkout(data, shared, named)
    elif name == "search_submitted":
        query = dig(data, "searchResult", "query")
        yield {**shared, "type": "search", "query": query} if query else Skipped("search without words")
        yield from _listed(rows(data, "searchResult", "productVariants"), shared, named)
    else:
        listed = _listed(rows(data, "collection", "productVariants"), shared, named)
        yield from listed if listed else [Skipped(name)]


def _checkout(data: Any, shared: Draft, named: Named) -> Iterable[Part]:
    lines = rows(data, "checkout", "lineItems")
    if not lines:
        yield Bad("data.checkout.lineItems: it is missing, and it says which products")
    for place, line in enumerate(lines):
        if isinstance(line, Mapping) and "variant" in line and line["variant"] is None:
            yield Skipped("a line without a product")
            continue
        cost = number(dig(line, "finalLinePrice", "amount"))
        if cost is None:
            cost = times(number(dig(line, "variant", "price", "amount")), number(dig(line, "quantity"), 1.0))
        draft = {**shared, "type": "purchase", "value": cost}
        yield from _line(dig(line, "variant"), draft, named, f"data.checkout.lineItems[{place}].variant")


def _line(variant: Any, draft: Draft, named: Named, where: str) -> Iterable[Part]:
    sku = _sku(variant, named)
    yield {**draft, "sku": sku} if sku else Bad(f"{where}.{'sku' if named == 'sku' else 'product.id'}: it is missing")


def _listed(variants: Iterable[Any], shared: Draft, named: Named) -> list[Draft]:
    return list(impressions([sku for variant in variants if (sku := _sku(variant, named))], shared))


def _sku(variant: Any, named: Named) -> str:
    found = as_text(dig(variant, "sku") if named == "sku" else dig(variant, "product", "id"))
    text = found if isinstance(found, str) else ""
    return text if named == "sku" else text.rsplit("/", 1)[-1]

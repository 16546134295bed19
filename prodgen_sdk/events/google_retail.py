"""User events of Google's Vertex AI Search for commerce (Retail API v2 `UserEvent`)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

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
from prodgen_sdk.types import EventType

FORMAT = "google-retail"
_OF_PRODUCTS: Mapping[str, EventType] = {
    "detail-page-view": "view",
    "add-to-cart": "add_to_cart",
    "purchase-complete": "purchase",
}
_SNAKE = re.compile("_([a-z])")


def google_retail(values: Mapping[str, Any]) -> Iterable[Part]:
    """The parts of one `UserEvent`, or of all that a request to `userEvents:import` has in it.

    The user is `userInfo.userId`, else `visitorId`; `attributionToken` becomes the request id. A search gives its words and, if it
    lists `productDetails`, an impression of each. A purchase or a full cart gives one event per product, with what it cost where the
    price is known; the revenue of a purchase is otherwise split by quantity. Names of fields may also be written as in `event_type`:
    protocol buffers' JSON has both spellings.
    """
    values = _in_camel_case(values)
    inline = dig(values, "inputConfig", "userEventInlineSource")
    if not isinstance(inline, Mapping):
        return _event(values)
    events = rows(inline, "userEvents")
    return chain.from_iterable(map(_event, events)) if events else [Bad("userEvents: there are none")]


def _in_camel_case(values: Any, levels: int = 8) -> Any:
    """The same with names of fields such as `eventType`; below that many levels there is nothing that is read."""
    if not levels:
        return values
    if isinstance(values, list):
        return [_in_camel_case(value, levels - 1) for value in values]
    if isinstance(values, Mapping):
        return {_SNAKE.sub(_capital, str(name)): _in_camel_case(value, levels - 1) for name, value in values.items()}
    return values


def _capital(found: re.Match[str]) -> str:
    return found[1].upper()


def _event(values: Any) -> Iterable[Part]:
    if not isinstance(values, Mapping):
        return [Bad("userEvents: one of them is no JSON object")]
    user = as_text(dig(values, "userInfo", "userId") or values.get("visitorId"))
    shared: Draft = {"user": user, "at": values.get("eventTime"), "request_id": values.get("attributionToken") or None}
    return with_ids(FORMAT, [*shared.values(), values.get("eventType")], _parts(values, shared))


def _parts(values: Mapping[str, Any], shared: Draft) -> Iterable[Part]:
    kind = values.get("eventType")
    if not isinstance(kind, str) or not kind:
        yield Bad("eventType: it is missing")
    elif kind != "search" and kind not in _OF_PRODUCTS:
        yield Skipped(kind)
    elif not shared["user"]:
        yield Bad("visitorId: it is missing, and so is userInfo.userId")
    elif not shared["at"]:
        yield Bad("eventTime: it is missing")
    elif kind == "search":
        yield from _search(values, shared)
    else:
        yield from _products(values, shared, _OF_PRODUCTS[kind])


def _search(values: Mapping[str, Any], shared: Draft) -> Iterable[Part]:
    shown = [dig(detail, "product", "id") for detail in rows(values, "productDetails")]
    if values.get("searchQuery"):
        yield {**shared, "type": "search", "query": values["searchQuery"]}
    elif not shown:
        yield Skipped("search without words")
    offset = values.get("offset")
    yield from impressions(shown, shared, offset if isinstance(offset, int) and offset > 0 else 0)


def _products(values: Mapping[str, Any], shared: Draft, kind: EventType) -> Iterable[Part]:
    details = rows(values, "productDetails")
    if not details:
        yield Bad("productDetails: it is missing, and it says which product")
    amounts = [number(dig(detail, "quantity"), 1.0) or 1.0 for detail in details]
    total = sum(amount for amount in amounts if _is_amount(amount))
    revenue = number(dig(values, "purchaseTransaction", "revenue")) if kind == "purchase" else None
    for place, (detail, amount) in enumerate(zip(details, amounts, strict=True)):
        sku = as_text(dig(detail, "product", "id"))
        if not sku:
            yield Bad(f"productDetails[{place}].product.id: it is missing")
        elif not _is_amount(amount):
            yield Bad(f"productDetails[{place}].quantity: it is no number above 0")
        elif kind == "view":
            yield {**shared, "type": kind, "sku": sku}
        else:
            cost = times(number(dig(detail, "product", "priceInfo", "price")), amount)
            yield {
                **shared,
                "type": kind,
                "sku": sku,
                "value": times(revenue, amount / total) if cost is None else cost,
            }


def _is_amount(value: float) -> bool:
    return math.isfinite(value) and value > 0

"""The shapes of events that can be read: our own, and those of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prodgen_sdk.errors import InputError
from prodgen_sdk.events.drafts import Adapter, Bad, Skipped
from prodgen_sdk.events.google_retail import google_retail
from prodgen_sdk.events.metarank import metarank
from prodgen_sdk.events.parse import parse_event
from prodgen_sdk.events.shopify import shopify, shopify_sku
from prodgen_sdk.types import Event

OWN = "prodgen"
ADAPTERS: Mapping[str, Adapter] = {
    "google-retail": google_retail,
    "shopify": shopify,
    "shopify-sku": shopify_sku,
    "metarank": metarank,
}
FORMATS = (OWN, *ADAPTERS)
_MARKS = {"eventType": "google-retail", "clientId": "shopify", "event": "metarank"}
"""Fields that events of others must have and our own have not."""


@dataclass(frozen=True)
class EventRow:
    """What became of a line, or of a part of it: an event, a reason why there is none, or the kind that nothing is recorded of."""

    line: int
    event: Event | None = None
    reason: str = ""
    skipped: str = ""


def check_format(name: str) -> str:
    """The name, if it is one.

    Raises:
        InputError: it is none.

    >>> check_format("shopify")
    'shopify'
    """
    if name not in FORMATS:
        raise InputError(f"There is no event format {name!r}.", hint=f"Known ones: {', '.join(FORMATS)}.")
    return name


def convert(items: Iterable[Any], format: str = OWN, first: int = 0) -> Iterator[EventRow]:
    """The events that some values stand for; one value may stand for several, such as an order of three products.

    The ids of events that others recorded are derived from what they say, so that converting again gives the same ids.

    Args:
        items: events, or mappings of JSON values; anything else is named as wrong.
        format: one of `FORMATS`.
        first: the line of the first value.

    >>> order = {"eventType": "purchase-complete", "visitorId": "v", "eventTime": "2026-01-01T00:00:00Z",
    ...          "productDetails": [{"product": {"id": "mug"}}, {"product": {"id": "jug"}, "quantity": 2}]}
    >>> [(row.event.type, row.event.sku) for row in convert([order], "google-retail")]
    [('purchase', 'mug'), ('purchase', 'jug')]
    """
    adapter = ADAPTERS.get(check_format(format))
    if isinstance(items, str | bytes | Path | Mapping) or not isinstance(items, Iterable):
        hint = "A file is read by prodgen_sdk.events.read_events, or recorded by: prodgen record FILE."
        raise InputError(f"Events come as a list, not as a {type(items).__name__}.", hint=hint)
    for line, item in enumerate(items, first):
        if isinstance(item, Event):
            yield EventRow(line, item)
            continue
        if not isinstance(item, Mapping):
            yield EventRow(line, reason="is no JSON object")
            continue
        for part in adapter(item) if adapter else (item,):
            if isinstance(part, Skipped):
                yield EventRow(line, skipped=part.kind)
            elif isinstance(part, Bad):
                yield EventRow(line, reason=part.reason)
            else:
                found = parse_event(part)
                if isinstance(found, str):
                    yield EventRow(line, reason=found if adapter else found + _looks_like(item))
                else:
                    yield EventRow(line, found)


def _looks_like(item: Mapping[str, Any]) -> str:
    other = next((format for mark, format in _MARKS.items() if mark in item), None)
    return f"; it looks like an event of the format {other}, which has to be named" if other else ""

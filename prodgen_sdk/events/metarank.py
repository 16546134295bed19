"""Feedback events of Metarank: rankings (what was shown, in which order) and interactions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from prodgen_sdk.events.drafts import Bad, Draft, Part, Skipped, as_text, dig, impressions, rows, with_ids
from prodgen_sdk.types import EventType

FORMAT = "metarank"
_TYPES: Mapping[str, EventType] = {
    "click": "click",
    "view": "view",
    "add-to-cart": "add_to_cart",
    "cart": "add_to_cart",
    "purchase": "purchase",
    "buy": "purchase",
    "order": "purchase",
    "hide": "hide",
    "dislike": "hide",
}
"""Names of interactions are each shop's own; these are usual ones, with - for _ and spaces."""


def metarank(values: Mapping[str, Any]) -> Iterable[Part]:
    """The parts of one event.

    A ranking gives an impression for each item at its place, and a search if it has a field `query`; its id is the request that
    interactions refer to. The user is `user`, else `session`. `item` and `user` are metadata: they belong into the catalogue.
    """
    user = as_text(values.get("user") or values.get("session"))
    shared: Draft = {"user": user, "at": _moment(values.get("timestamp"))}
    names = ("event", "id", "ranking", "type", "item", "timestamp")
    return with_ids(FORMAT, [shared["user"], *map(values.get, names)], _parts(values, shared))


def _parts(values: Mapping[str, Any], shared: Draft) -> Iterable[Part]:
    kind = values.get("event")
    if not isinstance(kind, str) or not kind:
        yield Bad("event: it is missing")
    elif kind not in ("ranking", "interaction"):
        yield Skipped(kind)
    elif not shared["user"]:
        yield Bad("user: it is missing, and so is session")
    elif shared["at"] is None:
        yield Bad("timestamp: it is missing, or no time")
    elif kind == "ranking":
        yield from _ranking(values, {**shared, "request_id": as_text(values.get("id"))})
    else:
        yield _interaction(values, {**shared, "request_id": as_text(values.get("ranking"))})


def _ranking(values: Mapping[str, Any], shared: Draft) -> Iterable[Part]:
    query = next((dig(f, "value") for f in rows(values, "fields") if dig(f, "name") == "query"), None)
    if query and isinstance(query, str):
        yield {**shared, "type": "search", "query": query}
    items = [dig(item, "id") for item in rows(values, "items")]
    if not items:
        yield Bad("items: it is missing, and it says what was shown")
    yield from impressions(items, shared)


def _interaction(values: Mapping[str, Any], shared: Draft) -> Part:
    name = values.get("type")
    if not isinstance(name, str) or not name:
        return Bad("type: it is missing")
    kind = _TYPES.get(name.lower().replace("_", "-").replace(" ", "-"))
    if kind is None:
        return Skipped(f"interaction {name}")
    if not values.get("item"):
        return Bad("item: it is missing")
    return {**shared, "type": kind, "sku": as_text(values["item"])}


def _moment(value: Any) -> Any:
    """Milliseconds since 1970, as a number or as text; other texts are left to the parser of times."""
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        return value or None
    try:
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None

"""What the adapters of other event shapes share.

An adapter is a pure function from the JSON object of one line to its parts: drafts (the fields of an `Event` but its id), kinds
that say nothing about a user and a product (`Skipped`), and what cannot be understood (`Bad`).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Skipped(NamedTuple):
    """Nothing is recorded of it, on purpose."""

    kind: str


class Bad(NamedTuple):
    """It ought to be recorded, and cannot be."""

    reason: str


Draft = Mapping[str, Any]
Part = Draft | Skipped | Bad
Adapter = Callable[[Mapping[str, Any]], Iterable[Part]]


def dig(values: Any, *path: str | int) -> Any:
    """The value at a path of keys and places, or None where there is none.

    >>> dig({"a": [{"b": 1}]}, "a", 0, "b"), dig({"a": "text"}, "a", 0, "b")
    (1, None)
    """
    for step in path:
        if isinstance(step, str):
            values = values.get(step) if isinstance(values, Mapping) else None
        else:
            values = values[step] if isinstance(values, list) and step < len(values) else None
    return values


def rows(values: Any, *path: str | int) -> Sequence[Any]:
    """The list at a path, or none."""
    found = dig(values, *path)
    return found if isinstance(found, list) else ()


def number(value: Any, default: float | None = None) -> float | None:
    """A number that may be written as text; nan, which no event may hold, for what is none.

    >>> number("3.50"), number(None), number("three")
    (3.5, None, nan)
    """
    if value is None:
        return default
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def as_text(value: Any) -> Any:
    """A whole number as text, for ids that some write as numbers; anything else as it is."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else value


def times(one: float | None, other: float | None) -> float | None:
    """The product, where both are known."""
    return None if one is None or other is None else one * other


def derived_id(*key: Any) -> str:
    """An id that is the same whenever the same thing is recorded again; only texts and numbers tell things apart."""
    plain = [part if isinstance(part, str | int | float | None) else str(type(part)) for part in key]
    text = json.dumps(plain, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def with_ids(format: str, key: Sequence[Any], parts: Iterable[Part]) -> Iterable[Part]:
    """Gives each draft an id from what identifies its line, and what it says itself.

    Two parts that say the same (a product in two lines of an order) are told apart by how many such came before.
    """
    seen: Counter[str] = Counter()
    for part in parts:
        if isinstance(part, Skipped | Bad):
            yield part
            continue
        own = derived_id(*(part.get(name) for name in ("type", "sku", "query")))
        seen[own] += 1
        yield {**part, "id": derived_id(format, *key, own, seen[own])}


def impressions(skus: Iterable[Any], shared: Draft, first: int = 0) -> Iterable[Draft]:
    """Products that were shown in this order, each once, at its first place."""
    for place, sku in enumerate(dict.fromkeys(sku for sku in map(as_text, skus) if isinstance(sku, str) and sku)):
        yield {**shared, "type": "impression", "sku": sku, "position": first + place}

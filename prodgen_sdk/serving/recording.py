"""Events as callers give them, into the log: what fits is recorded, and said of what does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from prodgen_sdk.events import convert, unfit
from prodgen_sdk.host import Host
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.types import Event, Model

if TYPE_CHECKING:
    from prodgen_sdk.store import Store


class Recorded(Model):
    """What became of some events.

    Args:
        rejected: the place in the input, from 0, and the reason.
        skipped: kinds of events that nothing is recorded of, and how many there were of each.
        unknown_variants: the place in the input, and the variant, of recorded events that name a variant which is not in the
            catalogue: they count for the product, and no image gets the credit.
    """

    new: int
    known: int
    rejected: tuple[tuple[int, str], ...] = ()
    skipped: dict[str, int] = Field(default_factory=dict)
    unknown_variants: tuple[tuple[int, str], ...] = ()


class Recorder:
    """Checks events against the catalogue, records them, and tells plugins of those that are new."""

    def __init__(self, store: Store, host: Host, catalogue: Catalogue) -> None:
        self._store = store
        self._host = host
        self._catalogue = catalogue

    def record(self, events: Iterable[Event | Mapping[str, Any]], format: str) -> Recorded:
        """See `Studio.record`."""
        good: list[Event] = []
        named: list[tuple[int, str]] = []
        rejected: list[tuple[int, str]] = []
        skipped: Counter[str] = Counter()
        now = datetime.now(UTC)
        for row in convert(events, format):
            if row.event is None:
                skipped.update([row.skipped] if row.skipped else [])
                rejected += [] if row.skipped else [(row.line, row.reason)]
            elif reason := unfit(row.event, now) or self._unknown(row.event):
                rejected.append((row.line, reason))
            else:
                good.append(row.event)
                named += [(row.line, row.event.variant)] if row.event.variant else []
        new = self._store.events.record(good)
        for event in new:
            self._host.notify("on_event", event=event)
        existing = self._store.variants.existing({variant for _, variant in named}) if named else set()
        return Recorded(
            new=len(new),
            known=len(good) - len(new),
            rejected=tuple(rejected),
            skipped=dict(skipped),
            unknown_variants=tuple(pair for pair in named if pair[1] not in existing),
        )

    def _unknown(self, event: Event) -> str | None:
        if event.sku is None or self._catalogue.products([event.sku]):
            return None
        return f"sku: there is no product {event.sku!r}"

"""The log of what users did and were shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, tuple_

from prodgen_sdk.store.database import CHUNK, Database, batched
from prodgen_sdk.store.feedback import ATTRIBUTION_WINDOW, REWARDS, feedback
from prodgen_sdk.store.schema import events, from_micros, to_micros
from prodgen_sdk.types import Event, EventType, Feedback


class Events:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, items: Iterable[Event], *, durable: bool = True) -> list[Event]:
        """Appends events and returns those that were new; an id that is in the log already is not added again.

        Args:
            durable: False does not wait for the disk: a power cut (not a crash of the process) may lose the last moments.
        """
        new: list[Event] = []
        for chunk in batched(items):
            by_id: dict[str, Event] = {}
            for event in chunk:
                by_id.setdefault(event.id, event)
            with self._database.write("events", durable=durable) as connection:
                known = set(connection.execute(select(events.c.id).where(events.c.id.in_(list(by_id)))).scalars())
                added = [event for id, event in by_id.items() if id not in known]
                if added:
                    connection.execute(insert(events), [_row(event) for event in added])
            new += added
        return new

    def history(self, user: str, limit: int | None = None, *, impressions: bool = True) -> tuple[Event, ...]:
        """The last `limit` events of a user by their own time, newest last; without `impressions` only what the user did."""
        query = select(events).where(events.c.user == user).order_by(events.c.at.desc(), events.c.sequence.desc())
        if not impressions:
            query = query.where(events.c.type != "impression")
        with self._database.read() as connection:
            rows = connection.execute(query.limit(limit)).all()
        return tuple(_event(row) for row in reversed(rows))

    def shown(self, user: str, limit: int = 200) -> frozenset[str]:
        """The skus of a user's last `limit` impressions."""
        query = select(events.c.sku).where(
            events.c.user == user, events.c.type == "impression", events.c.sku.is_not(None)
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(events.c.at.desc()).limit(limit)).scalars()
            return frozenset(sku for sku in rows if sku is not None)

    def log(self, after_sequence: int = 0) -> Iterator[tuple[int, Event]]:
        """All events with a sequence above `after_sequence`, in the order of arrival, read in chunks."""
        query = select(events).order_by(events.c.sequence)
        while rows := self._read(query.where(events.c.sequence > after_sequence)):
            yield from ((row.sequence, _event(row)) for row in rows)
            after_sequence = rows[-1].sequence

    def log_by_time(self) -> Iterator[Event]:
        """All events in the order of their own time, read in chunks."""
        query = select(events).order_by(events.c.at, events.c.sequence)
        last = (to_micros(datetime.min), 0)
        while rows := self._read(query.where(tuple_(events.c.at, events.c.sequence) > last)):
            yield from map(_event, rows)
            last = (rows[-1].at, rows[-1].sequence)

    def count(self, user: str | None = None) -> int:
        query = select(func.count()).select_from(events)
        with self._database.read() as connection:
            return connection.execute(query if user is None else query.where(events.c.user == user)).scalar_one()

    def last_sequence(self) -> int:
        """0 when nothing is recorded."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(events.c.sequence))).scalar() or 0

    def popular(
        self, limit: int = 100, *, since: datetime | None = None, weights: Mapping[EventType, float] | None = None
    ) -> list[tuple[str, float]]:
        """The skus with the largest sum of weights of their events, best first.

        Args:
            weights: of each event type that counts; by default a click or view 1, the cart 3, a purchase 5.
        """
        weights = weights or {"click": 1, "view": 1, "add_to_cart": 3, "purchase": 5}
        query = select(events.c.sku, events.c.type, func.count()).where(
            events.c.sku.is_not(None), events.c.type.in_(list(weights))
        )
        if since is not None:
            query = query.where(events.c.at >= to_micros(since))
        totals: dict[str, float] = {}
        with self._database.read() as connection:
            for sku, kind, number in connection.execute(query.group_by(events.c.sku, events.c.type)):
                totals[sku] = totals.get(sku, 0.0) + weights[kind] * number
        return sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def feedback(
        self,
        after_sequence: int = 0,
        *,
        window: timedelta = ATTRIBUTION_WINDOW,
        rewards: Mapping[EventType, float] = REWARDS,
        until: datetime | None = None,
    ) -> Iterator[tuple[int, Feedback]]:
        """Impressions with what followed them; see `prodgen_sdk.store.feedback.feedback`."""
        return feedback(self._database, after_sequence, window=window, rewards=rewards, until=until)

    def _read(self, query: Select[Any]) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(query.limit(CHUNK)))


def _row(event: Event) -> dict[str, Any]:
    return {**event.model_dump(), "at": to_micros(event.at)}


def _event(row: Row[Any]) -> Event:
    values = dict(row._mapping)
    del values["sequence"]
    return Event(**{**values, "at": from_micros(row.at)})

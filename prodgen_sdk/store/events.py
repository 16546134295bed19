"""The log of what users did and were shown."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from operator import itemgetter
from typing import Any, get_args

from sqlalchemy import BigInteger, Row, Select, bindparam, delete, func, insert, select, tuple_, union_all

from prodgen_sdk.config import REWARDS
from prodgen_sdk.errors import InputError
from prodgen_sdk.events import is_text
from prodgen_sdk.store.connections import BUSY_SECONDS
from prodgen_sdk.store.database import CHUNK, Database, batched
from prodgen_sdk.store.feedback import ATTRIBUTION_WINDOW, answered, feedback, late_answers, offered_of
from prodgen_sdk.store.schema import events, from_micros, to_micros
from prodgen_sdk.types import Event, EventType, Feedback, trusted

_FIELDS = set(Event.model_fields)
_NAMES = tuple(Event.model_fields)
COLUMNS = [events.c[name] for name in _NAMES] + [events.c.sequence]
NEWEST = (events.c.at.desc(), events.c.sequence.desc())
_EARLIEST, _LATEST = to_micros(datetime.min), to_micros(datetime.max)
_quoted = json.encoder.encode_basestring
_WORDS = itemgetter("id", "user", "type", "sku", "variant", "request_id", "query", "policy", "offered", "memo")
_LIMIT = bindparam("limit", type_=BigInteger())


def _newest(types: Iterable[EventType]) -> Select[Any]:
    """A user's newest events of some types.

    These are among the newest of each type: a user may have seen a thousand times more than they did. The index alone settles
    which they are, so that only their rows are read.
    """
    parts = [
        select(events.c.at, events.c.sequence)
        .where(events.c.user == bindparam("user"), events.c.type == kind)
        .order_by(*NEWEST)
        .limit(_LIMIT)
        .subquery()
        for kind in types
    ]
    union = union_all(*map(select, parts)).subquery()
    newest = select(union.c.sequence).order_by(union.c.at.desc(), union.c.sequence.desc()).limit(_LIMIT).subquery()
    return select(*COLUMNS).where(events.c.sequence.in_(select(newest.c.sequence))).order_by(*NEWEST)


_HISTORY = _newest(get_args(EventType))
ACTIONS = _newest(kind for kind in get_args(EventType) if kind != "impression")
_SHOWN = (
    select(events.c.sku)
    .where(events.c.user == bindparam("user"), events.c.type == "impression", events.c.sku.is_not(None))
    .order_by(events.c.at.desc())
    .limit(_LIMIT)
)
_LAST = select(func.max(events.c.sequence))
_COUNTS = (
    select(events.c.sku, events.c.type, func.count(), func.max(events.c.sequence))
    .where(events.c.sequence > bindparam("after"), events.c.sku.is_not(None), events.c.type != "impression")
    .group_by(events.c.sku, events.c.type)
)


class Events:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, items: Iterable[Event], *, durable: bool = True) -> list[Event]:
        """Appends events and returns those that were new; an id that is in the log already is not added again.

        Args:
            durable: False does not wait for the disk: a power cut (not a crash of the process) may lose the last moments.

        Raises:
            InputError: an event cannot be stored; none was.
            StoreError: the database failed. Events that came before may be recorded: recording all again completes it.
        """
        new: list[Event] = []
        given = list(items)
        rows = chain.from_iterable(map(_rows, list(batched(given))))
        for chunk in batched(list(zip(given, rows, strict=True))):
            by_id: dict[str, tuple[Event, dict[str, Any]]] = {}
            for event, row in chunk:
                by_id.setdefault(event.id, (event, row))
            with self._database.write("events", durable=durable) as connection:
                known = set(connection.execute(select(events.c.id).where(events.c.id.in_(list(by_id)))).scalars())
                added = [item for id, item in by_id.items() if id not in known]
                if added:
                    connection.execute(insert(events), [row for _, row in added])
            new += [event for event, _ in added]
        return new

    def append(self, items: Sequence[Event], patience: float = BUSY_SECONDS) -> None:
        """Appends events in one statement that does not wait for the disk; one whose id is in the log is left out.

        The cheap way to log impressions: a power cut (not a crash of the process) may lose the last moments.

        Args:
            patience: seconds to wait for others that write to SQLite.

        Raises:
            InputError, StoreError: nothing was appended.
        """
        if items:
            self._database.append(events, "id", _rows(items), topic="events", patience=patience)

    def history(self, user: str, limit: int | None = None, *, impressions: bool = True) -> tuple[Event, ...]:
        """The last `limit` events of a user by their own time, newest last; without `impressions` only what the user did."""
        query = _HISTORY if impressions else ACTIONS
        rows = self._database.rows(query, user=user, limit=2**62 if limit is None else limit)
        return tuple(events_of(rows[::-1]))

    def shown(self, user: str, limit: int = 200) -> frozenset[str]:
        """The skus of a user's last `limit` impressions."""
        return frozenset(sku for (sku,) in self._database.rows(_SHOWN, user=user, limit=limit))

    def log(self, after_sequence: int = 0) -> Iterator[tuple[int, Event]]:
        """All events with a sequence above `after_sequence`, in the order of arrival, read in chunks."""
        query = select(*COLUMNS).order_by(events.c.sequence)
        while rows := self._read(query.where(events.c.sequence > after_sequence)):
            yield from zip((row.sequence for row in rows), events_of(rows), strict=True)
            after_sequence = rows[-1].sequence

    def log_by_time(self, types: Collection[EventType] | None = None) -> Iterator[Event]:
        """All events, or those of some types, in the order of their own time, read in chunks."""
        query = select(*COLUMNS).order_by(events.c.at, events.c.sequence)
        if types is not None:
            query = query.where(events.c.type.in_(sorted(types)))
        last = (to_micros(datetime.min), 0)
        while rows := self._read(query.where(tuple_(events.c.at, events.c.sequence) > last)):
            yield from events_of(rows)
            last = (rows[-1].at, rows[-1].sequence)

    def prune(self, before: datetime, types: Collection[EventType] | None = None) -> int:
        """Deletes events of a time before `before`, oldest first, and returns how many there were.

        Each part is a transaction of its own, so that others write in between; what was interrupted is completed by the next run.

        Args:
            types: only events of these types; None for all.
        """
        old = select(events.c.at, events.c.sequence).where(events.c.at < to_micros(before))
        if types is not None:
            old = old.where(events.c.type.in_(sorted(types)))
        old = old.order_by(events.c.at, events.c.sequence)
        last, pruned = (to_micros(datetime.min), 0), 0
        while rows := self._read(old.where(tuple_(events.c.at, events.c.sequence) > last)):
            with self._database.write("events", durable=False) as connection:
                gone = delete(events).where(events.c.sequence.in_([row.sequence for row in rows]))
                pruned += connection.execute(gone).rowcount
            last = (rows[-1].at, rows[-1].sequence)
        return pruned

    def count(self, user: str | None = None) -> int:
        query = select(func.count()).select_from(events)
        with self._database.read() as connection:
            return connection.execute(query if user is None else query.where(events.c.user == user)).scalar_one()

    def last_sequence(self) -> int:
        """0 when nothing is recorded. Cheap enough to ask before every answer."""
        return self._database.rows(_LAST)[0][0] or 0

    def counts(self, after_sequence: int = 0) -> Iterator[tuple[int, str, EventType, int]]:
        """(last sequence, sku, type, number) of each sku and type among the events above `after_sequence`, impressions apart."""
        with self._database.read() as connection:
            for sku, kind, number, last in connection.execute(_COUNTS, {"after": after_sequence}):
                yield last, sku, kind, number

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

    def late_answers(
        self,
        after_sequence: int,
        told: int,
        *,
        window: timedelta = ATTRIBUTION_WINDOW,
        rewards: Collection[EventType] = tuple(REWARDS),
    ) -> int:
        """Answers that came after `feedback` was read; see `prodgen_sdk.store.feedback.late_answers`."""
        return late_answers(self._database, after_sequence, told, window=window, rewards=rewards)

    def answered(
        self,
        since: datetime,
        until: datetime | None = None,
        *,
        types: Collection[EventType] = tuple(REWARDS),
    ) -> dict[str, tuple[int, int]]:
        """Impressions by policy version, and how many were answered: click rates to watch; see `prodgen_sdk.store.feedback.answered`."""
        return answered(self._database, since, until or datetime.now(UTC), types)

    def _read(self, query: Select[Any]) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(query.limit(CHUNK)))


def _rows(items: Iterable[Event]) -> list[dict[str, Any]]:
    """Events as rows of the table.

    Raises:
        InputError: one cannot be stored.
    """
    # Straight from the attributes: dumping a model costs ten times as much, and impressions are on the path of a request.
    rows = []
    for event in items:
        row = dict(event.__dict__)
        row["at"] = to_micros(event.at)
        row["offered"] = f"[{', '.join(map(_quoted, event.offered))}]" if event.offered else None
        row["memo"] = event.memo or None
        rows.append(row)
    # Most events are sound, which one look at all of their words shows.
    if not (is_text("".join(filter(None, chain.from_iterable(map(_WORDS, rows))))) and all(map(_is_sound, rows))):
        for row in rows:
            if flaw := _flaw(row):
                raise InputError(f"The event {row['id']!r} cannot be stored: {flaw}.", hint="Nothing was recorded.")
    return rows


def _is_sound(row: Mapping[str, Any]) -> bool:
    return _is_time(row["at"]) and (row["position"] is None or row["position"] < 2**63)


def _flaw(row: Mapping[str, Any]) -> str:
    """What is wrong with a row; empty where nothing is."""
    if not _is_time(row["at"]):
        return "its time in UTC is before the year 1 or after 9999"
    for name, value in row.items():
        if isinstance(value, str) and not is_text(value):
            return f"its {name} holds a character that no text may hold"
    return "" if _is_sound(row) else "its position is beyond 64 bits"


def _is_time(micros: int) -> bool:
    return _EARLIEST <= micros <= _LATEST


def events_of(rows: Sequence[Sequence[Any]]) -> list[Event]:
    """The events of rows of `COLUMNS`."""
    return trusted(Event, map(_values_of, rows), _FIELDS)


def _values_of(row: Sequence[Any]) -> dict[str, Any]:
    values = dict(zip(_NAMES, row, strict=False))
    values["at"] = from_micros(values["at"])
    values["offered"] = offered_of(values["offered"])
    values["memo"] = values["memo"] or ""
    return values

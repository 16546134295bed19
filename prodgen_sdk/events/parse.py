"""JSON values -> an event, and what no event may say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from prodgen_sdk import faults
from prodgen_sdk.types import Event

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before there was a shop on the web: such a time is a unit mixed up, or a clock that was never set."""
AHEAD = timedelta(days=1)
"""By how much a clock may run ahead; more is a wrong date."""
_SHOWN = 60


def parse_event(values: Mapping[str, Any]) -> Event | str:
    """The event that some JSON values describe, or the first thing that is wrong with them.

    >>> parse_event({"id": "1", "user": "ann", "type": "look", "at": "2026-01-01T00:00:00Z"})[:24]
    "type must be 'impression"
    """
    try:
        return Event.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        given = "" if first["type"] == "missing" else f" (it is {_short(first['input'])})"
        return f"{faults.sentence(first)}{given}"


def unfit(event: Event, now: datetime) -> str | None:
    """Why an event cannot be recorded although it is well formed, or None: its time, or a text that no database keeps.

    >>> from datetime import UTC, timedelta
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> unfit(Event(id="1", user="ann", type="view", sku="mug", at=now), now) is None
    True
    >>> "future" in unfit(Event(id="2", user="ann", type="view", sku="mug", at=now + timedelta(days=3)), now)
    True
    """
    if reason := out_of_time(event.at, now):
        return reason
    for name, value in event:
        if isinstance(value, str) and not is_text(value):
            return f"{name} holds a character that no text may hold"
    return None


def out_of_time(at: datetime, now: datetime) -> str | None:
    """Why nothing can have happened at a time, or None.

    >>> from datetime import UTC
    >>> out_of_time(datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    'at lies before 1990 (it is 1970-01-01T00:00:00+00:00)'
    """
    if at > now + AHEAD:
        return f"at lies more than a day in the future (it is {at.isoformat()})"
    if at < EARLIEST:
        return f"at lies before {EARLIEST.year} (it is {at.isoformat()})"
    return None


def is_text(value: str) -> bool:
    r"""Whether every database keeps a text: PostgreSQL no NUL, and none half of a surrogate pair.

    >>> is_text("näh"), is_text("a\0b"), is_text("\ud800")
    (True, False, False)
    """
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    return "\0" not in value


def _short(value: Any) -> str:
    # A value may be of any size: never make text of all of it.
    if isinstance(value, str | bytes) and len(value) > _SHOWN:
        return f"{value[:_SHOWN]!r}..., {len(value)} long"
    if isinstance(value, str | bytes | int | float | bool | None):
        text = repr(value) if not isinstance(value, int) or abs(value) < 10**_SHOWN else "a huge number"
        return text
    return f"a {type(value).__name__}"

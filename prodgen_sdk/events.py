"""Event files: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Event


@dataclass(frozen=True)
class EventRow:
    """One line: its event, or why there is none."""

    line: int
    event: Event | None = None
    reason: str = ""


def parse_event(values: Mapping[str, Any]) -> Event | str:
    """The event that some JSON values describe, or the first thing that is wrong with them."""
    try:
        return Event.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def read_events(path: Path) -> Iterator[EventRow]:
    """Reads a JSON Lines file; blank lines are skipped, and a bad line does not hold up the others.

    Raises:
        InputError: the file cannot be read, or is no UTF-8 text.
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, text in enumerate(stream, 1):
                if text.strip():
                    yield _row(number, text)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}).") from None


def _row(number: int, text: str) -> EventRow:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        return EventRow(number, reason=f"is not JSON ({error})")
    if not isinstance(values, dict):
        return EventRow(number, reason="is no JSON object")
    found = parse_event(values)
    return EventRow(number, reason=found) if isinstance(found, str) else EventRow(number, found)

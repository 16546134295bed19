"""Events as lines of JSON (NDJSON), recorded while they arrive."""

import json
from collections.abc import AsyncIterator
from typing import Any

from prodgen_sdk import AsyncStudio, ProdgenError

AT_ONCE = 500
"""How many lines are recorded in one transaction; what a connection holds in memory."""
LONGEST = 2**20
"""Bytes of a line; no more of a longer one is kept than shows that it is."""


async def answers(studio: AsyncStudio, body: AsyncIterator[bytes], format: str) -> AsyncIterator[str]:
    """A line for each line: `{"line": 7, "rejected": reason or null}`, after it was recorded.

    Where the stream has to end before its body does, the last line has an `error`; what has no answer was not recorded.
    """
    try:
        async for first, part in _parts(body):
            reasons = await _record(studio, part, format)
            for number in range(first, first + len(part)):
                yield json.dumps({"line": number, "rejected": reasons.get(number - first)}) + "\n"
    except ProdgenError as error:
        # What came before is recorded: the answer is to say so.
        yield json.dumps({"error": type(error).__name__}) + "\n"


async def _record(studio: AsyncStudio, part: list[bytes], format: str) -> dict[int, str]:
    """Why a line was not recorded, or not all of it, by its place."""
    long = {place: f"it is longer than {LONGEST} bytes" for place, line in enumerate(part) if len(line) > LONGEST}
    places = [place for place, line in enumerate(part) if line.strip() and place not in long]
    done = await studio.record([_parsed(part[place]) for place in places], format=format)
    return long | {places[number]: reason for number, reason in reversed(done.rejected)}


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None  # which is rejected, as no object


async def _parts(body: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Lines as they come, up to AT_ONCE together, each time with the number of the first; the last needs no line feed."""
    number, rest = 1, b""
    async for chunk in body:
        *whole, rest = (rest + chunk).split(b"\n")
        rest = rest[: LONGEST + 1]
        for start in range(0, len(whole), AT_ONCE):
            yield number + start, whole[start : start + AT_ONCE]
        number += len(whole)
    if rest:
        yield number, [rest]

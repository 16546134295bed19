"""Interactions from files: MovieLens ratings, sequences of items, reviews of Amazon's sets, the SDK's event log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from prodgen_rank.evaluation.amazon import amazon, is_amazon
from prodgen_rank.evaluation.lines import finite, first_lines, text
from prodgen_rank.models.interactions import Table
from prodgen_sdk.config import EVENT_WEIGHTS
from prodgen_sdk.errors import InputError
from prodgen_sdk.events import read_events
from prodgen_sdk.files import UNREADABLE

_MOVIELENS = ("ml-100k.inter", "u.data", "ratings.dat", "ratings.csv")


def table_of(rows: Iterable[tuple[str, str, float, float]]) -> Table:
    """From rows of user, product, weight and time; codes follow the order of first appearance."""
    users: dict[str, int] = {}
    items: dict[str, int] = {}
    coded = [
        (users.setdefault(user, len(users)), items.setdefault(item, len(items)), weight, time)
        for user, item, weight, time in rows
    ]
    who, what, much, when = zip(*coded, strict=True) if coded else ((), (), (), ())
    return Table(
        np.asarray(who, np.int32),
        np.asarray(what, np.int32),
        np.asarray(much, np.float32),
        np.asarray(when, np.float64),
        tuple(items),
        len(users),
    )


def read(path: Path, form: str = "auto") -> Table:
    """Reads a file, or a folder with MovieLens ratings.

    Args:
        path: it may be packed by gzip.
        form: `movielens`, `sequences`, `amazon`, `events`, or `auto` to tell by the name and the first lines.

    Raises:
        InputError: the file is missing, is none of these, or has no interactions.
    """
    path = Path(path)
    if path.is_dir():
        found = next((path / name for name in _MOVIELENS if (path / name).is_file()), None)
        if found is None:
            raise InputError(f"{path} holds no ratings.", hint=f"Expected one of {', '.join(_MOVIELENS)}.")
        path = found
    if not path.is_file():
        raise InputError(
            f"There is no file {path}.", hint="Name a file of interactions: see `prodgen eval rank` in the docs."
        )
    if form not in ("auto", *READERS):
        raise InputError(f"{form!r} is no form of interactions.", hint=f"Known are {', '.join(READERS)}.")
    try:
        form = _form(path) if form == "auto" else form
        table = table_of(READERS[form](path))
    except (ValueError, *UNREADABLE) as error:
        what = "interactions" if form == "auto" else form
        raise InputError(
            f"{path} is no file of {what}: {error}.", hint=f"Known forms are {', '.join(READERS)}."
        ) from error
    if not len(table):
        raise InputError(f"{path} holds no interactions.", hint="Record events first, or name another file.")
    return table


def movielens(path: Path) -> Iterator[tuple[str, str, float, float]]:
    """Lines of user, item, rating and time (100k: tabs; 1M: `::`; CSV with a header); the weight is the rating."""
    with text(path) as file:
        for number, line in enumerate(file, 1):
            fields = line.strip().replace("::", "\t").replace(",", "\t").split("\t")
            if fields == [""] or (number == 1 and not fields[-1].strip().replace(".", "").isdigit()):
                continue
            if len(fields) < 4:
                raise ValueError(f"line {number} has {len(fields)} fields, not user, item, rating, time")
            rating = finite(fields[2], number)
            if rating > 0:
                yield fields[0], fields[1], rating, finite(fields[3], number)


def sequences(path: Path) -> Iterator[tuple[str, str, float, float]]:
    """Lines of a user and their items in order of time, parted by spaces; a user's next line goes on where the last one ended.

    So lines of one user and one item are read, too. The time is the place among the user's items.
    """
    places: Counter[str] = Counter()
    with text(path) as file:
        for line in file:
            user, *items = line.split() or [""]
            for place, item in enumerate(items, places[user]):
                yield user, item, 1.0, float(place)
            places[user] += len(items)


def events(path: Path) -> Iterator[tuple[str, str, float, float]]:
    """The SDK's event log, JSON Lines or Parquet; events on a product whose type has a weight above 0, each id once."""
    seen: set[str] = set()
    for row in read_events(path):
        event = row.event
        if event is None:
            raise ValueError(f"line {row.line} is no event: {row.reason}")
        weight = EVENT_WEIGHTS.get(event.type, 0.0)
        if event.sku is not None and weight > 0 and event.id not in seen:
            seen.add(event.id)
            yield event.user, event.sku, weight, event.at.timestamp()


READERS: Mapping[str, Callable[[Path], Iterator[tuple[str, str, float, float]]]] = {
    "movielens": movielens,
    "sequences": sequences,
    "amazon": amazon,
    "events": events,
}


def _form(path: Path) -> str:
    if is_amazon(path):
        return "amazon"
    if path.suffix.lower() == ".parquet":
        return "events"
    first = next(iter(first_lines(path, 1)), "")
    if first.startswith("{"):
        return "events"
    if path.name in _MOVIELENS or any(separator in first for separator in ("::", "\t", ",")):
        return "movielens"
    return "sequences"

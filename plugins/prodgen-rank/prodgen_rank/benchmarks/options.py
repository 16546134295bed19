"""What a benchmark was asked with: names that it knows, and numbers within their bounds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from prodgen_sdk.errors import InputError


def check_names(options: Mapping[str, Any], known: Iterable[str]) -> None:
    """Whether all options are known.

    Raises:
        InputError: some are not.
    """
    known = list(known)
    if unknown := set(options) - set(known):
        raise InputError(f"Unknown option {', '.join(sorted(unknown))}.", hint=f"Known are {', '.join(known)}.")


def whole(options: Mapping[str, Any], name: str, default: int, least: int = 1) -> int:
    """A whole number of at least `least`.

    Raises:
        InputError: it is none.

    >>> whole({"k": 5}, "k", 10), whole({}, "k", 10)
    (5, 10)
    """
    given = options.get(name, default)
    value = _number(given)
    if not (value.is_integer() and value >= least):
        raise InputError(f"{name} is {given!r}; it must be a whole number of at least {least}.")
    return int(value)


def real(options: Mapping[str, Any], name: str, default: float, below: float = math.inf) -> float:
    """A number above 0 and below `below`.

    Raises:
        InputError: it is none.

    >>> real({"alpha": "0.1"}, "alpha", 0.05, below=1)
    0.1
    """
    given = options.get(name, default)
    value = _number(given)
    if not 0 < value < below:
        bound = f" and below {below:g}" if below < math.inf else ""
        raise InputError(f"{name} is {given!r}; it must be a number above 0{bound}.")
    return value


def _number(given: Any) -> float:
    try:
        return float(given)
    except (TypeError, ValueError, OverflowError):
        return math.nan

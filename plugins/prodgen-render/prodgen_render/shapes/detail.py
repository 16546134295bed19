"""How finely shapes are meshed: all of it, or a share of it for drafts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SHARE: ContextVar[float] = ContextVar("detail", default=1.0)


@contextmanager
def detail(share: float) -> Iterator[None]:
    """Within it, curves have that share of their usual segments, and lengths that are not to be exceeded are as much longer.

    Shares of blocks within each other multiply.

    >>> with detail(0.5):
    ...     segments(96), length(0.01)
    (48, 0.02)
    """
    token = _SHARE.set(_SHARE.get() * share)
    try:
        yield
    finally:
        _SHARE.reset(token)


def segments(count: int, least: int = 12) -> int:
    """How many segments a curve with usually `count` has."""
    share = _SHARE.get()
    return count if share == 1 else max(min(count, least), round(count * share))


def length(usual: float) -> float:
    """How long something with usually this length may be."""
    return usual / _SHARE.get()

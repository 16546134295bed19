"""Passing over the warnings of libraries that several threads call at once."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_changing = threading.Lock()
_within = 0
_before = warnings.catch_warnings()


@contextmanager
def unwarned(module: str = "") -> Iterator[None]:
    """Ignores warnings, until the last thread that is within has left.

    `warnings.catch_warnings` cannot be shared: of two threads, the one that leaves last would set what the other one had set, and
    for good.

    Args:
        module: a regular expression for the beginning of the names of modules that warn; empty for all.

    >>> with unwarned():
    ...     warnings.warn("nobody hears it")
    """
    global _within, _before
    with _changing:
        if not _within:
            _before = warnings.catch_warnings()
            _before.__enter__()
        _within += 1
        warnings.filterwarnings("ignore", module=module)
    try:
        yield
    finally:
        with _changing:
            _within -= 1
            if not _within:
                _before.__exit__(None, None, None)

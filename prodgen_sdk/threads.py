"""How many threads a process can keep busy."""

from __future__ import annotations

import os


def cores() -> int:
    """The processor cores that this process may use: `taskset` or a container's set of them may leave it fewer than the machine has.

    >>> 1 <= cores() <= os.cpu_count()
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""What is done to each picture on the CPU, on several cores at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from prodgen_sdk.threads import cores

A = TypeVar("A")
B = TypeVar("B")
_MOST = 8


def each(work: Callable[[A], B], items: Iterable[A]) -> list[B]:
    """`[work(item) for item in items]`, in threads: numpy, scipy and Pillow let others run while they compute.

    >>> each(abs, [-1, 2])
    [1, 2]
    """
    todo = list(items)
    workers = min(len(todo), cores(), _MOST)
    if workers < 2:
        return [work(item) for item in todo]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, todo))

"""Work spread over processes, which end with the one that started them, however that ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from typing import TypeVar

from prodgen_sdk.context import Context

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(
    work: Callable[[Item], Result], items: Sequence[Item], workers: int, ctx: Context
) -> Iterator[tuple[Item, Result]]:
    """Every item with what `work` makes of it, as they are done; in this process where there is one worker.

    Args:
        work: can be pickled, as items and results can.
        workers: processes.

    Raises:
        Cancelled: between two items.
    """
    if workers <= 1:
        for item in items:
            ctx.check()
            yield item, work(item)
        return
    # Fresh processes: a forked one would share the locks of threads that are not in it.
    with ProcessPoolExecutor(
        min(workers, len(items) or 1), mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    ) as pool:
        pending = {pool.submit(work, item): item for item in items}
        try:
            while pending:
                finished, _ = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                ctx.check()
                for future in finished:
                    yield pending.pop(future), future.result()
        finally:
            for future in pending:
                future.cancel()


def _begin() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process that is killed cannot end its workers, and they would wait for work forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

"""What a component's call spends inside the pipeline of a checkpoint, and what around it, in one and the same run."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Inside:
    """Of the calls of one pipeline.

    Attributes:
        seconds: from the first argument to finished pixels on the device, the device awaited.
        calls, steps: of the pipeline and of its scheduler.
        peak: most bytes that were allocated on the device until the pipeline returned; 0 without CUDA.
    """

    seconds: float = 0.0
    calls: int = 0
    steps: int = 0
    peak: int = 0


def wait(device: str) -> None:
    """Until the device has done what was asked of it."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize(device)


def seconds(work: Callable[[], Any], device: str) -> float:
    """How long a piece of work takes, the device awaited before and after."""
    wait(device)
    started = time.perf_counter()
    work()
    wait(device)
    return time.perf_counter() - started


def peak_bytes(device: str) -> int:
    """Most bytes that were allocated since `forget_peak`; 0 without CUDA."""
    if not device.startswith("cuda"):
        return 0
    import torch

    return int(torch.cuda.max_memory_allocated(device))


def forget_peak(device: str) -> None:
    if device.startswith("cuda"):
        import torch

        torch.cuda.reset_peak_memory_stats(device)


def free(device: str) -> None:
    """Gives back what nothing holds any more, so that the next model finds room."""
    import gc

    gc.collect()
    if device.startswith("cuda"):
        import torch

        torch.cuda.empty_cache()


@contextmanager
def watch(owner: Any, name: str, pipe: Any, device: str) -> Iterator[Inside]:
    """Times a callable while it is called by others: `owner.name`, such as a pipeline class and `__call__`."""
    seen = Inside()
    original: Callable[..., Any] = getattr(owner, name)
    inherited = isinstance(owner, type) and name not in vars(owner)
    step = pipe.scheduler.step

    @functools.wraps(original)
    def timed(*args: Any, **kwargs: Any) -> Any:
        wait(device)
        started = time.perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            wait(device)
            seen.seconds += time.perf_counter() - started
            seen.calls += 1
            seen.peak = max(seen.peak, peak_bytes(device))

    @functools.wraps(step)
    def counted(*args: Any, **kwargs: Any) -> Any:
        seen.steps += 1
        return step(*args, **kwargs)

    setattr(owner, name, timed)
    pipe.scheduler.step = counted
    try:
        yield seen
    finally:
        del pipe.scheduler.step
        if inherited:
            delattr(owner, name)
        else:
            setattr(owner, name, original)

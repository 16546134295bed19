"""What a component's call spends inside the pipeline of a checkpoint, and what around it, in one and the same run."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass
class Inside:
    """Of the calls of one pipeline.

    Attributes:
        seconds: from the first argument to finished pixels on the device, the device awaited.
        steps: of the pipeline's scheduler.
        peak: most bytes that were allocated on the device until the pipeline returned; 0 without CUDA.
    """

    seconds: float = 0.0
    steps: int = 0
    peak: int = 0

    def figures(self, times: Sequence[float], device: str) -> dict[str, float]:
        """Of calls of a component that took `times` seconds: the median, a step of its pipeline, and what was spent around that."""
        around = sum(times) - self.seconds
        found = {
            "request_s": round(median(times), 4),
            "step_ms": round(1000 * self.seconds / max(1, self.steps), 3),
            "host_overhead_pct": round(100 * around / self.seconds, 2),
            "host_overhead_ms": round(1000 * around / len(times), 2),
        }
        if device.startswith("cuda"):
            found["peak_memory_mb"] = round(peak_bytes(device) / 2**20, 1)
            found["memory_over_pipeline_pct"] = round(100 * (peak_bytes(device) / max(1, self.peak) - 1), 2)
        return found


def batch_figures(
    apart: Callable[[], Any], together: Callable[[], Any], requests: int, device: str
) -> dict[str, float]:
    """What batches gain: some requests one after the other, and the same together, which are called once before."""
    together()  # chooses kernels and takes memory for batches of this size
    batched, sequential = seconds(together, device), seconds(apart, device)
    return {
        "requests": requests,
        "sequential_s": round(sequential, 4),
        "batched_s": round(batched, 4),
        "batch_speedup": round(sequential / batched, 3),
    }


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

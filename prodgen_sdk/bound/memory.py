"""Telling that memory is spent, and giving it back, without importing torch."""

from __future__ import annotations

import gc
import sys

from prodgen_sdk.errors import OutOfMemory

# What torch says on the CPU, on CUDA and on MPS where it raises a plain RuntimeError.
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory", "alloc_failed")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, or what it was raised from, says that memory is spent; torch is known by name, never imported.

    >>> is_out_of_memory(RuntimeError("CUDA error: out of memory"))
    True
    """
    seen: BaseException | None = error
    while seen is not None:
        words = str(seen).lower() if type(seen) is RuntimeError else ""
        if (
            isinstance(seen, MemoryError | OutOfMemory)
            or type(seen).__name__ == "OutOfMemoryError"
            or any(sign in words for sign in _OUT_OF_MEMORY)
        ):
            return True
        seen = seen.__cause__
    return False


def free_device_memory() -> None:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()

"""Device, dtype, seeds, and where model files lie."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from prodgen_sdk.errors import ConfigError, InputError, MissingDependency
from prodgen_sdk.types import MAX_SEED

Seed = int | Literal["random"] | None


def resolve_device(wanted: str = "auto") -> str:
    """A torch device string; `auto` takes CUDA, then MPS, then the CPU. Without torch there is only the CPU.

    Raises:
        ConfigError: the wanted device is not there.
    """
    if wanted == "cpu" or (wanted == "auto" and find_spec("torch") is None):
        return "cpu"
    if find_spec("torch") is None:
        raise ConfigError(f"The device {wanted} needs torch.", hint="Run: pip install torch")
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    has_mps = torch.backends.mps.is_available()
    if wanted == "auto":
        return "cuda:0" if count else "mps" if has_mps else "cpu"
    if wanted == "mps" and has_mps:
        return wanted
    if wanted.startswith("cuda"):
        number = int(wanted.partition(":")[2] or 0)
        if number < count:
            return f"cuda:{number}"
    raise ConfigError(f"There is no device {wanted} here.", hint="Set runtime.device to auto or cpu.")


def resolve_dtype(wanted: str, device: str) -> str:
    """`auto` is float32 on a CPU, bfloat16 where the GPU has it, else float16; bfloat16 elsewhere is refused (it is emulated).

    >>> resolve_dtype("auto", "cpu")
    'float32'
    """
    if device == "cpu" or device == "mps":
        if wanted == "bfloat16":
            raise ConfigError(f"bfloat16 is emulated on {device} and far too slow.", hint="Set runtime.dtype to auto.")
        return "float32" if wanted == "auto" else wanted
    import torch

    has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    if wanted == "bfloat16" and not has_bfloat16:
        raise ConfigError("This GPU has no bfloat16.", hint="Set runtime.dtype to auto or float16.")
    return ("bfloat16" if has_bfloat16 else "float16") if wanted == "auto" else wanted


def canonical_digest(value: Any) -> str:
    """sha256 of a JSON-ready value, independent of the order of keys.

    >>> canonical_digest({"a": 1, "b": 2}) == canonical_digest({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def base_seed(seed: Seed, request: Mapping[str, Any]) -> int:
    """The seed of a request: the given one, a fresh one for `random`, or for None the hash of the canonical request.

    >>> base_seed(7, {})
    7
    >>> base_seed(None, {"sku": "mug"}) == base_seed(None, {"sku": "mug"})
    True
    """
    if seed == "random":
        return secrets.randbelow(MAX_SEED)
    if seed is None:
        return int(canonical_digest(request)[:15], 16)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise InputError(
            f"The seed {seed!r} is no number from 0 to 2^63 - 1.", hint="Or give 'random', or none at all."
        )
    return seed


def item_seed(seed: int, sku: str, replicate: int = 0) -> int:
    """H(seed, sku, replicate): never the view or the place in a batch, so that views agree and batches do not matter.

    >>> item_seed(1, "mug") == item_seed(1, "mug", 0) != item_seed(1, "mug", 1)
    True
    """
    return int(canonical_digest([seed, sku, replicate])[:15], 16)


def models_folder(name: str, configured: Path | None = None) -> Path:
    """The folder of a pulled model: in the configured folder, else in the user's cache.

    Raises:
        MissingDependency: it is in neither; the hint is the command that fetches it.
    """
    for root in model_roots(configured):
        if (root / name).is_dir():
            return root / name
    raise MissingDependency(f"The model {name!r} is not on this machine.", hint=f"Run: prodgen models pull {name}")


def model_roots(configured: Path | None = None) -> tuple[Path, ...]:
    """Where models are looked for, in order; the last is where `prodgen models pull` puts them by default."""
    from platformdirs import user_cache_path

    cache = (
        Path(os.environ["PRODGEN_MODELS"]) if "PRODGEN_MODELS" in os.environ else user_cache_path("prodgen") / "models"
    )
    return (configured, cache) if configured is not None else (cache,)

"""Weights that a trainer of ours wrote: one safetensors file with a note of what they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FOREIGN = (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


class Weights(NamedTuple):
    """What a file holds: tensors by name, as they were stored, what it says of itself, and its sha256."""

    tensors: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]
    digest: str


def read_weights(path: Path, what: str, *, hint: str, sha256: str | None = None) -> Weights:
    """Reads what `write_weights` wrote, and nothing that could hold code.

    Args:
        what: whose weights are wanted, for the error.
        hint: where to get them.
        sha256: what the file's digest must be.

    Raises:
        ConfigError: the file is missing, cut off, damaged, of another kind, or not the one that is wanted.
    """
    from safetensors.numpy import load

    if path.is_dir():
        raise ConfigError(f"The weights {path} are a folder.", hint="Name the safetensors file in it.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"The weights {path} cannot be read: {error.strerror}.", hint=hint) from None
    digest = hashlib.sha256(data).hexdigest()
    if sha256 and digest != sha256:
        raise ConfigError(
            f"The weights {path} are damaged or not the ones that are wanted: their sha256 is {digest[:12]}..., not {sha256[:12]}...",
            hint=hint,
        )
    if data.startswith(_FOREIGN):
        raise ConfigError(
            f"{path} is a pickle or an archive, which may hold code and is never loaded.",
            hint="Weights are safetensors files of prodgen train.",
        )
    with fitting(path, what, hint=hint):
        tensors = load(data)
        notes = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {})
        return Weights(tensors, json.loads(next(iter(notes.values()), "{}")), digest)


@contextmanager
def fitting(path: Path, what: str, *, hint: str) -> Iterator[None]:
    """What weights lack or have too much, in our words: KeyError, ValueError and the like within become a ConfigError."""
    from safetensors import SafetensorError

    try:
        yield
    except (SafetensorError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ConfigError(f"The weights {path} are damaged, or none of {what}: {error}.", hint=hint) from None


def write_weights(path: Path, tensors: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> str:
    """Writes a file whole or not at all; returns its sha256. Equal weights and facts give equal files."""
    import numpy as np
    from safetensors.numpy import save

    # In one note: safetensors writes several in no certain order.
    note = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    data = save({name: np.ascontiguousarray(value) for name, value in tensors.items()}, {"prodgen": note})
    write_atomically(path, data)
    return hashlib.sha256(data).hexdigest()

"""Reads and writes the weights of `image/mini`: one safetensors file with trunk, head and where they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.encoders.network import Trunk, trunk_of
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Tensors = Mapping[str, NDArray[Any]]

SHIPPED = Path(__file__).with_name("mini.safetensors")
SHIPPED_SHA256 = "a3fcd27cacef28f22559569f22f2fdf94a6be383dc59aca19c697b4470ff7dd2"
FORMAT = "prodgen-image-mini 1"


class Head(NamedTuple):
    """A linear map of standardised features: ((features - mean) / scale) @ weight, then scaled to length 1.

    Args:
        mean, scale: float32 [features].
        weight: float32 [features, dimension].
    """

    mean: Floats
    scale: Floats
    weight: Floats


class Weights(NamedTuple):
    """`digest` is the sha256 of the file; `tensors` are those of the trunk as they were stored."""

    trunk: Trunk
    head: Head
    digest: str
    tensors: Tensors


def read(path: Path | None = None) -> Weights:
    """The weights in a file; None reads those that come with the package, and checks that they are the ones.

    Raises:
        ConfigError: the file is missing, damaged, or holds something else.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    where = path or SHIPPED
    again = "Install prodgen-rank again." if path is None else "Train them anew: prodgen train image-encoder"
    try:
        data = where.read_bytes()
    except OSError as error:
        raise ConfigError(f"The weights {where} cannot be read: {error.strerror}.", hint=again) from None
    digest = hashlib.sha256(data).hexdigest()
    if path is None and digest != SHIPPED_SHA256:
        raise ConfigError(f"The weights {where} are damaged: their checksum is not the package's.", hint=again)
    try:
        tensors = load(data)
        notes = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {})
        stated = json.loads(notes.get("prodgen", "{}")).get("format")
        if stated != FORMAT:
            raise ValueError(f"their format is {stated!r}, not {FORMAT!r}")
        head = Head(*(np.asarray(tensors[f"head.{part}"], np.float32) for part in Head._fields))
        trunk = trunk_of(tensors)
    except (SafetensorError, ValueError, KeyError, IndexError) as error:
        raise ConfigError(f"The weights {where} are none of image/mini: {error}.", hint=again) from None
    return Weights(
        trunk, head, digest, {name: value for name, value in tensors.items() if not name.startswith("head.")}
    )


def write(path: Path, trunk: Tensors, head: Head, facts: Mapping[str, Any]) -> str:
    """Writes a file whole or not at all, in half precision, with the facts of its making; returns its sha256."""
    from safetensors.numpy import save

    tensors = {name: np.ascontiguousarray(value, np.float16) for name, value in trunk.items()}
    tensors["head.weight"] = np.ascontiguousarray(head.weight, np.float16)
    tensors |= {f"head.{part}": np.ascontiguousarray(getattr(head, part), np.float32) for part in ("mean", "scale")}
    # In one note: safetensors writes several in no certain order, and equal weights shall give equal files.
    data = save(tensors, {"prodgen": json.dumps({"format": FORMAT, **facts}, sort_keys=True)})
    write_atomically(path, data)
    return hashlib.sha256(data).hexdigest()

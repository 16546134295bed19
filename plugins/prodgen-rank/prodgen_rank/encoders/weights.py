"""Reads and writes the weights of `image/mini`: one safetensors file with trunk, head and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.encoders.network import Trunk, trunk_of
from prodgen_sdk.checkpoints.weights import fitting, read_weights, write_weights

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
    where = path or SHIPPED
    again = "Install prodgen-rank again." if path is None else "Train them anew: prodgen train image-encoder"
    tensors, facts, digest = read_weights(
        where, "image/mini", hint=again, sha256=SHIPPED_SHA256 if path is None else None
    )
    with fitting(where, "image/mini", hint=again):
        if facts.get("format") != FORMAT:
            raise ValueError(f"their format is {facts.get('format')!r}, not {FORMAT!r}")
        head = Head(*(np.asarray(tensors[f"head.{part}"], np.float32) for part in Head._fields))
        trunk = trunk_of(tensors)
    return Weights(
        trunk, head, digest, {name: value for name, value in tensors.items() if not name.startswith("head.")}
    )


def write(path: Path, trunk: Tensors, head: Head, facts: Mapping[str, Any]) -> str:
    """Writes a file whole or not at all, in half precision, with the facts of its making; returns its sha256."""
    tensors = {name: np.asarray(value, np.float16) for name, value in trunk.items()}
    tensors["head.weight"] = np.asarray(head.weight, np.float16)
    spread = {f"head.{part}": np.asarray(getattr(head, part), np.float32) for part in ("mean", "scale")}
    return write_weights(path, tensors | spread, {"format": FORMAT, **facts})

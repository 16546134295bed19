"""The convolutional trunk of `image/mini` in numpy: inverted residual blocks with folded normalisation.

The layers are the stem and the first eleven blocks of EfficientNet-Lite0 (Tan and Le, ICML 2019): a picture of 80 x 80 pixels
becomes maps of 20 x 20, 10 x 10 and 5 x 5 cells. Arrays are [height, width, channels]. Pictures go through one by one: a
batch of maps does not stay in the processor's cache, and is slower.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_sdk.types import Image

    Floats = NDArray[np.float32]

SIZE = 80
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1)
_LEVELS = (4, 10)
"""Blocks whose maps are kept: the fourth sees texture and colour, the tenth parts of objects."""


class Block(NamedTuple):
    """Weights [in, out], [side, side, channels] and [in, out], each with its bias; the first block expands nothing."""

    expand: tuple[Floats, Floats] | None
    depthwise: tuple[Floats, Floats]
    project: tuple[Floats, Floats]
    stride: int


class Trunk(NamedTuple):
    stem: tuple[Floats, Floats]
    blocks: tuple[Block, ...]


def trunk_of(weights: Mapping[str, NDArray[Any]]) -> Trunk:
    """The trunk from tensors in PyTorch's layout: `stem.weight` [out, in, 3, 3], `blocks.N.depthwise.weight` [c, 1, k, k], ..."""

    def pair(name: str) -> tuple[Floats, Floats]:
        weight, bias = (np.asarray(weights[f"{name}.{part}"], np.float32) for part in ("weight", "bias"))
        if weight.ndim == 4 and weight.shape[1] == 1:
            return np.ascontiguousarray(weight[:, 0].transpose(1, 2, 0)), bias
        return np.ascontiguousarray(weight.reshape(len(weight), -1).T), bias

    blocks = tuple(
        Block(
            pair(f"blocks.{number}.expand") if number else None,
            pair(f"blocks.{number}.depthwise"),
            pair(f"blocks.{number}.project"),
            stride,
        )
        for number, stride in enumerate(STRIDES)
    )
    return Trunk(pair("stem"), blocks)


def maps(trunk: Trunk, picture: Floats) -> tuple[Floats, ...]:
    """The kept maps of a picture float32 [size, size, 3], about -1 to 1, whose size is a multiple of 16."""
    height, width, _ = picture.shape
    padded = np.pad(picture, ((1, 1), (1, 1), (0, 0)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))[::2, ::2]
    values = _relu6(patches.reshape(-1, 27) @ trunk.stem[0] + trunk.stem[1]).reshape(height // 2, width // 2, -1)
    kept = []
    for number, block in enumerate(trunk.blocks):
        inner = values
        if block.expand:
            inner = _relu6(_pointwise(inner, *block.expand))
        inner = _pointwise(_relu6(_depthwise(inner, *block.depthwise, block.stride)), *block.project)
        values = values + inner if inner.shape == values.shape else inner
        if number in _LEVELS:
            kept.append(values)
    return tuple(kept)


def see(trunk: Trunk, square: Image, cover: Floats) -> Floats:
    """What the trunk sees of a product that was cut out, as one row of numbers: float32 [600].

    Means over the product of the fourth and the tenth block, and means of the tenth block's map in its four quarters.

    Args:
        square: uint8 [80, 80, 3].
        cover: float32 [80, 80], how much of a pixel is product; the rest is white to the network.
    """
    share = cover[..., None]
    fine, coarse = maps(trunk, (square * share + 255 * (1 - share) - 127).astype(np.float32) / np.float32(128))
    half = len(coarse) // 2 + len(coarse) % 2
    quarters = [
        coarse[rows, columns].mean((0, 1))
        for rows in (np.s_[:half], np.s_[-half:])
        for columns in (np.s_[:half], np.s_[-half:])
    ]
    return np.concatenate([_mean(fine, cover), _mean(coarse, cover), *quarters])


def _mean(values: Floats, cover: Floats) -> Floats:
    side = len(cover) // len(values)
    share = cover.reshape(len(values), side, len(values), side).mean((1, 3)) + np.float32(1e-3)
    mean: Floats = np.tensordot(share / share.sum(), values, 2)
    return mean


def _relu6(values: Floats) -> Floats:
    return np.clip(values, 0, 6, out=values)


def _pointwise(values: Floats, weight: Floats, bias: Floats) -> Floats:
    flat = values.reshape(-1, values.shape[-1]) @ weight
    flat += bias
    return flat.reshape(*values.shape[:2], -1)


def _depthwise(values: Floats, weight: Floats, bias: Floats, stride: int) -> Floats:
    side = len(weight)
    height, width, channels = values.shape
    padded = np.zeros((height + side - 1, width + side - 1, channels), np.float32)
    padded[side // 2 : side // 2 + height, side // 2 : side // 2 + width] = values
    rows, columns = (height - 1) // stride + 1, (width - 1) // stride + 1
    total = np.empty((rows, columns, channels), np.float32)
    total[:] = bias
    term = np.empty_like(total)
    for y in range(side):
        for x in range(side):
            window = padded[y : y + stride * (rows - 1) + 1 : stride, x : x + stride * (columns - 1) + 1 : stride]
            np.multiply(window, weight[y, x], out=term)
            total += term
    return total

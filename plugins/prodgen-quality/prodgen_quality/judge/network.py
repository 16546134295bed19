"""What the judge sees and answers, in numpy alone: a small convolutional network whose answers on colour stand on single pixels.

Convolutions lose colours among outlines, so that pixels go through two layers of their own; where they are looked at is said by
maps of the convolutional part (attention pooling: Ilse, Tomczak and Welling, ICML 2018). A pattern is told by the means and
maxima of two middle layers, family and pose by the last one, which keeps where things are. `learning.py` has the same network in
torch, with normalisation that is folded into weights when it has been trained.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from prodgen_sdk import images
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SIZE = 128


class Layer(NamedTuple):
    """A 3 x 3 convolution, normalised, with a rectifier; one of stride 1 adds to what goes in.

    Args:
        texture: whether its means and maxima are kept.
    """

    name: str
    before: int
    after: int
    stride: int
    texture: bool = False


LAYERS = (
    Layer("a", 3, 24, 2),
    Layer("b", 24, 40, 2),
    Layer("c", 40, 64, 2),
    Layer("d", 64, 64, 1, texture=True),
    Layer("e", 64, 96, 2),
    Layer("f", 96, 96, 1, texture=True),
    Layer("g", 96, 128, 2),
)
LOOKING = "d"
"""The layer whose maps say where colours are looked at."""
MAPS = 4
PIXEL = (32, 64)
"""Units of the layers of single pixels."""
PIXEL_STEP = 4
"""Every so many pixels a side one is taken as it is: a mean would mix the inks of a pattern."""
SEEN = 2 * sum(layer.after for layer in LAYERS if layer.texture) + (MAPS + 1) * PIXEL[1] + LAYERS[-1].after * 16
_BATCH = 32


def prepared(pictures: Sequence[Image]) -> NDArray[np.uint8]:
    """Pictures of any size, laid on white and resized: uint8 [n, 128, 128, 3]. One that is not square is padded with white."""
    import numpy as np

    squares = [images.squared(images.flatten(picture), SIZE, (255, 255, 255)) for picture in pictures]
    return np.stack(squares) if squares else np.empty((0, SIZE, SIZE, 3), np.uint8)


def features(tensors: Mapping[str, Floats], pictures: NDArray[np.uint8]) -> Floats:
    """The hidden layer, float32 [n, hidden], of pictures uint8 [n, 128, 128, 3]: what the answers stand on."""
    import numpy as np

    parts = [_features(tensors, pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH)]
    return np.concatenate(parts)


def answers(tensors: Mapping[str, Floats], found: Floats, question: str) -> Floats:
    """Probabilities [n, labels] of a question's labels, from features."""
    import numpy as np

    logits = found @ tensors[f"head.{question}.weight"] + tensors[f"head.{question}.bias"]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _features(tensors: Mapping[str, Floats], pictures: NDArray[np.uint8]) -> Floats:
    import numpy as np

    ink = (np.float32(255) - pictures) / np.float32(128)  # paper is 0, as is what lies beyond the edge
    n, x, maps, seen = len(pictures), ink, ink, []
    for layer in LAYERS:
        y = _convolved(x, tensors[f"{layer.name}.weight"], tensors[f"{layer.name}.bias"], layer.stride)
        x = x + y if layer.stride == 1 else y
        if layer.texture:
            seen += [x.mean(axis=(1, 2)), x.max(axis=(1, 2))]
        if layer.name == LOOKING:
            maps = np.asarray(x @ tensors["maps.weight"] + tensors["maps.bias"], np.float32)
    seen += [_colours(tensors, ink, maps), x.reshape(n, -1)]
    return _dense(tensors, "hidden", np.concatenate(seen, axis=1))


def _colours(tensors: Mapping[str, Floats], ink: Floats, maps: Floats) -> Floats:
    """Means of the layers of single pixels, over all and weighted by each map: [n, (maps + 1) * units]."""
    import numpy as np

    n, rows, columns, count = maps.shape
    first = PIXEL_STEP // 2
    pixels = _dense(tensors, "pixel.0", ink[:, first::PIXEL_STEP, first::PIXEL_STEP])
    pixels = _dense(tensors, "pixel.1", pixels)
    reach = pixels.shape[1] // rows
    cells = pixels.reshape(n, rows, reach, columns, reach, -1).mean(axis=(2, 4)).reshape(n, rows * columns, -1)
    scores = maps.reshape(n, rows * columns, count)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    pooled = np.einsum("npm,npu->nmu", weights, cells).reshape(n, -1)
    return np.concatenate([cells.mean(axis=1), pooled], axis=1)


def _dense(tensors: Mapping[str, Floats], name: str, x: Floats) -> Floats:
    import numpy as np

    return np.asarray(np.maximum(x @ tensors[f"{name}.weight"] + tensors[f"{name}.bias"], 0), np.float32)


def _convolved(x: Floats, weight: Floats, bias: Floats, stride: int) -> Floats:
    """[n, h, w, before] to [n, h / stride, w / stride, after]; `weight` is [before * 9, after]."""
    import numpy as np

    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
    n, rows, columns = windows.shape[:3]
    found = np.ascontiguousarray(windows).reshape(n * rows * columns, -1) @ weight + bias
    return np.asarray(np.maximum(found, 0), np.float32).reshape(n, rows, columns, -1)

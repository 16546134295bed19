"""What the judge sees, in numpy alone: learnt patches of a picture, where they are, and its colours; then two layers of a network.

A. Coates, H. Lee, A. Y. Ng, An Analysis of Single-Layer Networks in Unsupervised Feature Learning, AISTATS 2011: patches are
normalised and whitened, their nearness to each of many centroids is pooled over parts of the picture. Normalised patches do not
tell a colour; the nearness of single pixels to centroids of colours, pooled in the same way, does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from prodgen_sdk import images
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SIZE = 96
PATCH = 6
SCALES: dict[str, tuple[int, int, int]] = {"coarse": (2, 1, 4), "fine": (1, 2, 2)}
"""By how much the picture is reduced, the stride of patches, and the parts a side over which they are pooled."""
COLOUR_PARTS = 2
_BATCH = 16
_FLAT = 10.0  # added to a patch's variance, so that flat ones are not blown up


def prepared(pictures: Sequence[Image]) -> NDArray[np.uint8]:
    """Pictures of any size, laid on white and resized: uint8 [n, 96, 96, 3]. One that is not square is padded with white."""
    import numpy as np

    result = np.full((len(pictures), SIZE, SIZE, 3), 255, np.uint8)
    for place, picture in enumerate(pictures):
        rgb = images.flatten(picture)
        height, width = rgb.shape[:2]
        scale = SIZE / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = rgb if size == (width, height) else images.resize(rgb, *size)
        top, left = (SIZE - size[1]) // 2, (SIZE - size[0]) // 2
        result[place, top : top + size[1], left : left + size[0]] = small
    return result


def patches(pictures: NDArray[np.uint8], scale: str) -> Floats:
    """Normalised patches of a scale, float32 [n, rows, columns, 108]."""
    import numpy as np

    reduce, stride, _ = SCALES[scale]
    n, side, _, _ = pictures.shape
    x = pictures.reshape(n, side // reduce, reduce, side // reduce, reduce, 3).mean(axis=(2, 4), dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(x, (PATCH, PATCH), axis=(1, 2))[:, ::stride, ::stride]
    rows = np.ascontiguousarray(windows).reshape(*windows.shape[:3], -1)
    rows -= rows.mean(axis=3, keepdims=True)
    rows /= np.sqrt((rows * rows).mean(axis=3, keepdims=True) + np.float32(_FLAT))
    return np.asarray(rows, np.float32)


def sight(tensors: Mapping[str, Floats], pictures: NDArray[np.uint8]) -> Floats:
    """What is seen of each picture: float32 [n, d], from uint8 [n, 96, 96, 3]."""
    import numpy as np

    parts = [_sight(tensors, pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH)]
    return np.concatenate(parts)


def features(tensors: Mapping[str, Floats], seen: Floats) -> Floats:
    """The hidden layer, float32 [n, hidden]: what the answers stand on."""
    import numpy as np

    x = (seen - tensors["sight.mean"]) / tensors["sight.scale"]
    return np.asarray(np.maximum(x @ tensors["hidden.weight"].T + tensors["hidden.bias"], 0), np.float32)


def answers(tensors: Mapping[str, Floats], found: Floats, question: str) -> Floats:
    """Probabilities [n, labels] of a question's labels, from features."""
    import numpy as np

    logits = found @ tensors[f"head.{question}.weight"].T + tensors[f"head.{question}.bias"]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _sight(tensors: Mapping[str, Floats], pictures: NDArray[np.uint8]) -> Floats:
    import numpy as np

    found = []
    for scale, (_, _, parts) in SCALES.items():
        rows = patches(pictures, scale)
        near = _nearness(rows.reshape(-1, rows.shape[3]), tensors[f"{scale}.weight"], tensors[f"{scale}.centre"])
        found.append(_pooled(near.reshape(*rows.shape[:3], -1), parts))
    n, cells = len(pictures), SIZE // 4
    small = pictures.reshape(n, cells, 4, cells, 4, 3).mean(axis=(2, 4), dtype=np.float32) / np.float32(128)
    near = _nearness(small.reshape(-1, 3), tensors["colour.weight"], tensors["colour.centre"])
    found += [_pooled(near.reshape(n, cells, cells, -1), parts) for parts in (1, COLOUR_PARTS)]
    found.append(_pooled(small, cells // 2))
    return np.concatenate(found, axis=1)


def _nearness(rows: Floats, weight: Floats, centre: Floats) -> Floats:
    """By how much each centroid [k, d] of the whitened rows is nearer than the mean one: max(0, mean distance - distance).

    `weight` [d, k] is the whitening times the centroids, `centre` [k] what is added to it: half the squared length of each, and
    what whitening takes off. Distances are squared and halved, without the length of the row, which all have in common.
    """
    import numpy as np

    half = centre - rows @ weight
    return np.asarray(np.maximum(half.mean(axis=1, keepdims=True) - half, 0), np.float32)


def _pooled(values: Floats, parts: int) -> Floats:
    """Means over parts x parts of the picture: [n, parts * parts * k]."""
    import numpy as np

    n, rows = values.shape[:2]
    edges = [round(place * rows / parts) for place in range(parts + 1)]
    sums = np.add.reduceat(np.add.reduceat(values, edges[:-1], axis=1), edges[:-1], axis=2)
    sizes = np.diff(edges)
    return np.asarray(sums / np.outer(sizes, sizes)[None, :, :, None], np.float32).reshape(n, -1)

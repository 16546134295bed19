"""The judge's network without torch: 3 x 3 convolutions in numpy.

A stack of stages; each halves the picture and, but for the first, ends with a residual block (He et al., Deep Residual Learning for
Image Recognition, CVPR 2016). Batch normalisation is folded into the weights when training ends. Mean and maximum over the
picture are the features, on which one linear head a question answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prodgen_sdk import images
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SIZE = 96
_BATCH = 16


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


def features(tensors: Mapping[str, Floats], pictures: NDArray[np.uint8]) -> Floats:
    """float32 [n, d], from uint8 [n, 96, 96, 3]."""
    import numpy as np

    parts = [_features(tensors, pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, len(tensors["head.mean"])), np.float32)


def answers(tensors: Mapping[str, Floats], found: Floats, question: str) -> Floats:
    """Probabilities [n, labels] of a question's labels, from features."""
    import numpy as np

    logits = found @ tensors[f"head.{question}.weight"].T + tensors[f"head.{question}.bias"]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _features(tensors: Mapping[str, Floats], pictures: NDArray[np.uint8]) -> Floats:
    import numpy as np

    x: Any = (pictures.astype(np.float32) - np.float32(127.5)) / np.float32(64)
    stage = 0
    while f"stage.{stage}.weight" in tensors:
        x = np.maximum(_convolved(tensors, f"stage.{stage}", x, 2), 0)
        if f"block.{stage}.a.weight" in tensors:
            y = np.maximum(_convolved(tensors, f"block.{stage}.a", x, 1), 0)
            x = np.maximum(x + _convolved(tensors, f"block.{stage}.b", y, 1), 0)
        stage += 1
    pooled = np.concatenate([x.mean(axis=(1, 2)), x.max(axis=(1, 2))], axis=1)
    return np.asarray((pooled - tensors["head.mean"]) / tensors["head.scale"], np.float32)


def _convolved(tensors: Mapping[str, Floats], name: str, x: Floats, stride: int) -> Any:
    """A 3 x 3 convolution with padding 1; x [n, h, w, c], the weight as torch has it: [out, c, 3, 3]."""
    import numpy as np

    weight = tensors[f"{name}.weight"]
    n, height, width, channels = x.shape
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
    rows = np.ascontiguousarray(windows).reshape(-1, channels * 9)
    result = rows @ weight.reshape(len(weight), -1).T + tensors[f"{name}.bias"]
    return result.reshape(n, -(-height // stride), -(-width // stride), len(weight))

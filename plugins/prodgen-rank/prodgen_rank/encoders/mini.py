"""`image/mini`: a picture of a product as 128 numbers, by a small network that needs no more than numpy.

The product is cut out of its background; a pretrained convolutional trunk (`network`) and the hand-made descriptor
(`descriptor`) look at it, and a linear map that was trained on rendered products (`training`) turns what they see into a vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.config import Config
from prodgen_rank.encoders import weights
from prodgen_rank.encoders.descriptor import describe_cut_out
from prodgen_rank.encoders.foreground import CutOut, cut_out
from prodgen_rank.encoders.network import SIZE, Trunk, see
from prodgen_sdk import images as pictures
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import ImageEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_sdk.types import Image

    Floats = NDArray[np.float32]


class MiniEncoder(ImageEncoder):
    """The same pixels give the same vector on every machine up to rounding.

    Attributes:
        digest: sha256 of the weights.

    Example:
        >>> red = np.full((64, 64, 3), 255, np.uint8)
        >>> red[16:48, 16:48] = (200, 30, 30)
        >>> MiniEncoder(None, Context()).encode([red], Context()).shape
        (1, 128)
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._weights = weights.read(config.mini.weights if config else None)
        self.depends_on = None
        self.digest = self._weights.digest

    def encode(self, images: Sequence[Image], ctx: Context) -> Floats:
        """float32 [n, dimension], each row of length 1; raises InvalidImage for what is no HWC uint8 picture."""
        trunk, head, *_ = self._weights
        rows = np.empty((len(images), head.weight.shape[1]), np.float32)
        for row, image in zip(rows, images, strict=True):
            ctx.check()
            seen = features(trunk, cut_out(pictures.check(image)))
            vector = ((seen - head.mean) / head.scale) @ head.weight
            row[:] = vector / max(float(np.linalg.norm(vector)), 1e-9)
        return rows


def features(trunk: Trunk, product: CutOut) -> Floats:
    """What trunk and descriptor see of a product: float32 [896]."""
    return np.concatenate([see(trunk, *product.scaled(SIZE)), describe_cut_out(product)])

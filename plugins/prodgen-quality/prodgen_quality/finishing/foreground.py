"""Where the product is, in a picture with alpha or before a plain background."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prodgen_sdk import images
from prodgen_sdk.types import Image, Mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOLERANCE = 10
BORDER = 0.02
SPECK = 0.0002
PLAIN_SHARE = 0.75


class Box(NamedTuple):
    """Half-open ranges of rows and columns."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def border(image: Image) -> NDArray[np.uint8]:
    """The pixels [n, 3] of a frame along the edges, 2 % of the shorter side wide and at least one pixel."""
    import numpy as np

    rgb = images.flatten(image)
    width = max(1, round(min(rgb.shape[:2]) * BORDER))
    ring = np.ones(rgb.shape[:2], bool)
    ring[width:-width, width:-width] = False
    return rgb[ring]


def plain_background(image: Image, tolerance: int = TOLERANCE) -> tuple[int, int, int] | None:
    """The colour of a plain background, or None where there is none.

    It is the median of the frame's pixels, and counts as plain if three quarters of them are within `tolerance` of it, which
    lets a product touch one edge or two.
    """
    import numpy as np

    ring = border(image).astype(np.int16)
    colour = np.median(ring, axis=0).round().astype(np.int16)
    close = np.abs(ring - colour).max(axis=1) <= tolerance
    if close.mean() < PLAIN_SHARE:
        return None
    red, green, blue = (int(channel) for channel in colour)
    return red, green, blue


def foreground(image: Image, tolerance: int = TOLERANCE) -> Mask | None:
    """Bool [height, width], True on the product; None where the background is neither transparent nor plain.

    Pixels that differ from the background by more than `tolerance` in any channel, with holes filled and specks of less than
    0.02 % of the frame dropped. A cast shadow darker than the tolerance counts as product; a white part of a product
    that reaches the outline before a white background does not.
    """
    import numpy as np
    from scipy import ndimage

    images.check(image)
    if images.is_transparent(image):
        mask = image[..., 3] >= 128
    else:
        colour = plain_background(image, tolerance)
        if colour is None:
            return None
        difference = np.abs(images.flatten(image).astype(np.int16) - np.asarray(colour, np.int16)).max(axis=2)
        mask = ndimage.binary_fill_holes(difference > tolerance)
    labels, count = ndimage.label(mask, structure=np.ones((3, 3), int))
    if count > 1:
        sizes = np.bincount(labels.ravel())
        keep = sizes >= max(2.0, SPECK * mask.size)
        keep[0] = False
        mask = keep[labels]
    return np.asarray(mask, bool)


def box_of(mask: Mask) -> Box | None:
    """The smallest box around a mask, or None if it is empty."""
    import numpy as np

    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)

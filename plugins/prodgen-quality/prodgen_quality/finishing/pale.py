"""Products nearly of their background's colour: white on white, and smooth grey that might be a shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_quality.finishing.foreground import border
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

_CLEAR = 4.0  # of 255 from the background's colour: nothing lies there
_STEP = 5.0  # of 255: the least step from clear background to a product
_LINE = 1.0  # of 255 a pixel, by which a slope stands out of those around it where it is an edge and no shading
_AROUND = 7  # pixels, in which a slope is compared; an edge is two or three wide
_STANDS_OUT = 1.5  # times the mean slope around it
_NOISE = 1.5  # times the noise of the background: what is no noise
_THICK = 3  # pixels; thinner is the outline's own mixture of product and background
_SHARP = 0.3  # share of a part's border on the background that is a sharp outline; a shadow has none


def pale_parts(rgb: Image, background: NDArray[np.float32], found: Mask, certain: Mask) -> Mask:
    """Parts of a product that its colour did not tell from the background or from a shadow, bool [h, w].

    Watersheds of the slopes (Meyer 1994) part the picture between the open background and what is surely product: what is already
    known, and the inner side of sharp outlines before clear background, as shadows begin softly there. So a weak spot of an
    outline is no leak: the parting line runs along the highest slopes.

    Args:
        background: its colour, float32 [3].
        found: what is taken for product so far; the answer lies outside of it.
        certain: those pixels of it that are of another hue than the background or too dark for a shadow.
    """
    import numpy as np
    from scipy import ndimage

    values = rgb.astype(np.float32)
    far = np.abs(values - background).max(axis=2)
    noise = _NOISE * float(np.percentile(np.abs(border(rgb).astype(np.float32) - background).max(axis=1), 75))
    open_background = _open(far <= max(_CLEAR, noise))
    soft = ndimage.gaussian_filter(values, (0.7, 0.7, 0))
    slope = np.hypot(ndimage.sobel(soft, 0), ndimage.sobel(soft, 1)).max(axis=2) / 8
    edge = slope - _STANDS_OUT * ndimage.uniform_filter(slope, _AROUND) > max(_LINE, noise / _NOISE)
    beside = ndimage.minimum_filter(np.where(open_background, far, np.float32(np.inf)), 5)
    outline = ndimage.binary_dilation(edge) & (far - beside >= max(_STEP, 2 * noise)) & ~open_background
    markers = np.zeros(found.shape, np.int16)
    markers[ndimage.binary_erosion(open_background, iterations=2)] = 1
    markers[certain | outline] = 2
    heights = np.clip(8 * slope, 0, 255).astype(np.uint8)  # slopes of 32 a pixel and more are alike
    product = ndimage.watershed_ift(heights, markers, structure=np.ones((3, 3), int)) == 2
    more = product & ~found
    more = ndimage.binary_dilation(ndimage.binary_opening(more, iterations=_THICK), iterations=_THICK, mask=more)
    return _with_outline(more, ~(found | product), outline)


def _open(clear: Mask) -> Mask:
    """Clear parts that reach the frame."""
    import numpy as np
    from scipy import ndimage

    parts, _ = ndimage.label(clear)
    outer = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    return np.isin(parts, outer[outer > 0])


def _with_outline(parts: Mask, background: Mask, outline: Mask) -> Mask:
    """Those parts that end sharply where they end at the background."""
    import numpy as np
    from scipy import ndimage

    numbers, count = ndimage.label(parts)
    rim = parts & ndimage.binary_dilation(background, structure=np.ones((3, 3)))
    sharp = rim & ndimage.binary_dilation(outline, iterations=2)
    rims, sharps = (np.bincount(numbers[which], minlength=count + 1) for which in (rim, sharp))
    keep = (rims > 0) & (sharps >= _SHARP * rims)
    keep[0] = False
    return np.asarray(keep[numbers], bool)

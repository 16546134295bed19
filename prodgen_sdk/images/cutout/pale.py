"""Products nearly of their background's colour: white on white, and smooth grey that might be a shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodgen_sdk.images.cutout.ground import Floats

if TYPE_CHECKING:
    from prodgen_sdk.types import Mask

_NEUTRAL = 0.05  # a shade of the background keeps so much of it in all channels, but for this
_DARKEST = 0.35  # share of the background's light; what is darker is no shade
_PALE = 0.65  # share of the background's light; a darker grey beside a product is its shadow
_BORDER = 0.02  # share of the shorter side along the edges that shows the noise of the background
_CLEAR = 4.0  # of 255 from the background's colour: nothing lies there
_STEP = 5.0  # of 255: the least step from clear background to a product
_LINE = 1.0  # of 255 a pixel, by which a slope stands out of those around it where it is an edge and no shading
_AROUND = 7  # pixels, in which a slope is compared; an edge is two or three wide
_STANDS_OUT = 1.5  # times the mean slope around it
_NOISE = 1.5  # times the noise of the background: what is no noise
_THICK = 3  # pixels; thinner is the outline's own mixture of product and background
_SHARP = 0.3  # share of a part's border on the background that is a sharp outline; a shadow has none


def pale_parts(rgb: Floats, ground: Floats, found: Mask) -> Mask:
    """Parts of a product that its colour did not tell from the background or from a shadow, bool [h, w].

    Watersheds of the slopes (Meyer 1994) part the picture between the open background and what is surely product: what is already
    known, and the inner side of sharp outlines before clear background, as shadows begin softly there. So a weak spot of an
    outline is no leak: the parting line runs along the highest slopes.

    Args:
        rgb: the photo, sRGB [h, w, 3] in [0, 1].
        ground: its background, alike.
        found: what is taken for product so far; the answer lies outside of it.
    """
    from scipy import ndimage

    values = 255 * rgb
    far = np.abs(values - 255 * ground).max(axis=2)
    ratio = rgb / np.maximum(ground, 0.05)
    shade = (np.ptp(ratio, axis=2) < _NEUTRAL) & (ratio.min(axis=2) > _DARKEST)
    certain = ndimage.binary_erosion(found & ~shade)
    width = max(1, round(_BORDER * min(found.shape)))
    rim = np.concatenate([part.ravel() for part in (far[:width], far[-width:], far[:, :width], far[:, -width:])])
    noise = _NOISE * float(np.percentile(rim, 75))
    open_background = _open(far <= max(_CLEAR, noise))
    soft = ndimage.gaussian_filter(values, (0.7, 0.7, 0))
    slope = np.hypot(ndimage.sobel(soft, 0), ndimage.sobel(soft, 1)).max(axis=2) / 8
    edge = slope - _STANDS_OUT * ndimage.uniform_filter(slope, _AROUND) > max(_LINE, noise / _NOISE)
    step = max(_STEP, 2 * noise)
    beside = ndimage.minimum_filter(np.where(open_background, far, np.float32(np.inf)), 5)
    outline = ndimage.binary_dilation(edge) & (far - beside >= step) & ~open_background
    markers = np.zeros(found.shape, np.int16)
    markers[ndimage.binary_erosion(open_background, iterations=2)] = 1
    markers[certain | outline] = 2
    heights = np.clip(8 * slope, 0, 255).astype(np.uint8)  # slopes of 32 a pixel and more are alike
    product = ndimage.watershed_ift(heights, markers, structure=np.ones((3, 3), int)) == 2
    more = product & ~found & (ratio.mean(axis=2) > _PALE)
    more = ndimage.binary_dilation(ndimage.binary_opening(more, iterations=_THICK), iterations=_THICK, mask=more)
    # A fringe of compression is as wide, but as pale as the background.
    numbers, count = ndimage.label(more)
    more &= np.append(False, ndimage.mean(far, numbers, np.arange(1, count + 1)) > step)[numbers]
    # Beside a shadow no clear background is near: there any edge is one of the product.
    return _with_outline(more, ~(found | product), outline | (edge & np.isinf(beside)))


def _open(clear: Mask) -> Mask:
    """Clear parts that reach the frame."""
    from scipy import ndimage

    parts, _ = ndimage.label(clear)
    outer = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    return np.isin(parts, outer[outer > 0])


def _with_outline(parts: Mask, background: Mask, outline: Mask) -> Mask:
    """Those parts that end sharply where they end at the background."""
    from scipy import ndimage

    numbers, count = ndimage.label(parts)
    rim = parts & ndimage.binary_dilation(background, structure=np.ones((3, 3)))
    sharp = rim & ndimage.binary_dilation(outline, iterations=2)
    rims, sharps = (np.bincount(numbers[which], minlength=count + 1) for which in (rim, sharp))
    keep = (rims > 0) & (sharps >= _SHARP * rims)
    keep[0] = False
    return np.asarray(keep[numbers], bool)

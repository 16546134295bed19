"""How like two views of a product are: foreground PSNR, overlap of outlines, correlation of gradients."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats
from prodgen_sdk.images.colour import LUMINANCE
from prodgen_sdk.types import Image, Mask

_MOST_DB = 60.0


def foreground_psnr(made: Image, true: Image, mask: Mask) -> float:
    """PSNR in dB over the pixels of the true product, sRGB uint8 [h, w, 3]; equal pictures give 60.

    >>> black, mask = np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), bool)
    >>> round(foreground_psnr(black + np.uint8(51), black, mask), 2)
    13.98
    """
    error = ((made[mask].astype(np.float64) - true[mask]) ** 2).mean() if mask.any() else 0.0
    return float(min(_MOST_DB, 10 * np.log10(255**2 / max(error, 1e-9))))


def overlap(made: Mask, true: Mask) -> float:
    """Intersection over union of two outlines; two empty ones agree."""
    union = (made | true).sum()
    return float((made & true).sum() / union) if union else 1.0


def gradient_correlation(made: Image, true: Image, mask: Mask, *, inside: bool = False) -> float:
    """Correlation of gradients (both components of luminance, Pearson without centring), -1 to 1.

    Args:
        mask: of the true product; pixels in it and 3 around it count.
        inside: leave out the outline: only pixels 3 or more within it count. A flat picture then gives 0.
    """
    from scipy import ndimage

    counted = ndimage.binary_erosion(mask, iterations=3) if inside else ndimage.binary_dilation(mask, iterations=3)
    if not counted.any():
        return 0.0
    a, b = (_gradients(picture)[:, counted].reshape(-1) for picture in (made, true))
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 1e-6 else 0.0


def _gradients(picture: Image) -> Floats:
    from scipy import ndimage

    luminance = picture.astype(np.float64) @ LUMINANCE
    return np.stack([ndimage.gaussian_filter(luminance, 1.0, order=order) for order in ((0, 1), (1, 0))])

"""Denoising and sharpening. Both leave a clean picture as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.types import Image, Mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CLEAN = 0.8  # of 255: less noise than rounding leaves is none
_LUMA = (0.299, 0.587, 0.114)


def noise_level(rgb: Image, mask: Mask | None = None) -> float:
    """The standard deviation of the noise, of 255.

    J. Immerkaer, Fast Noise Variance Estimation, CVIU 64(2), 1996, over the half of the pixels with the least gradient, so that
    edges and texture count little, and without clipped ones, which carry no noise.
    """
    import numpy as np
    from scipy import ndimage

    luma = rgb @ np.asarray(_LUMA)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    response = ndimage.convolve(luma, kernel, mode="reflect")
    smooth = ndimage.gaussian_filter(luma, 2)
    gradient = np.hypot(ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1))
    usable = (luma > 4) & (luma < 251)
    if mask is not None and mask.any():
        usable &= mask
    if usable.sum() < 64:
        return 0.0
    flat = usable & (gradient <= np.median(gradient[usable]))
    return float(np.abs(response[flat]).mean() * np.sqrt(np.pi / 2) / 6)


def denoised(rgb: Image, strength: float, mask: Mask | None = None) -> tuple[Image, float]:
    """The picture without most of its noise, and the noise that was found; unchanged where that is less than rounding leaves.

    A. Buades, B. Coll, J. M. Morel, A Non-Local Algorithm for Image Denoising, CVPR 2005.
    """
    import numpy as np
    from skimage.restoration import denoise_nl_means

    sigma = noise_level(rgb, mask)
    if not strength or sigma < _CLEAN:
        return rgb, sigma
    smooth = denoise_nl_means(
        rgb.astype(np.float32) / 255,
        patch_size=5,
        patch_distance=5,
        h=(0.4 + 0.8 * strength) * sigma / 255,
        sigma=sigma / 255,
        fast_mode=True,
        channel_axis=-1,
    )
    return np.asarray((smooth * 255).clip(0, 255).round(), np.uint8), sigma


def sharpened(rgb: Image, strength: float, mask: Mask | None = None) -> Image:
    """Unsharp masking of the luma, held between the darkest and the brightest of each pixel's neighbours and a little beyond: no halos.

    Args:
        mask: the only pixels that change.
    """
    import numpy as np
    from scipy import ndimage

    if not strength:
        return rgb
    luma: NDArray[np.float64] = rgb @ np.asarray(_LUMA)
    wanted = luma + 1.2 * strength * (luma - ndimage.gaussian_filter(luma, 1.0))
    low, high = ndimage.minimum_filter(luma, 3), ndimage.maximum_filter(luma, 3)
    beyond = 0.1 * (high - low)
    change = np.clip(wanted, low - beyond, high + beyond) - luma
    if mask is not None:
        change = change * mask
    return np.asarray((rgb + change[..., None]).clip(0, 255).round(), np.uint8)

"""How close a picture is to its reference: PSNR, SSIM and the CIEDE2000 colour difference.

All functions take HWC uint8 pictures of one size (transparency is laid on white) and an optional bool mask [height, width]
over which the figure is taken. White backgrounds are equal everywhere and inflate whole-frame figures: look at both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk import images
from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.types import Image, Mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PSNR_LIMIT = 100.0
SSIM_WINDOW = 11


def psnr(image: Image, reference: Image, mask: Mask | None = None) -> float:
    """Peak signal-to-noise ratio in dB: 10 log10(255² / mean squared error over all channels).

    Equal pictures have no finite value; the result is limited to 100 dB.

    >>> import numpy as np
    >>> black, grey = np.zeros((16, 16, 3), np.uint8), np.full((16, 16, 3), 51, np.uint8)
    >>> round(psnr(black, grey), 2)
    13.98
    """
    import numpy as np

    first, second, where = _pair(image, reference, mask)
    error = float(((first.astype(np.float64) - second.astype(np.float64)) ** 2)[where].mean())
    return PSNR_LIMIT if error == 0 else min(PSNR_LIMIT, float(10 * np.log10(255.0**2 / error)))


def ssim(image: Image, reference: Image, mask: Mask | None = None) -> float:
    """Structural similarity, -1 to 1, mean over pixels and channels.

    Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli: Image Quality Assessment: From Error Visibility to Structural
    Similarity, IEEE Trans. Image Processing 13(4), 2004, with its parameters: 11 x 11 Gaussian window of sigma 1.5, K1 = 0.01, K2 = 0.03,
    L = 255, population covariance. Each colour channel is compared by itself. Windows that leave the frame are left out,
    with a mask too as long as the mask reaches further inside.

    Raises:
        InvalidImage: a side is shorter than the window.
    """
    first, second, where = _pair(image, reference, mask)
    values = ssim_map(first, second)
    inset = SSIM_WINDOW // 2
    inner = values[inset:-inset, inset:-inset]
    chosen = where[inset:-inset, inset:-inset]
    return float(inner[chosen].mean()) if chosen.any() else float(values[where].mean())


def ssim_map(image: Image, reference: Image) -> NDArray[np.float64]:
    """The structural similarity at each pixel, float64 [height, width], mean over channels (see `ssim`)."""
    from skimage.metrics import structural_similarity

    first, second, _ = _pair(image, reference, None)
    if min(first.shape[:2]) < SSIM_WINDOW:
        raise InvalidImage(
            f"SSIM needs images of at least {SSIM_WINDOW} pixels a side, not {first.shape[1]} x {first.shape[0]}."
        )
    _, values = structural_similarity(
        first,
        second,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=255,
        channel_axis=-1,
        full=True,
    )
    result: NDArray[np.float64] = values.mean(axis=2)
    return result


def colour_error(image: Image, reference: Image, mask: Mask | None = None) -> float:
    """Mean CIEDE2000 difference of paired pixels (D65, sRGB), 0 to about 100; 1 is just noticeable, 2.3 a common tolerance.

    G. Sharma, W. Wu, E. N. Dalal: The CIEDE2000 Color-Difference Formula, Color Research & Application 30(1), 2005.
    """
    from skimage.color import deltaE_ciede2000

    first, second, where = _pair(image, reference, mask)
    return float(deltaE_ciede2000(_lab(first[where]), _lab(second[where])).mean())


def mean_colour_error(
    image: Image, reference: Image, mask: Mask | None = None, reference_mask: Mask | None = None
) -> float:
    """CIEDE2000 difference of the two mean Lab colours: blind to where a colour is, so that a shift in place does not count."""
    from skimage.color import deltaE_ciede2000

    first, second, where = _pair(image, reference, mask)
    other = where if reference_mask is None else images.check_mask(reference_mask)
    return float(deltaE_ciede2000(_lab(first[where]).mean(axis=0), _lab(second[other]).mean(axis=0)))


def _lab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    from skimage.color import rgb2lab

    result: NDArray[np.float64] = rgb2lab(pixels[None])[0]
    return result


def _pair(image: Image, reference: Image, mask: Mask | None) -> tuple[Image, Image, Mask]:
    import numpy as np

    first, second = images.flatten(image), images.flatten(reference)
    if first.shape != second.shape:
        raise InvalidImage(
            f"The image is {first.shape[1]} x {first.shape[0]} and its reference {second.shape[1]} x {second.shape[0]}.",
            hint="Resize one with prodgen_sdk.images.resize.",
        )
    where = np.ones(first.shape[:2], bool) if mask is None else images.check_mask(mask)
    if where.shape != first.shape[:2]:
        raise InvalidImage(
            f"The mask is {where.shape[1]} x {where.shape[0]}, the image {first.shape[1]} x {first.shape[0]}."
        )
    if not where.any():
        raise InvalidImage("The mask is empty, so that there is nothing to compare.")
    return first, second, where

"""What a shop asks of a product picture, measured without a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_quality.finishing.foreground import border, box_of
from prodgen_sdk import images
from prodgen_sdk.types import Image, Mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHARPNESS_SIDE = 512


def at_sharpness_side(image: Image) -> Image:
    """The picture, on white, at the size at which sharpness and crispness are measured; one of that size as it is."""
    rgb = images.flatten(image)
    height, width = rgb.shape[:2]
    scale = SHARPNESS_SIDE / max(height, width)
    return rgb if scale == 1 else images.resize(rgb, max(1, round(width * scale)), max(1, round(height * scale)))


def sharpness(image: Image, mask: Mask | None = None) -> float:
    """Variance of the Laplacian of the luma (0..255) at a longest side of 512 pixels; 0 is featureless, no upper bound.

    J. L. Pech-Pacheco et al.: Diatom autofocusing in brightfield microscopy, ICPR 2000. The value depends on scale, therefore
    the fixed size (a smaller picture is enlarged, and so counts as blurred). It grows with noise and with texture:
    compare pictures of one product.
    """
    import numpy as np
    from scipy import ndimage

    rgb = at_sharpness_side(image)
    response = ndimage.laplace(_luma(rgb), mode="nearest")
    if mask is not None and images.check_mask(mask).any():
        rows = (np.arange(rgb.shape[0]) * mask.shape[0] // rgb.shape[0])[:, None]
        columns = np.arange(rgb.shape[1]) * mask.shape[1] // rgb.shape[1]
        response = response[mask[rows, columns]]
    return float(response.var())


def crispness(image: Image) -> float:
    """One minus the perceptual blur of Crete et al., 0 (blurred) to 1 (crisp).

    F. Crete, T. Dolmiere, P. Ladret, M. Nicolas: The blur effect: perception and estimation with a new no-reference perceptual
    blur metric, SPIE 6492, 2007. It compares neighbouring differences before and after a further blur, so that contrast and
    exposure hardly matter, where the variance of the Laplacian follows them.
    """
    import numpy as np
    from skimage.measure import blur_effect

    luma = _luma(at_sharpness_side(image))
    if np.ptp(luma) < 1:
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        blur = float(blur_effect(luma / 255))
    return 0.0 if not np.isfinite(blur) else min(1.0, max(0.0, 1.0 - blur))


def white_border(image: Image) -> float:
    """Share of the pixels along the edges (2 % of the shorter side) that are exactly (255, 255, 255)."""
    return float((border(image) == 255).all(axis=1).mean())


def off_white(image: Image) -> float:
    """How far the darkest channel along the edges is from 255; 0 for pure white."""
    return float(255 - int(border(image).min()))


def fill(mask: Mask) -> float:
    """The longer side of the product's box as a share of that side of the frame, 0 to 1."""
    box = box_of(images.check_mask(mask))
    return 0.0 if box is None else max(box.height / mask.shape[0], box.width / mask.shape[1])


def area(mask: Mask) -> float:
    """Share of the frame that the product covers, 0 to 1."""
    return float(images.check_mask(mask).mean())


def off_centre(mask: Mask) -> float:
    """Distance of the box's centre from the frame's, the larger of both directions as a share of the side; 0 to 0.5."""
    box = box_of(images.check_mask(mask))
    if box is None:
        return 0.5
    vertical = abs((box.top + box.bottom) / 2 / mask.shape[0] - 0.5)
    horizontal = abs((box.left + box.right) / 2 / mask.shape[1] - 0.5)
    return float(max(vertical, horizontal))


def cut_off(mask: Mask) -> float:
    """Share of the outermost pixels that belong to the product: above 0 it leaves the frame."""
    import numpy as np

    images.check_mask(mask)
    ring = np.ones(mask.shape, bool)
    ring[1:-1, 1:-1] = False
    return float(mask[ring].mean())


def clipped(image: Image, mask: Mask | None = None) -> float:
    """Share of pixels, of the product if a mask is given, that are pure black or pure white: detail lost to exposure."""
    rgb = images.flatten(image)
    pixels = rgb.reshape(-1, 3) if mask is None or not mask.any() else rgb[mask]
    return float(((pixels == 0).all(axis=1) | (pixels == 255).all(axis=1)).mean())


def _luma(rgb: Image) -> NDArray[np.float64]:
    """ITU-R BT.601 luma, 0 to 255."""
    import numpy as np

    return np.asarray(rgb.astype(np.float64) @ np.array([0.299, 0.587, 0.114]))

"""The product apart from its ground: soft alpha, colours without the ground's, and the shadow by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodgen_quality.foreground import foreground, plain_background
from prodgen_sdk import images
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_TOLERANCE = 24  # faint shadows are no product
_BAND = 2  # pixels on either side of the outline that may be part ground
_SHADE_NOISE = 0.02
_SHADE_BLUR = 1.0


@dataclass(frozen=True)
class Matte:
    """A product by itself.

    Args:
        rgb: uint8 [h, w, 3]; where `alpha` is 1 exactly the picture's pixels.
        alpha: 0 to 1 [h, w].
        shade: by which the ground was darkened beside the product, 0 to 1 [h, w]; 1 where there is no shadow.
    """

    rgb: Image
    alpha: Plane
    shade: Plane


def matte(image: Image) -> Matte | None:
    """The product of a picture that is transparent or has a plain ground; None where neither holds, or it shows nothing.

    In a band along the outline a pixel is taken for a mixture of the ground with the nearest colour inside, and divided into its
    parts; elsewhere it is one or the other.
    """
    import numpy as np

    if image.shape[2] == 4 and image[..., 3].min() < 128:
        alpha = image[..., 3].astype(np.float32) / np.float32(255)
        if not alpha.any():
            return None
        return Matte(image[..., :3].copy(), alpha, np.ones_like(alpha))
    rgb = images.flatten(image)
    ground, mask = plain_background(rgb), foreground(rgb, _TOLERANCE)
    if ground is None or mask is None or not mask.any():
        return None
    return _from_ground(rgb, np.asarray(ground, np.float32), mask)


def _from_ground(rgb: Image, ground: NDArray[np.float32], mask: NDArray[np.bool_]) -> Matte:
    import numpy as np
    from scipy import ndimage

    inside = ndimage.binary_erosion(mask, iterations=_BAND, border_value=1)
    if not inside.any():
        inside = mask
    band = ndimage.binary_dilation(mask, iterations=_BAND) & ~inside
    rows, columns = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    values = rgb.astype(np.float32)
    own = values[rows, columns][band] - ground
    lengths = (own * own).sum(axis=1)
    share = ((values[band] - ground) * own).sum(axis=1) / np.maximum(lengths, 1e-6)
    # Where product and ground are nearly of one colour nothing can be divided.
    share = np.where(lengths < 30**2, mask[band], np.clip(share, 0, 1)).astype(np.float32)
    share[share > 0.97] = 1
    share[share < 0.03] = 0
    alpha = inside.astype(np.float32)
    alpha[band] = share
    pure = rgb.copy()
    part = share[:, None]
    unmixed = (values[band] - (1 - part) * ground) / np.maximum(part, 0.03)
    pure[band] = np.where(part >= 1, values[band], np.where(part > 0, unmixed, own + ground)).clip(0, 255).round()
    # Under a soft edge the ground is not seen, so that its shade is carried on from beside it.
    ratio = (values / np.maximum(ground, 1)).min(axis=2)
    beside = alpha > 0
    if not beside.all():
        near = ndimage.distance_transform_edt(beside, return_distances=False, return_indices=True)
        ratio = ratio[near[0], near[1]]
    shade = ndimage.gaussian_filter(np.clip(ratio, 0, 1), _SHADE_BLUR).astype(np.float32)
    shade = np.where(shade > 1 - _SHADE_NOISE, 1, shade)
    return Matte(pure, alpha, np.asarray(shade, np.float32))

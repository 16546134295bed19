"""The product apart from its background: soft alpha, colours without the background's, and the shadow by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodgen_quality.finishing.foreground import border, foreground, is_transparent, plain_background
from prodgen_quality.finishing.pale import pale_parts
from prodgen_sdk import images
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_TOLERANCE = 24  # faint shadows are no product
_TINT = 6.0  # of 255 from the background's colour at any brightness: no shadow, which keeps the background's hue
_TINT_NOISE = 2.0  # times the same of the background itself, as JPEG leaves it around edges
_BAND = 2  # pixels on either side of the outline that may be part background
_SLOPE = 6.0  # by which a shadow changes over the whole frame at most, of the background's brightness
_GENTLE = 3.0  # times that slope: below a foot a shadow darkens faster, and an edge of a product is many times as steep
_NEUTRAL = 0.05
_DARKEST = 0.35
_RIM = 0.035
_LEFT, _SEAMLESS, _LARGEST = 6.0, 0.8, 0.08
"""What a shadow leaves below an arch: it changes by up to so many times `_SLOPE`, passes into open ground without an edge along this share of
their border, and is no larger than this share of the product."""
_RIM_THIN, _RIM_MOST = 0.006, 0.01
"""How thick, as a share of the frame, a pale rim of ground along a foot may be, and how large, as a share of the product: a frame around keys is larger."""
_LEFTS = 3
"""How often what is left is looked for: what was hidden behind one part borders on the ground afterwards."""
_HOLE = 0.0008  # of the frame: a smaller gap stays part of the product
_EDGE = 24
_SHADE_NOISE = 0.02
_SHADE_BLUR = 1.0


@dataclass(frozen=True)
class Matte:
    """A product by itself.

    Args:
        rgb: uint8 [h, w, 3]; where `alpha` is 1 exactly the picture's pixels.
        alpha: 0 to 1 [h, w].
        shade: by which the background was darkened beside the product, 0 to 1 [h, w]; 1 where there is no shadow.
    """

    rgb: Image
    alpha: Plane
    shade: Plane


def matte(image: Image) -> Matte | None:
    """The product of a picture that is transparent or has a plain background; None where neither holds, or it shows nothing.

    In a band along the outline a pixel is taken for a mixture of the background with the nearest colour inside, and divided into its
    parts; elsewhere it is one or the other.
    """
    import numpy as np
    from scipy import ndimage

    if is_transparent(image):
        alpha = image[..., 3].astype(np.float32) / np.float32(255)
        if not alpha.any():
            return None
        return Matte(image[..., :3].copy(), alpha, np.ones_like(alpha))
    rgb = images.flatten(image)
    background, mask = plain_background(rgb), foreground(rgb, _TOLERANCE)
    if background is None or mask is None:
        return None
    colour = np.asarray(background, np.float32)
    mask = ndimage.binary_fill_holes(mask | tinted(rgb, colour))
    if not mask.any():
        return None
    solid = mask & ~open_holes(rgb, colour, mask)
    alone = _without_specks(solid & ~cast_shadow(rgb, colour, solid))
    for _ in range(_LEFTS):
        alone = _without_specks(alone & ~_left_of_shadow(rgb, colour, alone))
    alone &= ~_pale_rim(rgb, colour, alone)
    alone |= pale_parts(rgb, colour, alone, ndimage.binary_erosion(mask & ~_shadow_like(rgb, colour)))
    alone = _without_gaps(alone & ~open_holes(rgb, colour, alone))
    return _from_background(rgb, colour, alone if alone.any() else mask)


def tinted(rgb: Image, background: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where a picture is of another hue than its background, or brighter: what no shadow is, however near its colour comes to the background's."""
    import numpy as np
    from scipy import ndimage

    soft = ndimage.gaussian_filter(rgb.astype(np.float32), (1, 1, 0))
    noise = float(np.percentile(_off_hue(border(rgb).astype(np.float32), background), 75))
    return np.asarray(
        ndimage.binary_opening(_off_hue(soft, background) > max(_TINT, _TINT_NOISE * noise), iterations=2)
    )


def _off_hue(values: Plane, background: NDArray[np.float32]) -> Plane:
    """The largest difference [...] of a channel of colours [..., 3] from the background's colour in the shadow that comes nearest."""
    import numpy as np

    light = np.clip(values @ background / max(float(background @ background), 1.0), _DARKEST, 1.0)
    return np.asarray(np.abs(values - light[..., None] * background).max(axis=-1), np.float32)


def _shadow_like(rgb: Image, background: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where a picture has the background's own hue, and is not too dark for a shadow."""
    import numpy as np

    ratio = rgb.astype(np.float32) / np.maximum(background, 1)
    low, high = ratio.min(axis=2), ratio.max(axis=2)
    return np.asarray((high - low < _NEUTRAL) & (low > _DARKEST))


def cast_shadow(rgb: Image, background: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a mask holds the background's own colour, darker, and is joined to the open background without an edge between: a soft shadow.

    The hard core of a shadow, right where the product stands, stays with the product.
    """
    import numpy as np
    from scipy import ndimage

    own_hue = _shadow_like(rgb, background)
    slope = _slope(rgb, background)
    steep = slope > _SLOPE / max(rgb.shape[:2])
    # A pixel of margin: what is beside an edge belongs to what makes the edge.
    like = own_hue & ~ndimage.binary_dilation(steep)
    regions, _ = ndimage.label(like | ~mask)
    open_background = np.unique(regions[~mask & like])
    joined = np.isin(regions, open_background[open_background > 0]) & mask
    # Back to the edge that was kept away from, and on into the dark rim of the shadow as far as that has the background's hue. Where
    # that does not soon come to an end it is no rim but a product of that hue, and nothing tells them apart.
    hueless = mask & own_hue
    seed = ndimage.binary_opening(joined, iterations=2)
    near, far = 3, max(4, round(max(rgb.shape[:2]) * _RIM))
    rim = ndimage.binary_dilation(seed, iterations=far, mask=hueless)
    endless = ndimage.binary_dilation(rim, iterations=4, mask=hueless) & ~rim
    rim &= ~ndimage.binary_dilation(endless, iterations=far)
    rim |= _creeping(mask, hueless & (slope < _GENTLE * _SLOPE / max(rgb.shape[:2])), far)
    rim = ndimage.binary_dilation(rim & ~seed) & mask  # the pixel in which shadow and product are mixed
    grown = ndimage.binary_dilation(seed, iterations=near, mask=hueless) | rim
    return np.asarray(grown & mask)


def _slope(rgb: Image, background: NDArray[np.float32]) -> Plane:
    """By how much brightness changes from pixel to pixel [h, w], as a share of the background's."""
    import numpy as np
    from scipy import ndimage

    luma = ndimage.gaussian_filter((rgb / np.maximum(background, 1)).mean(axis=2), 0.7)
    return np.asarray(np.hypot(ndimage.sobel(luma, 0), ndimage.sobel(luma, 1)) / 8)


def _left_of_shadow(rgb: Image, background: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Parts in the lower half of a mask that are of a shadow's hue and pass into the open ground beside them without an edge.

    Below an arch, as between the legs of a sofa or under the brim of a cap, a shadow goes in deeper than `cast_shadow` follows it.
    """
    import numpy as np
    from scipy import ndimage

    like = _shadow_like(rgb, background)
    calm = like & (_slope(rgb, background) < _LEFT * _SLOPE / max(rgb.shape[:2]))
    parts, count = ndimage.label(ndimage.binary_opening(mask & calm))
    if not count:
        return np.zeros_like(mask)
    rim = mask & like & ndimage.binary_dilation(~mask, iterations=2)
    near = ndimage.grey_dilation(parts, size=5) * rim
    sizes, border, seamless = (np.bincount(which.ravel(), minlength=count + 1) for which in (parts, near, near * calm))
    rows = np.flatnonzero(mask.any(axis=1))
    lowest = ndimage.maximum(np.arange(len(mask))[:, None] + np.zeros_like(parts), parts, np.arange(count + 1))
    found = (border > _BAND) & (seamless > _SEAMLESS * border)
    found &= (sizes < _LARGEST * mask.sum()) & (np.asarray(lowest) > (rows[0] + rows[-1]) / 2)
    found[0] = False
    return np.asarray(ndimage.binary_dilation(found[parts], iterations=3, mask=mask & like))


def _pale_rim(rgb: Image, background: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A thin rim of a shadow's hue below what is darker or in colour: the ground right at the product's foot, where it changes too fast to be told."""
    import numpy as np
    from scipy import ndimage

    inside = ndimage.binary_erosion(mask, iterations=max(2, round(_RIM_THIN * max(rgb.shape[:2]))))
    if not inside.any():
        return np.zeros_like(mask)
    pale = _shadow_like(rgb, background)
    row, column = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    rows = np.flatnonzero(mask.any(axis=1))
    low = np.arange(len(mask))[:, None] > (rows[0] + rows[-1]) / 2
    rim = mask & ~inside & pale & ~pale[row, column] & low
    return np.asarray(rim if rim.sum() < _RIM_MOST * mask.sum() else np.zeros_like(mask))


def _creeping(mask: NDArray[np.bool_], soft: NDArray[np.bool_], far: int) -> NDArray[np.bool_]:
    """What of a soft part is reached from the open background and ends within `far` pixels: the shadow below a product's foot."""
    import numpy as np
    from scipy import ndimage

    reached = ndimage.binary_dilation(~mask, iterations=far, mask=soft | ~mask) & mask
    endless = ndimage.binary_dilation(reached, iterations=4, mask=soft) & ~reached
    return np.asarray(reached & ~ndimage.binary_dilation(endless, iterations=far))


def open_holes(rgb: Image, background: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Parts within a mask through which the background is seen, as through a handle: its very colour up to a hard edge.

    A white print with exactly the background's colour is taken for a hole too; a highlight is not, for it has no hard edge.
    """
    import numpy as np
    from scipy import ndimage

    far = np.abs(rgb.astype(np.float32) - background).max(axis=2)
    parts, count = ndimage.label(mask & (far <= _TOLERANCE))
    found = np.zeros(mask.shape, bool)
    if not count:
        return found
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    exact = np.bincount(parts.ravel(), weights=(far <= 3).ravel(), minlength=count + 1)
    for number in np.flatnonzero(sizes >= _HOLE * mask.size):
        if number == 0 or exact[number] < 0.5 * sizes[number]:
            continue
        part = parts == number
        beside = ndimage.binary_dilation(part, iterations=3) & ~ndimage.binary_dilation(part)
        if np.median(far[beside]) > 2 * _EDGE:
            found |= part
    return found


def _without_specks(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask without parts of less than a thousandth of it, which a shadow leaves."""
    import numpy as np
    from scipy import ndimage

    parts, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(parts.ravel())
    keep = sizes >= 0.001 * mask.sum()
    keep[0] = False
    return np.asarray(keep[parts])


def _without_gaps(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask with its small gaps closed, as at the seams of parts that were found in different ways."""
    import numpy as np
    from scipy import ndimage

    gaps, _ = ndimage.label(ndimage.binary_fill_holes(mask) & ~mask)
    small = np.bincount(gaps.ravel()) < _HOLE * mask.size
    small[0] = False
    return np.asarray(mask | small[gaps])


def _from_background(rgb: Image, background: NDArray[np.float32], mask: NDArray[np.bool_]) -> Matte:
    import numpy as np
    from scipy import ndimage

    inside = ndimage.binary_erosion(mask, iterations=_BAND, border_value=1)
    if not inside.any():
        inside = mask
    band = ndimage.binary_dilation(mask, iterations=_BAND) & ~inside
    rows, columns = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    values = rgb.astype(np.float32)
    own = values[rows, columns][band] - background
    lengths = (own * own).sum(axis=1)
    share = ((values[band] - background) * own).sum(axis=1) / np.maximum(lengths, 1e-6)
    # Where product and background are nearly of one colour nothing can be divided.
    share = np.where(lengths < 30**2, mask[band], np.clip(share, 0, 1)).astype(np.float32)
    share[share > 0.97] = 1
    share[share < 0.03] = 0
    alpha = inside.astype(np.float32)
    alpha[band] = share
    pure = rgb.copy()
    part = share[:, None]
    unmixed = (values[band] - (1 - part) * background) / np.maximum(part, 0.03)
    pure[band] = np.where(part >= 1, values[band], np.where(part > 0, unmixed, own + background)).clip(0, 255).round()
    # Under a soft edge the background is not seen, so that its shade is carried on from beside it.
    ratio = (values / np.maximum(background, 1)).min(axis=2)
    beside = alpha > 0
    if not beside.all():
        near = ndimage.distance_transform_edt(beside, return_distances=False, return_indices=True)
        ratio = ratio[near[0], near[1]]
    shade = ndimage.gaussian_filter(np.clip(ratio, 0, 1), _SHADE_BLUR).astype(np.float32)
    shade = np.where(shade > 1 - _SHADE_NOISE, 1, shade)
    return Matte(pure, alpha, np.asarray(shade, np.float32))

"""What is no product along an outline: halos, the shadow right beside what stands on the ground, pixels that are mostly background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodgen_sdk.images.colour import to_linear
from prodgen_sdk.images.cutout.ground import Floats

if TYPE_CHECKING:
    from prodgen_sdk.types import Mask

_FAINT_EDGE = 0.06
"""What differs from the background by less than this is easily lost."""


def faint(mask: Mask, differs: Floats) -> float:
    """The share of an outline that hardly differs from the background."""
    from scipy import ndimage

    rim = mask & ~ndimage.binary_erosion(mask, iterations=2, border_value=1)
    most = ndimage.maximum_filter(np.where(mask, differs, 0), 5)
    return float((most[rim] < _FAINT_EDGE).mean()) if rim.any() else 0.0


_FRINGE = 0.015
"""Share of the photo's size that the halo of sharpening and compression around a product, or the rim of its shadow, reaches at most."""
_PALE, _CLEAR_CUT = 0.3, 0.2
"""A halo differs from the background by less than this share of what the product beside it does, which is at least that much."""
_COLOURED = 0.1
"""Beside a product whose channels' shares of the background differ by more than this, twice as neutral a grey is a shadow."""
_EDGE = 0.012
"""What changes by more than this from pixel to pixel (of 1, at 512 pixels) is an edge: of a white sole, not of a halo."""


def without_fringe(mask: Mask, rgb: Floats, under: Floats, differs: Floats, size: int) -> Mask:
    """Drops what fades into the background beside what stands out clearly: halos, and the soft rims of shadows beside colours."""
    from scipy import ndimage

    reach, unit = max(3, round(_FRINGE * size)), max(1.0, size / 512)
    deep = ndimage.binary_erosion(mask, iterations=reach)
    if not deep.any():
        return mask
    ratio = rgb / np.maximum(under, 0.05)
    chroma, light = np.ptp(ratio, axis=2), ratio.mean(2)
    full, coloured = _own(deep, reach, differs, chroma)
    step = ndimage.gaussian_gradient_magnitude(differs, unit) * unit
    pale = mask & (full > _CLEAR_CUT) & (differs < _PALE * full)
    grey = mask & (coloured > _COLOURED) & (chroma < 0.5 * coloured) & (light > 0.4) & (light < 1)
    outside = ~mask
    met = ndimage.binary_dilation(outside, iterations=reach, mask=outside | (pale & (step < _EDGE)))
    # A shadow is met from below: grey at the sides of a product may be its shine.
    upwards = np.array([[0, 1, 0], [0, 1, 0], [0, 0, 0]], bool)
    met = ndimage.binary_dilation(met, upwards, 2 * reach, mask=met | (grey & (step < 5 * _EDGE)))
    if not (met & mask).any():
        return mask
    # Where a fringe touches the product there is an edge: that of the product.
    end = round(3 * unit)
    met |= ndimage.binary_dilation(met & mask, upwards, end, mask=grey)
    met = ndimage.binary_dilation(met, iterations=end, mask=met | pale)
    kept = ndimage.binary_opening(mask & ~met, disc(round(unit)))
    return np.asarray(kept | (mask & deep))


_DEEPENS, _RISES, _CONTACT = 0.06, 0.004, 0.05
"""How much darker the shadow beside a product gets from pixel to pixel at most (of the background, at 512 pixels), by how much less dark it may
get through noise, and the share of the photo's size that it reaches at most."""
_CLOSE, _RESOLVED = 0.65, 400
"""Close to what throws it a shadow gets darker than this, which pale rims of phones do not; and the size in pixels from which a photo shows that it
does so softly."""
_UNLIKE, _NEUTRAL, _PLAIN = 0.12, 0.05, 0.8
"""By how much brightness and colour (shares of the background) tell a shadow from what is beside it. What is neither in colour nor darker than
the last is not told from its own shade."""


def without_contact(mask: Mask, rgb: Floats, under: Floats, size: int) -> Mask:
    """Drops the shadow right beside what lies or stands on the ground: grey that only gets darker on the way to something unlike it."""
    from scipy import ndimage

    reach, unit = max(3, round(_FRINGE * size)), max(1.0, size / 512)
    deep = ndimage.binary_erosion(mask, iterations=2 * reach)
    if size < _RESOLVED or not deep.any():
        return mask
    ratio = rgb / np.maximum(under, 0.05)
    chroma, light = np.ptp(ratio, axis=2), ratio.mean(2)
    own_chroma, own_light = _own(deep, reach, chroma, light)
    unlike = (own_chroma - chroma > 2 * _NEUTRAL) | ((np.abs(light - own_light) > _UNLIKE) & (own_light < _PLAIN))
    passable = mask & (chroma < _NEUTRAL) & (light < 1) & (light > 0.25) & unlike
    light = ndimage.gaussian_filter(light, 0.7)
    met = ~mask
    for _ in range(round(_CONTACT * size)):
        more = np.zeros_like(met)
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
            darker = np.roll(light, step, axis) - light
            more |= np.roll(met, step, axis) & (darker > -_RISES / unit) & (darker < _DEEPENS / unit)
        more &= passable & ~met
        if not more.any():
            break
        met |= more
    met = ndimage.binary_dilation(mask & met & (light < _CLOSE), iterations=2 * reach, mask=mask & met)
    kept = ndimage.binary_opening(mask & ~met, disc(round(unit)))
    return np.asarray(kept | (mask & deep))


def _own(deep: Mask, reach: int, *planes: Floats) -> tuple[Floats, ...]:
    """The mean of each plane [h, w] well inside a product, at the place that is nearest to each pixel."""
    from scipy import ndimage

    around = np.maximum(ndimage.gaussian_filter(deep.astype(np.float32), reach), 1e-6)
    nearest = tuple(ndimage.distance_transform_edt(~deep, return_distances=False, return_indices=True))
    return tuple(
        np.asarray((ndimage.gaussian_filter(np.where(deep, plane, 0), reach) / around)[nearest]) for plane in planes
    )


def sharpened(mask: Mask, rgb: Floats, under: Floats) -> Mask:
    """Drops outline pixels that are less than half product, where the product differs enough to tell.

    Product and background mix as light, so shares are told in linear colours.
    """
    from scipy import ndimage

    deep = ndimage.binary_erosion(mask, iterations=3)
    if not deep.any():
        return mask
    differs = np.abs(to_linear(rgb) - to_linear(under)).max(2)
    nearest = ndimage.distance_transform_edt(~deep, return_distances=False, return_indices=True)
    full = differs[tuple(nearest)]
    rim = mask & ~ndimage.binary_erosion(mask, iterations=2)
    thin = rim & (full > 0.1) & (differs < 0.5 * full)
    outer = thin & ndimage.binary_dilation(~mask, iterations=2)
    return np.asarray(mask & ~outer)


def disc(radius: int) -> Mask:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(x * x + y * y <= radius * radius + radius * 0.5)

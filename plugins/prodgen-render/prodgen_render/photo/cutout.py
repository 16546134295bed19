"""Cutting a product out of its photo: alpha as it is, or a plain background of any brightness.

The background is a low-order surface, so that a sweep that gets darker towards one side is still plain. What differs from it is
product, except soft grey patches that reach the background without an edge: shadows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.background import background_of
from prodgen_render.photo.holes import filled_but_holes, joined, shaded_holes
from prodgen_render.photo.shadow import between, elevation_from_shadow, shadow_in, stands_alone
from prodgen_sdk import images
from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.images.colour import to_linear
from prodgen_sdk.types import Image, Mask

_LEAST_SHARE = 0.002
_SMALL = 64
"""A product of fewer pixels, along its longer side, shows neither print nor the curves that tell its shape."""
_BUSY = "the photo's background is not plain: the cut-out may be wrong"


@dataclass(frozen=True, eq=False)
class Cutout:
    """A product without its background.

    Args:
        mask: where it is, bool [h, w].
        colour: linear RGB float32 [h, w, 3]; beyond the product's edge the nearest colour inside goes on.
        confidence: 0 to 1.
        warnings: what a person should look at.
        elevation: degrees that the camera looked down by, where a shadow on the floor tells.
    """

    mask: Mask
    colour: Floats
    confidence: float
    warnings: tuple[str, ...] = ()
    elevation: float | None = None


def cut_out(image: Image, longest: int = 1024) -> Cutout:
    """The product of a photo, at most `longest` pixels along the longer side.

    Args:
        image: RGB before a plain background, or RGBA, whose alpha is taken as it is.

    Raises:
        InvalidImage: nothing, or nearly nothing, stands out.
    """
    from scipy import ndimage

    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    if scale < 1:
        image = images.resize(image, max(1, round(width * scale)), max(1, round(height * scale)))
    if min(image.shape[:2]) < 16:
        raise InvalidImage(
            f"The photo has {width} x {height} pixels; a product cannot be seen in it.", hint="Give a larger photo."
        )
    warnings: list[str] = []
    if image.shape[2] == 4 and image[..., 3].min() < 128:
        mask = _largest(image[..., 3] >= 128)
        confidence, elevation = 1.0, None
    else:
        photo = images.flatten(image).astype(np.float32) / 255
        under, spread = background_of(photo)
        mask, confidence = _from_background(photo, under, spread, warnings)
        elevation = elevation_from_shadow(under - photo, mask) if mask.any() else None
    if mask.sum() < max(64, _LEAST_SHARE * mask.size):
        raise InvalidImage(
            "No product stands out from the photo's background.",
            hint="Give a photo before a plain background of another brightness, or a PNG with a transparent one.",
        )
    touching = [side for side, line in _sides(mask).items() if line.mean() > 0.02]
    if len(touching) > 2 and _BUSY in warnings:
        raise InvalidImage(
            "The photo's background is not plain, and what stands out of it reaches most of its edges: no product can be told.",
            hint="Give a photo of the whole product before a plain background, or a PNG with a transparent one.",
        )
    if touching:
        warnings.append(f"the product is cut off at the photo's edge ({', '.join(touching)})")
        confidence *= 0.7
    extent = max(int(mask.any(axis).sum()) for axis in (0, 1))
    if extent < _SMALL:
        warnings.append(
            f"the product is only {extent} pixels large in the photo: its views are blurred, give a larger one"
        )
        confidence *= 0.7
    # Pixels along the outline are mixed with the background: they take the colour of the nearest one that is not.
    inside = ndimage.binary_erosion(mask, iterations=2 if max(mask.shape) > 200 else 1)
    if not inside.any():
        inside = mask
    nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    rgb = image[..., :3].astype(np.float32) / 255
    return Cutout(mask, to_linear(rgb[tuple(nearest)]), confidence, tuple(warnings), elevation)


def _sides(mask: Mask) -> dict[str, Mask]:
    return {"top": mask[0], "bottom": mask[-1], "left": mask[:, 0], "right": mask[:, -1]}


def _largest(mask: Mask, keep: float = 0.03) -> Mask:
    """Pieces of at least `keep` of the largest one, with pinholes filled."""
    from scipy import ndimage

    pieces, count = ndimage.label(mask)
    if count == 0:
        return mask
    areas = np.bincount(pieces.reshape(-1))[1:]
    kept = np.isin(pieces, np.flatnonzero(areas >= keep * areas.max()) + 1)
    holes, count = ndimage.label(~kept)
    sizes = np.bincount(holes.reshape(-1), minlength=count + 1)
    small = np.flatnonzero(sizes < 2e-4 * mask.size)
    return np.asarray(kept | np.isin(holes, small[small > 0]))


_LARGE = 0.45
"""A shadow that is more than this share of what differs from the background may be a product."""


def _from_background(rgb: Floats, under: Floats, spread: float, warnings: list[str]) -> tuple[Mask, float]:
    from scipy import ndimage

    differs = np.abs(rgb - under).max(2)
    confidence = 0.95
    if spread > 0.04:
        warnings.append(_BUSY)
        confidence, spread = 0.4, min(spread, 0.1)
    size = max(rgb.shape[:2])
    weak, strong = 0.010 + 3 * spread, 0.05 + 4 * spread
    smooth = ndimage.uniform_filter(differs, 3) if spread > 0.004 else differs
    found = ndimage.binary_propagation(smooth > strong, mask=smooth > weak)
    if not found.any():
        return np.asarray(found), 0.0
    # A white product before white shows as a broken outline: close its gaps before its inside is filled.
    reach = max(1, round(size / 170))
    padded = np.pad(found, 2 * reach)
    closed = ndimage.binary_closing(padded, _disc(reach))[2 * reach : -2 * reach, 2 * reach : -2 * reach]
    filled = filled_but_holes(found | (closed & (smooth > 0.3 * weak)), closed, rgb - under)
    shadow = shadow_in(rgb, under, filled)
    kept = filled & ~shadow
    large = shadow.sum() > _LARGE * filled.sum()
    if large and (shadow & between(kept)).sum() > shadow.sum() / 2:
        # The body of a white product between its neck and its hem.
        kept |= shadow & between(kept)
    elif large and not stands_alone(kept, shadow, differs):
        kept = filled
        confidence *= 0.8
    kept &= ~shaded_holes(kept, rgb, under)
    kept = ndimage.binary_opening(kept, _disc(max(1, reach // 2))) if size > 200 else kept
    kept = _largest(_without_fringe(_largest(kept), rgb, under, differs))
    kept = joined(_sharpened(_largest(_without_contact(kept, rgb, under)), rgb, under))
    if _faint(kept, differs) > _MOST_FAINT:
        warnings.append("much of the product's outline hardly differs from the background: the cut-out may be wrong")
        confidence *= 0.7
    return kept, confidence


_FAINT_EDGE, _MOST_FAINT = 0.06, 0.25
"""What differs from the background by less than this is easily lost, and the share of an outline that may be so."""


def _faint(mask: Mask, differs: Floats) -> float:
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


def _without_fringe(mask: Mask, rgb: Floats, under: Floats, differs: Floats) -> Mask:
    """Drops what fades into the background beside what stands out clearly: halos, and the soft rims of shadows beside colours."""
    from scipy import ndimage

    size = max(mask.shape)
    reach, unit = max(3, round(_FRINGE * size)), max(1.0, size / 512)
    deep = ndimage.binary_erosion(mask, iterations=reach)
    if not deep.any():
        return mask
    ratio = rgb / np.maximum(under, 0.05)
    chroma, light = np.ptp(ratio, axis=2), ratio.mean(2)
    full, coloured = (_own(values, deep, reach) for values in (differs, chroma))
    step = ndimage.gaussian_gradient_magnitude(differs, unit) * unit
    pale = mask & (full > _CLEAR_CUT) & (differs < _PALE * full)
    grey = mask & (coloured > _COLOURED) & (chroma < 0.5 * coloured) & (light > 0.4) & (light < 1)
    outside = ~mask
    met = ndimage.binary_dilation(outside, iterations=reach, mask=outside | (pale & (step < _EDGE)))
    # A shadow is met from below: grey at the sides of a product may be its shine.
    upwards = np.array([[0, 1, 0], [0, 1, 0], [0, 0, 0]], bool)
    met = ndimage.binary_dilation(met, upwards, 2 * reach, mask=met | (grey & (step < 5 * _EDGE)))
    # Where a fringe touches the product there is an edge: that of the product.
    end = round(3 * unit)
    met |= ndimage.binary_dilation(met & mask, upwards, end, mask=grey)
    met = ndimage.binary_dilation(met, iterations=end, mask=met | pale)
    kept = ndimage.binary_opening(mask & ~met, _disc(round(unit)))
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


def _without_contact(mask: Mask, rgb: Floats, under: Floats) -> Mask:
    """Drops the shadow right beside what lies or stands on the ground: grey that only gets darker on the way to something unlike it."""
    from scipy import ndimage

    size = max(mask.shape)
    reach, unit = max(3, round(_FRINGE * size)), max(1.0, size / 512)
    deep = ndimage.binary_erosion(mask, iterations=2 * reach)
    if size < _RESOLVED or not deep.any():
        return mask
    ratio = rgb / np.maximum(under, 0.05)
    chroma, light = np.ptp(ratio, axis=2), ratio.mean(2)
    own_chroma, own_light = (_own(values, deep, reach) for values in (chroma, light))
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
    kept = ndimage.binary_opening(mask & ~met, _disc(round(unit)))
    return np.asarray(kept | (mask & deep))


def _own(values: Floats, deep: Mask, reach: int) -> Floats:
    """The mean of values well inside a product, at the place that is nearest to each pixel."""
    from scipy import ndimage

    around = np.maximum(ndimage.gaussian_filter(deep.astype(np.float32), reach), 1e-6)
    nearest = tuple(ndimage.distance_transform_edt(~deep, return_distances=False, return_indices=True))
    return np.asarray((ndimage.gaussian_filter(np.where(deep, values, 0), reach) / around)[nearest])


def _sharpened(mask: Mask, rgb: Floats, under: Floats) -> Mask:
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


def _disc(radius: int) -> Mask:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(x * x + y * y <= radius * radius + radius * 0.5)

"""The background that was asked for, behind a product that a model painted before a plain backdrop.

A model that is asked for pure white paints something near it, with a soft shadow. What is reached from the frame without
crossing an edge counts as backdrop; it is divided by a smooth fit of its own colour, and what remains is the shadow, which is
laid on the new background.

`prodgen_sdk.images.cutout` is finer, but takes half a second of a CPU or more for each picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk import images
from prodgen_sdk.types import Image, Scene

Float = NDArray[np.float32]
_WORK = 384  # about the edge at which the backdrop is looked for
_RING = 0.03  # share of the frame that is looked at along the edges
_CLOSE = 16.0  # levels of 255 within which a pixel is of the backdrop's colour
_EDGE = 0.8  # levels a pixel at the working size: less is no edge
_SOLID = 0.75  # least share of its own hull in rows and columns; an outline with a gap has less
_PLAIN = 0.7  # least share of the ring that has the backdrop's colour
_FADE = 0.015  # share of the frame over which the picture fades into the background at its rim
NOT_PLAIN = "The model did not paint the product before a plain background, so that it could not be cut out."


@dataclass(frozen=True)
class Cut:
    """A product before its backdrop.

    Attributes:
        alpha: float32 [h, w], 1 on the product, 0 on the backdrop.
        shade: float32 [h, w], how bright the backdrop is against its own fit: 1 in the light, less in the shadow.
        plain: whether there was a plain backdrop at all; otherwise alpha is 1 everywhere.
    """

    alpha: Float
    shade: Float
    plain: bool


def lay(
    picture: Image, scene: Scene, background: Image | None = None, cut: Cut | None = None
) -> tuple[Image, Any, tuple[str, ...]]:
    """A painted picture with the background of the scene. Pixels well within the product stay as they are.

    Args:
        picture: HWC uint8 RGB, square.
        background: for `Scene(background="image")`, of any size.
        cut: where the product is, if that is known.

    Returns:
        The picture (RGBA for a transparent scene), the product's mask or None where it is not known, and warnings.
        The outermost pixels are always the background's, exactly.
    """
    size = picture.shape[0]
    cut = cut_out(picture) if cut is None else cut
    shade = cut.shade if scene.shadow else np.ones_like(cut.shade)
    rim = _rim(size)
    alpha = np.minimum(cut.alpha, rim)
    warnings = () if cut.plain else (NOT_PLAIN,)
    mask = alpha > 0.5 if cut.plain else None
    mixed = (alpha < 1) & ((alpha > 0) | (shade < 1))  # the product itself is copied, the bare background filled in
    over, light = alpha[mixed][:, None], (1 + (shade[mixed] - 1) * rim[mixed])[:, None]
    if scene.background == "transparent":
        laid = np.dstack([picture, np.where(alpha < 1, 0, 255).astype(np.uint8)])
        cover = over + (1 - light) * (1 - over)  # a shadow is black, as strong as the light that it takes
        laid[alpha < 1] = 0
        laid[mixed] = _bytes(np.hstack([picture[mixed] * (over / np.maximum(cover, 1e-6)), cover * 255]))
        return laid, mask, warnings
    flat = _flat(scene) if background is None or scene.background != "image" else None
    if flat is not None:
        laid = _over_colour(picture, alpha >= 1, flat)
        shaded = flat * light
    else:
        under = plain_background(scene, size, background)
        laid = np.where((alpha < 1)[..., None], _bytes(under), picture)
        shaded = under[mixed] * light
    laid[mixed] = _bytes(shaded + (picture[mixed] - shaded) * over)
    return laid, mask, warnings


def _over_colour(picture: Image, kept: NDArray[np.bool_], colour: Float) -> Image:
    """The kept pixels of a picture on a colour; Pillow does it five times as fast as numpy."""
    from PIL import Image as Pil

    canvas = Pil.new("RGB", kept.shape[::-1], tuple(int(value) for value in colour))
    canvas.paste(Pil.fromarray(picture), mask=Pil.fromarray(kept.astype(np.uint8) * 255))
    return np.array(canvas)


def _flat(scene: Scene) -> Float | None:
    """The colour of a background that has one alone, float32 [3]."""
    if scene.background in ("white", "image", "transparent"):
        return np.full(3, 255, np.float32)
    if scene.background == "colour":
        return np.array([int(scene.colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32)
    return None


def plain_background(scene: Scene, size: int, background: Image | None = None) -> Float:
    """The scene's background alone, float32 [size, size, 3] in 0 to 255; a gradient runs from its colour to white."""
    if scene.background == "image" and background is not None:
        side = min(background.shape[:2])
        top, left = (background.shape[0] - side) // 2, (background.shape[1] - side) // 2
        square = images.flatten(background)[top : top + side, left : left + side]
        return images.resize(square, size, size).astype(np.float32)
    flat = _flat(scene)
    if flat is not None:
        return np.broadcast_to(flat, (size, size, 3)).astype(np.float32)
    white = np.full(3, 255, np.float32)
    colour = np.array([int(scene.colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32)
    down = np.linspace(0, 1, size, dtype=np.float32)[:, None, None]
    return np.broadcast_to(colour + (white - colour) * down, (size, size, 3)).astype(np.float32)


def cut_out(picture: Image) -> Cut:
    """Finds the product before a plain backdrop.

    The backdrop's colour is a quadratic of the place, fitted to the frame's rim with outliers left out (two rounds). The
    product is what edges enclose: their closed outline, filled, gives sure inside and outside, between which a watershed
    finds the strongest edge. A soft shadow has no edges and stays outside.
    """
    from PIL import Image as Pil
    from scipy import ndimage

    size = picture.shape[0]
    small = np.asarray(Pil.fromarray(picture).reduce(max(1, round(size / _WORK))))
    work = np.ascontiguousarray(small.transpose(2, 0, 1)).astype(np.float32)
    ring = np.ones(small.shape[:2], bool)
    width = max(1, round(len(ring) * _RING))
    ring[width:-width, width:-width] = False
    fit, share = _fit(work, ring)
    if share < _PLAIN:
        ones = np.ones((size, size), np.float32)
        return Cut(ones, ones, False)
    away = np.abs(work - fit).max(axis=0)
    smooth = np.stack([ndimage.gaussian_filter(plane, 1, truncate=3) for plane in work])
    along = [np.hypot(*np.gradient(plane)) for plane in smooth]
    slope = np.maximum(np.maximum(along[0], along[1]), along[2])
    light, grey = fit.mean(axis=0), smooth.mean(axis=0)
    ratio = smooth / np.maximum(fit, 1)
    low, high = ratio.min(axis=0), ratio.max(axis=0)
    shadow = (high < 1) & (low > 0.4) & (high - low < 0.06)
    sure = ((away > 3 * _CLOSE) & ~shadow) | (grey > light + _CLOSE / 2)
    product = _enclosed(slope, sure, shadow | (away < _CLOSE / 3), ring)
    product &= ~_holes(product, away)
    soft = ndimage.gaussian_filter(product.astype(np.float32), 0.7, truncate=3)
    soft = np.clip((soft - 0.4) / 0.6, 0, 1).astype(
        np.float32
    )  # a little inwards, so that no rim of the old backdrop stays
    shade = np.clip(grey / np.maximum(light, 1), 0, 1)
    # Next to the product the darkness is the product's own, blurred: the shadow there is that of the nearest sure place.
    near = ndimage.binary_dilation(product, iterations=2)
    place = ndimage.distance_transform_edt(near, return_distances=False, return_indices=True)
    shade = shade[tuple(place)]
    shade = np.where(shade > 0.985, 1, shade).astype(np.float32)  # what is left of the backdrop's own unevenness
    return Cut(_grown(soft, size), _grown(shade, size), True)


def _enclosed(
    slope: Float, sure: NDArray[np.bool_], unsure: NDArray[np.bool_], ring: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """What lies within edges: bool [h, w].

    Args:
        slope: how fast colours change, in levels of 255 a pixel.
        sure: what no backdrop or shadow looks like; it counts as edge.
        unsure: what could be backdrop or its shadow, wherever it is.
    """
    from scipy import ndimage

    weak, reach = max(_EDGE, 3.0 * float(np.median(slope[ring]))), max(2, slope.shape[0] // 64)
    filled = _filled(slope, sure, weak, reach)
    if _solidity(filled) < _SOLID:  # an outline with a gap: fainter edges, over wider gaps
        filled = _filled(slope, sure, weak / 2, 2 * reach)
    inside = ndimage.binary_erosion(filled, iterations=2) & ~unsure
    outside = ~ndimage.binary_dilation(filled, iterations=3)
    if not inside.any() or not outside.any():
        return filled
    markers = np.where(inside, 2, np.where(outside, 1, 0)).astype(np.int16)
    height = np.clip(slope / max(float(slope.max()), 1e-6) * 65535, 0, 65535).astype(np.uint16)
    return np.asarray((ndimage.watershed_ift(height, markers) == 2) | sure)


def _filled(slope: Float, sure: NDArray[np.bool_], weak: float, reach: int) -> NDArray[np.bool_]:
    from scipy import ndimage

    edges = ndimage.binary_propagation(slope > 2 * weak, mask=slope > weak) | sure
    return _large(ndimage.binary_fill_holes(_closed(edges, reach)))


def _solidity(mask: NDArray[np.bool_]) -> float:
    """The mask's share of what lies between its first and last pixel of each row and each column; 1 where it is empty."""

    def between(across: int) -> NDArray[np.bool_]:
        before = np.maximum.accumulate(mask, axis=across)
        after = np.flip(np.maximum.accumulate(np.flip(mask, across), axis=across), across)
        return np.asarray(before & after)

    around = between(0) & between(1)
    return float(mask.sum() / around.sum()) if around.any() else 1.0


def _closed(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Morphological closing by a disc, by distances; beyond the frame there is nothing."""
    from scipy import ndimage

    wide = np.pad(mask, 2 * reach)
    grown = ndimage.distance_transform_edt(~wide) <= reach
    shrunk = ndimage.distance_transform_edt(grown) > reach
    return np.asarray(shrunk[2 * reach : -2 * reach, 2 * reach : -2 * reach])


def _large(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without specks of less than a thousandth of the frame."""
    from scipy import ndimage

    labels, _ = ndimage.label(mask)
    sizes = np.bincount(labels.ravel())
    kept = sizes >= 0.001 * mask.size
    kept[0] = False
    return np.asarray(kept[labels])


def _holes(product: NDArray[np.bool_], away: Float) -> NDArray[np.bool_]:
    """Parts within the product that have the very colour of the backdrop, such as the inside of a handle."""
    from scipy import ndimage

    inner = ndimage.binary_erosion(product, iterations=2) & (away < _CLOSE / 3)
    found = _large(ndimage.binary_opening(inner, iterations=2))
    return np.asarray(ndimage.binary_dilation(found, iterations=2))


def _fit(work: Float, ring: NDArray[np.bool_]) -> tuple[Float, float]:
    """A quadratic of the place through the ring's pixels, over the whole frame [3, h, w], and the share of it that it explains."""
    height, width = ring.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y]).astype(np.float32)
    basis, values = terms[:, ring].T, work[:, ring].T
    middle = np.median(values, axis=0)
    kept = np.abs(values - middle).max(axis=1) < 2.5 * _CLOSE
    found = np.eye(6, 1, dtype=np.float32) * middle
    for _ in range(2):
        if kept.sum() < 6 * 4:
            break
        known = basis[kept]
        found = np.linalg.solve(known.T @ known + 1e-3 * np.eye(6), known.T @ values[kept])
        kept = np.abs(values - basis @ found).max(axis=1) < _CLOSE
    fit = np.tensordot(found.T, terms, axes=1)
    return fit.clip(0, 255).astype(np.float32), float(kept.mean())


def _rim(size: int) -> Float:
    """0 on the outermost pixels, 1 from a small share of the frame inwards."""
    axis = np.arange(size)
    away = np.minimum(axis, size - 1 - axis)
    ramp = np.clip(away / max(1.0, _FADE * size), 0, 1).astype(np.float32)
    return np.asarray(np.minimum.outer(ramp, ramp), np.float32)


def _grown(values: Float, size: int) -> Float:
    from PIL import Image as Pil

    if values.shape[0] == size:
        return values.astype(np.float32)
    picture = Pil.fromarray(values.astype(np.float32)).resize((size, size), Pil.Resampling.BILINEAR)
    return np.asarray(picture, np.float32).clip(0, 1)


def _bytes(values: NDArray[Any]) -> Image:
    return np.asarray(values.round().clip(0, 255), np.uint8)

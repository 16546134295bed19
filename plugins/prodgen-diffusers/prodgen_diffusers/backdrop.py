"""The background that was asked for, behind a product that a model painted before a plain backdrop.

A model that is asked for pure white paints something near it, with a soft shadow. What is reached from the frame without
crossing an edge counts as backdrop; it is divided by a smooth fit of its own colour, and what remains is the shadow, which is
laid on the new background.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk import images
from prodgen_sdk.types import Image, Scene

Float = NDArray[np.float32]
_WORK = 384  # edge at which the backdrop is looked for
_RING = 0.03  # share of the frame that is looked at along the edges
_CLOSE = 16.0  # levels of 255 within which a pixel is of the backdrop's colour
_EDGE = 5.0  # levels a pixel at the working size, above which something begins
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


def lay(picture: Image, scene: Scene, background: Image | None = None) -> tuple[Image, Any, tuple[str, ...]]:
    """A painted picture with the background of the scene.

    Args:
        picture: HWC uint8 RGB, square.
        background: for `Scene(background="image")`, of any size.

    Returns:
        The picture (RGBA for a transparent scene), the product's mask or None where it is not known, and warnings.
        The outermost pixels are always the background's, exactly.
    """
    size = picture.shape[0]
    cut = cut_out(picture)
    shade = cut.shade if scene.shadow else np.ones_like(cut.shade)
    rim = _rim(size)
    alpha = cut.alpha * rim
    warnings = () if cut.plain else (NOT_PLAIN,)
    mask = alpha > 0.5 if cut.plain else None
    if scene.background == "transparent":
        dark = (1 - shade) * (1 - alpha) * rim  # a shadow is black, as strong as the light that it takes
        cover = alpha + dark
        colour = picture * (alpha / np.maximum(cover, 1e-6))[..., None]
        return _bytes(np.dstack([colour, cover * 255])), mask, warnings
    under = plain_background(scene, size, background) * (1 + (shade - 1) * rim)[..., None]
    laid = _bytes(under + (picture.astype(np.float32) - under) * alpha[..., None])
    return laid, mask, warnings


def plain_background(scene: Scene, size: int, background: Image | None = None) -> Float:
    """The scene's background alone, float32 [size, size, 3] in 0 to 255; a gradient runs from its colour to white."""
    if scene.background == "image" and background is not None:
        side = min(background.shape[:2])
        top, left = (background.shape[0] - side) // 2, (background.shape[1] - side) // 2
        square = images.flatten(background)[top : top + side, left : left + side]
        return images.resize(square, size, size).astype(np.float32)
    white = np.full(3, 255, np.float32)
    if scene.background in ("white", "image", "transparent"):
        return np.broadcast_to(white, (size, size, 3)).astype(np.float32)
    colour = np.array([int(scene.colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32)
    if scene.background == "colour":
        return np.broadcast_to(colour, (size, size, 3)).astype(np.float32)
    down = np.linspace(0, 1, size, dtype=np.float32)[:, None, None]
    return np.broadcast_to(colour + (white - colour) * down, (size, size, 3)).astype(np.float32)


def cut_out(picture: Image) -> Cut:
    """Finds the product before a plain backdrop.

    The backdrop's colour is a quadratic of the place, fitted to the frame's rim with outliers left out (two rounds).
    Backdrop is what hangs together with the rim at pixels without an edge, holes of its very colour included.
    """
    from scipy import ndimage

    size = picture.shape[0]
    small = min(size, _WORK)
    work = (images.resize(picture, small, small) if small < size else picture).astype(np.float32)
    ring = np.ones((small, small), bool)
    width = max(1, round(small * _RING))
    ring[width:-width, width:-width] = False
    fit, share = _fit(work, ring)
    away = np.abs(work - fit).max(axis=2)
    if share < _PLAIN:
        ones = np.ones((size, size), np.float32)
        return Cut(ones, ones, False)
    grey = work.mean(axis=2)
    edges = np.hypot(ndimage.sobel(grey, 0), ndimage.sobel(grey, 1)) / 4
    chroma = np.abs((work - work.mean(axis=2, keepdims=True)) - (fit - fit.mean(axis=2, keepdims=True))).max(axis=2)
    # A shadow is darker, but of the same hue and without edges; anything else far from the backdrop's colour is product.
    open_ = (away < _CLOSE) | ((edges < _EDGE) & (chroma < _CLOSE) & (grey > 0.35 * fit.mean(axis=2)))
    labels, _ = ndimage.label(open_)
    reached = np.unique(labels[ring & (away < _CLOSE)])
    backdrop = np.isin(labels, reached[reached > 0])
    backdrop |= _holes(~backdrop, away)
    product = ndimage.binary_opening(~backdrop, iterations=1)
    soft = ndimage.gaussian_filter(product.astype(np.float32), 0.7)
    shade = np.where(product, 1, np.clip(grey / np.maximum(fit.mean(axis=2), 1), 0, 1)).astype(np.float32)
    shade = np.where(shade > 0.985, 1, shade)  # what is left of the backdrop's own unevenness
    return Cut(_grown(soft, size), _grown(shade, size), True)


def _holes(product: NDArray[np.bool_], away: Float) -> NDArray[np.bool_]:
    """Parts within the product that have the very colour of the backdrop, such as the inside of a handle."""
    from scipy import ndimage

    labels, count = ndimage.label(product & (away < _CLOSE / 3))
    if not count:
        return np.zeros_like(product)
    sizes = np.bincount(labels.ravel())
    large = np.flatnonzero(sizes >= 0.001 * product.size)
    return np.isin(labels, large[large > 0])


def _fit(work: Float, ring: NDArray[np.bool_]) -> tuple[Float, float]:
    """A quadratic of the place through the ring's pixels, over the whole frame, and the share of the ring that it explains."""
    size = work.shape[0]
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    basis, values = terms[ring], work[ring]
    kept = np.abs(values - np.median(values, axis=0)).max(axis=1) < 2.5 * _CLOSE
    found = np.median(values, axis=0) * np.eye(6, 1, dtype=np.float32)
    for _ in range(2):
        if kept.sum() < 6 * 4:
            break
        found = np.linalg.lstsq(basis[kept], values[kept], rcond=None)[0]
        kept = np.abs(values - basis @ found).max(axis=1) < _CLOSE
    return (terms @ found).clip(0, 255).astype(np.float32), float(kept.mean())


def _rim(size: int) -> Float:
    """0 on the outermost pixels, 1 from a small share of the frame inwards."""
    axis = np.arange(size)
    away = np.minimum(axis, size - 1 - axis)
    ramp = np.clip(np.minimum.outer(away, away) / max(1.0, _FADE * size), 0, 1)
    return np.asarray(ramp, np.float32)


def _grown(values: Float, size: int) -> Float:
    from PIL import Image as Pil

    if values.shape[0] == size:
        return values.astype(np.float32)
    picture = Pil.fromarray(values.astype(np.float32)).resize((size, size), Pil.Resampling.BICUBIC)
    return np.asarray(picture, np.float32).clip(0, 1)


def _bytes(values: Float) -> Image:
    return np.asarray(values.round().clip(0, 255), np.uint8)

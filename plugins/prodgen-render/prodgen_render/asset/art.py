"""Artwork for made-up assets: which of the drawings goes on a layout, and in which colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prodgen_render.asset import labels, tiles
from prodgen_render.asset.canvas import Canvas
from prodgen_render.looks.patterns import Srgb, brightness, ink_for, mix
from prodgen_sdk.types import ARTWORK_SIZE, Image, Layout

TILES = {
    "stripes": tiles.stripes,
    "dots": tiles.dots,
    "checks": tiles.checks,
    "floral": tiles.floral,
    "speckle": tiles.speckle,
}
_ACCENTS: tuple[Srgb, ...] = (
    (195, 39, 43), (47, 98, 173), (63, 138, 85), (233, 128, 44), (240, 195, 60), (122, 85, 163), (31, 127, 134), (237, 165, 182),
    (31, 47, 85), (246, 243, 236), (34, 34, 38), (220, 201, 173), (165, 217, 192), (143, 191, 228), (106, 31, 46), (109, 112, 67),
    (238, 117, 96), (185, 166, 217),
)  # fmt: skip
_PAPERS: tuple[Srgb, ...] = ((246, 243, 236), (255, 255, 255), (250, 247, 240), (240, 231, 212))


def accents_for(colour: Srgb, rng: np.random.Generator, count: int = 3) -> list[Srgb]:
    """Different colours that stand out from a colour, in random order."""
    apart = [c for c in _ACCENTS if _difference(c, colour) > 110 and abs(brightness(c) - brightness(colour)) > 0.06]
    return [apart[int(i)] for i in rng.permutation(len(apart))[:count]]


def quiet_accents(colour: Srgb, rng: np.random.Generator, count: int = 3) -> list[Srgb]:
    """Second colours as products have them that name none: mostly paper, ink or another shade of their own colour, seldom a contrast.

    So the named colour stays what the product looks like. No two come within a shade of each other.
    """
    found: list[Srgb] = []
    contrasts = iter(accents_for(colour, rng, len(_ACCENTS)))
    while len(found) < count:
        new = next(contrasts) if rng.random() < (0.2 if brightness(colour) < 0.45 else 0.4) else _quiet(colour, rng)
        if all(_difference(new, old) > 24 for old in (colour, *found)):
            found.append(new)
    return found


def _quiet(colour: Srgb, rng: np.random.Generator) -> Srgb:
    """Paper on what is dark, ink on what is light, or the colour itself, much lighter or darker."""
    dark = brightness(colour) < 0.45
    if rng.random() < (0.6 if dark else 0.3):
        return _PAPERS[int(rng.integers(len(_PAPERS)))] if dark else ink_for(colour)
    if dark and (brightness(colour) < 0.1 or rng.random() < 0.7):
        return mix(colour, (255, 255, 255), float(rng.uniform(0.55, 0.85)))
    return mix(colour, (16, 18, 26), float(rng.uniform(0.45, 0.75)))


def _difference(a: Srgb, b: Srgb) -> float:
    return float(np.linalg.norm(np.subtract(a, b)))


def draw_artwork(
    layout: Layout, pattern: str, colour: Srgb, accents: Sequence[Srgb], domain: str, rng: np.random.Generator, aspect: float = 1.0,
    *, size: int = ARTWORK_SIZE,
) -> tuple[Image, str]:  # fmt: skip
    """Artwork for a layout, and a name of its design.

    Args:
        colour: of the bare surface.
        accents: at least one; more are used where a design has more.
        aspect: width of the surface over its height.
        size: edge in pixels.

    Returns:
        uint8 [size, size, 4], as `ProductAsset.artwork` wants it; bare ground for the layout `none`.
    """
    canvas = Canvas(colour, aspect, size)
    if layout == "tile":
        style = TILES[pattern](canvas, accents, rng)
    elif layout == "surface":
        style = labels.gradient(canvas, accents, rng)
    elif layout == "screen":
        style = labels.wallpaper(canvas, accents, rng)
    elif layout == "label":
        cloth = domain in ("apparel", "home", "other")
        style = (
            labels.print_on_cloth(canvas, accents, rng) if cloth else labels.package_label(canvas, accents, domain, rng)
        )
    else:
        style = "none"
    return canvas.finished(), style

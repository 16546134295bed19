"""The sheet that artwork is drawn on: colour over a ground, and how much of it is art."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from prodgen_render.looks.patterns import Srgb
from prodgen_render.model import Floats
from prodgen_sdk.types import ARTWORK_SIZE, Image

_FINER = 4


class Canvas:
    """A square sheet of bare ground; drawing lays colours over it.

    Args:
        ground: colour of the bare surface.
        aspect: width of the surface over its height, so that what is round stays round.
        size: edge in pixels.
    """

    def __init__(self, ground: Srgb, aspect: float = 1.0, size: int = ARTWORK_SIZE) -> None:
        self.ground, self.aspect, self.size = ground, aspect, size
        self.colour = np.tile(np.array(ground, np.float32), (size, size, 1))
        self.art = np.zeros((size, size), np.float32)

    def grid(self) -> tuple[Floats, Floats]:
        """Middles of the pixels in [0, 1]: across [1, n] and down [n, 1]."""
        return self._grid

    @cached_property
    def _grid(self) -> tuple[Floats, Floats]:
        middles = (np.arange(self.size, dtype=np.float32) + 0.5) / self.size
        return middles[None], middles[:, None]

    def fill(self, cover: Floats, colour: Srgb | Floats) -> None:
        """Lays a colour (one, or one a pixel) over the sheet where `cover` [n, n] is above 0."""
        self.colour += (np.asarray(colour, np.float32) - self.colour) * cover[..., None]
        self.art += (1 - self.art) * cover

    def ellipse(
        self, x: float, y: float, long: float, short: float, angle: float, colour: Srgb, *, hole: float = 0.0
    ) -> None:
        """Lays an ellipse (a ring, with a hole) over the sheet that comes in again at the opposite edges.

        Args:
            x, y: its middle, in sheets; long, short: its half axes.
            hole: the share of it that is left open.
        """
        n = self.size
        reach = min(math.ceil(max(long, short) * n) + 1, n // 2 - 1)
        column, row = math.floor(x * n), math.floor(y * n)
        steps = np.arange(-reach, reach + 1)
        dx = ((column + steps + 0.5) / n - x).astype(np.float32)[None]
        dy = ((row + steps + 0.5) / n - y).astype(np.float32)[:, None]
        along, across = dx * math.cos(angle) + dy * math.sin(angle), dy * math.cos(angle) - dx * math.sin(angle)
        away = np.hypot(along / max(long, 1e-4), across / max(short, 1e-4))
        sharp = min(long, short) * n
        cover = np.clip((1 - away) * sharp + 0.5, 0, 1) * min(1.0, 2 * sharp)
        if hole:
            cover = cover * (1 - np.clip((hole - away) * sharp + 0.5, 0, 1))
        where = np.ix_((row + steps) % n, (column + steps) % n)
        self.colour[where] += (np.asarray(colour, np.float32) - self.colour[where]) * cover[..., None]
        self.art[where] += (1 - self.art[where]) * cover

    def shape(self, colour: Srgb, draw: Callable[[ImageDraw.ImageDraw, float, float], None]) -> None:
        """Lays a drawn shape over the sheet.

        Args:
            draw: is given a Pillow canvas in mode L, and how many of its pixels one unit across and down has: a unit is the
                height of the sheet, so that the sheet is `aspect` units wide.
        """
        edge = self.size * _FINER
        mask = Pillow.new("L", (edge, edge), 0)
        draw(ImageDraw.Draw(mask), edge / self.aspect, float(edge))
        small = mask.resize((self.size, self.size), Pillow.Resampling.BOX)
        self.fill(np.asarray(small, np.float32) / 255, colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Srgb) -> None:
        """Lays a rectangle over the sheet; lengths in heights of the sheet, as for the others below."""
        self.shape(colour, lambda d, sx, sy: d.rectangle([left * sx, top * sy, right * sx, bottom * sy], fill=255))

    def disc(self, x: float, y: float, radius: float, colour: Srgb, tall: float = 1.0) -> None:
        """Lays a disc over the sheet, or an upright ellipse `tall` times as high as wide."""
        high = radius * tall
        self.shape(
            colour,
            lambda d, sx, sy: d.ellipse(
                [(x - radius) * sx, (y - high) * sy, (x + radius) * sx, (y + high) * sy], fill=255
            ),
        )

    def polygon(self, points: Sequence[tuple[float, float]], colour: Srgb) -> None:
        """Lays a polygon over the sheet."""
        self.shape(colour, lambda d, sx, sy: d.polygon([(x * sx, y * sy) for x, y in points], fill=255))

    def finished(self) -> Image:
        """uint8 [size, size, 4], as `ProductAsset.artwork` wants it."""
        return np.concatenate([self.colour, self.art[..., None] * 255], -1).round().clip(0, 255).astype(np.uint8)

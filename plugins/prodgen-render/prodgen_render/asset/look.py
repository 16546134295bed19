"""What an asset says of a product's surface: the same questions that families ask of words, answered by its numbers and artwork."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from PIL import Image

from prodgen_render.asset.labels import WORDS
from prodgen_render.families.traits import traits_of
from prodgen_render.looks.finishes import OWN, srgb
from prodgen_render.looks.lettering import title_margin, write, write_title
from prodgen_render.looks.look import Look, pixels
from prodgen_render.looks.patterns import Srgb, brightness, ink_for, mix
from prodgen_render.model import Material
from prodgen_sdk.types import Product, ProductAsset

_TILE_PERIODS = 3
"""Periods of a pattern, as families give them in metres, that one tile of artwork covers."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AssetLook(Look):
    """A look that takes proportions, finish, colours and artwork from an asset, and what they leave open from the words.

    Args:
        detail: share of the resolution of pictures on surfaces, for drafts.
    """

    asset: ProductAsset
    detail: float = 1.0

    @classmethod
    def of(
        cls, product: Product, asset: ProductAsset, draws: Sequence[str], detail: float = 1.0,
        given: Mapping[str, float] = MappingProxyType({}),
    ) -> AssetLook:  # fmt: skip
        """The look of a product's asset; what neither fixes is drawn from a hash of both.

        Args:
            draws: names of the family's draws, in the order of `asset.proportions`.
            given: draws that are other than in the asset.
        """
        digest = hashlib.sha256(repr((asset.family, asset.proportions, asset.colour, product.sku)).encode()).digest()
        rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
        # A random number is below 1, and so must be what decides "one of three".
        known = {name: min(share, 1 - 2**-53) for name, share in zip(draws, asset.proportions, strict=False)}
        return cls(product, rng, {**known, **given}, asset=asset, detail=detail)

    def _draw(self, what: str) -> float:
        return self._record(what, 0.5)

    def choice(self, count: int) -> int:
        return int(self._draw(f"one of {count}") * count)

    @cached_property
    def _named(self) -> list[tuple[str, str]]:
        named = [*super()._named]
        for place, code in enumerate((self.asset.colour, self.asset.accent)):
            if code is not None and place < len(named):
                named[place] = named[place][0], code
        return named

    @cached_property
    def _drawn(self) -> tuple[str, str]:
        first, second = super()._drawn
        return self.asset.ground or first, second

    @cached_property
    def pattern_name(self) -> str:
        return self.asset.pattern

    @cached_property
    def _designed(self) -> str | None:
        """The main colour: the asset's, or else that which its pattern or print was laid over, unless the material keeps its own."""
        is_package = self.asset.layout == "label" and traits_of(self.asset.family).layouts["plain"] == "label"
        if self.asset.colour or is_package or self.asset.layout == "screen" or self.asset.material in OWN:
            return self.asset.colour
        return self.asset.ground

    @property
    def own_colour(self) -> bool:
        return super().own_colour and self._designed is None

    def colour(self, default: str | None = None) -> Srgb:
        return super().colour(default) if self._designed is None else self.note(srgb(self._designed))

    def accent(self, base: Srgb, default: str | None = None) -> Srgb:
        if self.asset.accent is None or (default and len(self._named) < 2):
            return super().accent(base, default)
        return srgb(self.asset.accent)

    def finish(self, name: str) -> dict[str, float]:
        return self.asset.finish.model_dump() if name == self.asset.material else super().finish(name)

    def plain(self, name: str, colour: Srgb | str | None = None) -> Material:
        material = super().plain(name, colour)
        # In a draft the relief of a material is finer than a pixel.
        return material if self.detail == 1 else material.but(bump=None)

    @property
    def label_pixels(self) -> int:
        return max(160, round(900 * self.detail))

    def surface(self, extent: tuple[float, float], shade: Srgb, period: float) -> Image.Image:
        art = self.asset.artwork
        if art is None or self.asset.layout not in ("tile", "surface"):
            return super().surface(extent, shade, period)
        width, height = (max(32, round(n * self.detail)) for n in pixels(extent))
        if self.asset.layout == "surface":
            return _laid_over(shade, enlarged(art, width, height))
        # Whole tiles go around. Down the last one is cut: stretched to fit, dots would come out oval.
        across = max(1, round(extent[0] / (_TILE_PERIODS * period)))
        edge = max(16, min(4 * art.shape[0], round(width / across)))
        high = max(16, round(across * edge * extent[1] / extent[0]))
        laid = np.asarray(_laid_over(shade, enlarged(art, edge, edge, wrapped=True)))
        return Image.fromarray(np.tile(laid, (math.ceil(high / edge), across, 1))[:high])

    def print(
        self, picture: Image.Image, area: tuple[int, int, int, int], base: Srgb, style: str, ink: Srgb | None, art: bool,
        words: str,
    ) -> None:  # fmt: skip
        if self.asset.artwork is None or self.asset.layout != "label":
            super().print(picture, area, base, style, ink, art, words)
            return
        left, top, right, bottom = area
        if right - left < 8 or bottom - top < 8:
            return
        if art:
            chart, (left, top, right, bottom) = self.asset.artwork, area if words else _square(area)
            if not words:
                chart = _picture_of(chart, traits_of(self.asset.family).aspect["label"])
            chart = enlarged(chart, right - left, bottom - top)
            under = self.asset.ground or self.asset.colour
            picture.paste(_laid_over(base, chart, drawn_on=None if under is None else srgb(under)), (left, top))
        if words:
            self._letter(picture, area, ink, art, words)

    def _letter(
        self, picture: Image.Image, area: tuple[int, int, int, int], ink: Srgb | None, art: bool, words: str
    ) -> None:
        """Sets the words, and the amount below it, in an ink that reads on what is there."""
        left, top, right, bottom = area
        width, height = right - left, bottom - top
        low, high = WORDS if art else (0.2, 0.8)
        side = title_margin(width, height)
        box = (
            round(left + side),
            round(top + low * height),
            round(right - side),
            round(top + high * height),
        )
        behind = np.asarray(picture.crop(box)).reshape(-1, 3)
        ground: Srgb = tuple(int(v) for v in np.median(behind, 0))  # type: ignore[assignment]
        if float(behind.astype(np.float32).std(0).mean()) > 38:
            # Busy ground, from a network that did not keep the place quiet: the words get a plate of their own.
            plate = Image.new("RGB", (box[2] - box[0], box[3] - box[1]), ground)
            picture.paste(Image.blend(picture.crop(box), plate, 0.85), box[:2])
        letters = ink if ink and abs(brightness(ink) - brightness(ground)) > 0.25 else ink_for(ground)
        room = (box[0], box[1], box[2], box[3] - (0.12 * height if self.label_detail else 0))
        filled = write_title(picture, words, room, letters)
        if self.label_detail:
            small = (box[0], filled[3] + 0.02 * height, box[2], min(box[3], filled[3] + 0.12 * height))
            write(picture, [self.label_detail], small, mix(letters, ground, 0.35))

    def unasked(self, share: float) -> bool:
        return self.chance(share) and self.asset.artwork is not None

    def wallpaper(self, base: Srgb, width: int, height: int) -> Image.Image:
        art = self.asset.artwork
        if art is None or self.asset.layout != "screen":
            return super().wallpaper(base, width, height)
        return _laid_over(base, enlarged(art, width, height))


def _square(area: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The largest square in the middle of an area (left, top, right, bottom)."""
    left, top, right, bottom = area
    edge = min(right - left, bottom - top)
    left, top = left + (right - left - edge) // 2, top + (bottom - top - edge) // 2
    return left, top, left + edge, top + edge


def _picture_of(art: np.ndarray, aspect: float) -> np.ndarray:
    """What artwork that was drawn for a label `aspect` heights wide has above the words: a print without words is that alone."""
    edge = art.shape[0]
    high, half = round(WORDS[0] * edge), min(edge // 2, round(WORDS[0] * edge / aspect / 2))
    return art[:high, edge // 2 - half : edge // 2 + half]


def enlarged(art: np.ndarray, width: int, height: int, *, wrapped: bool = False) -> np.ndarray:
    """Artwork at another size, float32 [height, width, 4] of 255; edges are sharpened, so that they do not blur when enlarged.

    Args:
        wrapped: whether opposite edges belong together.
    """
    high, wide = art.shape[:2]
    border = 4
    padded = np.pad(art, ((border, border), (border, border), (0, 0)), mode="wrap" if wrapped else "edge")
    box = (border, border, border + wide, border + high)
    big = np.stack(
        [
            np.asarray(
                Image.fromarray(np.ascontiguousarray(padded[..., k])).resize(
                    (width, height), Image.Resampling.BICUBIC, box
                )
            )
            for k in range(4)
        ],
        -1,
    ).astype(np.float32)
    factor = min(width / wide, height / high)
    return _sharpened(big, factor) if factor > 1.3 else big


def _sharpened(big: np.ndarray, factor: float) -> np.ndarray:
    """Pulls each pixel towards the lightest or darkest of its neighbours (a shock filter after Osher and Rudin 1990, one step)."""
    from scipy import ndimage

    size = 2 * max(1, round(factor / 2)) + 1
    out = np.empty_like(big)
    for k in range(4):
        plane = big[..., k].round().clip(0, 255).astype(np.uint8)
        low = ndimage.minimum_filter(plane, size, mode="nearest").astype(np.float32)
        high = ndimage.maximum_filter(plane, size, mode="nearest").astype(np.float32)
        span = np.maximum(high - low, 1)
        t = np.clip(((big[..., k] - low) / span - 0.5) * 2.2 + 0.5, 0, 1)
        strong = np.clip((span - 24) / 24, 0, 1)
        out[..., k] = big[..., k] + (low + t * span - big[..., k]) * strong
    return out


def _laid_over(ground: Srgb, art: np.ndarray, drawn_on: Srgb | None = None) -> Image.Image:
    """Artwork on a surface of one colour; where there is next to no art, exactly that colour.

    Args:
        art: float [height, width, 4] of 255.
        drawn_on: the colour that the artwork was laid over, where it is another.
    """
    cover = art[..., 3:] / np.float32(255)
    bare = np.array(ground, np.float32)
    colour = art[..., :3]
    if drawn_on is not None and drawn_on != ground:
        colour = colour + (1 - cover) * (bare - np.array(drawn_on, np.float32))
    shown = np.clip((cover - 0.05) / 0.2, 0, 1)
    return Image.fromarray((bare + (colour - bare) * shown).round().clip(0, 255).astype(np.uint8))

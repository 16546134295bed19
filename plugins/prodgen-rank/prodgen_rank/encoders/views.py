"""Rendered views, and how other pictures might show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image as Pil

from prodgen_sdk.training.rendered import read_pixels, read_shots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_sdk.types import Image

Background = Literal["white", "plain", "varied", "cluttered"]


@dataclass(frozen=True)
class Views:
    """Pictures of products with their labels.

    Args:
        images: HWC uint8, RGB or RGBA, one a view.
        products, families, domains, splits: one string per view; equal `products` are views of one product.
    """

    images: Sequence[Image]
    products: NDArray[np.str_]
    families: NDArray[np.str_]
    domains: NDArray[np.str_]
    splits: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.images)

    def take(self, chosen: NDArray[np.bool_]) -> Views:
        """The views for which `chosen` [n] is true."""
        images = [image for image, wanted in zip(self.images, chosen, strict=True) if wanted]
        return Views(images, self.products[chosen], self.families[chosen], self.domains[chosen], self.splits[chosen])


def read_views(data: Path) -> Views:
    """All views of one data set, or of all data sets that lie in a folder; raises InputError as `read_shots` and `read_pixels` do."""
    shots = read_shots(data)
    columns = zip(*((s.product, s.labels["family"], str(s.line["domain"]), s.split) for s in shots), strict=True)
    return Views([picture for _, picture, _ in read_pixels(shots)], *map(np.asarray, columns))


def place(image: Image, rng: np.random.Generator, background: Background | None = None, *, move: bool = True) -> Image:
    """A view as another photo might show it: turned a little, larger or smaller, off centre, on another background, in other light.

    Args:
        image: HWC uint8; only RGBA can be laid on another background.
        background: None draws one; `plain` is one colour, `varied` a colour or a gradient, `cluttered` blots of many colours.
        move: whether place, size, turn and light change; else only the background does.

    Returns:
        RGB of the same size.
    """
    size = image.shape[0]
    rgba = image if image.shape[2] == 4 else np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    picture = Pil.fromarray(rgba).convert("RGBa")
    backdrop = _backdrop(size, rng, background)
    if move:
        if image.shape[2] == 3:
            backdrop = np.broadcast_to(np.asarray(image[0, 0], np.float32), (size, size, 3))
        turn, scale = rng.uniform(-0.2, 0.2), np.exp(rng.uniform(np.log(0.55), np.log(1.2)))
        slack = size * max(0.06, (1 - scale) / 2)
        dx, dy = rng.uniform(-slack, slack, 2)
        cos, sin, half = np.cos(turn) / scale, np.sin(turn) / scale, size / 2
        x, y = half + dx, half + dy
        affine = (cos, -sin, half - cos * x + sin * y, sin, cos, half - sin * x - cos * y)
        picture = picture.transform((size, size), Pil.Transform.AFFINE, affine, Pil.Resampling.BILINEAR)
    layer = np.asarray(picture, np.float32)
    pixels = layer[..., :3] + backdrop * (1 - layer[..., 3:] / 255)
    if move:
        pixels = 255 * np.clip(pixels / 255, 0, 1) ** np.exp(rng.normal(0, 0.12))
        pixels = pixels * np.exp(rng.normal(0, 0.07) + rng.normal(0, 0.025, 3)) + rng.normal(0, 2, pixels.shape)
    return np.clip(pixels + 0.5, 0, 255).astype(np.uint8)


def _backdrop(size: int, rng: np.random.Generator, kind: Background | None) -> NDArray[np.float32]:
    """A background, float32 [size, size, 3] of 0 to 255; shops' own are mostly white, so half of those drawn are."""
    kind = kind or rng.choice(["white", "plain", "varied", "cluttered"], p=[0.4, 0.15, 0.25, 0.2])
    if kind == "white":
        return np.full((size, size, 3), rng.choice([255.0, 255.0, 246.0, 238.0]), np.float32)
    if kind == "cluttered":
        return _blots(size, rng)
    first, second = _colour(rng), _colour(rng)
    if kind == "plain" or rng.random() < 0.3:
        return np.broadcast_to(first, (size, size, 3)).astype(np.float32)
    second = first + (second - first) * rng.uniform(0.1, 0.5)
    x, y = np.meshgrid(np.linspace(0, 1, size), np.linspace(0, 1, size))
    along = (x - 0.5) * np.cos(angle := rng.uniform(0, 2 * np.pi)) + (y - 0.5) * np.sin(angle) + 0.5
    graded: NDArray[np.float32] = (first + (second - first) * np.clip(along, 0, 1)[..., None]).astype(np.float32)
    return graded


def _colour(rng: np.random.Generator) -> NDArray[np.float64]:
    """A colour of 0 to 255; pale ones are the more frequent."""
    colour: NDArray[np.float64] = 255 * rng.random(3) ** rng.choice([0.25, 0.5, 1.0])
    return colour


def _blots(size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Soft and hard patches of several sizes."""
    total = np.zeros((size, size, 3), np.float32)
    for cells, share in ((3, 0.6), (7, 0.4), (17, 0.25)):
        small = Pil.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        how = Pil.Resampling.BICUBIC if rng.random() < 0.6 else Pil.Resampling.NEAREST
        total += share * np.asarray(small.resize((size, size), how), np.float32)
    blots: NDArray[np.float32] = np.clip(total + rng.uniform(-60, 20), 0, 255).astype(np.float32)
    return blots

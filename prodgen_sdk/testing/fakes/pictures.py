"""Fakes that make and look at images: a generator, a renderer, an image encoder, an evaluator and a finisher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.context import Context
from prodgen_sdk.distances import unit
from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.images import flatten, resize
from prodgen_sdk.interfaces import Evaluator, Finished, Finisher, Generator, ImageEncoder, Renderer, Scores
from prodgen_sdk.types import (
    AssetRequest,
    Generated,
    GenerationRequest,
    Image,
    Mask,
    Product,
    ProductAsset,
    Scene,
    View,
)


class SolidGenerator(Generator):
    """A box in a colour drawn from the seed; its width follows the azimuth, its height the elevation."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        return [[self._picture(request, view, ctx) for view in request.views] for request in batch]

    def _picture(self, request: GenerationRequest, view: View, ctx: Context) -> Generated:
        colour = ctx.rng(request.seed).integers(20, 236, 3, dtype=np.uint8)
        mask = _box(request.size, view)
        picture = _background(request.scene, request.size)
        picture[mask, :3] = colour
        if picture.shape[2] == 4:
            picture[mask, 3] = 255
        return Generated(image=picture, view=view, facts={"colour": colour.tolist()}, mask=mask)


class BoxRenderer(Renderer):
    """A box as wide as its one proportion says; a tall one has a second, for its height. Artwork lies on the middle."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def sketch(self, products: Sequence[Product], ctx: Context) -> Sequence[ProductAsset]:
        return [
            ProductAsset(family="tall-box", proportions=(0.5, 0.5), material="paper", layout="label")
            if "tall" in product.title
            else ProductAsset(family="box", proportions=(0.5,), material="paper", layout="label")
            for product in products
        ]

    def draw(self, batch: Sequence[AssetRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        return [[self._picture(asked, view) for view in asked.request.views] for asked in batch]

    def _picture(self, asked: AssetRequest, view: View) -> Generated:
        asset, request = asked.asset, asked.request
        if len(asset.proportions) != (2 if asset.family == "tall-box" else 1):
            raise InputError(f"A {asset.family} has {len(asset.proportions)} proportions.", hint="Start from a sketch.")
        # A proportion stretches the view's own box by up to a fifth.
        stretch = [0.8 + 0.4 * share for share in (*asset.proportions, 0.5)]
        mask = _box(request.size, view, stretch[0], stretch[1])
        picture = _background(request.scene, request.size)
        colour = np.frombuffer(bytes.fromhex((asset.colour or "#b08d57")[1:]), np.uint8)
        picture[mask, :3] = colour
        if asset.artwork is not None:
            middle = request.size // 2 - 8
            art = asset.artwork[::8, ::8]
            patch = picture[middle : middle + 16, middle : middle + 16, :3]
            patch[...] = np.where(art[..., 3:] > 127, art[..., :3], patch)
        if picture.shape[2] == 4:
            picture[mask, 3] = 255
        return Generated(image=picture, view=view, facts={"family": asset.family}, mask=mask)


def _box(size: int, view: View, wide: float = 1.0, tall: float = 1.0) -> Mask:
    half_width = size * 0.3 * wide * (1 + 0.3 * abs(np.sin(np.radians(view.azimuth)))) / max(view.distance, 0.9)
    half_height = size * 0.3 * tall * (1 - 0.3 * abs(np.sin(np.radians(view.elevation)))) / max(view.distance, 0.9)
    offset = np.abs(np.arange(size) - (size - 1) / 2)
    return np.asarray((offset[:, None] < half_height) & (offset[None, :] < half_width))


def _background(scene: Scene, size: int) -> Image:
    if scene.background == "transparent":
        return np.zeros((size, size, 4), np.uint8)
    picture = np.full((size, size, 3), 255, np.uint8)
    colour = np.frombuffer(bytes.fromhex(scene.colour[1:]), np.uint8)
    if scene.background == "colour":
        picture[:] = colour
    if scene.background == "gradient":
        picture[:] = np.linspace(colour, 255, size).round().astype(np.uint8)[:, None]
    return picture


class GridImageEncoder(ImageEncoder):
    """Mean colours of a three by three grid, laid on white; the last axis keeps the length above zero."""

    dimension = 32

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def encode(self, images: Sequence[Image], ctx: Context) -> NDArray[np.float32]:
        vectors = np.stack([self._vector(image) for image in images])
        return unit(vectors).astype(np.float32)

    def _vector(self, image: Image) -> NDArray[np.float32]:
        vector = np.zeros(self.dimension, np.float32)
        small = resize(flatten(image), 3, 3)
        vector[:27] = small.reshape(-1).astype(np.float32) / 255 - 0.5
        vector[-1] = 0.1
        return vector


class BrightnessEvaluator(Evaluator):
    """Mean of all channels, 0 to 1."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def evaluate(self, images: Sequence[Image], references: Sequence[Image] | None, ctx: Context) -> Sequence[Scores]:
        return [Scores(values={"brightness": float(image[..., :3].mean() / 255)}) for image in images]


class SquareFinisher(Finisher):
    """Pads to a square on white."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def finish(self, images: Sequence[Image], profile: str, ctx: Context) -> Sequence[Finished]:
        if profile != "square":
            raise NotFound.of("profile", profile, ["square"])
        return [self._square(image) for image in images]

    def _square(self, image: Image) -> Finished:
        flat = flatten(image)
        height, width = flat.shape[:2]
        edge = max(height, width)
        square = np.full((edge, edge, 3), 255, np.uint8)
        top, left = (edge - height) // 2, (edge - width) // 2
        square[top : top + height, left : left + width] = flat
        return Finished(image=square, notes=(f"Padded from {width}x{height} to {edge}x{edge}.",))

"""Designs as a shopper sees them: rendered, and compared with the true product's pictures on its foreground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from prodgen_mini.brief import renderer_of
from prodgen_mini.config import Config
from prodgen_mini.designs import Designs
from prodgen_mini.evaluation.designers import Made
from prodgen_mini.models.vae import Vae
from prodgen_mini.units import artwork_of
from prodgen_mini.weights import load_codec, read
from prodgen_sdk.context import Context
from prodgen_sdk.types import AssetRequest, GenerationRequest, Product, ProductAsset, parse_views

if TYPE_CHECKING:
    from prodgen_mini.space import Space

Floats = NDArray[np.floating[Any]]
VIEWS = parse_views("0:15:1,60:15:1")
SIZE = 128


def product_of(line: Any) -> Product:
    """The product of a line of a manifest."""
    return Product(
        sku=line["sku"], title=line["title"], description=line.get("description", ""), category=line["category"],
        attributes=line["attributes"], locale=line["locale"],
    )  # fmt: skip


def assets_of(made: Made, designs: Designs, space: Space) -> list[ProductAsset]:
    """Designs as the renderer takes them: what the words fix from the true asset, the rest as it was made."""
    found = []
    for row in range(len(designs)):
        true = designs.asset(row)
        told = true.model_copy(update={"accent": None, "artwork": None})
        art = artwork_of(made.art[row].numpy(), designs.ground[row] / np.float32(255))
        found.append(space.asset(told, made.vectors[row], art if true.layout != "none" else None))
    return found


class Drawn(NamedTuple):
    """Pictures of one product, float [views, size, size, 3], its masks, and what the renderer tells of it."""

    pictures: Floats
    masks: NDArray[np.bool_]
    facts: Mapping[str, Any]


def pictures_of(
    assets: Sequence[ProductAsset], products: Sequence[Product], seeds: Sequence[int], ctx: Context
) -> list[Drawn]:
    """Each asset as the renderer shows it."""
    asked = [
        AssetRequest(request=GenerationRequest(product=product, views=VIEWS, size=SIZE, seed=seed), asset=asset)
        for product, seed, asset in zip(products, seeds, assets, strict=True)
    ]
    return [
        Drawn(np.stack([p.image for p in shown]).astype(float), np.stack([p.mask for p in shown]), shown[0].facts)
        for shown in renderer_of(ctx).draw(asked, ctx)
    ]


def measured(product: Product, drawn: Drawn) -> Product:
    """A product whose attributes state how large it is, as shops' data often do."""
    sides = zip(("width", "depth", "height"), drawn.facts.get("size_cm", ()), strict=False)
    stated = {name: f"{length:g} cm" for name, length in sides}
    return product.model_copy(update={"attributes": {**product.attributes, **stated}})


def foreground_psnr(ours: Sequence[Drawn], true: Sequence[Drawn]) -> Floats:
    """Decibels [n] over the pixels where either product is; at most 60."""
    found = []
    for made, other in zip(ours, true, strict=True):
        inside = made.masks | other.masks
        error = float(((made.pictures - other.pictures)[inside] ** 2).mean()) if inside.any() else 0.0
        found.append(min(60.0, 10 * np.log10(255**2 / max(error, 1e-9))))
    return np.array(found)


def reconstructed(designs: Designs, config: Config) -> Made:
    """What the VAE makes of the codes of true designs."""
    codec, space, _ = load_codec(config.codec.weights, config.codec.sha256)
    found = read("vae", config.vae.weights, config.vae.sha256)
    vae = Vae(**found.settings)
    found.into(vae)
    told = np.tile(np.array([True, False]), (len(designs), 1))
    with torch.inference_mode():
        condition, vector = torch.from_numpy(designs.conditions(space, told)), torch.from_numpy(designs.vectors(space))
        counted = torch.from_numpy(designs.counted()).float()
        shown = torch.from_numpy(designs.has_art).float()[:, None, None, None]
        maps = codec.encode(torch.from_numpy(designs.separated.sheets).float() / 255) * shown
        drawn, numbers = vae.decode(vae.encode(maps, vector * counted, condition)[0], condition)
        sheets = codec.decode(drawn).numpy()
    rows = numbers.numpy()
    art = space.artwork(sheets, rows, designs.ground.astype(np.float32) / np.float32(255), designs.repeats)
    return Made(torch.from_numpy(art), rows, space.main_colour(rows))

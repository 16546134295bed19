"""Data sets of labelled views: shards of pictures and one JSON Lines manifest, made by several processes, resumable.

The format is described in README.md, for those who read it without this package.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from prodgen_render.datasets.shards import make_shards, seed_of, stem, write_labels
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.training.examples import split_of
from prodgen_sdk.types import Image, Mask, Model, Scene, View

FORMAT = 1


class Plan(Model):
    """What a data set holds. Equal plans give equal pictures.

    Args:
        products: how many made-up products.
        views: the views of each.
        size: edge of the pictures in pixels.
        seed: of the products and their models.
        scene: background, light and shadow.
        shard_products: products in a shard.
        format: `npz` (one array file a shard) or `png` (one file per picture).
        families: `learnt`, those that the networks that ship were trained on, or `all` that can be drawn.
        each: so many of the views of each product, drawn by its seed; 0 takes all.
    """

    products: int
    views: tuple[View, ...]
    size: int = 128
    seed: int = 0
    scene: Scene = Scene()
    shard_products: int = 16
    format: Literal["npz", "png"] = "npz"
    families: Literal["learnt", "all"] = "learnt"
    each: int = 0

    @property
    def shards(self) -> int:
        """How many shards it takes."""
        return -(-self.products // self.shard_products)

    def views_of(self, seed: int) -> tuple[View, ...]:
        """The views of the product with a seed, in the order of `views`."""
        import numpy as np

        if not self.each:
            return self.views
        chosen = np.random.default_rng(seed).permutation(len(self.views))[: self.each]
        return tuple(self.views[place] for place in sorted(chosen.tolist()))


def render_dataset(plan: Plan, out: Path, ctx: Context, *, workers: int = 1) -> Mapping[str, Any]:
    """Renders what is missing of a data set into a folder.

    Args:
        out: a new folder, or one in which an equal plan was begun.
        workers: processes; each takes about 600 MB at 128 pixels.

    Returns:
        Flat figures: products, views, shards_done, shards_skipped, seconds, views_per_s.

    Raises:
        InputError: the folder holds something else, or the plan is empty.
        StoreError: the disk is full; a later call goes on.
    """
    if plan.products < 1 or plan.shard_products < 1 or not plan.views:
        raise InputError("The data set would be empty.", hint="Ask for at least one product and one view.")
    description = {"format": FORMAT, **plan.model_dump(mode="json")}
    figures = make_shards(out, description, plan.shards, partial(render_shard, plan, out), ctx, workers=workers)
    pictures = figures.pop("made")
    return {
        "products": plan.products,
        "views": plan.products * len(plan.views_of(0)),
        **figures,
        "views_per_s": round(pictures / max(figures["seconds"], 1e-3), 2) if pictures else 0.0,
    }


def render_shard(plan: Plan, out: Path, number: int) -> int:
    """Renders one shard and returns how many pictures it holds. Repeating it writes the same again."""
    from prodgen_render.datasets.made_up import made_up_product
    from prodgen_render.families import FAMILIES, LEARNT
    from prodgen_render.parametric import build_model
    from prodgen_render.rendering.views import render

    families = FAMILIES if plan.families == "all" else LEARNT
    first = number * plan.shard_products
    pictures: list[Image] = []
    masks: list[Mask] = []
    lines: list[dict[str, Any]] = []
    for index in range(first, min(first + plan.shard_products, plan.products)):
        product = made_up_product(index, plan.seed, families)
        seed = seed_of(product.sku, plan.seed)
        model = build_model(product, seed)
        for generated in render(model, plan.views_of(seed), plan.scene, plan.size, seed):
            row = len(pictures)
            pictures.append(generated.image)
            masks.append(generated.mask)
            view = generated.view
            file = file_of(number, product.sku, view, plan.format)
            lines.append(
                {
                    "sku": product.sku, "split": split_of(product.sku), "shard": number, "row": row, "file": file,
                    "category": product.category, "domain": product.domain, "title": product.title, "locale": product.locale,
                    **generated.facts, "view": view.slug, "azimuth": view.azimuth, "elevation": view.elevation, "distance": view.distance,
                    "seed": seed, "size": plan.size, "light": plan.scene.light, "background": plan.scene.background,
                }
            )  # fmt: skip
    write_pictures(out, number, pictures, masks, [str(line["file"]) for line in lines], plan.format)
    write_labels(out, number, lines)
    return len(pictures)


def file_of(number: int, sku: str, view: View, format: str) -> str:
    """The file in which a picture of a shard lies."""
    return f"shards/{stem(number)}.npz" if format == "npz" else f"shards/{stem(number)}/{sku}_{view.slug}.png"


def write_pictures(
    out: Path, number: int, pictures: list[Image], masks: list[Mask], files: list[str], format: str
) -> None:
    """Writes the pictures and masks of a shard: one array file, or a PNG file each."""
    import numpy as np

    from prodgen_sdk import images

    if format == "npz":
        buffer = io.BytesIO()
        np.savez_compressed(buffer, images=np.stack(pictures), masks=np.stack(masks))
        write_atomically(out / "shards" / f"{stem(number)}.npz", buffer.getvalue())
        return
    folder = out / "shards" / stem(number)
    shutil.rmtree(folder, ignore_errors=True)
    for picture, mask, file in zip(pictures, masks, files, strict=True):
        path = out / file
        images.save(picture, path)
        images.save(
            np.repeat(np.where(mask, np.uint8(255), np.uint8(0))[..., None], 3, 2), path.with_suffix(".mask.png")
        )

"""Data sets of assets, to train generators on, and true pictures of them, to measure generators by.

The formats are described in README.md, for those who read them without this package.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from prodgen_render.datasets.shards import make_shards, seed_of, stem, write_labels
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.training.examples import split_of
from prodgen_sdk.types import ARTWORK_SIZE, Image, Mask, Model, Scene, View

if TYPE_CHECKING:
    from prodgen_render.asset.made_up import MadeUp

FORMAT = 1
_SHARD = 256


class ViewPlan(Model):
    """Which true pictures to draw of a data set of assets.

    Args:
        data: the folder of the data set of assets.
        split: train, val or test; empty for all.
        limit: the first so many products only; 0 for all.
        views, size, scene: of the pictures.
    """

    data: Path
    views: tuple[View, ...]
    split: Literal["train", "val", "test", ""] = "test"
    limit: int = 0
    size: int = 128
    scene: Scene = Scene()
    shard_products: int = 16


def make_assets(products: int, seed: int, out: Path, ctx: Context, *, workers: int = 1) -> Mapping[str, Any]:
    """Writes a data set of made-up assets into a folder, or what is missing of it.

    Returns:
        Flat figures: products, shards_done, shards_skipped, seconds, products_per_s.

    Raises:
        InputError: the folder holds something else, or there would be no product.
        StoreError: the disk is full; a later call goes on.
    """
    from prodgen_render.families import LEARNT
    from prodgen_render.families.traits import traits_of

    if products < 1:
        raise InputError("The data set would be empty.", hint="Ask for at least one product.")
    families = {
        name: {"domain": family.domain, "proportions": len(traits_of(name).draws)} for name, family in LEARNT.items()
    }
    description = {
        "format": FORMAT, "kind": "assets", "products": products, "seed": seed, "shard_products": _SHARD, "size": ARTWORK_SIZE,
        "most_proportions": most_proportions(), "families": families,
    }  # fmt: skip
    shards = -(-products // _SHARD)
    figures = make_shards(
        out, description, shards, partial(write_shard, products, seed, out), ctx, workers=min(workers, shards)
    )
    made = figures.pop("made")
    return {"products": products, **figures, "products_per_s": round(made / max(figures["seconds"], 1e-3), 1)}


def most_proportions() -> int:
    """The number of proportions of the family that has most."""
    from prodgen_render.families import LEARNT
    from prodgen_render.families.traits import traits_of

    return max(len(traits_of(name).draws) for name in LEARNT)


def write_shard(products: int, seed: int, out: Path, number: int) -> int:
    """Writes one shard and returns how many products it holds. Repeating it writes the same again."""
    import numpy as np

    from prodgen_render.asset.made_up import made_up_asset, made_up_goods

    first = number * _SHARD
    goods = [made_up_goods(index, seed) for index in range(first, min(first + _SHARD, products))]
    made = [made_up_asset(product, seed_of(product.sku, seed)) for product in goods]
    most = most_proportions()
    proportions, used = np.full((len(made), most), 0.5, np.float32), np.zeros((len(made), most), bool)
    for row, item in enumerate(made):
        count = len(item.asset.proportions)
        proportions[row, :count], used[row, :count] = item.asset.proportions, True
    palette = np.array([[_rgb(m.asset.colour), _rgb(m.asset.accent)] for m in made], np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        proportions=proportions,
        used=used,
        finish=np.array([list(m.asset.finish.model_dump().values()) for m in made], np.float32),
        palette=palette,
        palette_used=np.array([[m.asset.colour is not None, m.asset.accent is not None] for m in made]),
        artwork=np.stack([m.asset.artwork for m in made if m.asset.artwork is not None]),
    )
    write_atomically(out / "shards" / f"{stem(number)}.npz", buffer.getvalue())
    lines = [_line(item, row, number, seed_of(item.product.sku, seed)) for row, item in enumerate(made)]
    write_labels(out, number, lines)
    return len(made)


def _rgb(code: str | None) -> tuple[int, int, int]:
    return (0, 0, 0) if code is None else (int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16))


def _line(item: MadeUp, row: int, shard: int, seed: int) -> dict[str, Any]:
    from prodgen_render.words.reading import nearest_colour

    product, asset = item.product, item.asset
    return {
        "sku": product.sku, "split": split_of(product.sku), "shard": shard, "row": row, "seed": seed,
        "title": product.title, "description": product.description, "locale": product.locale,
        "category": product.category, "domain": product.domain, "attributes": product.attributes,
        "family": asset.family, "material": asset.material, "pattern": asset.pattern, "layout": asset.layout, "style": item.style,
        "colour": product.attributes.get("colour") or nearest_colour(asset.colour or "#808080"), "rgb": asset.colour, "accent": asset.accent,
    }  # fmt: skip


def draw_views(plan: ViewPlan, out: Path, ctx: Context, *, workers: int = 1) -> Mapping[str, Any]:
    """Draws the true pictures of a data set of assets into a folder, as shards like those of `render_dataset`.

    Returns:
        Flat figures: products, views, shards_done, shards_skipped, seconds, views_per_s.

    Raises:
        InputError: `plan.data` holds no assets, or no product of the split.
    """
    rows = _rows(plan)
    if not rows or not plan.views:
        raise InputError(
            f"{plan.data} has no product of the split {plan.split!r}.",
            hint="Choose another split, or make more assets.",
        )
    shards = -(-len(rows) // plan.shard_products)
    description = {"format": FORMAT, "kind": "asset-views", **plan.model_dump(mode="json")}
    figures = make_shards(out, description, shards, partial(draw_shard, plan, out), ctx, workers=workers)
    made = figures.pop("made")
    return {
        "products": len(rows),
        "views": len(rows) * len(plan.views),
        **figures,
        "views_per_s": round(made / max(figures["seconds"], 1e-3), 2),
    }


def _rows(plan: ViewPlan) -> list[dict[str, Any]]:
    """The lines of the data set that are to be drawn."""
    description = plan.data / "dataset.json"
    known = json.loads(description.read_text("utf-8")) if description.is_file() else {}
    if known.get("kind") != "assets":
        raise InputError(f"{plan.data} holds no assets.", hint="Make some with: prodgen render assets --out DIR")
    with (plan.data / "manifest.jsonl").open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    chosen = [line for line in lines if plan.split in ("", line["split"])]
    return chosen[: plan.limit or None]


def draw_shard(plan: ViewPlan, out: Path, number: int) -> int:
    """Draws one shard and returns how many pictures it holds. Repeating it writes the same again."""
    from prodgen_render.asset.generator import model_of
    from prodgen_render.asset.made_up import made_up_asset
    from prodgen_render.datasets.views import file_of, write_pictures
    from prodgen_render.rendering.views import render
    from prodgen_sdk.types import Product

    rows = _rows(plan)[number * plan.shard_products :][: plan.shard_products]
    pictures: list[Image] = []
    masks: list[Mask] = []
    lines: list[dict[str, Any]] = []
    for row in rows:
        product = Product(
            **{name: row[name] for name in ("sku", "title", "description", "category", "attributes", "locale")}
        )
        model = model_of(product, made_up_asset(product, row["seed"]).asset)
        for generated in render(model, plan.views, plan.scene, plan.size, row["seed"]):
            view = generated.view
            lines.append(
                {
                    **row, **generated.facts, "shard": number, "row": len(pictures), "file": file_of(number, product.sku, view, "npz"),
                    "view": view.slug, "azimuth": view.azimuth, "elevation": view.elevation, "distance": view.distance,
                    "size": plan.size, "light": plan.scene.light, "background": plan.scene.background,
                }
            )  # fmt: skip
            pictures.append(generated.image)
            masks.append(generated.mask)
    write_pictures(out, number, pictures, masks, [line["file"] for line in lines], "npz")
    write_labels(out, number, lines)
    return len(pictures)

"""`prodgen render assets` and `asset-views`. Heavy modules load inside the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prodgen_render.options import AsJson, DataSet, SceneWords, Size, Views, Workers, scene_of, tell
from prodgen_sdk.context import Context
from prodgen_sdk.terminal import progress


def assets(
    out: DataSet,
    products: Annotated[int, typer.Option(min=1, help="How many made-up products.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of products and assets.")] = 0,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Make a data set of assets (proportions, finish, colours, artwork) of made-up products, to train generators on."""
    from prodgen_render.asset.data import make_assets

    with progress("rendering") as report:
        figures = make_assets(products, seed, out, Context(progress=report), workers=workers)
    tell(
        figures,
        as_json,
        f"{figures['products']} assets in {out}: {figures['shards_done']} shards made, {figures['shards_skipped']} found, "
        f"{figures['seconds']} s, {figures['products_per_s']} products/s",
    )


def asset_views(
    data: Annotated[Path, typer.Option(help="Folder of a data set of assets.")],
    out: Annotated[Path, typer.Option(help="Folder of the images; an interrupted run goes on where it stopped.")],
    split: Annotated[str, typer.Option(help="train, val, test or all.")] = "test",
    limit: Annotated[int, typer.Option(min=0, help="Only the first so many products; 0 for all.")] = 0,
    views: Views = "orbit8",
    size: Size = 128,
    scene: SceneWords = "white",
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Draw the true images of a data set of assets, to measure generators by."""
    from prodgen_render.asset.data import ViewPlan, draw_views
    from prodgen_sdk.errors import NotFound
    from prodgen_sdk.types import parse_views

    splits = {"train": "train", "val": "val", "test": "test", "all": ""}
    if split not in splits:
        raise NotFound.of("split", split, [*splits])
    plan = ViewPlan.model_validate(
        {
            "data": data, "split": splits[split], "limit": limit, "views": parse_views(views), "size": size,
            "scene": scene_of(scene),
        }
    )  # fmt: skip
    with progress("rendering") as report:
        figures = draw_views(plan, out, Context(progress=report), workers=workers)
    tell(
        figures,
        as_json,
        f"{figures['views']} views of {figures['products']} products in {out}: {figures['shards_done']} shards drawn, "
        f"{figures['shards_skipped']} found, {figures['seconds']} s, {figures['views_per_s']} views/s",
    )

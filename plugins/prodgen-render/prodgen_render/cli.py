"""`prodgen render`: commands of this plugin. Heavy modules load inside the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from prodgen_render import asset_cli
from prodgen_render.progress import shard_progress

app = typer.Typer(
    help="Render data sets of labelled product views.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.command("assets")(asset_cli.assets)
app.command("asset-views")(asset_cli.asset_views)


@app.command()
def dataset(
    out: Annotated[Path, typer.Option(help="Folder of the data set; an interrupted one goes on where it stopped.")],
    products: Annotated[int, typer.Option(min=1, help="How many made-up products.")] = 100,
    views: Annotated[str, typer.Option(help="View sets, view names or az:el:dist, separated by commas.")] = "orbit8",
    size: Annotated[int, typer.Option(min=32, max=2048, help="Edge of the pictures in pixels.")] = 128,
    seed: Annotated[int, typer.Option(min=0, help="Seed of products and models.")] = 0,
    scene: Annotated[
        str, typer.Option(help="Such as white, transparent, #ddeeff or white,no-shadow,light=soft.")
    ] = "white",
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    shard_products: Annotated[int, typer.Option(min=1, help="Products in a shard.")] = 16,
    format: Annotated[str, typer.Option(help="npz or png.")] = "npz",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Render a labelled data set of made-up products, resumable, with several processes."""
    from prodgen_render.dataset import Plan, render_dataset
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import Scene, parse_views

    if format not in ("npz", "png"):
        raise InputError(f"There is no format {format!r}.", hint="Use npz or png.")
    plan = Plan.model_validate(
        {
            "products": products, "views": parse_views(views), "size": size, "seed": seed, "scene": Scene.parse(scene),
            "shard_products": shard_products, "format": format,
        }
    )  # fmt: skip
    if plan.scene.background == "image":
        raise InputError("A data set has no background picture.", hint="Use white, transparent, gradient or a colour.")
    with shard_progress(plan.shards) as ctx:
        figures = render_dataset(plan, out, ctx, workers=workers)
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        typer.echo(
            f"{figures['views']} views of {figures['products']} products in {out}: {figures['shards_done']} shards rendered, "
            f"{figures['shards_skipped']} found, {figures['seconds']} s, {figures['views_per_s']} views/s"
        )


@app.command()
def families(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the product families that render/parametric can draw, with the words that choose them."""
    from prodgen_render.families import FAMILIES

    if as_json:
        typer.echo(
            json.dumps(
                [{"family": f.name, "domain": f.domain, "words": f.words} for f in FAMILIES.values()],
                ensure_ascii=False,
            )
        )
        return
    for family in FAMILIES.values():
        typer.echo(f"{family.domain:12} {family.name:16} {', '.join(family.words)}")

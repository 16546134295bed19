"""`prodgen render`: commands of this plugin. Heavy modules load inside the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from prodgen_render.asset import cli as asset_cli
from prodgen_render.options import AsJson, DataSet, SceneWords, Size, Views, Workers, scene_of, tell
from prodgen_sdk.context import Context
from prodgen_sdk.terminal import progress

app = typer.Typer(
    help="Render data sets, many views, turntables and GLB files, and list what can be drawn.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("assets")(asset_cli.assets)
app.command("asset-views")(asset_cli.asset_views)


@app.command()
def dataset(
    out: DataSet,
    products: Annotated[int, typer.Option(min=1, help="How many made-up products.")] = 100,
    views: Views = "orbit8",
    each: Annotated[int, typer.Option(min=0, help="So many of the views of each product, drawn; 0 for all.")] = 0,
    size: Size = 128,
    seed: Annotated[int, typer.Option(min=0, help="Seed of products and models.")] = 0,
    scene: SceneWords = "white",
    workers: Workers = 1,
    shard_products: Annotated[int, typer.Option(min=1, help="Products in a shard.")] = 16,
    format: Annotated[str, typer.Option(help="npz or png.")] = "npz",
    families: Annotated[
        str, typer.Option(help="learnt: those that the networks that ship know; all: every one that can be drawn.")
    ] = "learnt",
    as_json: AsJson = False,
) -> None:
    """Render a labelled data set of made-up products, resumable, with several processes."""
    from prodgen_render.datasets.views import Plan, render_dataset
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import parse_views

    if format not in ("npz", "png"):
        raise InputError(f"There is no format {format!r}.", hint="Use npz or png.")
    if families not in ("learnt", "all"):
        raise InputError(f"There are no families {families!r}.", hint="Use learnt or all.")
    plan = Plan.model_validate(
        {
            "products": products, "views": parse_views(views), "size": size, "seed": seed, "scene": scene_of(scene),
            "shard_products": shard_products, "format": format, "families": families, "each": each,
        }
    )  # fmt: skip
    with progress("rendering") as report:
        figures = render_dataset(plan, out, Context(progress=report), workers=workers)
    tell(
        figures,
        as_json,
        f"{figures['views']} views of {figures['products']} products in {out}: {figures['shards_done']} shards rendered, "
        f"{figures['shards_skipped']} found, {figures['seconds']} s, {figures['views_per_s']} views/s",
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


_Title = Annotated[str, typer.Option(help="What it is, in words: they help to choose the shape.")]
_Category = Annotated[str, typer.Option(help="Its category, such as food/bottle.")]
_Back = Annotated[Path | None, typer.Option(help="A photo of the other side.")]
_ShapeOf = Annotated[str, typer.Option(help="Body that a photo is put on: auto, revolution, cuboid, sheet or relief.")]


_Environment = Annotated[
    str, typer.Option(help="Light from a panorama: window, overcast, or a .hdr or .exr file, in place of the scene's.")
]


def _loaded(source: Path, title: str, category: str, back: Path | None, shape: str) -> Any:
    from prodgen_render.files.sources import model_of, product_of

    model, warnings = model_of(source, None, product_of(source, title, category, photo_shape=shape), back)
    for warning in warnings:
        typer.echo(f"note: {warning}", err=True)
    return model


@app.command()
def glb(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A photo, or a mesh to be converted.")],
    out: Annotated[Path, typer.Option(help="The GLB file to write.")],
    title: _Title = "",
    category: _Category = "other/product",
    back: _Back = None,
    shape: _ShapeOf = "auto",
) -> None:
    """Write the model of a photo (or an OBJ file) as a self-contained GLB."""
    from prodgen_render.files.export import save_glb

    save_glb(_loaded(source, title, category, back, shape), out)
    typer.echo(f"{out}: {out.stat().st_size / 2**20:.1f} MiB")


@app.command()
def turntable(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A photo or a mesh.")],
    out: Annotated[Path, typer.Option(help="The animation to write: .webp, .gif, or .mp4 where OpenCV is installed.")],
    frames: Annotated[int, typer.Option(min=2, max=360, help="Images of one turn.")] = 36,
    seconds: Annotated[float, typer.Option(min=0.2, max=120, help="Of one turn.")] = 4.0,
    size: Size = 512,
    elevation: Annotated[float, typer.Option(min=-80, max=80, help="Degrees above the horizon.")] = 10.0,
    scene: Annotated[str, typer.Option(help="Such as white, #ddeeff or white,no-shadow.")] = "white",
    title: _Title = "",
    category: _Category = "other/product",
    back: _Back = None,
    shape: _ShapeOf = "auto",
    environment: _Environment = "",
) -> None:
    """Turn a product once round, as an animation."""
    from prodgen_render.config import Config
    from prodgen_render.rendering.environment import light_of
    from prodgen_render.rendering.views import render
    from prodgen_render.turntable import check_turntable, save_turntable, spin
    from prodgen_sdk.types import Scene

    check_turntable(out)
    light = light_of(Config(environment=environment))
    model = _loaded(source, title, category, back, shape)
    pictures = [item.image for item in render(model, spin(frames, elevation), Scene.parse(scene), size, light=light)]
    save_turntable(pictures, out, seconds)
    typer.echo(f"{out}: {frames} frames, {out.stat().st_size / 2**20:.1f} MiB")


@app.command()
def views(
    sources: Annotated[list[Path], typer.Argument(metavar="FILE", help="Photos and meshes.")],
    out: Annotated[
        Path,
        typer.Option(
            help="Folder: OUT/<file's stem>/<view>.png; files of one name keep their folders. An interrupted run goes on."
        ),
    ],
    views: Views = "orbit8",
    size: Size = 512,
    scene: SceneWords = "white",
    workers: Workers = 1,
    up: Annotated[str, typer.Option(help="Which axis of OBJ files points up.")] = "+z",
    front: Annotated[str, typer.Option(help="Which axis of OBJ files the product faces.")] = "-y",
    environment: _Environment = "",
    as_json: AsJson = False,
) -> None:
    """Render views of many photos and meshes: resumable, in several processes."""
    from pydantic import ValidationError

    from prodgen_render.batch import render_views
    from prodgen_render.config import Config
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import Scene, parse_views

    try:
        config = Config.model_validate({"up": up, "front": front, "environment": environment})
    except ValidationError:
        raise InputError(f"up={up!r}, front={front!r} are no axes.", hint="Use +x, -x, +y, -y, +z or -z.") from None
    with progress("rendering") as report:
        figures = render_views(
            sources,
            parse_views(views),
            out,
            Context(progress=report),
            size=size,
            scene=Scene.parse(scene),
            config=config,
            workers=workers,
        )
    tell(
        figures,
        as_json,
        f"{figures['views']} views of {figures['files']} files in {out}: {figures['views_done']} rendered, "
        f"{figures['views_skipped']} found, {figures['seconds']} s",
    )

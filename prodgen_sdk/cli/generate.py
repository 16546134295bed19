"""`prodgen generate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio, jsonable, note, progress, table

if TYPE_CHECKING:
    from pathlib import Path

    from prodgen_sdk.pipeline.run import GenerationResult
    from prodgen_sdk.types import Product

_FILES = (".json", ".jsonl", ".csv", ".parquet")


def add_to(app: typer.Typer) -> None:
    app.command("generate")(generate)


def generate(
    ctx: typer.Context,
    items: list[str] = typer.Argument(
        ...,
        metavar="(SKU|PRODUCT.json)...",
        help="Skus of the workspace, or product files (.json, .jsonl, .csv, .parquet), for which nothing is kept.",
    ),
    generator: str = typer.Option(
        "", metavar="ID", help="Default: the configured one, or the mesh generator for a product with a mesh."
    ),
    views: str = typer.Option(
        "orbit8",
        metavar="SET|az:el:dist,...",
        help="hero, orbit4, orbit8, marketplace, pose96, front, right, back, left, top, detail, or az:el:dist.",
    ),
    size: int = typer.Option(512, help="Edge of the square pictures in pixels."),
    seed: str = typer.Option(
        "", metavar="N|random", help="Default: derived from the request, so that a re-run is the same work."
    ),
    scene: str = typer.Option(
        "white", help="white, transparent, gradient, image or #rrggbb; then ,no-shadow or ,light=studio|soft|dramatic."
    ),
    background: str = typer.Option("", metavar="FILE", help="The picture for --scene image."),
    negative: str = typer.Option("", help="What must not be in the pictures."),
    replicates: int = typer.Option(1, min=1, max=100, help="How many different answers."),
    profile: str = typer.Option("", help="A finisher's profile, such as marketplace."),
    out: str = typer.Option(
        "", metavar="DIR", help="Writes DIR/<sku>/<view>.png and DIR/result.json. Needed for product files."
    ),
    as_json: bool = JSON,
) -> None:
    """Make pictures of products from any angle. Exit code 3 if some products failed, 4 if all were refused."""
    from pathlib import Path

    from prodgen_sdk.errors import InputError

    files = [item for item in items if item.lower().endswith(_FILES)]
    skus = [item for item in items if item not in files]
    if files and not out:
        raise InputError("Nothing is kept of a product file's pictures.", hint="Name a folder for them: --out DIR.")
    options: dict[str, Any] = {
        "views": views,
        "generator": generator or None,
        "size": size,
        "scene": scene,
        "negative": negative,
    }
    options |= {"seed": _seed(seed), "replicates": replicates, "profile": profile, "background": background or None}
    results = []
    with progress("generating") as tell:
        for file in files:
            from prodgen_sdk.studio import Studio

            with find_studio(ctx) as configured, Studio(config=configured.config) as studio:
                results.append(studio.generate(_read(Path(file)), root=Path(file).parent, progress=tell, **options))
                _write(results[-1], Path(out))
        if skus:
            from prodgen_sdk.cli.output import open_studio

            with open_studio(ctx) as studio:
                known = [studio.product(sku) for sku in skus]
                results.append(studio.generate(known, progress=tell, **options))
                if out:
                    _write(results[-1], Path(out))
    report = _report(results)
    if out:
        import json

        from prodgen_sdk.files import write_atomically

        write_atomically(Path(out) / "result.json", json.dumps(jsonable(report), ensure_ascii=False, indent=2).encode())
    emit(as_json, report, lambda: _show(report, out))
    _exit(report)


def _seed(text: str) -> Any:
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import MAX_SEED

    if text in ("", "random"):
        return text or None
    if not text.isdigit() or int(text) > MAX_SEED:
        raise InputError(f"The seed {text!r} is neither a number from 0 to 2^63 - 1 nor 'random'.")
    return int(text)


def _read(path: Path) -> list[Product]:
    """The products of a file; the first bad line is an error, because nothing is kept that could be completed later."""
    from prodgen_sdk.catalogue import read_catalogue

    products = []
    for row in read_catalogue(path):
        if row.product is None:
            assert row.error is not None
            raise row.error
        products.append(row.product)
    return products


def _write(result: GenerationResult, folder: Path) -> None:
    from prodgen_sdk import images

    for picture in result.pictures:
        images.save(picture.image, folder / picture.sku / _name(picture))


def _name(picture: Any) -> str:
    replicate = picture.replicate
    return f"{picture.view.slug}{f'_r{replicate}' if replicate else ''}.png"


def _report(results: list[GenerationResult]) -> dict[str, Any]:
    pictures = [picture for result in results for picture in result.pictures]
    return {
        "variants": [
            {
                "id": p.id,
                "sku": p.sku,
                "view": p.view,
                "file": f"{p.sku}/{_name(p)}",
                "generator": p.generator,
                "seed": p.seed,
                "review": p.review,
                "screening": p.screening,
                "scores": p.quality,
                "shortcomings": p.shortcomings,
                "facts": p.facts,
                "seconds": round(p.seconds, 4),
                "reused": p.reused,
            }
            for p in pictures
        ],
        "refused": {sku: list(reasons) for result in results for sku, reasons in result.refused.items()},
        "failed": {sku: reason for result in results for sku, reason in result.failed.items()},
        "seconds": round(sum(result.seconds for result in results), 3),
    }


def _show(report: dict[str, Any], out: str) -> None:
    by_sku: dict[str, list[dict[str, Any]]] = {}
    for variant in report["variants"]:
        by_sku.setdefault(variant["sku"], []).append(variant)
    rows = []
    for sku, variants in by_sku.items():
        reviews = ", ".join(sorted({v["review"] for v in variants}))
        reused = sum(v["reused"] for v in variants)
        rows.append(
            (sku, len(variants), reused, reviews, f"{sum(v['seconds'] for v in variants if not v['reused']):.2f}")
        )
    if rows:
        table(("sku", "pictures", "of them reused", "review", "seconds"), rows)
    for sku, reasons in report["refused"].items():
        note(f"refused: {sku}: {'; '.join(reasons)}")
    for sku, reason in report["failed"].items():
        note(f"failed: {sku}: {reason}")
    if out and rows:
        note(f"The pictures are in {out}")


def _exit(report: dict[str, Any]) -> None:
    if report["failed"]:
        raise typer.Exit(3 if report["variants"] else 2)
    if report["refused"]:
        raise typer.Exit(3 if report["variants"] else 4)

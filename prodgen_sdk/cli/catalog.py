"""`prodgen catalog`: add, list and export products."""

from __future__ import annotations

import typer

from prodgen_sdk.cli.output import JSON, emit, note, open_studio, table

group = typer.Typer(help="Add, list and export products.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="catalog")


@group.command()
def add(
    ctx: typer.Context,
    file: str = typer.Argument(..., metavar="FILE.(jsonl|csv|parquet)"),
    as_json: bool = JSON,
) -> None:
    """Add products, or update those whose sku is known. Exit code 3 if some lines were rejected."""
    with open_studio(ctx) as studio:
        summary = studio.add_products(file)

    def show() -> None:
        typer.echo(
            f"{summary.added} added, {summary.updated} updated, {summary.unchanged} unchanged, {len(summary.rejected)} rejected"
        )
        for rejection in summary.rejected:
            note(f"  {rejection.reason}")

    emit(as_json, summary, show)
    if summary.rejected:
        raise typer.Exit(3 if summary.added + summary.updated + summary.unchanged else 2)


@group.command("list")
def list_products(
    ctx: typer.Context,
    category: str = typer.Option("", help="Only this category and what is below it."),
    as_json: bool = JSON,
) -> None:
    """List the products of the workspace."""
    with open_studio(ctx) as studio:
        products = list(studio.products(category or None))
        counts = {product.sku: studio.store.variants.count(sku=product.sku) for product in products}
    rows = [
        (p.sku, p.title, p.category, f"{p.price} {p.currency}" if p.price is not None else "", counts[p.sku])
        for p in products
    ]
    emit(
        as_json,
        [{**p.model_dump(mode="json"), "variants": counts[p.sku]} for p in products],
        lambda: table(("sku", "title", "category", "price", "pictures"), rows),
    )


@group.command()
def export(
    ctx: typer.Context,
    out: str = typer.Argument(..., metavar="DIR", help="Gets products.jsonl, and the pictures as <sku>/<view>.png."),
    approved: bool = typer.Option(False, "--approved", help="Only approved pictures."),
    as_json: bool = JSON,
) -> None:
    """Write the catalogue and its pictures into a folder."""
    from pathlib import Path

    from prodgen_sdk.catalogue import write_catalogue
    from prodgen_sdk.cli.output import progress
    from prodgen_sdk.files import write_atomically

    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    with open_studio(ctx) as studio, progress("exporting") as tell:
        write_catalogue(studio.products(), folder / "products.jsonl")
        total = studio.store.variants.count(review="approved" if approved else None)
        for done, variant in enumerate(studio.variants(review="approved" if approved else None), 1):
            path = folder / variant.sku / f"{variant.view.slug}-{variant.id[:8]}.png"
            write_atomically(path, studio.store.assets.get(variant.image.digest))
            pictures.append(
                {
                    "sku": variant.sku,
                    "variant": variant.id,
                    "review": variant.review,
                    "file": str(path.relative_to(folder)),
                }
            )
            tell(done, total, "pictures")
    emit(as_json, {"folder": folder, "pictures": pictures}, lambda: note(f"{len(pictures)} pictures are in {folder}"))

"""`prodgen catalog`: add, list and export products, publish their photos, verify their files, clean up after them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import typer

from prodgen_sdk.cli.output import JSON, emit, note_reasons, open_studio, table
from prodgen_sdk.terminal import note, progress

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

group = typer.Typer(help="Add, list and export products, and publish their photos.", no_args_is_help=True)
_AT_ONCE = 50


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="catalog")


@group.command()
def add(
    ctx: typer.Context,
    file: str = typer.Argument(..., metavar="FILE.(jsonl|csv|parquet)", help="One product per line or row."),
    root: str = typer.Option(
        "",
        metavar="DIR",
        help="Folder that the paths of photos and meshes are relative to. Without it: the folder of FILE.",
    ),
    as_json: bool = JSON,
) -> None:
    """Add products, or update those whose sku is known. Exit code 3 if some lines were rejected."""
    with open_studio(ctx) as studio, progress("adding") as tell:
        summary = studio.add_products(file, root=root or None, progress=tell)

    def show() -> None:
        typer.echo(
            f"{summary.added} added, {summary.updated} updated, {summary.unchanged} unchanged, {len(summary.rejected)} rejected"
        )
        lines = ((f"Line {rejection.line}", rejection.reason) for rejection in summary.rejected)
        note_reasons((line, reason.removeprefix(f"{line}: ")) for line, reason in lines)

    emit(as_json, summary, show)
    if summary.rejected:
        raise typer.Exit(3 if summary.added + summary.updated + summary.unchanged else 2)


@group.command("list")
def list_products(
    ctx: typer.Context,
    category: str = typer.Option("", help="Only this category and its subcategories."),
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
        lambda: table(("sku", "title", "category", "price", "images"), rows),
    )


@group.command()
def export(
    ctx: typer.Context,
    out: str = typer.Argument(
        ...,
        metavar="DIR",
        help="Gets products.jsonl with its files in media/, and pictures.jsonl with the images as <sku>/<view>-<id>.png. Images of an earlier export that are no longer wanted are deleted.",
    ),
    approved: bool = typer.Option(False, "--approved", help="Only approved images."),
    as_json: bool = JSON,
) -> None:
    """Export the catalogue and its images to a folder that `prodgen catalog add` can read. Exit code 3 if a file is missing."""
    from prodgen_sdk.cli.export import PRODUCTS, export_pictures, export_products
    from prodgen_sdk.errors import PartlyDone
    from prodgen_sdk.files import check_writable

    folder = check_writable(out)
    with open_studio(ctx) as studio, progress("exporting") as tell:
        missing = export_products(studio.store, folder)
        pictures, lost = export_pictures(studio.store, folder, "approved" if approved else None, tell)
    report = {"folder": folder, "products": folder / PRODUCTS, "pictures": pictures, "missing": missing | lost}
    emit(as_json, report, lambda: note(f"The catalogue and {len(pictures)} images are in {folder}"))
    if missing or lost:
        raise PartlyDone("Some files could not be exported.", missing | lost)


@group.command("publish-photos")
def publish_photos(
    ctx: typer.Context,
    skus: list[str] = typer.Argument(None, metavar="SKU", help="Default: all products."),
    size: int = typer.Option(768, help="Edge of the square images in pixels."),
    as_json: bool = JSON,
) -> None:
    """Publish products' own front, flat, back and detail photos as square images, without generating any.

    They are measured, screened and recommended like generated ones. Exit code 3 if some products failed or were refused.
    """
    from prodgen_sdk.cli.generation import Report
    from prodgen_sdk.errors import InputError

    report = Report()
    with open_studio(ctx) as studio, progress("publishing") as tell:
        products = [studio.product(sku) for sku in dict.fromkeys(skus)] if skus else list(studio.products())
        for start in range(0, len(products), _AT_ONCE):
            some = products[start : start + _AT_ONCE]
            report.add(studio.publish_photos(some, size=size))
            tell(start + len(some), len(products), "products")
    if not (report.pictures or report.refused or report.errors):
        raise InputError(
            "There is no photo to publish.",
            hint="A product names its photos in media, with a uri and the role front, flat, back or detail.",
        )
    emit(as_json, report.to_json(), report.show)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


@group.command()
def clean(
    ctx: typer.Context,
    yes: bool = typer.Option(False, "--yes", help="Delete them. Without it, only say what would be deleted."),
    as_json: bool = JSON,
) -> None:
    """Delete files that no product or image refers to, such as replaced photos, if they are at least a day old."""
    with open_studio(ctx) as studio:
        unnamed = list(studio.store.garbage())
        deleted = studio.store.collect_garbage() if yes else 0

    def show() -> None:
        for digest in unnamed if not yes else ():
            typer.echo(digest)
        note(
            f"{deleted} files were deleted"
            if yes
            else f"{len(unnamed)} files would be deleted by: prodgen catalog clean --yes"
        )

    emit(as_json, {"unnamed": unnamed, "deleted": deleted}, show)


@group.command()
def verify(
    ctx: typer.Context,
    delete: bool = typer.Option(
        False, "--delete", help="Delete what is damaged, so that `prodgen generate` or `catalog add` writes it again."
    ),
    as_json: bool = JSON,
) -> None:
    """Read every file that a product or image refers to. Exit code 3 if one is missing or damaged."""
    from prodgen_sdk.errors import PartlyDone

    with open_studio(ctx) as studio, progress("reading") as tell:
        store = studio.store
        broken = store.broken_files(tell)
        whose = _whose(store, broken)
        deleted = sum(store.assets.delete(digest) for digest in broken) if delete else 0
    report = {"broken": [{"file": it, "of": whose.get(it, []), "what": what} for it, what in broken.items()]}
    emit(
        as_json, {**report, "deleted": deleted}, lambda: None if broken else note("All files are as they were written")
    )
    if broken:
        failures = {f"{', '.join(whose.get(it, []))} ({it[:8]})": what for it, what in broken.items()}
        hint = "Generate or add again what names them." if delete else "Then: prodgen catalog verify --delete"
        raise PartlyDone(f"Files missing or damaged: {len(broken)}, deleted: {deleted}.", failures, hint=hint)


def _whose(store: Store, digests: Collection[str]) -> dict[str, list[str]]:
    """The images and products that name each of these files."""
    found: dict[str, list[str]] = {}
    for variant in store.variants.iterate() if digests else ():
        if variant.image.digest in digests:
            found.setdefault(variant.image.digest, []).append(f"{variant.sku} {variant.view.slug}")
    for product in store.products.iterate() if digests else ():
        for media in product.media:
            if (digest := media.uri.removeprefix("asset:")) in digests:
                found.setdefault(digest, []).append(f"{product.sku} {media.role}")
    return found

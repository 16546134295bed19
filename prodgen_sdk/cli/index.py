"""`prodgen index`: build, verify and measure the vector index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from prodgen_sdk.cli.output import JSON, emit, open_studio, table
from prodgen_sdk.terminal import note, progress

if TYPE_CHECKING:
    from prodgen_sdk.studio import Studio

group = typer.Typer(help="Build, verify and measure the vector index.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="index")


@group.command()
def build(
    ctx: typer.Context,
    anew: bool = typer.Option(False, "--anew", help="Discard the index and build it from the database."),
    as_json: bool = JSON,
) -> None:
    """Update the index from the database."""
    with open_studio(ctx) as studio, progress("indexing") as tell:
        changed = studio.recommender.rebuild(tell) if anew else studio.sync(progress=tell)
    done = f"{changed} products were indexed" if changed or anew else "The index holds all changes already."
    emit(as_json, {"products": changed}, lambda: note(done))


@group.command()
def verify(ctx: typer.Context, as_json: bool = JSON) -> None:
    """Check the files of the index, and whether it is behind the database. Exit code 1 if something is wrong."""
    with open_studio(ctx) as studio:
        problems, behind = studio.host.get("index").verify(), _behind(studio)
    emit(
        as_json,
        {"problems": problems, "behind": behind},
        lambda: note("; ".join(problems) or f"All checksums hold; {behind} changes behind."),
    )
    if problems:
        raise typer.Exit(1)


@group.command()
def stats(ctx: typer.Context, as_json: bool = JSON) -> None:
    """Show what the index holds, and how many changes of the catalogue it is behind."""
    with open_studio(ctx) as studio:
        found = studio.host.get("index").stats() | {"behind": _behind(studio)}
    emit(as_json, found, lambda: table(("what", "value"), list(found.items())))
    if found["behind"]:
        note(f"{found['behind']} changes are not in it yet: the next request adds them, or prodgen index build.")


def _behind(studio: Studio) -> int:
    """How many changes of the catalogue the index has not seen."""
    applied: int = studio.host.get("index").sequence
    return studio.store.outbox.last_sequence() - applied

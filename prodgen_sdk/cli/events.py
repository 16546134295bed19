"""`prodgen record`, `events export` and `events prune`."""

from __future__ import annotations

import typer

from prodgen_sdk.cli.output import JSON, emit, note_reasons, open_studio
from prodgen_sdk.terminal import note

_AT_ONCE = 5000


def add_to(app: typer.Typer) -> None:
    app.command("record")(record)
    group = typer.Typer(help="Export or prune the event log.", no_args_is_help=True)
    group.command("export")(export_events)
    group.command("prune")(prune_events)
    app.add_typer(group, name="events")


def record(
    ctx: typer.Context,
    file: str = typer.Argument(..., metavar="FILE.(jsonl|parquet)", help="One event per line or row."),
    format: str = typer.Option(
        "prodgen", "--format", metavar="NAME", help="prodgen, google-retail, shopify, shopify-sku or metarank."
    ),
    as_json: bool = JSON,
) -> None:
    """Record events from a file of JSON Lines or Parquet. Exit code 3 if some lines were rejected."""
    from collections import Counter
    from itertools import islice
    from pathlib import Path

    from prodgen_sdk.events import check_format, read_events

    check_format(format)
    counts: Counter[str] = Counter(new=0, known=0)
    skipped: Counter[str] = Counter()
    rejected: list[tuple[int, str]] = []
    unknown: list[tuple[int, str]] = []
    with open_studio(ctx) as studio:
        rows = read_events(Path(file), format)
        while part := list(islice(rows, _AT_ONCE)):
            good = [(row.line, row.event) for row in part if row.event is not None]
            recorded = studio.record(event for _, event in good)
            counts.update(new=recorded.new, known=recorded.known)
            skipped.update(row.skipped for row in part if row.skipped)
            rejected += [(row.line, row.reason) for row in part if row.reason]
            rejected += [(good[place][0], reason) for place, reason in recorded.rejected]
            unknown += [(good[place][0], variant) for place, variant in recorded.unknown_variants]
    rejected.sort()
    report = {
        **counts,
        "rejected": [{"line": line, "reason": reason} for line, reason in rejected],
        "skipped": dict(skipped.most_common()),
        "unknown_variants": [{"line": line, "variant": variant} for line, variant in unknown],
    }

    def show() -> None:
        typer.echo(f"{counts['new']} new, {counts['known']} known already, {len(rejected)} rejected")
        note_reasons((f"line {line}", reason) for line, reason in rejected)
        for kind, number in skipped.most_common():
            note(f"  nothing is recorded of: {kind} ({number})")
        if unknown:
            line, variant = unknown[0]
            note(
                f"  recorded for their products alone, as their variant is not in the catalogue: {len(unknown)} "
                f"(first line {line}: {variant!r})"
            )

    emit(as_json, report, show)
    if rejected:
        raise typer.Exit(3 if counts["new"] + counts["known"] else 2)


def export_events(
    ctx: typer.Context,
    file: str = typer.Argument(..., metavar="FILE.jsonl", help="Where the log goes."),
    as_json: bool = JSON,
) -> None:
    """Export all events as JSON Lines that `prodgen record` can read."""
    from pathlib import Path

    from prodgen_sdk.events import write_events
    from prodgen_sdk.files import check_writable

    check_writable(Path(file).parent)
    with open_studio(ctx) as studio:
        number = write_events(Path(file), (event for _, event in studio.store.events.log()))
    emit(as_json, {"events": number, "file": file}, lambda: note(f"{number} events were written to {file}"))


def prune_events(
    ctx: typer.Context,
    older_than: float = typer.Option(..., min=0, max=36_500, metavar="DAYS", help="Delete events older than this."),
    types: list[str] = typer.Option([], "--type", metavar="TYPE", help="Only events of this type; may be repeated."),
    as_json: bool = JSON,
) -> None:
    """Delete old events, and let ranker and policy learn again from the rest."""
    from datetime import timedelta
    from typing import cast, get_args

    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import EventType

    known = get_args(EventType)
    if unknown := sorted(set(types) - set(known)):
        raise InputError(f"--type {unknown[0]!r} is no type of events.", hint=f"Use {', '.join(known)}.")
    with open_studio(ctx) as studio:
        number = studio.prune_events(timedelta(days=older_than), types=cast("list[EventType]", types) or None)
        left = studio.store.events.count()
    emit(as_json, {"pruned": number, "events": left}, lambda: note(f"{number} events were deleted, {left} are left"))

"""`prodgen review`: the queue of pictures that wait for a person."""

from __future__ import annotations

import typer

from prodgen_sdk.cli.output import JSON, emit, note, open_studio, table

group = typer.Typer(help="See and decide what waits for a person.", no_args_is_help=True)
_BY = typer.Option("cli", help="Who decides; kept with the decision.")
_REASON = typer.Option("", help="Why; kept with the decision.")
_IDS = typer.Argument(..., metavar="VARIANT...")


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="review")


@group.command("list")
def list_waiting(
    ctx: typer.Context,
    state: str = typer.Option("in_review", help="draft, in_review, approved or rejected."),
    as_json: bool = JSON,
) -> None:
    """List pictures of a state, by default those that wait."""
    from typing import get_args

    from prodgen_sdk.errors import NotFound
    from prodgen_sdk.types import ReviewState

    if state not in get_args(ReviewState):
        raise NotFound.of("review state", state, get_args(ReviewState))
    with open_studio(ctx) as studio:
        variants = list(studio.variants(review=state))  # type: ignore[arg-type]
    rows = [(v.id, v.sku, v.view.slug, v.generator, "; ".join(v.screening.reasons)) for v in variants]
    emit(as_json, variants, lambda: table(("variant", "sku", "view", "generator", "why"), rows))


@group.command()
def approve(
    ctx: typer.Context, ids: list[str] = _IDS, by: str = _BY, reason: str = _REASON, as_json: bool = JSON
) -> None:
    """Approve pictures: they will be indexed and shown."""
    _decide(ctx, ids, "approved", by, reason, as_json)


@group.command()
def reject(
    ctx: typer.Context, ids: list[str] = _IDS, by: str = _BY, reason: str = _REASON, as_json: bool = JSON
) -> None:
    """Reject pictures: they will not be shown any more; `reopen` takes it back."""
    _decide(ctx, ids, "rejected", by, reason, as_json)


@group.command()
def reopen(
    ctx: typer.Context, ids: list[str] = _IDS, by: str = _BY, reason: str = _REASON, as_json: bool = JSON
) -> None:
    """Let rejected pictures wait for a decision again."""
    _decide(ctx, ids, "in_review", by, reason, as_json)


def _decide(ctx: typer.Context, ids: list[str], state: str, by: str, reason: str, as_json: bool) -> None:
    from prodgen_sdk.errors import InputError, PartlyDone

    done = []
    failures: dict[str, str] = {}
    with open_studio(ctx) as studio:
        for id in ids:
            try:
                if state == "approved" and studio.store.variants.get(id).review == "rejected":
                    raise InputError(f"Variant {id} was rejected.", hint=f"First run: prodgen review reopen {id}")
                done.append(studio.review(id, state, by=by, reason=reason))  # type: ignore[arg-type]
            except InputError as error:
                failures[id] = str(error)
    if not done:
        raise InputError(" ".join(failures.values()))
    emit(as_json, [{"id": v.id, "review": v.review} for v in done], lambda: note(f"{len(done)} pictures are {state}"))
    if failures:
        raise PartlyDone(f"{len(failures)} of {len(ids)} could not be moved.", failures)

"""`prodgen review`: the queue of pictures that wait for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import typer

from prodgen_sdk.cli.output import JSON, emit, open_studio, table
from prodgen_sdk.terminal import note

if TYPE_CHECKING:
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import ReviewState

group = typer.Typer(help="See and decide what waits for a person.", no_args_is_help=True)
_BY = typer.Option("cli", help="Who decides; kept with the decision.")
_REASON = typer.Option("", help="Why; kept with the decision.")
_IDS = typer.Argument(
    ...,
    metavar="(VARIANT|SKU)...",
    help="A sku stands for all of its pictures that wait, or (reopen) that were rejected.",
)
_STATE = typer.Option("in_review", help="draft, in_review, approved or rejected.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="review")


@group.command("list")
def list_waiting(
    ctx: typer.Context,
    state: str = _STATE,
    as_json: bool = JSON,
) -> None:
    """List pictures of a state, by default those that wait."""
    wanted = _state(state)
    with open_studio(ctx) as studio:
        variants = list(studio.variants(review=wanted))
    rows = [
        (v.id, v.sku, v.view.slug, v.generator, "; ".join((*v.screening.reasons, *v.shortcomings))) for v in variants
    ]
    emit(as_json, variants, lambda: table(("variant", "sku", "view", "generator", "why"), rows))


@group.command()
def page(
    ctx: typer.Context,
    out: str = typer.Option("review.html", metavar="FILE.html", help="The page: one file, with the pictures in it."),
    state: str = _STATE,
    limit: int = typer.Option(500, min=1, help="Show so many pictures, the oldest first."),
    as_json: bool = JSON,
) -> None:
    """Write a page that shows the pictures of a state, by default those that wait, with what there is to say of each."""
    from itertools import islice
    from pathlib import Path

    from prodgen_sdk.cli.review_page import review_page
    from prodgen_sdk.files import write_atomically

    wanted, file = _state(state), Path(out)
    with open_studio(ctx) as studio:
        variants = list(islice(studio.variants(review=wanted), limit))
        more = studio.store.variants.count(review=wanted) - len(variants)
        write_atomically(file, review_page(studio, variants, wanted, more).encode())
    report = {"file": file, "pictures": len(variants), "left_out": more}
    emit(
        as_json,
        report,
        lambda: note(f"{file} shows {len(variants)} pictures{f', {more} are left out' if more else ''}"),
    )


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


def _decide(ctx: typer.Context, names: list[str], state: ReviewState, by: str, reason: str, as_json: bool) -> None:
    from prodgen_sdk.errors import InputError, PartlyDone

    done = []
    failures: dict[str, str] = {}
    with open_studio(ctx) as studio:
        for name in names:
            try:
                done += [studio.review(id, state, by=by, reason=reason) for id in _ids(studio, name, state)]
            except InputError as error:
                failures[name] = str(error)
    if not done:
        raise InputError(" ".join(failures.values()))
    emit(as_json, [{"id": v.id, "review": v.review} for v in done], lambda: note(f"{len(done)} pictures are {state}"))
    if failures:
        raise PartlyDone(f"{len(failures)} of {len(names)} could not be moved.", failures)


def _ids(studio: Studio, name: str, state: ReviewState) -> list[str]:
    """The picture of that id, or the pictures of that sku which wait for this decision."""
    from prodgen_sdk.errors import InputError

    if studio.store.products.existing([name]) and not studio.store.variants.existing([name]):
        before: ReviewState = "rejected" if state == "in_review" else "in_review"
        found = [variant.id for variant in studio.variants(name, review=before) if not _superseded(studio, variant.id)]
        if not found:
            raise InputError(
                f"No picture of {name} {'waits' if before == 'in_review' else 'was rejected'}.",
                hint="Name the picture by its own id.",
            )
        return found
    if state == "approved" and studio.store.variants.get(name).review == "rejected":
        raise InputError(f"Variant {name} was rejected.", hint=f"First run: prodgen review reopen {name}")
    return [name]


def _superseded(studio: Studio, id: str) -> bool:
    """Whether publishing a newer picture of the same view took this one from sight, so that nobody decided on it."""
    steps = studio.store.reviews.of(id)
    return bool(steps) and steps[-1].by == "core"


def _state(name: str) -> ReviewState:
    from typing import get_args

    from prodgen_sdk.errors import NotFound
    from prodgen_sdk.types import ReviewState

    if name not in get_args(ReviewState):
        raise NotFound.of("review state", name, get_args(ReviewState))
    return cast("ReviewState", name)

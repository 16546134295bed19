"""`prodgen review`: the queue of images that wait for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import typer

from prodgen_sdk.cli.output import JSON, emit, nothing_done, open_studio, table
from prodgen_sdk.terminal import note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import ReviewState, Variant

group = typer.Typer(help="Review images that wait for a decision.", no_args_is_help=True)
_BY = typer.Option("cli", help="Who decides; recorded with the decision.")
_REASON = typer.Option("", help="Why; recorded with the decision.")
_NAMES = typer.Argument(
    None,
    metavar="VARIANT|SKU",
    help="A sku stands for all of its waiting images (reopen: its rejected ones).",
)
_ALL = typer.Option(False, "--all", help="All images, instead of named ones.")
_GENERATOR = typer.Option("", metavar="ID", help="Only images of this generator; catalogue/photo for your own photos.")
_STATE = typer.Option("in_review", help="draft, in_review, approved or rejected.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="review")


@group.command("list")
def list_waiting(
    ctx: typer.Context,
    state: str = _STATE,
    generator: str = _GENERATOR,
    as_json: bool = JSON,
) -> None:
    """List the images in a state, by default those that wait."""
    from prodgen_sdk.cli.decisions import why

    wanted = _state(state)
    with open_studio(ctx) as studio:
        variants = list(_pictures(studio, wanted, generator))
        rows = [(v.id, v.sku, v.view.slug, v.generator, "; ".join(why(studio, v))) for v in variants]

    def show() -> None:
        table(("variant", "sku", "view", "generator", "why"), rows)
        if not rows:
            note(f"No image is in the state {wanted}.")

    emit(as_json, variants, show)


@group.command()
def page(
    ctx: typer.Context,
    out: str = typer.Option(
        "review.html", metavar="FILE.html", help="The page, a single file that contains the images."
    ),
    state: str = _STATE,
    generator: str = _GENERATOR,
    limit: int = typer.Option(500, min=1, help="How many images to show, the oldest first."),
    as_json: bool = JSON,
) -> None:
    """Write a page with the images in a state, by default those that wait, and the reasons why.

    The page saves decisions as a file for `prodgen review apply`.
    """
    from itertools import islice
    from pathlib import Path

    from prodgen_sdk.cli.review_page import review_page
    from prodgen_sdk.files import write_atomically

    wanted, file = _state(state), Path(out)
    with open_studio(ctx) as studio:
        pictures = _pictures(studio, wanted, generator)
        variants = list(islice(pictures, limit))
        more = sum(1 for _ in pictures)
        write_atomically(file, review_page(studio, variants, wanted, more).encode())
    report = {"file": file, "pictures": len(variants), "left_out": more}
    emit(
        as_json,
        report,
        lambda: note(f"{file} shows {len(variants)} images{f', {more} are left out' if more else ''}"),
    )


@group.command()
def apply(
    ctx: typer.Context,
    file: str = typer.Argument(
        ..., metavar="FILE.jsonl", help="The file that the page saved, with one decision per line."
    ),
    by: str = _BY,
    as_json: bool = JSON,
) -> None:
    """Apply the decisions that were saved on the page. Exit code 3 if some could not be applied; repeating it is harmless."""
    from pathlib import Path

    from prodgen_sdk.cli.decisions import Decision, decide, read_decisions

    lines = dict(read_decisions(Path(file)))
    wrong = {where: line for where, line in lines.items() if isinstance(line, str)}
    with open_studio(ctx) as studio:
        done, failures = decide(studio, {w: line for w, line in lines.items() if isinstance(line, Decision)}, by)
    _tell(done, wrong | failures, as_json)


def _deciding(state: ReviewState) -> Callable[..., None]:
    """The command that moves images to a state."""

    def command(
        ctx: typer.Context,
        names: list[str] = _NAMES,
        everything: bool = _ALL,
        generator: str = _GENERATOR,
        by: str = _BY,
        reason: str = _REASON,
        as_json: bool = JSON,
    ) -> None:
        from prodgen_sdk.cli.decisions import Decision, decide, waiting
        from prodgen_sdk.errors import InputError

        if bool(names) == everything:
            raise InputError("Name images or skus, or say --all.")
        with open_studio(ctx) as studio:
            wanted = waiting(studio, None, state, generator) if everything else names or []
            if not wanted:
                raise InputError(f"No image {'was rejected' if state == 'in_review' else 'waits'}.")
            decisions = {name: Decision(variant=name, review=state, reason=reason) for name in wanted}
            done, failures = decide(studio, decisions, by, generator)
        _tell(done, failures, as_json)

    return command


group.command("approve", help="Approve images, so that they are indexed and shown.")(_deciding("approved"))
group.command("reject", help="Reject images, so that they are no longer shown; `reopen` undoes it.")(
    _deciding("rejected")
)
group.command("reopen", help="Send rejected images back to review.")(_deciding("in_review"))


def _tell(done: list[Variant], failures: dict[str, str], as_json: bool) -> None:
    """What was decided, by the state that came of it; the rest is named."""
    from collections import Counter

    from prodgen_sdk.errors import InputError, PartlyDone

    if not done:
        raise nothing_done(failures) if failures else InputError("There is no decision in the file.")
    states = Counter(variant.review for variant in done)
    emit(
        as_json,
        [{"id": v.id, "review": v.review} for v in done],
        lambda: note(", ".join(f"{number} images are {state}" for state, number in states.items())),
    )
    if failures:
        raise PartlyDone(f"{len(failures)} could not be moved.", failures)


def _pictures(studio: Studio, state: ReviewState, generator: str) -> Iterator[Variant]:
    return (v for v in studio.variants(review=state) if generator in ("", v.generator))


def _state(name: str) -> ReviewState:
    from typing import get_args

    from prodgen_sdk.errors import NotFound
    from prodgen_sdk.types import ReviewState

    if name not in get_args(ReviewState):
        raise NotFound.of("review state", name, get_args(ReviewState))
    return cast("ReviewState", name)

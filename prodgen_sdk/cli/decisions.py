"""Decisions about images: told by names on the command line, or in the file that the review page saves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from prodgen_sdk.types import Model, ReviewState

if TYPE_CHECKING:
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import Variant

LONGEST_REASON = 2_000
"""Characters of a reason: some sentences."""


class Decision(Model):
    """What somebody decided about an image."""

    variant: str
    review: ReviewState
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""


def read_decisions(path: Path) -> Iterator[tuple[str, Decision | str]]:
    """Each line of a JSON Lines file: its name, and the decision or what is wrong with it."""
    from prodgen_sdk import faults
    from prodgen_sdk.catalogue.formats import read_jsonl
    from prodgen_sdk.errors import InvalidCatalogue

    for number, values in read_jsonl(path):
        where = f"line {number}"
        if isinstance(values, InvalidCatalogue):
            yield where, values.message.removeprefix(f"Line {number}: ")
            continue
        try:
            yield where, Decision.model_validate(values)
        except ValidationError as error:
            yield where, f"{faults.sentence(error.errors(include_url=False)[0])}."


def decide(
    studio: Studio, decisions: Mapping[str, Decision], by: str, generator: str = ""
) -> tuple[list[Variant], dict[str, str]]:
    """Takes decisions by their names; the images as they are now, and by name why others could not be moved."""
    from prodgen_sdk.errors import InputError

    done: list[Variant] = []
    failures: dict[str, str] = {}
    for name, decision in decisions.items():
        try:
            for id in _meant(studio, decision, generator):
                done.append(studio.review(id, decision.review, by=by, reason=decision.reason))
        except InputError as error:
            failures[name] = str(error)
    return done, failures


def waiting(studio: Studio, sku: str | None, state: ReviewState, generator: str = "") -> list[str]:
    """The images, of a product or of all, that a person may move to `state`."""
    before: ReviewState = "rejected" if state == "in_review" else "in_review"
    found = studio.variants(sku, review=before)
    return [v.id for v in found if generator in ("", v.generator) and not _superseded(studio, v.id)]


def why(studio: Studio, variant: Variant) -> list[str]:
    """What there is to say of an image: of screening, of its generator, and of whoever decided last."""
    steps = studio.store.reviews.of(variant.id)[-1:]
    decided = [f"{step.after} by {step.by}{f': {step.reason}' if step.reason else ''}" for step in steps]
    return [*variant.screening.reasons, *variant.shortcomings, *decided]


def _meant(studio: Studio, decision: Decision, generator: str) -> list[str]:
    """The image of that id, or the images of that sku which wait for this decision."""
    from prodgen_sdk.errors import InputError

    name = decision.variant
    if studio.store.products.existing([name]) and not studio.store.variants.existing([name]):
        return _of_sku(studio, name, decision.review, generator)
    if decision.review == "approved" and studio.store.variants.get(name).review == "rejected":
        raise InputError(f"Variant {name} was rejected.", hint=f"First run: prodgen review reopen {name}")
    return [name]


def _of_sku(studio: Studio, sku: str, state: ReviewState, generator: str) -> list[str]:
    from prodgen_sdk.errors import InputError

    found = waiting(studio, sku, state, generator)
    if not found:
        what = f"No image of {sku}{f' by {generator}' if generator else ''}"
        rejected = 0 if state == "in_review" else len(waiting(studio, sku, "in_review", generator))
        raise InputError(
            f"{what} {'was rejected' if state == 'in_review' else 'waits'}.",
            hint=f"{rejected} were rejected: prodgen review reopen {sku}"
            if rejected
            else f"Name the image by its own id: prodgen review list --state {'rejected' if state == 'in_review' else 'approved'}",
        )
    return found


def _superseded(studio: Studio, id: str) -> bool:
    """Whether publishing a newer image of the same view took this one from sight, so that nobody decided on it."""
    steps = studio.store.reviews.of(id)
    return bool(steps) and steps[-1].by == "core"

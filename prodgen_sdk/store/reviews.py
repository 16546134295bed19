"""The review of images: the state of each, and every step that led there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from prodgen_sdk.errors import InputError
from prodgen_sdk.store import outbox
from prodgen_sdk.store.database import Database, batched
from prodgen_sdk.store.documents import dump
from prodgen_sdk.store.schema import from_micros, now_micros, reviews, variants
from prodgen_sdk.store.variants import of_row, one, selected
from prodgen_sdk.types import Model, ReviewState, Variant

TRANSITIONS: dict[ReviewState, tuple[ReviewState, ...]] = {
    "draft": ("in_review",),
    "in_review": ("approved", "rejected"),
    "approved": ("rejected",),
    "rejected": ("in_review",),
}
"""From which state a review may go to which."""


class Review(Model):
    """One step in the review of a variant."""

    variant: str
    before: ReviewState
    after: ReviewState
    by: str
    reason: str
    at: datetime


class Reviews:
    def __init__(self, database: Database) -> None:
        self._database = database

    def move(self, id: str, state: ReviewState, by: str, reason: str = "") -> Variant:
        """Moves a variant to another review state, notes who did and why, and tells the index.

        To the state that it has, nothing happens.

        Raises:
            NotFound: no such variant.
            InputError: `TRANSITIONS` has no such step.
        """
        with self._database.write("catalogue") as connection:
            variant = one(connection, id)
            if variant.review == state:
                return variant
            if state not in TRANSITIONS[variant.review]:
                steps = " or ".join(TRANSITIONS[variant.review])
                raise InputError(
                    f"Variant {id} is {variant.review} and cannot become {state}.",
                    hint=f"From there it goes to {steps}.",
                )
            return _move(connection, variant, state, by, reason)

    def retire(self, ids: Iterable[str], by: str, reason: str) -> tuple[str, ...]:
        """Rejects those of `ids` that are approved, in one transaction, each with a step of review; the ids that were.

        Others, unknown ones too, are left alone, so that it may be repeated.
        """
        with self._database.write("catalogue") as connection:
            found = [
                of_row(row)
                for chunk in batched(sorted(set(ids)))
                for row in connection.execute(selected().where(variants.c.id.in_(chunk)).order_by(variants.c.number))
            ]
            return tuple(
                _move(connection, variant, "rejected", by, reason).id
                for variant in found
                if variant.review == "approved"
            )

    def of(self, id: str) -> tuple[Review, ...]:
        """All steps of a variant's review, oldest first."""
        query = select(reviews).where(reviews.c.variant == id).order_by(reviews.c.number)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Review(
                variant=row.variant,
                before=row.before,
                after=row.after,
                by=row.by,
                reason=row.reason,
                at=from_micros(row.at),
            )
            for row in rows
        )


def _move(connection: Connection, variant: Variant, state: ReviewState, by: str, reason: str) -> Variant:
    """Gives a variant another state, with its step of review and, if it comes to or goes from sight, its change."""
    changed = variant.model_copy(update={"review": state})
    row = update(variants).where(variants.c.id == variant.id)
    connection.execute(row.values(review=state, document=dump(changed)))
    step = {"variant": variant.id, "before": variant.review, "after": state, "by": by, "reason": reason}
    connection.execute(insert(reviews).values(**step, at=now_micros()))
    if state == "approved":
        outbox.append(connection, "upsert", [(variant.id, variant.sku)])
    elif variant.review == "approved":
        outbox.append(connection, "remove", [(variant.id, variant.sku)])
    return changed

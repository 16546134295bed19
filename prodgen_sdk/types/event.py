"""What users did, and the names and times that events carry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from prodgen_sdk.types.base import Model
from prodgen_sdk.types.product import Sku

EventType = Literal["impression", "click", "view", "add_to_cart", "purchase", "search", "hide"]
KEY_LENGTH, MEMO_LENGTH, QUERY_LENGTH = 200, 16_384, 1000
Memo = Annotated[str, Field(max_length=MEMO_LENGTH)]
UserId = Annotated[str, Field(min_length=1, max_length=200)]
RequestId = Annotated[str, Field(max_length=1000)]
Key = Annotated[str, Field(max_length=KEY_LENGTH)]


def _to_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is out of range") from None


UtcTime = Annotated[datetime, AfterValidator(_to_utc)]
"""A time in UTC; one without a zone is taken as UTC."""


class Event(Model):
    """Something that a user did, or was shown (an impression).

    Args:
        id: unique; recording an event twice adds it once.
        sku: the product that it is about, if any.
        variant, request_id: of the recommendation that the event follows, so that the image gets the credit.
        query: the words of a `search`.
        value: the money of a `purchase`, if it is known.
        position: of an impression, from 0.
        propensity: of an impression, the probability with which its variant was chosen.
        policy: of an impression, the policy and its version.
        offered: of an impression, the ids of all variants that could have been chosen.
        memo: of an impression, what the policy wants to see again with the feedback.
        at: when it happened; without a time zone, UTC.

    >>> Event(id="7", user="ann", type="click", sku="mug-1", at="2026-03-01T12:00:00+01:00").at.hour  # kept in UTC
    11
    """

    id: Annotated[str, Field(min_length=1, max_length=200)]
    user: UserId
    type: EventType
    sku: Sku | None = None
    variant: Key | None = None
    request_id: RequestId | None = None
    query: Annotated[str, Field(max_length=QUERY_LENGTH)] | None = None
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    position: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    propensity: Annotated[float, Field(gt=0, le=1)] | None = None
    policy: Key | None = None
    offered: Annotated[tuple[Key, ...], Field(max_length=1000)] = ()
    memo: Memo = ""
    at: UtcTime

"""What happened on the way to an answer."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from prodgen_sdk.types.base import Model
from prodgen_sdk.types.recommendation import Source


class Trace(Model):
    """How one request for recommendations was answered. It names no product and no query of the user.

    Args:
        user: a keyed hash that is the same within this process and means nothing outside of it.
        stages: milliseconds of each stage, in the order in which they ran.
        counts: how many there were: events of the user, candidates near the user, proposed by the ranker, popular, left by
            filters, looked up in the database before they were shown, shown.
        versions: of what answered: the sequence of the index, the last fit of the ranker, the policy.
        notes: why a level or the policy did not answer, and which rules could not be kept, one sentence each.
    """

    request_id: str
    user: str
    at: datetime
    k: int
    source: Source
    milliseconds: float
    stages: dict[str, float] = Field(default_factory=dict)
    counts: dict[str, int] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()

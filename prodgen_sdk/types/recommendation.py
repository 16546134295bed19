"""What is known of a user, and what is chosen for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field

from prodgen_sdk.types.base import Lazy, Model, PixelModel, trusted
from prodgen_sdk.types.candidate import Candidate
from prodgen_sdk.types.event import EventType, Memo, RequestId, UtcTime
from prodgen_sdk.types.product import Locale
from prodgen_sdk.types.view import View


class Interest(Model):
    """A product that pulled the user's vector, and how much (decayed weight of its events; hide counts negative).

    `title` and `category` are the catalogue's, or empty; `bought_at` is when the user last bought it, if ever.
    """

    sku: str
    weight: float
    last_type: EventType
    last_at: datetime
    bought_at: datetime | None = None
    title: str = ""
    category: str = ""


class UserProfile(PixelModel):
    """What a ranker knows of a user.

    Args:
        vector: L2-normalised recency-weighted mean of what the user did, the current session drawn out; None for a cold start.
        interests: strongest first.
        queries: what the user searched for, newest first.
        seen: skus the user had an impression or an event of.
        interest_vectors: the vector of each interest by sku, where one is known.
        query_vectors: the vector of each query by its words, where one is known.
        session: skus that the user touched in the session that still goes on, newest first, each once; at most 20.
        session_events: how many events that session has.
        session_vector: L2-normalised weighted mean of what the user did in it, or None.
        session_share: how much of `vector` it is: `vector` less `session_share * session_vector` is the long-term part.
        past: the same object while the user does nothing, so that `interests` differ by how far all of them have faded alone: a
            component may keep, weakly, what it makes of them. None where nobody follows the user.
    """

    user: str
    vector: Any = None
    interests: tuple[Interest, ...] = ()
    queries: tuple[str, ...] = ()
    seen: frozenset[str] = frozenset()
    interest_vectors: dict[str, Any] = Field(default_factory=dict)
    query_vectors: dict[str, Any] = Field(default_factory=dict)
    session: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    session_events: int = 0
    session_vector: Any = None
    session_share: float = 0.0
    past: Annotated[Any, Field(exclude=True, repr=False)] = None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; one with other fields has no `past`, by which a component would take it for this profile."""
        return super().model_copy(update={"past": None, **update} if update else None, deep=deep)


def _language(tag: Any) -> Any:
    return re.split("[-_]", tag)[0].lower() if isinstance(tag, str) else tag


class RecommendationContext(Model):
    """Circumstances of a request that rankers and policies may use.

    Args:
        k: how many products are asked for.
        locale: the language of the reasons, `en` or `zh`; a region (`zh-CN`) is cut off.
        deterministic: whether the policy must choose without exploration.
        facts: what the caller says of the request, such as `{"category": "home"}` for the open page.
    """

    at: UtcTime
    k: int = 10
    locale: Annotated[Locale, BeforeValidator(_language)] = "en"
    request_id: RequestId = ""
    deterministic: bool = False
    facts: dict[str, str | float] = Field(default_factory=dict)


class Ranked(PixelModel):
    """A candidate with the score that orders it.

    Args:
        contributions: named shares that sum to the score.
        reasons: sentences for the user, in the language of the request.
    """

    candidate: Candidate
    score: float
    contributions: dict[str, float] = Field(default_factory=dict)
    reasons: tuple[str, ...] = ()


class LazyRanked(Lazy, Ranked):
    """A ranked candidate that is explained when somebody looks at it: of all that are ranked, few are shown.

    >>> from prodgen_sdk.types import CandidateVariant
    >>> mug = Candidate(sku="mug", variants=(CandidateVariant(id="a", score=0.5),))
    >>> (ranked,) = LazyRanked.many([(mug, 0.5, lambda: ({"similarity": 0.5}, ("popular",)))])
    >>> ranked.score, ranked.reasons
    (0.5, ('popular',))
    """

    @staticmethod
    def many(
        ranked: Iterable[tuple[Candidate, float, Callable[[], tuple[dict[str, float], tuple[str, ...]]]]],
    ) -> list[LazyRanked]:
        """Values that are not validated, each of candidate, score and what gives contributions and reasons."""
        rows = [{"candidate": candidate, "score": score, _LATER: explained} for candidate, score, explained in ranked]
        return trusted(LazyRanked, rows, _RANKED)

    def _made(self) -> dict[str, Any]:
        contributions, reasons = self.__dict__[_LATER]()
        return {"contributions": contributions, "reasons": reasons}


_RANKED = set(Ranked.model_fields)
_LATER = "_explained"


class Choice(Model):
    """The variant to show of a product.

    Args:
        propensity: P(variant | product, context, policy version).
        memo: what the policy wants to see again with the feedback, such as the features that it saw; opaque to all others,
            and kept with the impression.
    """

    variant: str
    propensity: Annotated[float, Field(gt=0, le=1)]
    memo: Memo = ""


class Feedback(Model):
    """An impression joined with what followed.

    Args:
        view: of the variant.
        propensity: with which the variant was chosen; None if the log does not say.
        reward: 0 (nothing followed) to 1.
        offered, memo: as they were logged.
    """

    user: str
    sku: str
    variant: str
    view: View | None = None
    propensity: float | None = None
    reward: Annotated[float, Field(ge=0, le=1)]
    offered: tuple[str, ...] = ()
    memo: str = ""
    at: datetime


Source = Literal["personal", "segment", "popular"]


class Recommendation(Model):
    """One product to show, with the image to show it by, and why.

    Args:
        variant: id of the image; see `Studio.image` and `Studio.image_file`.
        propensity: the probability with which the policy chose this variant of the product.
        reasons: sentences for the user, in the language of the request.
        contributions: named shares that sum to the score.
        request_id: send it back with the events that follow.
        position: from 0, the best.
        policy: the policy and its version.
        source: who it was made for: this user, those who like the same category, or everybody.
    """

    sku: str
    variant: str
    score: float
    propensity: float
    reasons: tuple[str, ...]
    contributions: dict[str, float] = Field(default_factory=dict)
    request_id: str
    position: int
    policy: str = ""
    source: Source = "personal"


class Erased(Model):
    """Proof of a `forget`: what was found and erased, and what a second look still found (all zero)."""

    user: str
    erased: dict[str, int]
    remaining: dict[str, int]

    @property
    def complete(self) -> bool:
        return not any(self.remaining.values())

    def then(self, again: Erased) -> Erased:
        """What came of erasing twice.

        >>> first = Erased(user="ann", erased={"events": 3}, remaining={"events": 2})
        >>> first.then(Erased(user="ann", erased={"events": 2}, remaining={"events": 0})).erased
        {'events': 5}
        """
        erased = {name: self.erased.get(name, 0) + number for name, number in again.erased.items()}
        return Erased(user=self.user, erased=erased, remaining=again.remaining)

"""Policies to value on a log: what each would show with which probability among what was offered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.evaluation.off_policy_log import Decision
from prodgen_rank.evaluation.replay import Replayed, Row, replay
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import VariantPolicy
from prodgen_sdk.types import Candidate, CandidateVariant, Feedback, RecommendationContext, UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

_NOTHING_LEFT = 1e-9


def uniform(decisions: Sequence[Decision]) -> list[Floats]:
    """Anything that was offered, all alike."""
    return [np.full(len(d.offered), 1 / len(d.offered)) for d in decisions]


def first(decisions: Sequence[Decision]) -> list[Floats]:
    """Always what stands first: the variant most similar to the user, or the front where nothing is known of a user."""
    return [_certain(0, len(d.offered)) for d in decisions]


def best_by_history(
    history: Sequence[Decision], decisions: Sequence[Decision], prior_rows: float = 20.0
) -> list[Floats]:
    """Always the variant of the product with the best rate so far, weighted by inverse propensity; any for a new product.

    Args:
        history: earlier decisions, none of which is in `decisions`: a policy judged on what chose it looks too good.
        prior_rows: how many rows of the rate of all a variant's rate is mixed with.
    """
    earned: dict[str, float] = defaultdict(float)
    weight: dict[str, float] = defaultdict(float)
    for d in history:
        w = 1 / (d.feedback.propensity or 1.0)
        earned[d.feedback.variant] += w * d.feedback.reward
        weight[d.feedback.variant] += w
    total = sum(weight.values())
    rate = sum(earned.values()) / total if total else 0.0
    worth = prior_rows * (total / len(history) if history else 1.0)
    known = {d.feedback.sku for d in history}
    found = []
    for d in decisions:
        if d.feedback.sku not in known:
            found.append(np.full(len(d.offered), 1 / len(d.offered)))
            continue
        rates = [(earned.get(v, 0.0) + rate * worth) / (weight.get(v, 0.0) + worth) for v in d.offered]
        found.append(_certain(int(np.argmax(rates)), len(d.offered)))
    return found


def of_component(
    policy: VariantPolicy, decisions: Sequence[Decision], ctx: Context, *, requests: int = 2000
) -> list[Floats] | None:
    """What a policy would show if it knew a product and the ids of what is offered, and nothing of the user.

    It is asked with one request id after another: a choice comes with its exact probability, so that a variant chosen
    once is known; those never chosen share what is left. None if after `requests` some product still has more than 1 % left.

    Args:
        policy: answers a request by probabilities that do not depend on the request's id.
    """
    products = list(dict.fromkeys((d.feedback.sku, d.offered) for d in decisions))
    known: list[dict[str, float]] = [{} for _ in products]
    candidates = [_bare(sku, offered) for sku, offered in products]
    if not decisions:
        return []
    at, open_ = max(d.feedback.at for d in decisions), list(range(len(products)))
    for request in range(requests):
        if not open_:
            break
        ctx.check()
        context = RecommendationContext(at=at, request_id=f"off-policy-{request}")
        choices = policy.choose(UserProfile(user="nobody"), [candidates[n] for n in open_], context, ctx)
        for n, choice in zip(open_, choices, strict=True):
            known[n][choice.variant] = choice.propensity
        open_ = [n for n in open_ if _left(known[n], products[n][1]) > _NOTHING_LEFT]
    if any(_left(found, offered) > 0.01 for found, (_, offered) in zip(known, products, strict=True)):
        return None
    table = {}
    for found, product in zip(known, products, strict=True):
        left, unknown = _left(found, product[1]), len(product[1]) - len(found)
        table[product] = np.asarray([found.get(v, left / max(unknown, 1)) for v in product[1]])
    return [table[d.feedback.sku, d.offered] for d in decisions]


def replay_component(
    policy: VariantPolicy, decisions: Sequence[Decision], ctx: Context, *, batch: int = 50, seed: int = 0
) -> Replayed:
    """What a policy earns that starts from nothing and learns as it goes, every `batch` rows that are kept.

    As in `of_component` it knows a product and the ids of what is offered, and nothing of the user.

    Args:
        policy: one that has learnt nothing; it is taught.
        decisions: in time.
    """
    told: list[Feedback] = []
    places = iter(range(len(decisions)))

    def choose(seen: Decision) -> str:
        ctx.check()
        candidate = _bare(seen.feedback.sku, seen.offered)
        context = RecommendationContext(at=seen.feedback.at, request_id=f"replay-{next(places)}")
        return policy.choose(UserProfile(user="nobody"), [candidate], context, ctx)[0].variant

    def learn(row: Row[Decision]) -> None:
        told.append(row.seen.feedback)
        if len(told) >= batch:
            policy.update(told, ctx)
            told.clear()

    rows = [Row(d, d.feedback.variant, d.feedback.propensity or 0.0, d.feedback.reward) for d in decisions]
    return replay(rows, choose, learn, seed=seed)


def _bare(sku: str, offered: Sequence[str]) -> Candidate:
    return Candidate(sku=sku, variants=tuple(CandidateVariant(id=id, score=0.0) for id in offered))


def _left(known: dict[str, float], offered: Sequence[str]) -> float:
    return max(0.0, 1 - sum(known.values())) if len(known) < len(offered) else 0.0


def _certain(place: int, n: int) -> Floats:
    found = np.zeros(n)
    found[place] = 1.0
    return found

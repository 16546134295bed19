"""`policy/lints`: linear Thompson sampling over what a picture shows and who looks, with exact propensities.

Whenever the policy has learnt, it draws a fixed number of models from its posterior; until it learns again, every request is
answered by one of them. The probability of a variant is then the share of the drawn models in which it is the best: it is known
exactly and does not depend on the request's id. Sources: Agrawal and Goyal, ICML 2013; on a fixed number of draws, Lu and Van Roy,
Ensemble Sampling, NeurIPS 2017; on a variant's own share, Wang et al., A Hybrid Bandit Model with Visual Priors, WWW 2021.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.policies.contextual import LinearPolicy
from prodgen_rank.policies.model import Model
from prodgen_rank.policies.request import Request

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class LinearThompson(LinearPolicy):
    """P(variant) = (1 - epsilon) x share of the drawn models in which it is the best + epsilon / number of variants.

    Example:
        >>> from datetime import datetime, timezone
        >>> from prodgen_sdk.context import Context
        >>> from prodgen_sdk.types import Candidate, CandidateVariant, RecommendationContext, UserProfile, View
        >>> pictures = (CandidateVariant(id="back", score=1, view=View(azimuth=180)), CandidateVariant(id="front", score=1, view=View()))
        >>> context = RecommendationContext(at=datetime(2026, 1, 1, tzinfo=timezone.utc), deterministic=True)
        >>> policy = LinearThompson(None, Context())
        >>> policy.choose(UserProfile(user="u"), [Candidate(sku="mug", variants=pictures)], context, Context())[0].variant
        'front'
    """

    def shares(self, model: Model, request: Request) -> Floats:
        beyond, precision = self._beyond(model, request)
        scores = request.scores(model.effects)
        scores += beyond[:, None]
        noise = model.own_noise(request.hashes)
        noise /= np.sqrt(precision)[:, None]
        scores += noise
        return request.shares_of_wins(scores)

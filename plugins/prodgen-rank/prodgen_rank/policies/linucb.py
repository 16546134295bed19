"""`policy/linucb`: the variant whose reward could well be the highest, by the upper end of what the regression holds likely.

Source: Li et al., A Contextual-Bandit Approach to Personalized News Article Recommendation, WWW 2010.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prodgen_rank.policies.contextual import LinearPolicy
from prodgen_rank.policies.features import LAYOUT
from prodgen_rank.policies.model import Model
from prodgen_rank.policies.request import Request

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class LinearUCB(LinearPolicy):
    """P(variant) = 1 - epsilon for the one with the highest bound, plus epsilon / number of variants for every one.

    The bound is the expected reward plus `width` standard deviations, those of the looks' effects and of the variant's own together.
    """

    draws: ClassVar[bool] = False

    def shares(self, model: Model, request: Request) -> Floats:
        beyond, precision = self._beyond(model, request)
        # Most circumstances do not hold in any one request; what is multiplied by 0 is left out.
        holds = np.flatnonzero((request.circumstances != 0).sum(axis=0)[LAYOUT.columns])
        circumstances = np.repeat(request.circumstances[request.domains], request.sizes, axis=0)
        features = request.looks[:, LAYOUT.rows[holds]] * circumstances[:, LAYOUT.columns[holds]]
        unsure = ((features @ model.factor[holds]) ** 2).sum(axis=1) + 1 / precision
        width = np.float32(self._config.width) * np.sqrt(unsure)
        return request.shares_of_wins(request.scores(model.expected) + (beyond + width)[:, None])

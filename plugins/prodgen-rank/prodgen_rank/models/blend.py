"""A blend: the scores of several models, each brought to one scale for each user, added up with weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.explain import without_each
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.registry import make
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_rank.models.base import Arrays, Scores


def standardised(scores: Scores) -> Scores:
    """Each row with mean 0 and standard deviation 1 over all products; a row of equal scores becomes 0."""
    mean, spread = _scale(scores)
    shifted = scores - mean.astype(np.float32)
    return np.divide(shifted, spread.astype(np.float32), out=np.zeros_like(shifted), where=spread > 0)


def _scale(scores: Scores) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each row, float64 [n, 1]; the latter 0 for a row of equal scores."""
    mean = scores.mean(axis=1, keepdims=True, dtype=np.float64)
    spread = scores.std(axis=1, keepdims=True, dtype=np.float64)
    return mean, np.where(spread > 1e-9 * np.maximum(1e-30, np.abs(mean)), spread, 0.0)


class Blend(PreferenceModel):
    """`score = sum over members of weight * standardised(score of the member)`.

    `evaluation.tuning` finds settings and weights on a validation split; with the defaults all members count the same.

    Args:
        members: settings of each member, by the name of its model.
        weights: of each member, 0 or more; None counts all the same. A weight of 0 leaves the member out.
    """

    name: ClassVar[str] = "blend"

    def __init__(
        self,
        members: Mapping[str, Mapping[str, Any]] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        settings = members if members is not None else {"popular": {}, "item-knn": {}, "ease": {}}
        self.weights = {name: float((weights or {}).get(name, 0.0 if weights else 1.0)) for name in settings}
        if not all(np.isfinite(weight) and weight >= 0 for weight in self.weights.values()):
            raise ConfigError(f"The weights of a blend are 0 or more, not {self.weights}.")
        self.members: dict[str, PreferenceModel] = {
            name: make(name, settings[name]) for name, weight in self.weights.items() if weight
        }
        if not self.members:
            raise ConfigError("A blend needs at least one member with a weight above 0.")
        self.n_items = 0

    @classmethod
    def of(cls, members: Mapping[str, PreferenceModel], weights: Mapping[str, float], n_items: int) -> Blend:
        """From members that are fitted already."""
        blend = cls({"popular": {}})
        blend.members = {name: member for name, member in members.items() if weights.get(name, 0)}
        blend.weights = {name: float(weights[name]) for name in blend.members}
        blend.n_items = n_items
        return blend

    def fit(self, data: Interactions, ctx: Context) -> Self:
        for step, (name, member) in enumerate(self.members.items()):
            ctx.check()
            ctx.progress(step, len(self.members), name)
            member.fit(data, ctx)
        self.n_items = data.n_items
        return self

    def scores(self, histories: Sequence[History], now: float) -> Scores:
        total = np.zeros((len(histories), self.n_items), np.float32)
        for name, scores in self.each(histories, now).items():
            total += self.weights[name] * scores
        return total

    def without_each(self, history: History, items: NDArray[Any], now: float) -> Scores:
        """float32 [len(history), len(items)], the scores of some products if one thing in the history had not been.

        In the scale of the whole history, so that differences are what that thing adds.
        """
        total = np.zeros((len(history), len(items)), np.float32)
        for name, member in self.members.items():
            mean, spread = _scale(member.scores([history], now))
            if spread[0, 0] > 0:
                left = without_each(member, history, items, now)
                total += (self.weights[name] * (left - mean) / spread).astype(np.float32)
        return total

    def each(self, histories: Sequence[History], now: float) -> dict[str, Scores]:
        """The standardised scores of each member, without its weight."""
        return {name: standardised(member.scores(histories, now)) for name, member in self.members.items()}

    def arrays(self) -> Arrays:
        kept = {
            f"{name}/{key}": array for name, member in self.members.items() for key, array in member.arrays().items()
        }
        return kept | {"n_items": np.asarray(self.n_items)}

    def restore(self, arrays: Arrays) -> Self:
        for name, member in self.members.items():
            member.restore({key.partition("/")[2]: each for key, each in arrays.items() if key.startswith(f"{name}/")})
        self.n_items = int(arrays["n_items"])
        return self

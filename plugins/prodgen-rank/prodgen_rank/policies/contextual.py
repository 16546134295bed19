"""The part of `policy/lints` and `policy/linucb` that is the same: how they choose, learn and remember."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from prodgen_rank.config import Config, LinearPolicyConfig
from prodgen_rank.durable import Durable
from prodgen_rank.policies.epsilon import draw
from prodgen_rank.policies.knowledge import Knowledge, decode, encode
from prodgen_rank.policies.lookbook import Lookbook
from prodgen_rank.policies.model import Model, build_model, learnt, prior_of
from prodgen_rank.policies.request import Request
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import VariantPolicy
from prodgen_sdk.types import Candidate, Choice, Feedback, RecommendationContext, UserProfile, trusted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Single = NDArray[np.float32]

_FIELDS = set(Choice.model_fields)


class LinearPolicy(VariantPolicy):
    """Learns from every process that shares `ctx.state`; a subclass says with what probability each variant is chosen.

    Raises:
        ConfigError: `prior_effects` names an effect that there is not.
    """

    draws: ClassVar[bool] = True

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config.linear if config else LinearPolicyConfig()
        prior_of(self._config)
        self._memory = Durable(ctx.state, "linear.json", Knowledge(), encode, decode)
        self._lookbook = Lookbook(self._config.quality_metrics, self._config.seed)
        self._model: Model | None = None

    @abstractmethod
    def shares(self, model: Model, request: Request) -> Floats:
        """P(variant) without the floor, [n]; they sum to 1 over the variants of a candidate."""

    @property
    def version(self) -> str:
        return self._known().version

    def choose(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> list[Choice]:
        if not candidates:
            return []
        model = self._known()
        request = Request.of(user, candidates, context, self._lookbook, model.knowledge.groups, ctx)
        if context.deterministic:
            # Variants come most similar first, which settles a tie.
            shares = request.shares_of_wins(self.expected(model, request)[:, None])
        else:
            epsilon = self._config.epsilon
            shares = epsilon / np.repeat(request.sizes, request.sizes) + (1 - epsilon) * self.shares(model, request)
        probabilities, chosen, start = shares.tolist(), [], 0
        for candidate, size in zip(candidates, request.sizes.tolist(), strict=True):
            own = probabilities[start : start + size]
            chosen.append(start + draw(own, f"{self._config.seed}\0{context.request_id}\0{candidate.sku}"))
            start += size
        rows: list[dict[str, Any]] = [
            {"variant": request.variants[row], "propensity": min(1.0, probabilities[row]), "memo": memo}
            for row, memo in zip(chosen, request.memos(chosen), strict=True)
        ]
        return trusted(Choice, rows, _FIELDS)

    def prepare(self, candidates: Sequence[Candidate], ctx: Context) -> None:
        self._lookbook.looks([id for candidate in candidates for id, _ in candidate.scored], candidates, ctx)

    def update(self, feedback: Sequence[Feedback], ctx: Context) -> None:
        if feedback:
            with self._memory.writing():
                self._memory.put(learnt(self._memory.get(), feedback, self._config))
            # So that the next request need not wait for it.
            self._known()

    def reset(self, ctx: Context) -> None:
        self.relearn((), ctx)

    def relearn(self, parts: Iterable[Sequence[Feedback]], ctx: Context) -> None:
        knowledge = Knowledge()
        for feedback in parts:
            knowledge = learnt(knowledge, feedback, self._config)
        with self._memory.writing():
            self._memory.put(knowledge)
        self._known()

    def expected(self, model: Model, request: Request) -> Single:
        """The reward that each variant is expected to bring, [n]."""
        beyond, _ = self._beyond(model, request)
        expected: Single = request.scores(model.expected)[:, 0] + beyond
        return expected

    def _beyond(self, model: Model, request: Request) -> tuple[Single, Single]:
        return model.beyond(request.variants, request.skus, request.sizes, self._config)

    def _known(self) -> Model:
        """The model of the memory as it is now; fitted anew when the memory is another one than last time."""
        knowledge, model = self._memory.get(), self._model
        if model is None or model.knowledge is not knowledge:
            model = self._model = build_model(knowledge, self._config, self._config.draws if self.draws else 0)
        return model

"""What every model of preference is: fitted to interactions, it scores all products for a history."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from prodgen_rank.models.interactions import History, Interactions
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Scores = NDArray[np.float32]
    Arrays = Mapping[str, NDArray[Any]]


class PreferenceModel(ABC):
    """Knows products, not users: what it says of a user follows from the history that it is given.

    So a user who came a minute ago is served like any other, and one who is forgotten leaves nothing behind but what a
    fit without them gives. Hyperparameters are the arguments of the constructor, all with defaults.
    """

    name: ClassVar[str]

    def given(self, vectors: Mapping[str, Floats]) -> Self:
        """Takes the vector [dimension] of each product's images by sku, some of which may be missing; called before `fit`."""
        return self

    @abstractmethod
    def fit(self, data: Interactions, ctx: Context) -> Self:
        """Learns from all interactions, replacing what was learnt before; `ctx.check()` is called between long steps."""

    @abstractmethod
    def scores(self, histories: Sequence[History], now: float) -> Scores:
        """float32 [len(histories), n_items], higher is liked more, finite; what was seen already is scored like the rest.

        Args:
            now: the time of the question, in the unit of `History.times`.
        """

    @abstractmethod
    def arrays(self) -> Arrays:
        """All that was learnt, as named arrays; with the constructor's arguments they make the same model again."""

    @abstractmethod
    def restore(self, arrays: Arrays) -> Self:
        """Takes up what `arrays` gave."""

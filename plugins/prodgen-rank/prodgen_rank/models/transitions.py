"""What is taken up after what: counted transitions between products, near ones more than far ones, scaled by how common they are."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from prodgen_rank.models.interactions import Interactions
from prodgen_rank.models.linear import LinearModel
from prodgen_rank.models.recency import Recency
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError


class Transitions(LinearModel):
    """A Markov chain that skips: a product j that followed i by d places in someone's history counts `nearness ** (d - 1)`.

    What i says for j is that sum over all users, plus `backward` times the sum for j before i, over
    `(out_i + shrinkage) ** source * (in_j + shrinkage) ** target`, where out and in are the sums of the rows and columns.
    Item-to-item transitions with decay are an old and strong baseline for sequences (Ludewig and Jannach, Evaluation of
    session-based recommendation algorithms, UMUAI 2018). The unequal exponents make it one for sparse shops, since 0.5 for
    the target, as in a cosine, buries what is popular.

    Args:
        nearness: what one more place between two products leaves of their count, in (0, 1].
        reach: places further apart than this do not count.
        backward: how much the later product says of the earlier one, 0 or more.
        source, target: exponents that scale a product's counts by how much follows it, and how much it follows.
        shrinkage: added to these sums, so that a product seen once or twice is not trusted.
        recency: what counts of a history.
    """

    name: ClassVar[str] = "transitions"

    def __init__(
        self,
        nearness: float = 0.9,
        reach: int = 30,
        backward: float = 0.25,
        source: float = 0.4,
        target: float = 0.2,
        shrinkage: float = 3.0,
        recency: Recency = Recency(step=0.6),
    ) -> None:
        if not (0 < nearness <= 1 and reach >= 1 and backward >= 0 and shrinkage > 0):
            raise ConfigError(
                "Transitions need nearness in (0, 1], reach of 1 or more, backward of 0 or more and shrinkage above 0, "
                f"not {nearness}, {reach}, {backward} and {shrinkage}."
            )
        self.nearness, self.reach, self.backward = nearness, reach, backward
        self.source, self.target, self.shrinkage, self.recency = source, target, shrinkage, recency

    def learn(self, data: Interactions, ctx: Context) -> Any:
        from scipy.sparse import diags

        counted = transitions(data, self.nearness, self.reach, ctx)
        counted = counted + self.backward * counted.T
        out, into = (np.asarray(counted.sum(axis=axis)).ravel() + self.shrinkage for axis in (1, 0))
        return (diags(out**-self.source) @ counted @ diags(into**-self.target)).tocsr().astype(np.float32)


def transitions(data: Interactions, nearness: float, reach: int, ctx: Context) -> Any:
    """Scipy CSR float64 [n_items, n_items]: how often the second followed the first within `reach` places of a history.

    Each time counts the root of the product of both weights, times `nearness` for each place beyond the first.
    """
    from scipy.sparse import csr_matrix

    n = data.n_items
    counted = csr_matrix((n, n), dtype=np.float64)
    for apart in range(1, reach + 1):
        ctx.check()
        first = np.flatnonzero(data.users[apart:] == data.users[:-apart])
        if not len(first):
            break
        then = first + apart
        other = data.items[first] != data.items[then]
        first, then = first[other], then[other]
        much = np.sqrt(data.weights[first] * data.weights[then], dtype=np.float64) * nearness ** (apart - 1)
        counted = counted + csr_matrix((much, (data.items[first], data.items[then])), (n, n))
    return counted

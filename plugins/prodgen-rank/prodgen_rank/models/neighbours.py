"""Item-kNN: products that the same users had are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from prodgen_rank.models.interactions import Interactions
from prodgen_rank.models.linear import LinearModel, binary, strongest
from prodgen_rank.models.recency import Recency
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Similarity = Literal["cosine", "jaccard"]
_AT_ONCE = 1024


class ItemKnn(LinearModel):
    """Likeness of two products by the users who had both, c, of the users of each, n and m.

    Sarwar et al., Item-based collaborative filtering recommendation algorithms, WWW 2001. With `jaccard`, all neighbours and a
    weighted, fading history this is SAR of Microsoft's recommenders.

    Args:
        similarity: `cosine`, `c / (n ** (1 - towards_rare) * m ** towards_rare + shrink)`, n of what is in the history;
            or `jaccard`, `c / (n + m - c + shrink)`.
        towards_rare: 0 favours what is popular, 0.5 is the cosine, 1 favours what is rare.
        neighbours: how many a product keeps; 0 keeps all.
        shrink: takes likeness from products that few users had.
        recency: what counts of a history.
    """

    name: ClassVar[str] = "item-knn"

    def __init__(
        self,
        similarity: Similarity = "cosine",
        neighbours: int = 100,
        shrink: float = 10.0,
        towards_rare: float = 0.5,
        recency: Recency = Recency(),
    ) -> None:
        if similarity not in ("cosine", "jaccard"):
            raise ConfigError(f"{similarity!r} is no similarity.", hint="There are cosine and jaccard.")
        self.similarity, self.neighbours, self.shrink = similarity, neighbours, shrink
        self.towards_rare, self.recency = towards_rare, recency

    def learn(self, data: Interactions, ctx: Context) -> Any:
        from scipy.sparse import csr_matrix, vstack

        known = binary(data)
        users = np.asarray(known.sum(axis=0), np.float64).ravel()
        by_product = known.tocsc()
        # Nearly all pairs may share a user: only so many products at once are held against all others.
        blocks = [csr_matrix((0, data.n_items), dtype=np.float32)]
        for start in range(0, data.n_items, _AT_ONCE):
            ctx.check()
            block = by_product[:, start : start + _AT_ONCE]
            together = (block.T @ known).tocoo()
            apart = together.row + start != together.col
            row, column, both = together.row[apart], together.col[apart], together.data[apart].astype(np.float64)
            values = both / self._norms(users[column], users[row + start], both)
            likeness = csr_matrix((values.astype(np.float32), (row, column)), together.shape)
            # Each product keeps its own nearest.
            blocks.append(strongest(likeness, self.neighbours) if self.neighbours else likeness)
        return vstack(blocks).T.tocsr()

    def _norms(self, n: NDArray[Any], m: NDArray[Any], both: NDArray[Any]) -> Any:
        if self.similarity == "jaccard":
            return n + m - both + self.shrink
        return n ** (1 - self.towards_rare) * m**self.towards_rare + self.shrink

"""EASE: every product predicted from all others by one ridge regression in closed form."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from prodgen_rank.models.interactions import Interactions
from prodgen_rank.models.linear import LinearModel, binary, strongest
from prodgen_rank.models.recency import Recency
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError

_SMALL, _KEPT = 4096, 500


class Ease(LinearModel):
    """Steck, Embarrassingly shallow autoencoders for sparse data, WWW 2019.

    With G = X'X + l2 * I and P its inverse, `W[i, j] = -P[i, j] / P[j, j]`, and 0 on the diagonal. Memory is 4 bytes and time
    about 1e-11 s times the cube of the number of products, on one core; more than `most_items` are not looked at, and have no
    score but 0.

    Args:
        l2: strength of the regularisation.
        dropout: share of the inputs that are as if dropped in training, in [0, 1): adds `dropout / (1 - dropout)` of G's diagonal
            to its diagonal, so that the popular are regularised more (Steck, Autoencoders that don't overfit towards the
            identity, NeurIPS 2020).
        recency: what counts of a history.
        keep: how many weights a product keeps, the largest; 0 keeps all, and None all up to 4,096 products and 500 beyond, so
            that a model of 15,000 products takes 60 MB, not 900.
        most_items: the most popular products that take part.
    """

    name: ClassVar[str] = "ease"

    def __init__(
        self,
        l2: float = 500.0,
        dropout: float = 0.0,
        recency: Recency = Recency(),
        keep: int | None = None,
        most_items: int = 20_000,
    ) -> None:
        if not (l2 > 0 and 0 <= dropout < 1):
            raise ConfigError(f"EASE needs l2 above 0 and dropout in [0, 1), not {l2} and {dropout}.")
        self.l2, self.dropout, self.recency = l2, dropout, recency
        self.keep, self.most_items = keep, most_items

    def learn(self, data: Interactions, ctx: Context) -> Any:
        known = binary(data)
        users = np.asarray(known.sum(axis=0)).ravel()
        taking_part = np.sort(np.argsort(-users, kind="stable")[: self.most_items])
        weights = closed_form(known[:, taking_part], self.l2, self.dropout, ctx)
        keep = self.keep if self.keep is not None else _KEPT * (len(taking_part) > _SMALL)
        if keep:
            weights = strongest(weights.T, keep).T.tocsr()
        if len(taking_part) == data.n_items:
            return weights
        return _spread(weights, taking_part, data.n_items)


def closed_form(known: Any, l2: float, dropout: float, ctx: Context) -> Any:
    """The weights, float32 [n_items, n_items], of a scipy CSR [n_users, n_items]."""
    from scipy.linalg import lapack

    n = known.shape[1]
    if not n:
        return np.zeros((0, 0), np.float32)
    exact = n <= _SMALL
    gram: Any = np.asarray((known.T @ known).todense(), np.float64 if exact else np.float32, order="F")
    diagonal = np.diag_indices(n)
    gram[diagonal] += l2 + dropout / (1 - dropout) * gram[diagonal]
    ctx.check()
    factor, failed = (lapack.dpotrf if exact else lapack.spotrf)(gram, lower=1, overwrite_a=1)
    ctx.check()
    inverse, singular = (lapack.dpotri if exact else lapack.spotri)(factor, lower=1, overwrite_c=1)
    if failed or singular:
        raise ConfigError(f"EASE cannot be solved with l2 = {l2}.", hint="Take a larger l2.")
    _mirror(inverse)
    ctx.check()
    weights = np.ascontiguousarray(inverse, np.float32)
    weights *= (-1 / np.diag(weights)).astype(np.float32)
    weights[diagonal] = 0
    return weights


def _mirror(matrix: Any, at_once: int = 1024) -> None:
    """Copies the lower triangle of a square matrix to the upper, in place."""
    for start in range(0, len(matrix), at_once):
        end = min(start + at_once, len(matrix))
        corner = matrix[start:end, start:end]
        matrix[start:end, start:end] = np.tril(corner) + np.tril(corner, -1).T
        matrix[start:end, end:] = matrix[end:, start:end].T


def _spread(weights: Any, codes: Any, n_items: int) -> Any:
    """The weights among some products as a scipy CSR among all."""
    from scipy.sparse import coo_matrix

    found = coo_matrix(weights)
    shape = (n_items, n_items)
    return coo_matrix((found.data, (codes[found.row], codes[found.col])), shape, dtype=np.float32).tocsr()

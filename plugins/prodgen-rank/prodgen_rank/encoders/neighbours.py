"""How good the neighbours of pictures are: the same product first, the same kind among the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def same_product_first(
    vectors: Floats, products: NDArray[np.str_], views: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """For each picture 1 if its nearest neighbour shows the same product, else 0.

    Args:
        vectors: [n, d] of length 1.
        products: [n].
        views: [n]; pictures of one view (crops of it) are no neighbours of each other. None: each picture is a view of its own.

    Returns:
        [m], of the pictures whose product has another view.

    Example:
        >>> line = np.asarray([[1, 0], [0.9, 0.1], [0, 1]], np.float32)
        >>> same_product_first(line, np.asarray(["a", "a", "b"])).tolist()
        [1.0, 1.0]
    """
    views = np.arange(len(vectors)) if views is None else views
    likeness = vectors @ vectors.T
    other = views[:, None] != views[None]
    likeness[~other] = -np.inf
    findable = ((products[:, None] == products[None]) & other).any(axis=1)
    nearest = likeness.argmax(axis=1)
    hits: NDArray[np.float64] = (products[nearest] == products)[findable].astype(np.float64)
    return hits


def same_family_share(
    vectors: Floats, products: NDArray[np.str_], families: NDArray[np.str_], k: int = 3
) -> NDArray[np.float64]:
    """For each picture the share of the k nearest other products that are of its family.

    A product counts by its nearest picture. Pictures whose family has fewer than k other products are left out, so that 1 can
    be reached.

    Example:
        >>> line = np.asarray([[1, 0], [0.9, 0.1], [0, 1]], np.float32)
        >>> same_family_share(line, np.asarray(["a", "b", "c"]), np.asarray(["mug", "mug", "cap"]), k=1).tolist()
        [1.0, 1.0]
    """
    names, numbers = np.unique(products, return_inverse=True)
    family_of = dict(zip(products, families, strict=True))
    kinds = np.asarray([family_of[name] for name in names])
    likeness = vectors @ vectors.T
    best = np.full((len(vectors), len(names)), -np.inf, np.float32)
    for number in range(len(names)):
        best[:, number] = likeness[:, numbers == number].max(axis=1)
    best[np.arange(len(vectors)), numbers] = -np.inf
    enough = np.asarray([(kinds == family).sum() > k for family in families])
    nearest = np.argsort(-best, axis=1, kind="stable")[:, :k]
    shares: NDArray[np.float64] = (kinds[nearest] == families[:, None]).mean(axis=1)[enough]
    return shares

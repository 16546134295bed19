"""The parts of the judge that learn without labels: whitening and centroids of patches and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_quality.judge import network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_SMOOTH = 0.1
_ROUNDS = 12


def learn_sight(
    pictures: NDArray[np.uint8], centroids: dict[str, int], colours: int, drawn: int, seed: int
) -> dict[str, Floats]:
    """Weights for `network.sight` from some pictures uint8 [n, 96, 96, 3].

    Args:
        centroids: of each scale.
        drawn: from how many patches, and pixels, they are learnt.
    """
    import numpy as np

    rng = np.random.default_rng([seed, 1])
    tensors: dict[str, Floats] = {}
    for scale, count in centroids.items():
        rows = network.patches(pictures, scale).reshape(-1, network.PATCH**2 * 3)
        rows = rows[(rows * rows).mean(axis=1) > 0.05]  # flat paper teaches nothing
        rows = rows[rng.permutation(len(rows))[:drawn]]
        mean, whitening = _whitening(rows)
        found = _centroids((rows - mean) @ whitening, count, rng)
        tensors |= _folded(scale, mean, whitening, found)
    small = pictures[:, 2::8, 2::8].reshape(-1, 3).astype(np.float32) / np.float32(128)
    small = small[rng.permutation(len(small))[:drawn]]
    # Each shade once, so that rare colours count as much as common ones.
    shades = np.unique((small * 16).round(), axis=0)[:, :3].astype(np.float32) / 16
    found = _centroids(np.asarray(shades, np.float32), min(colours, len(shades)), rng)
    return tensors | _folded("colour", np.zeros(3, np.float32), np.eye(3, dtype=np.float32), found)


def _whitening(rows: Floats) -> tuple[Floats, Floats]:
    """Mean [d] and the symmetric whitening matrix [d, d] (ZCA: Bell and Sejnowski, Vision Research 1997)."""
    import numpy as np

    mean = rows.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((rows - mean).T).astype(np.float64))
    return mean, np.asarray(vectors / np.sqrt(np.maximum(values, 0) + _SMOOTH) @ vectors.T, np.float32)


def _centroids(rows: Floats, count: int, rng: np.random.Generator) -> Floats:
    """k-means (Lloyd 1982) from rows drawn at random; a centroid that nobody is near is drawn anew."""
    import numpy as np

    found = rows[rng.permutation(len(rows))[:count]].copy()
    for _ in range(_ROUNDS):
        sums, counts = np.zeros_like(found, np.float64), np.zeros(len(found))
        for start in range(0, len(rows), 8192):
            part = rows[start : start + 8192]
            nearest = (0.5 * (found * found).sum(axis=1) - part @ found.T).argmin(axis=1)
            member = (nearest[:, None] == np.arange(len(found))).astype(np.float32)
            sums += member.T @ part
            counts += member.sum(axis=0)
        lost = counts == 0
        found = np.asarray(sums / np.maximum(counts, 1)[:, None], np.float32)
        found[lost] = rows[rng.integers(0, len(rows), int(lost.sum()))]
    return found


def _folded(name: str, mean: Floats, whitening: Floats, centroids: Floats) -> dict[str, Floats]:
    """Whitening and centroids as one product: |W(x - m) - c|² / 2 less what does not depend on c."""
    import numpy as np

    weight = whitening @ centroids.T
    centre = 0.5 * (centroids * centroids).sum(axis=1) + mean @ weight
    return {f"{name}.weight": np.asarray(weight, np.float32), f"{name}.centre": np.asarray(centre, np.float32)}

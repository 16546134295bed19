"""Rows of features: their lengths, and distances between sets of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.floating[Any]]
    Floats = NDArray[np.float64]


def unit(rows: Rows) -> Rows:
    """Rows [..., d] scaled to length 1, of the same dtype; rows of zeros stay.

    >>> import numpy as np
    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    import numpy as np

    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9))


def distances(first: Rows, second: Rows) -> Floats:
    """Euclidean distances [n, m] of rows [n, d] and [m, d]."""
    import numpy as np

    x, y = first.astype(np.float64), second.astype(np.float64)
    squares = (x**2).sum(1)[:, None] + (y**2).sum(1)[None] - 2 * x @ y.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def nearest(rows: Rows, known: Rows) -> Floats:
    """Distance [n] of each row to the nearest known one, in blocks."""
    import numpy as np

    return np.concatenate([distances(part, known).min(1) for part in np.array_split(rows, max(1, len(rows) // 64))])


def spread(rows: Rows) -> float:
    """Mean distance of two different rows [n, d]; 0 for fewer than two.

    >>> import numpy as np
    >>> spread(np.array([[0, 0], [3, 4]], np.float32))
    5.0
    """
    if len(rows) < 2:
        return 0.0
    return float(distances(rows, rows).sum() / (len(rows) * (len(rows) - 1)))


def kernel_distance(first: Rows, second: Rows) -> float:
    """The unbiased squared maximum mean discrepancy under (x.y / d + 1)³ of rows [n, d] and [m, d].

    The kernel inception distance (Binkowski et al., Demystifying MMD GANs, ICLR 2018), but over features of one's own: it is not
    comparable with what others call KID or FID. About 0 for two samples of one distribution, and then negative half the time.

    >>> import numpy as np
    >>> rows = np.random.default_rng(0).normal(size=(200, 4))
    >>> abs(kernel_distance(rows[:100], rows[100:])) < 0.5 < kernel_distance(rows[:100], rows[100:] + 1)
    True
    """
    import numpy as np

    x, y = first.astype(np.float64), second.astype(np.float64)

    def kernel(a: Floats, b: Floats) -> Floats:
        return np.asarray((a @ b.T / a.shape[1] + 1) ** 3)

    def off_diagonal(k: Floats) -> float:
        return float((k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)))

    return off_diagonal(kernel(x, x)) + off_diagonal(kernel(y, y)) - 2 * float(kernel(x, y).mean())

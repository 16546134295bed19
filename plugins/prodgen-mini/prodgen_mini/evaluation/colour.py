"""Colour differences as people see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def to_lab(rgb: Floats) -> Floats:
    """CIE L*a*b* (D65) of sRGB [..., 3] in [0, 1].

    >>> to_lab(np.array([1.0, 1.0, 1.0])).round(1).tolist()
    [100.0, 0.0, 0.0]
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _XYZ.T / _WHITE
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1) + 0.0


def delta_e(first: Floats, second: Floats) -> Floats:
    """CIE 1976 difference [...] of sRGB colours [..., 3] in [0, 1]; about 2 is just seen."""
    return np.asarray(np.linalg.norm(to_lab(first) - to_lab(second), axis=-1))

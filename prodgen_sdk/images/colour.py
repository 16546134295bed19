"""sRGB, linear light and CIE L*a*b*."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""How bright linear red, green and blue are beside white (ITU-R BT.709)."""


Levels = tuple[int, int, int]
"""A colour in sRGB, 0 to 255."""


def luminance(colour: Levels) -> float:
    """How bright a colour is beside white, in [0, 1] (ITU-R BT.709).

    >>> round(luminance((255, 0, 0)), 3)
    0.213
    """
    return float(to_linear([level / 255 for level in colour]) @ LUMINANCE)


def ink_on(ground: Levels) -> Levels:
    """Dark or light ink, whichever reads better on a colour.

    >>> ink_on((255, 255, 255)), ink_on((30, 30, 90))
    ((38, 36, 38), (250, 248, 243))
    """
    return (250, 248, 243) if luminance(ground) < 0.32 else (38, 36, 38)


def to_linear(srgb: Any) -> Floats:
    """SRGB in [0, 1] to linear light (IEC 61966-2-1), float32 of the same shape.

    >>> [round(float(value), 3) for value in to_linear([0, 0.5, 1])]
    [0.0, 0.214, 1.0]
    """
    import numpy as np

    value = np.asarray(srgb, np.float32)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(linear: Any) -> Floats:
    """Linear light to sRGB in [0, 1], float32 of the same shape; what is beyond is cut off.

    >>> [round(float(value), 3) for value in to_srgb([0, 0.214, 2])]
    [0.0, 0.5, 1.0]
    """
    import numpy as np

    value = np.clip(np.asarray(linear, np.float32), 0, 1)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055).astype(np.float32)


def to_lab(srgb: Any) -> Floats:
    """CIE L*a*b* (CIE 15, white point D65) of sRGB [..., 3], uint8 or in [0, 1]: L 0 to 100, a and b about -110 to 110.

    >>> to_lab([1, 1, 1]).round(1).tolist()[0]
    100.0
    """
    import numpy as np

    values = np.asarray(srgb)
    linear = _linear_levels()[values] if values.dtype == np.uint8 else to_linear(values)
    xyz = linear @ _to_xyz()
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * ((29 / 6) ** 2 / 3) + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1).astype(np.float32)


@cache
def _linear_levels() -> Floats:
    """Of the 256 levels of a channel: quicker to look up than to work out for each pixel."""
    import numpy as np

    return to_linear(np.arange(256) / 255)


@cache
def _to_xyz() -> Floats:
    """Linear RGB to CIE XYZ, divided by the white point, [3, 3] for rows of colours."""
    import numpy as np

    xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    return np.asarray(np.array(xyz).T / (0.95047, 1.0, 1.08883), np.float32)

"""Shadows and reflections that are drawn below a product, from its outline alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_STANDS = 0.22  # of the product's height: what ends so near its lowest point stands on the ground
_REFLECTED = 0.32  # of the product's height
_STRENGTH = 0.34


def contact_shadow(alpha: Plane) -> Plane:
    """By which a shadow on the ground darkens the picture, 0 to 1 [h, w], 1 for not at all.

    Three layers: a thin dark one where the product touches the ground, a soft one around it, and a faint wide one below the whole
    product, as a large light from above leaves them.
    """
    import numpy as np
    from scipy import ndimage

    rows, columns = np.flatnonzero((alpha > 0.5).any(axis=1)), np.flatnonzero((alpha > 0.5).any(axis=0))
    dark = np.zeros(alpha.shape, np.float64)
    if not len(rows):
        return np.ones(alpha.shape, np.float32)
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    lowest = lowest_rows(alpha)
    reach = max(2.0, _STANDS * height)
    touching = (lowest >= 0) & (lowest >= rows[-1] - reach)
    feet = np.flatnonzero(touching)
    # Between feet, and under what hangs over, the ground goes on from foot to foot.
    line = np.interp(np.arange(alpha.shape[1]), feet, lowest[feet])
    scale = float(max(width, 0.35 * height))
    for columns_of, drop, sigma, strength in (
        (feet, 0.000, (0.007, 0.010), 0.50),
        (feet, 0.008, (0.022, 0.040), 0.30),
        (np.flatnonzero(lowest >= 0), 0.010, (0.040, 0.080), 0.22),
    ):
        layer = np.zeros(alpha.shape, np.float64)
        at = np.clip(line[columns_of].round().astype(np.int64) + round(drop * scale), 0, len(alpha) - 1)
        layer[at, columns_of] = 1.0
        blurred = ndimage.gaussian_filter(layer, (sigma[0] * scale, sigma[1] * scale), mode="constant")
        peak = blurred.max()
        if peak > 0:
            dark = 1 - (1 - dark) * (1 - strength * blurred / peak)
    return np.asarray(1 - dark, np.float32)


def reflection(rgb: NDArray[np.uint8], alpha: Plane) -> tuple[NDArray[np.uint8], Plane]:
    """The product upside down below itself, colours uint8 [h, w, 3] and alpha [h, w], fading and blurring with the distance.

    Each column is mirrored where the product ends in it, as far as that is near the ground: what stands on a round or tilted foot
    keeps touching its image.
    """
    import numpy as np
    from scipy import ndimage

    shown = np.zeros(alpha.shape, np.float32)
    colours = np.full(rgb.shape, 255, np.uint8)
    rows = np.flatnonzero((alpha > 0.5).any(axis=1))
    if not len(rows):
        return colours, shown
    height = rows[-1] - rows[0] + 1
    lowest = lowest_rows(alpha)
    near = lowest >= rows[-1] - _STANDS * height
    reach = max(2, round(_REFLECTED * height))
    for distance in range(1, reach):
        columns = np.flatnonzero(near & (lowest + distance < len(alpha)) & (lowest - distance >= 0))
        target, source = lowest[columns] + distance, lowest[columns] - distance
        colours[target, columns] = rgb[source, columns]
        fade = _STRENGTH * (1 - distance / reach) ** 1.6
        shown[target, columns] = alpha[source, columns] * np.float32(fade)
    sigma = 0.004 * height
    weight = ndimage.gaussian_filter(shown, sigma)
    blurred = ndimage.gaussian_filter(colours.astype(np.float32) * shown[..., None], (sigma, sigma, 0))
    colours = (blurred / np.maximum(weight, 1e-4)[..., None]).clip(0, 255).round().astype(np.uint8)
    return colours, np.asarray(weight, np.float32)


def lowest_rows(alpha: Plane) -> NDArray[np.int64]:
    """The lowest row of the product in each column, or -1."""
    import numpy as np

    solid = alpha > 0.5
    last = len(alpha) - 1 - solid[::-1].argmax(axis=0)
    return np.asarray(np.where(solid.any(axis=0), last, -1), np.int64)

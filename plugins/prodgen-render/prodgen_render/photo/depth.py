"""How deep a product is that nothing is known of: what the contract's frame tells, and what is usual."""

from __future__ import annotations

import math

import numpy as np

from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_sdk.types import Mask

_SPHERE, _SCATTER = 1.1, 0.07
"""Half the diagonal of a product's box in radii of its bounding sphere: 1 for a box, more for what is rounder."""
_OFF_CENTRE = 0.55
"""How far, in radii, what is told by where the outline's middle lies in the frame is usually off: few products fill their sphere evenly."""
_FRAMED = 0.02
"""What speaks for a photo that only looks as if it were in the contract's frame."""
_NEAR = 0.6
"""Share of the half depth by which the widest part lies before the middle."""
_LEAST, _DEEPEST = 0.06, 2.0


def framed_depth(mask: Mask, camera: PhotoCamera, usual: float, spread: float) -> float:
    """The depth of a product whose photo is in the contract's frame, in radii.

    Width and height in the photo leave as much room for depth as the bounding sphere has. A camera that looks down sees the lower
    edge of the front nearer than the upper edge of the back, and so larger: the outline's middle lies lower, the deeper it is.

    Args:
        camera: the contract's, at the elevation that the photo was taken from.
        usual: depth of such products as a share of the geometric mean of width and height, and `spread`, the standard deviation of its logarithm.

    >>> from prodgen_render.photo.frame import contract_frame
    >>> y, x = np.mgrid[0:400, 0:400]
    >>> wide = (abs(x - 200) < 150) & (abs(y - 200) < 40)
    >>> narrow = (abs(x - 200) < 130) & (abs(y - 200) < 40)
    >>> frame = contract_frame(400, 400)
    >>> framed_depth(wide, frame, 0.7, 0.5) < framed_depth(narrow, frame, 0.7, 0.5)
    True
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    sine, cosine = math.sin(math.radians(camera.elevation)), math.cos(math.radians(camera.elevation))
    below = max((rows[-1] + 1 - camera.y) / camera.focal, 1e-3)
    above = max((camera.y - rows[0]) / camera.focal, 1e-3)
    seen, nearer = 2 * AWAY * below * above / (below + above), AWAY * (below - above) / (below + above)
    depth = np.arange(_LEAST, _DEEPEST, 0.02)
    height = 2 * (seen - depth / 2 * sine) / cosine
    possible = height > 0.1
    height = np.maximum(height, 0.1)
    width = len(columns) / camera.focal * (AWAY - _NEAR * depth / 2 * cosine)
    sphere = (np.sqrt(width**2 + depth**2 + height**2) / 2 - _SPHERE) / _SCATTER
    middle = (nearer - (depth * cosine - height * sine) / 2) / _OFF_CENTRE
    likely = np.log(depth / (usual * np.sqrt(width * height))) / spread
    against = -2 * np.log(np.exp(-0.5 * sphere**2) + _FRAMED) + middle**2 + likely**2 + np.where(possible, 0, 20)
    weight = np.exp(-0.5 * (against - against.min()))
    return float(np.exp((weight * np.log(depth)).sum() / weight.sum()))

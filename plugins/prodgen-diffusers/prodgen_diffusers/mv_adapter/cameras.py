"""Cameras of MV-Adapter, and the maps by which its condition encoder learns of them.

The adapter's weights were trained on orthographic cameras around a product that stands Z-up with its front towards -Y, at
azimuths that grow counter-clockwise seen from above: the SDK's own world and azimuths.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prodgen_sdk.types import View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def camera_to_world(view: View) -> NDArray[np.float64]:
    """The pose [4, 4] of a view's camera at distance 1: columns right, up, backwards (it looks along -Z, as in OpenGL), position.

    >>> camera_to_world(View(azimuth=90))[:3, 3].round(6).tolist()
    [1.0, -0.0, 0.0]
    """
    import numpy as np

    az, el = math.radians(view.azimuth), math.radians(view.elevation)
    backwards = (math.sin(az) * math.cos(el), -math.cos(az) * math.cos(el), math.sin(el))
    pose = np.eye(4)
    pose[:3, 0] = math.cos(az), math.sin(az), 0
    pose[:3, 1] = -math.sin(az) * math.sin(el), math.cos(az) * math.sin(el), math.cos(el)
    pose[:3, 2] = pose[:3, 3] = backwards
    return pose


def ray_maps(views: Sequence[View], size: int) -> NDArray[np.float32]:
    """What the condition encoder is given for each view: float32 [n, 6, size, size] in [0, 1].

    Three channels of the direction in which the rays run, three of the unit vector from the product to the camera, both in
    world axes, moved from [-1, 1] to [0, 1]. Rays of an orthographic camera are parallel, so a channel is constant: this is
    the short form of their Pluecker coordinates that MV-Adapter (Huang et al. 2024, arXiv:2412.03632) was trained with.

    >>> ray_maps([View()], 1).reshape(6).tolist()
    [0.5, 1.0, 0.5, 0.5, 0.0, 0.5]
    """
    import numpy as np

    backwards = np.array([camera_to_world(view)[:3, 2] for view in views])
    values = ((np.concatenate([-backwards, backwards], axis=1) + 1) / 2).clip(0, 1).astype(np.float32)
    return np.broadcast_to(values[:, :, None, None], (len(views), 6, size, size)).copy()

"""Rays of a view, after the camera convention of `prodgen_sdk.types.view`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.vectors import unit
from prodgen_sdk.types import FOV_DEGREES, View


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera that looks at the origin at a bounding sphere of radius 1.

    Args:
        position: [3].
        right, up, ahead: unit vectors [3].
    """

    view: View
    size: int
    position: Floats
    right: Floats
    up: Floats
    ahead: Floats

    @property
    def pixel_angle(self) -> float:
        """Width of a pixel in radians, in the middle of the image."""
        return 2 * math.tan(math.radians(FOV_DEGREES / 2)) / self.size

    def directions(self, x: Floats, y: Floats) -> Floats:
        """Unit directions [n, 3] through image places in pixels: x to the right, y down, (0.5, 0.5) the first pixel's middle."""
        reach = np.float32(math.tan(math.radians(FOV_DEGREES / 2)))
        across = (x * np.float32(2 / self.size) - 1) * reach
        upwards = (1 - y * np.float32(2 / self.size)) * reach
        rays = np.empty((len(across), 3), np.float32)
        for k in range(3):
            rays[:, k] = self.ahead[k] + across * self.right[k] + upwards * self.up[k]
        return unit(rays)


def camera(view: View, size: int) -> Camera:
    """The camera of a view; straight up or down, the image's upper edge is where the azimuth says the back is.

    >>> camera(View(azimuth=90), 64).position.round(1).tolist()
    [4.5, -0.0, 0.0]
    """
    az, el = math.radians(view.azimuth), math.radians(view.elevation)
    right = np.array([math.cos(az), math.sin(az), 0])
    ahead = -np.array([math.sin(az) * math.cos(el), -math.cos(az) * math.cos(el), math.sin(el)])
    up = np.cross(right, ahead)
    position = np.array(view.camera_position())
    return Camera(view, size, *(v.astype(np.float32) for v in (position, right, up, ahead)))

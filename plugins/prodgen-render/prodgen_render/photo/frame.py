"""The camera that took a photo, in the contract's convention, and where a model's points fall in the photo.

Lengths are in radii of the bounding sphere, which has its centre at the origin when the fit is done. A photo says nothing of
its own scale, so the camera stands where the contract's does, and its focal length in pixels takes up what the crop did.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from prodgen_render.model import Floats
from prodgen_sdk.types import FOV_DEGREES, Mask
from prodgen_sdk.types.view import unit_distance

AWAY = unit_distance(1.0)


@dataclass(frozen=True)
class PhotoCamera:
    """A pinhole camera at `AWAY` from the origin, which it sees at pixel (`x`, `y`).

    Args:
        focal: focal length in pixels.
        x, y: the pixel of the origin, x to the right, y down.
        azimuth, elevation: degrees, as in `View`.
    """

    focal: float
    x: float
    y: float
    azimuth: float = 0.0
    elevation: float = 0.0

    def but(self, **changes: float) -> PhotoCamera:
        """A copy with some fields changed."""
        return replace(self, **changes)

    @property
    def axes(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Position, and unit vectors to the right, up and ahead; each float64 [3]."""
        az, el = math.radians(self.azimuth), math.radians(self.elevation)
        right = np.array([math.cos(az), math.sin(az), 0.0])
        ahead = -np.array([math.sin(az) * math.cos(el), -math.cos(az) * math.cos(el), math.sin(el)])
        up = np.array([-math.sin(az) * math.sin(el), math.cos(az) * math.sin(el), math.cos(el)])
        return -AWAY * ahead, right, up, ahead

    def project(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Pixel x, pixel y and depth of points [..., 3]."""
        position, right, up, ahead = self.axes
        away = points - position
        depth = away @ ahead
        return self.x + self.focal * (away @ right) / depth, self.y - self.focal * (away @ up) / depth, depth

    def rays(self, x: Floats, y: Floats) -> Floats:
        """Directions [..., 3] through pixels, of length 1 along the optical axis."""
        _, right, up, ahead = self.axes
        across, upwards = (np.asarray(x) - self.x) / self.focal, (self.y - np.asarray(y)) / self.focal
        return np.asarray(ahead + across[..., None] * right + upwards[..., None] * up)

    def settled(self, centre: Floats, radius: float) -> PhotoCamera:
        """The camera for which a model with this bounding sphere would have it at the origin with radius 1."""
        x, y, _ = self.project(np.asarray(centre, np.float64))
        return self.but(focal=self.focal * radius, x=float(x), y=float(y))


def contract_frame(height: int, width: int) -> PhotoCamera | None:
    """The contract's camera at distance 1, if the photo is its square frame."""
    if abs(height - width) > 0.01 * max(height, width):
        return None
    return PhotoCamera(0.5 * height / math.tan(math.radians(FOV_DEGREES / 2)), width / 2, height / 2)


_OFF_MIDDLE = 0.16
"""How far an outline's middle may be from that of the contract's frame, as a share of it."""
_REACH = (0.8, 1.06)
"""How far, in radii, what the contract frames by its bounding sphere reaches from the frame's middle: a little more than 1 where outline and sphere
touch, as they do on 45 of 67 textured meshes, less where the sphere is touched in depth. On 5 of the 67 it is less than this."""


def framed_by_contract(mask: Mask) -> PhotoCamera | None:
    """The contract's camera, if a photo is its square frame and the product about in the middle and as large as the contract draws it.

    Most photos have margins of their own; the depth that fills the contract's sphere would be none of the product's.
    """
    camera = contract_frame(*mask.shape)
    if camera is None:
        return None
    y, x = np.nonzero(mask)
    off = (abs(x.min() + x.max() + 1 - 2 * camera.x), abs(y.min() + y.max() + 1 - 2 * camera.y))
    reach = float(np.hypot(x + 0.5 - camera.x, y + 0.5 - camera.y).max()) * AWAY / camera.focal
    return camera if max(off) / 2 < _OFF_MIDDLE * len(mask) and _REACH[0] < reach < _REACH[1] else None


def frame_around(mask: Mask) -> PhotoCamera:
    """A first guess: the product's outline has a circle around it that fills the contract's share."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    height, width = rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]
    radius = 0.5 * math.hypot(height, width)
    return PhotoCamera(
        radius * math.sqrt(AWAY**2 - 1), float(columns[0] + columns[-1] + 1) / 2, float(rows[0] + rows[-1] + 1) / 2
    )

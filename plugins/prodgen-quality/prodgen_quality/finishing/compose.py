"""A cut-out product on a background of its own: placed, shaded, and laid on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodgen_quality.finishing.foreground import Box
from prodgen_quality.finishing.profiles import Profile
from prodgen_quality.finishing.shadows import contact_shadow, reflection
from prodgen_sdk import images
from prodgen_sdk.images.cutout.matting import Matte
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RAISED = {"contact": 0.02, "reflection": 0.07}
"""By so much of the frame's height a product is put higher, so that what is below it has room."""


@dataclass(frozen=True)
class Placement:
    """Where the frame lies in the picture: its top left corner in the picture's pixels, and how many of its own make one of them."""

    width: int
    height: int
    top: float
    left: float
    scale: float

    def of(self, plane: NDArray[Any], around: float) -> NDArray[Any]:
        """The part of a plane [h, w] or [h, w, c] that the frame shows; beyond the picture it is `around`.

        At scale 1 pixels are copied as they are.
        """
        import numpy as np

        result = np.full((self.height, self.width, *plane.shape[2:]), around, plane.dtype)
        far = self.top + self.height / self.scale, self.left + self.width / self.scale
        first = max(0, int(np.floor(self.top))), max(0, int(np.floor(self.left)))
        last = min(plane.shape[0], int(np.ceil(far[0]))), min(plane.shape[1], int(np.ceil(far[1])))
        if last[0] <= first[0] or last[1] <= first[1]:
            return result
        part = plane[first[0] : last[0], first[1] : last[1]]
        if self.scale != 1:
            part = _resized(part, max(1, round(part.shape[0] * self.scale)), max(1, round(part.shape[1] * self.scale)))
        top, left = round((first[0] - self.top) * self.scale), round((first[1] - self.left) * self.scale)
        rows = slice(max(0, top), min(self.height, top + len(part)))
        columns = slice(max(0, left), min(self.width, left + part.shape[1]))
        result[rows, columns] = part[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        return result


def placement(profile: Profile, shape: tuple[int, ...], box: Box) -> Placement:
    """The frame of a profile around a product in a picture of this shape."""
    height, width = shape[:2]
    wide, high = profile.frame(width, height)
    if profile.fill is not None:
        scale = min(profile.fill * wide / box.width, profile.fill * high / box.height)
        row, column = (box.top + box.bottom) / 2, (box.left + box.right) / 2
        row += _RAISED.get(profile.shadow, 0.0) * high / scale
    else:
        scale = 1.0 if profile.size is None else min(wide / width, high / height)
        row, column = height / 2, width / 2
    top, left = row - high / scale / 2, column - wide / scale / 2
    if scale == 1:  # whole pixels, so that none is mixed
        top, left = float(round(top)), float(round(left))
    return Placement(wide, high, top, left, scale)


def placed(cut: Matte, place: Placement) -> Matte:
    """A cut-out as the frame shows it."""
    import numpy as np

    if place.scale == 1:
        return Matte(place.of(cut.rgb, 255), place.of(cut.alpha, 0), place.of(cut.shade, 1))
    # Colours are resampled with their alpha in them, so that those of the background do not come in from the side.
    alpha = np.clip(place.of(cut.alpha, 0), 0, 1)
    mixed = place.of(cut.rgb.astype(np.float32) * cut.alpha[..., None], 0)
    rgb = (mixed / np.maximum(alpha, 1e-3)[..., None]).clip(0, 255).round().astype(np.uint8)
    alpha = np.where(alpha < 0.06, 0, np.where(alpha > 0.985, 1, alpha)).astype(np.float32)
    return Matte(rgb, alpha, np.clip(place.of(cut.shade, 1), 0, 1))


def laid(cut: Matte, profile: Profile, background: NDArray[np.float32] | None) -> Image:
    """A placed cut-out on its background, RGB; or RGBA where there is none. Where its alpha is 1 the pixels are its own."""
    import numpy as np

    shade = _shade(cut, profile)
    mirrored, seen = reflection(cut.rgb, cut.alpha) if profile.shadow == "reflection" else (cut.rgb, None)
    alpha = cut.alpha[..., None]
    if background is not None:
        below = background * shade[..., None]
        if seen is not None:
            below = below * (1 - seen[..., None]) + mirrored * seen[..., None]
        mixed = cut.rgb * alpha + below * (1 - alpha)
        return np.where(alpha >= 1, cut.rgb, mixed.clip(0, 255).round().astype(np.uint8))
    under = (1 - shade)[..., None] if seen is None else seen[..., None]
    colour = np.zeros_like(mirrored) if seen is None else mirrored
    covered = alpha + under * (1 - alpha)
    mixed = (cut.rgb * alpha + colour * under * (1 - alpha)) / np.maximum(covered, 1e-6)
    rgb = np.where(alpha >= 1, cut.rgb, mixed.clip(0, 255).round().astype(np.uint8))
    return np.dstack([np.where(covered > 0, rgb, 0).astype(np.uint8), (covered * 255).round().astype(np.uint8)])


def background_of(
    profile: Profile, width: int, height: int, own: tuple[int, int, int] | None, picture: Image | None
) -> Any:
    """The background float32 [h, w, 3] of a profile, or None for a transparent one.

    Args:
        own: the colour of the picture's background, for `keep`; None for a transparent one.
        picture: for `image`; it is cropped to the frame.
    """
    import numpy as np

    kind, _, colour = profile.background.partition(":")
    if kind == "transparent" or (kind == "keep" and own is None):
        return None
    if kind == "image":
        assert picture is not None
        return _covering(picture, width, height).astype(np.float32)
    background = np.empty((height, width, 3), np.float32)
    if kind == "gradient":
        top = np.frombuffer(bytes.fromhex((colour or "#e4e4e6")[1:]), np.uint8).astype(np.float32)
        share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        background[:] = top * (1 - share) + 255 * share
    elif kind == "keep":
        background[:] = np.asarray(own, np.float32)
    else:
        background[:] = 255 if kind == "white" else np.frombuffer(bytes.fromhex(kind[1:]), np.uint8)
    return background


def _shade(cut: Matte, profile: Profile) -> NDArray[np.float32]:
    import numpy as np

    if profile.shadow == "contact":
        return contact_shadow(cut.alpha)
    if profile.shadow != "keep":
        return np.ones_like(cut.shade)
    if profile.fill is None:
        return cut.shade
    height, width = cut.shade.shape
    rows, columns = (_ramp(side) for side in (height, width))
    return np.asarray(1 - (1 - cut.shade) * np.minimum.outer(rows, columns), np.float32)


def _ramp(side: int) -> NDArray[np.float64]:
    """0 at the edges of the frame to 1 from a twentieth inwards: a shadow ends before the frame does."""
    import numpy as np

    inwards = (np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5) / side
    return np.clip((inwards - 0.01) / 0.04, 0, 1)


def _resized(plane: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    import numpy as np
    from PIL import Image as Pil

    if plane.dtype == np.uint8:
        return images.resize(plane, width, height)
    channels = plane.reshape(*plane.shape[:2], -1)
    parts = [
        np.asarray(
            Pil.fromarray(np.ascontiguousarray(channels[..., n])).resize((width, height), Pil.Resampling.LANCZOS)
        )
        for n in range(channels.shape[2])
    ]
    return np.stack(parts, axis=2).reshape(height, width, *plane.shape[2:])


def _covering(picture: Image, width: int, height: int) -> Image:
    """The middle of a picture, just large enough to cover the frame."""
    rgb = images.flatten(picture)
    scale = max(width / rgb.shape[1], height / rgb.shape[0])
    size = max(width, round(rgb.shape[1] * scale)), max(height, round(rgb.shape[0] * scale))
    large = images.resize(rgb, *size)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    return large[top : top + height, left : left + width]

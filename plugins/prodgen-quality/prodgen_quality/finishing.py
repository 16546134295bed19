"""Pictures made ready for a shop: cropped to the product, centred, on pure white."""

from __future__ import annotations

from collections.abc import Sequence

from prodgen_quality.config import MarketplaceConfig, QualityConfig
from prodgen_quality.foreground import Box, box_of, foreground, plain_background
from prodgen_sdk import images as pictures
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFound
from prodgen_sdk.interfaces import Finished, Finisher
from prodgen_sdk.types import Image

PROFILES = ("none", "marketplace")
_LIGHT = 200  # a background at least this bright can be divided out; a darker one leaves a rim
_RINGING = 16  # alpha that Lanczos resampling leaves beside an outline, which must be pure white
_FRAME_TOLERANCE = 24  # faint shadows do not count for the crop
_NOISE = 2


class BasicFinisher(Finisher):
    """`finish/basic`: profile `none` leaves a picture as it is; `marketplace` makes a shop's main image of it."""

    def __init__(self, config: QualityConfig | None, ctx: Context) -> None:
        self.config = config.marketplace if config else MarketplaceConfig()

    def finish(self, images: Sequence[Image], profile: str, ctx: Context) -> Sequence[Finished]:
        if profile not in PROFILES:
            raise NotFound.of("finishing profile", profile, PROFILES)
        if profile == "none":
            return [Finished(image=image) for image in images]
        finished = []
        for image in images:
            ctx.check()
            finished.append(marketplace(image, self.config.size, self.config.fill))
        return finished


def marketplace(image: Image, size: int | None = None, fill: float = 0.85) -> Finished:
    """A square RGB picture with the product centred on pure white, its longer side `fill` of the edge.

    Args:
        size: edge in pixels; None keeps the longer side of `image`.

    A picture whose background is neither transparent nor plain is only padded to a square, and the notes say so.
    """
    import numpy as np

    edge = size or max(pictures.check(image).shape[:2])
    cut, notes = _cut_out(image)
    if cut is None:
        return Finished(image=_on_white(image, edge, edge), notes=tuple(notes))
    seen = foreground(cut if _transparent(image) else pictures.flatten(cut), _FRAME_TOLERANCE)
    box = None if seen is None else box_of(seen)
    if box is None:
        return Finished(image=np.full((edge, edge, 3), 255, np.uint8), notes=("the picture is empty",))
    if 0 in (box.top, box.left) or box.bottom == image.shape[0] or box.right == image.shape[1]:
        notes.append("the product leaves the frame")
    scale = edge * fill / max(box.height, box.width)
    if scale > 1.05:
        notes.append(f"enlarged {scale:.2f} times")
    return Finished(image=_faded(_placed(cut, box, scale, edge), fill), notes=tuple(notes))


def _transparent(image: Image) -> bool:
    return bool(image.shape[2] == 4 and image[..., 3].min() < 128)


def _cut_out(image: Image) -> tuple[Image | None, list[str]]:
    """The product as RGBA, or None; and what is to be said about it."""
    import numpy as np

    if _transparent(image):
        return image, []
    rgb = pictures.flatten(image)
    colour, mask = plain_background(rgb), foreground(rgb, _FRAME_TOLERANCE)
    if colour is None or mask is None:
        return None, ["the background is not plain, so that it was neither cropped nor made white"]
    opaque = np.full((*rgb.shape[:2], 1), 255, np.uint8)
    if min(colour) < _LIGHT:
        note = "the background was dark or coloured: the outline may show a rim of it"
        return np.dstack([rgb, opaque * mask[..., None]]), [note]
    # Light falls on product and ground alike: dividing by the ground's colour makes it white and keeps soft edges. What is
    # nearly white then fades into white, so that a soft shadow ends without a line.
    darkness = 255 - (rgb.astype(np.float32) * (255 / np.asarray(colour, np.float32))).clip(0, 255)
    share = np.clip((darkness.max(axis=2) - _NOISE) / (_FRAME_TOLERANCE - _NOISE), 0, 1)
    darkness *= np.where(mask, 1, share)[..., None]
    notes = [f"the background {colour} was made white"] if min(colour) < 255 else []
    return np.dstack([(255 - darkness).round().astype(np.uint8), opaque]), notes


def _placed(cut: Image, box: Box, scale: float, edge: int) -> Image:
    """The part of a cut-out that the square frame shows, resized in one step and laid on white."""
    import numpy as np

    # The frame in source pixels, around the centre of the box; what lies outside the source is transparent.
    side = edge / scale
    top, left = (box.top + box.bottom - side) / 2, (box.left + box.right - side) / 2
    first = (max(0, int(np.floor(top))), max(0, int(np.floor(left))))
    last = (min(cut.shape[0], int(np.ceil(top + side))), min(cut.shape[1], int(np.ceil(left + side))))
    part = cut[first[0] : last[0], first[1] : last[1]]
    height, width = max(1, round(part.shape[0] * scale)), max(1, round(part.shape[1] * scale))
    resized = pictures.resize(np.ascontiguousarray(part), width, height)
    resized[resized[..., 3] < _RINGING] = 0
    return _paste(pictures.flatten(resized), edge, round((first[0] - top) * scale), round((first[1] - left) * scale))


def _faded(rgb: Image, fill: float) -> Image:
    """The picture with its margin, where only a shadow can lie, fading to pure white at the edges."""
    import numpy as np

    margin = (1 - fill) / 2
    if margin <= 0.02:
        return rgb
    edge = len(rgb)
    inwards = (np.minimum(np.arange(edge), np.arange(edge)[::-1]) + 0.5) / edge
    ramp = np.clip((inwards - 0.4 * margin) / (0.5 * margin), 0, 1)
    darkness = (255 - rgb.astype(np.float32)) * np.minimum.outer(ramp, ramp)[..., None]
    return (255 - darkness).round().astype(np.uint8)


def _paste(rgb: Image, edge: int, top: int, left: int) -> Image:
    import numpy as np

    canvas = np.full((edge, edge, 3), 255, np.uint8)
    rows = slice(max(0, top), min(edge, top + rgb.shape[0]))
    columns = slice(max(0, left), min(edge, left + rgb.shape[1]))
    canvas[rows, columns] = rgb[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return canvas


def _on_white(image: Image, edge: int, longest: int) -> Image:
    height, width = image.shape[:2]
    scale = longest / max(height, width)
    rgb = pictures.flatten(pictures.resize(image, max(1, round(width * scale)), max(1, round(height * scale))))
    return _paste(rgb, edge, (edge - rgb.shape[0]) // 2, (edge - rgb.shape[1]) // 2)

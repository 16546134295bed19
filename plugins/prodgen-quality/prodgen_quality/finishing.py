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
    strict = foreground(pictures.flatten(cut), _FRAME_TOLERANCE) if image.shape[2] == 3 else cut[..., 3] >= 128
    box = box_of(cut[..., 3] > 0) if strict is None or not strict.any() else box_of(strict)
    if box is None:
        return Finished(image=np.full((edge, edge, 3), 255, np.uint8), notes=("the picture is empty",))
    if 0 in (box.top, box.left) or box.bottom == image.shape[0] or box.right == image.shape[1]:
        notes.append("the product leaves the frame")
    scale = edge * fill / max(box.height, box.width)
    if scale > 1.05:
        notes.append(f"enlarged {scale:.2f} times")
    return Finished(image=_placed(cut, box, scale, edge), notes=tuple(notes))


def _cut_out(image: Image) -> tuple[Image | None, list[str]]:
    """The product as RGBA, or None; and what is to be said about it."""
    import numpy as np

    if image.shape[2] == 4 and image[..., 3].min() < 128:
        return image, []
    rgb = pictures.flatten(image)
    colour, mask = plain_background(rgb), foreground(rgb, 4)
    if colour is None or mask is None:
        return None, ["the background is not plain, so that it was neither cropped nor made white"]
    notes = []
    if min(colour) >= _LIGHT:
        # Light falls on product and ground alike: dividing by the ground's colour makes it white and keeps soft edges.
        balanced = rgb.astype(np.float32) * (255 / np.asarray(colour, np.float32))
        rgb = np.where(mask[..., None], balanced.round().clip(0, 255).astype(np.uint8), np.uint8(255))
        if min(colour) < 255:
            notes.append(f"the background {colour} was made white")
    else:
        notes.append("the background was dark or coloured: the outline may show a rim of it")
    return np.dstack([rgb, mask.astype(np.uint8) * 255]), notes


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

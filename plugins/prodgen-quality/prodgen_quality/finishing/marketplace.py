"""A shop's main image: the picture cropped to the product, which is centred on pure white and keeps its shadow."""

from __future__ import annotations

from prodgen_quality.finishing.foreground import Box, box_of, foreground, plain_background
from prodgen_sdk import images as pictures
from prodgen_sdk.images.cutout.matting import cut_out
from prodgen_sdk.interfaces import Finished
from prodgen_sdk.types import Image

_LIGHT = 200  # a background at least this bright can be divided out
_RINGING = 16  # alpha that Lanczos resampling leaves beside an outline, which must be pure white
_FRAME_TOLERANCE = 24  # faint shadows do not count for the crop
_NOISE = 2


def marketplace(image: Image, size: int | tuple[int, int] | None = None, fill: float = 0.85) -> Finished:
    """An RGB picture with the product centred on pure white, in one direction filling `fill` of the frame, in the other less.

    Args:
        size: edge in pixels, or width and height; None makes a square of the longer side of `image`.

    A picture whose background is neither transparent nor plain is only padded to the frame, and the notes say so.
    """
    import numpy as np

    edge = size or max(pictures.check(image).shape[:2])
    width, height = (edge, edge) if isinstance(edge, int) else edge
    cut, notes = _cut_out(image)
    if cut is None:
        return Finished(image=on_white(image, width, height), notes=tuple(notes))
    seen = foreground(cut if pictures.is_transparent(cut) else pictures.flatten(cut), _FRAME_TOLERANCE)
    box = None if seen is None else box_of(seen)
    if box is None:
        return Finished(image=np.full((height, width, 3), 255, np.uint8), notes=("the image is empty",))
    if 0 in (box.top, box.left) or box.bottom == image.shape[0] or box.right == image.shape[1]:
        notes.append("the product leaves the frame")
    scale = fill * min(width / box.width, height / box.height)
    if scale > 1.05:
        notes.append(f"enlarged {scale:.2f} times")
    return Finished(image=_faded(_placed(cut, box, scale, width, height), fill), notes=tuple(notes))


def _cut_out(image: Image) -> tuple[Image | None, list[str]]:
    """The product as RGBA, or None; and what is to be said about it."""
    import numpy as np

    if pictures.is_transparent(image):
        return image, []
    rgb = pictures.flatten(image)
    colour, mask = plain_background(rgb), foreground(rgb, _FRAME_TOLERANCE)
    if colour is None or mask is None or min(colour) < _LIGHT:
        matte = cut_out(rgb)
        if matte is None:
            return None, ["the background is not plain, so that it was neither cropped nor made white"]
        alpha = (matte.alpha[..., None] * 255).round().astype(np.uint8)
        return np.dstack([matte.rgb, alpha]), [
            "the background is dark, coloured or graded: it was taken away, and the shadow with it"
        ]
    # Light falls on product and background alike: dividing by the background's colour makes it white and keeps soft edges. What is
    # nearly white then fades into white, so that a soft shadow ends without a line.
    darkness = 255 - (rgb.astype(np.float32) * (255 / np.asarray(colour, np.float32))).clip(0, 255)
    share = np.clip((darkness.max(axis=2) - _NOISE) / (_FRAME_TOLERANCE - _NOISE), 0, 1)
    darkness *= np.where(mask, 1, share)[..., None]
    notes = [f"the background {colour} was made white"] if min(colour) < 255 else []
    opaque = np.full((*rgb.shape[:2], 1), 255, np.uint8)
    return np.dstack([(255 - darkness).round().astype(np.uint8), opaque]), notes


def _placed(cut: Image, box: Box, scale: float, wide: int, high: int) -> Image:
    """The part of a cut-out that the frame shows, resized in one step and laid on white."""
    import numpy as np

    # The frame in source pixels, around the centre of the box; what lies outside the source is transparent.
    rows, columns = high / scale, wide / scale
    top, left = (box.top + box.bottom - rows) / 2, (box.left + box.right - columns) / 2
    first = (max(0, int(np.floor(top))), max(0, int(np.floor(left))))
    last = (min(cut.shape[0], int(np.ceil(top + rows))), min(cut.shape[1], int(np.ceil(left + columns))))
    part = cut[first[0] : last[0], first[1] : last[1]]
    height, width = max(1, round(part.shape[0] * scale)), max(1, round(part.shape[1] * scale))
    resized = pictures.resize(np.ascontiguousarray(part), width, height)
    resized[resized[..., 3] < _RINGING] = 0
    offset = round((first[0] - top) * scale), round((first[1] - left) * scale)
    return _paste(pictures.flatten(resized), wide, high, *offset)


def _faded(rgb: Image, fill: float) -> Image:
    """The picture with its margin, where only a shadow can lie, fading to pure white at the edges."""
    import numpy as np

    margin = (1 - fill) / 2
    if margin <= 0.02:
        return rgb
    ramps = []
    for side in rgb.shape[:2]:
        inwards = (np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5) / side
        ramps.append(np.clip((inwards - 0.4 * margin) / (0.5 * margin), 0, 1))
    darkness = (255 - rgb.astype(np.float32)) * np.minimum.outer(*ramps)[..., None]
    return np.asarray((255 - darkness).round(), np.uint8)


def _paste(rgb: Image, width: int, height: int, top: int, left: int) -> Image:
    import numpy as np

    canvas = np.full((height, width, 3), 255, np.uint8)
    rows = slice(max(0, top), min(height, top + rgb.shape[0]))
    columns = slice(max(0, left), min(width, left + rgb.shape[1]))
    canvas[rows, columns] = rgb[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return canvas


def on_white(image: Image, width: int, height: int) -> Image:
    """The whole picture in the middle of a white frame, as large as it fits."""
    scale = min(width / image.shape[1], height / image.shape[0])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    rgb = pictures.flatten(image if scale == 1 else pictures.resize(image, *size))
    return _paste(rgb, width, height, (height - rgb.shape[0]) // 2, (width - rgb.shape[1]) // 2)

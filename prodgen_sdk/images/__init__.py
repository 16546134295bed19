"""The only place that reads, writes and converts images.

At every boundary an image is HWC uint8 RGB (RGBA where alpha is meant). Inside torch it is CHW float32 in [0, 1].
"""

from prodgen_sdk.images.arrays import (
    border_colour,
    check,
    check_mask,
    flatten,
    from_chw_float,
    from_tensor,
    is_transparent,
    pixel_digest,
    read_only,
    resize,
    squared,
    to_chw_float,
    to_pil,
    to_tensor,
)
from prodgen_sdk.images.reading import FORMATS, MAX_BYTES, MAX_PIXELS, is_animated, load, pixels
from prodgen_sdk.images.writing import Format, check_ending, encode, save

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "Format",
    "border_colour",
    "check",
    "check_ending",
    "check_mask",
    "encode",
    "flatten",
    "from_chw_float",
    "from_tensor",
    "is_animated",
    "is_transparent",
    "load",
    "pixel_digest",
    "pixels",
    "read_only",
    "resize",
    "save",
    "squared",
    "to_chw_float",
    "to_pil",
    "to_tensor",
]

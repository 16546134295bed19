"""Reading and writing short clips, one frame at a time: videos, animated images, folders of images.

At no time is more than one frame of a video in memory; an animated GIF, while it is written, is held with one byte per pixel.
"""

from __future__ import annotations

from prodgen_sdk.clips.reading import ANIMATIONS, MAX_EDGE, MAX_FRAMES, PICTURES, RATE, VIDEOS, Clip, is_clip, open_clip
from prodgen_sdk.clips.writing import CODECS, MAX_GIF_FRAMES, check_target, write_clip

__all__ = [
    "ANIMATIONS",
    "CODECS",
    "MAX_EDGE",
    "MAX_FRAMES",
    "MAX_GIF_FRAMES",
    "PICTURES",
    "RATE",
    "VIDEOS",
    "Clip",
    "check_target",
    "is_clip",
    "open_clip",
    "write_clip",
]

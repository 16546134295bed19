"""Writing the frames of a clip as they come, whole or not at all."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk import images
from prodgen_sdk.clips.reading import opencv
from prodgen_sdk.errors import InputError, MissingDependency, StoreError
from prodgen_sdk.files import is_folder, replacing

if TYPE_CHECKING:
    from prodgen_sdk.types import Image

CODECS = {".mp4": "mp4v", ".webm": "VP90", ".mkv": "FFV1"}
MAX_GIF_FRAMES = 300


def check_target(path: str | Path) -> Path:
    """The path, if a clip can be written to it: .mp4, .webm, .mkv (lossless), .gif, or a folder that is empty or not there (PNG, lossless).

    Raises:
        InputError: another ending, or a folder that holds something.
        MissingDependency: a video, without OpenCV.

    >>> check_target("turn.gif").name
    'turn.gif'
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in CODECS:
        opencv()
    elif ending == "" and (not os.path.lexists(path) or (is_folder(path) and not any(path.iterdir()))):
        pass
    elif ending == "" and is_folder(path):
        raise InputError(f"The folder {path} is not empty.", hint="Name another one.")
    elif ending != ".gif":
        raise InputError(
            f"A clip cannot be written as {path.name}.",
            hint=f"Use {', '.join(CODECS)} (.mkv is lossless), .gif, or a folder for PNG files.",
        )
    return path


def write_clip(path: str | Path, frames: Iterable[Image], rate: float) -> int:
    """Writes frames [h, w, 3] of one size as they come, whole or not at all; returns how many there were.

    Raises:
        InputError: no frames, or more than a GIF may have; see `check_target`.
        StoreError: the disk is full, or what was written cannot be read back.

    >>> import numpy as np
    >>> write_clip("blink", [np.full((8, 8, 3), grey, np.uint8) for grey in (0, 255)], rate=10)
    2
    """
    path = check_target(path)
    iterator = iter(frames)
    first = next(iterator, None)
    if first is None:
        raise InputError("There are no frames to write.")
    counted = _Counted(itertools.chain([first], iterator))
    # OpenCV and Pillow go by the ending.
    with replacing(path, ending=path.suffix) as temporary:
        if path.suffix.lower() in CODECS:
            _write_video(temporary, counted, rate, first)
            _check_video(temporary, counted.number, path)
        elif path.suffix.lower() == ".gif":
            _write_gif(temporary, counted, rate)
        else:
            temporary.mkdir()
            for number, frame in enumerate(counted):
                (temporary / f"{number:05}.png").write_bytes(images.encode(frame))
            if path.exists():
                path.rmdir()
    return counted.number


class _Counted:
    def __init__(self, frames: Iterator[Image]) -> None:
        self._frames = frames
        self.number = 0

    def __iter__(self) -> Iterator[Image]:
        for frame in self._frames:
            self.number += 1
            yield frame


def _write_video(path: Path, frames: Iterable[Image], rate: float, first: Image) -> None:
    import numpy as np

    cv2 = opencv()
    height, width = first.shape[:2]
    lossless = path.suffix.lower() == ".mkv"
    # Codecs with halved colour take even sizes alone: an odd last row or column is left out.
    size = (width, height) if lossless else (width // 2 * 2, height // 2 * 2)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*CODECS[path.suffix.lower()]), rate, size)
    if not writer.isOpened():
        raise MissingDependency(f"This build of OpenCV writes no {path.suffix}.", hint="Write a .gif or a folder.")
    try:
        for frame in frames:
            writer.write(np.ascontiguousarray(images.flatten(frame)[: size[1], : size[0], ::-1]))
    finally:
        writer.release()


def _check_video(temporary: Path, frames: int, path: Path) -> None:
    """Raises StoreError unless all frames can be read back: OpenCV's writer says nothing of a disk that is full."""
    capture = opencv().VideoCapture(str(temporary), opencv().CAP_FFMPEG)
    try:
        kept = sum(1 for _ in iter(capture.grab, False))
    finally:
        capture.release()
    if kept != frames:
        raise StoreError(
            f"{path} could not be written: {kept} of {frames} frames can be read back.",
            hint="Look whether the disk is full.",
        )


def _write_gif(path: Path, frames: Iterable[Image], rate: float) -> None:
    from PIL import Image as Pil

    palette: Any = None

    def indexed() -> Iterator[Any]:
        nonlocal palette
        for number, frame in enumerate(frames):
            if number >= MAX_GIF_FRAMES:
                raise InputError(f"A GIF may have up to {MAX_GIF_FRAMES} frames.", hint="Write a video or a folder.")
            picture = Pil.fromarray(images.flatten(frame))
            # One palette and no dither: what stands still does not flicker.
            palette = palette if palette is not None else picture.quantize(255, dither=Pil.Dither.NONE)
            yield picture.quantize(palette=palette, dither=Pil.Dither.NONE)

    pictures = indexed()
    each = max(20, round(1000 / rate))
    next(pictures).save(path, "GIF", save_all=True, append_images=pictures, duration=each, loop=0, optimize=False)

"""Spin videos: a product turned once round, as animated WebP, GIF or (with OpenCV) MP4."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from prodgen_sdk import images
from prodgen_sdk.errors import InputError, MissingDependency
from prodgen_sdk.files import write_atomically
from prodgen_sdk.types import Image, View

ENDINGS = (".webp", ".gif", ".mp4")


def spin(frames: int, elevation: float = 10.0, distance: float = 1.0) -> tuple[View, ...]:
    """The views of one turn; azimuth grows, so that the side at the viewer's right comes next.

    >>> [view.azimuth for view in spin(4)]
    [0.0, 90.0, 180.0, 270.0]
    """
    return tuple(View(azimuth=360 * k / frames, elevation=elevation, distance=distance) for k in range(frames))


def check_turntable(path: Path) -> None:
    """Raises InputError for an ending that is not known, MissingDependency for MP4 without OpenCV."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"{Path(path).name} is no animation that can be written.", hint=f"Use {', '.join(ENDINGS)}.")
    if ending == ".mp4":
        from importlib.util import find_spec

        if find_spec("cv2") is None:
            raise MissingDependency(
                "MP4 needs OpenCV.",
                hint="Run: pip install 'prodgen-render[video]', or write .webp, which needs nothing.",
            )


def save_turntable(frames: Sequence[Image], path: Path, seconds: float = 4.0) -> Path:
    """Writes frames [h, w, 3] of one size as an endless animation (MP4: one turn), whole or not at all.

    Args:
        path: .webp (best quality for its size), .gif (256 colours) or .mp4.
        seconds: of one turn.

    Raises:
        InputError: no frames, or an ending that is not known.
        MissingDependency: MP4 without OpenCV.
    """
    path = Path(path)
    check_turntable(path)
    if not frames:
        raise InputError("There are no frames.", hint="Ask for at least two.")
    if path.suffix.lower() == ".mp4":
        return write_atomically(path, _mp4(frames, len(frames) / seconds))
    from PIL import Image as Pil

    pictures = [Pil.fromarray(images.flatten(frame)) for frame in frames]
    buffer = io.BytesIO()
    each = max(20, round(seconds * 1000 / len(frames)))
    if path.suffix.lower() == ".webp":
        pictures[0].save(
            buffer, "WEBP", save_all=True, append_images=pictures[1:], duration=each, loop=0, quality=90, method=4
        )
    else:
        # One palette for all frames: colours do not flicker.
        sheet = Pil.fromarray(np.concatenate([np.asarray(p) for p in pictures[:: max(1, len(pictures) // 8)]], 0))
        palette = sheet.quantize(255, dither=Pil.Dither.NONE)
        indexed = [p.quantize(palette=palette, dither=Pil.Dither.FLOYDSTEINBERG) for p in pictures]
        indexed[0].save(buffer, "GIF", save_all=True, append_images=indexed[1:], duration=each, loop=0, optimize=False)
    return write_atomically(path, buffer.getvalue())


def _mp4(frames: Sequence[Image], rate: float) -> bytes:
    import cv2

    height, width = (edge // 2 * 2 for edge in frames[0].shape[:2])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "turntable.mp4"
        writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), rate, (width, height))
        if not writer.isOpened():
            raise MissingDependency("This build of OpenCV writes no MP4.", hint="Write .webp, which needs nothing.")
        try:
            for frame in frames:
                writer.write(np.ascontiguousarray(images.flatten(frame)[:height, :width, ::-1]))
        finally:
            writer.release()
        return file.read_bytes()

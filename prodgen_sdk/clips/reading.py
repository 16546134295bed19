"""Looking at a clip and reading its frames. It is untrusted like any image: limits hold before and while it is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from prodgen_sdk import images
from prodgen_sdk.errors import InputError, InvalidImage, MissingDependency, ProdgenError
from prodgen_sdk.files import is_file, is_folder
from prodgen_sdk.unwarned import unwarned

if TYPE_CHECKING:
    from prodgen_sdk.types import Image

VIDEOS = (".mp4", ".webm", ".mkv", ".mov", ".avi")
ANIMATIONS = (".gif", ".webp", ".png", ".apng")
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".tif", ".tiff")
MAX_EDGE = 1920
MAX_FRAMES = 900
RATE = 25.0
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")


@dataclass(frozen=True)
class Clip:
    """A clip that can be read any number of times: `for frame in clip` gives HWC uint8 RGB.

    Args:
        rate: frames a second.
        frames: how many there are, or None where only reading it through tells.
    """

    path: Path
    kind: Literal["video", "animation", "folder"]
    width: int
    height: int
    rate: float
    frames: int | None

    def __iter__(self) -> Iterator[Image]:
        """The frames in order.

        Raises:
            InvalidImage: a frame that cannot be read, or one of another size.
            InputError: there are more than `MAX_FRAMES`.
        """
        number = -1
        for number, frame in enumerate(_READERS[self.kind](self.path)):
            if number >= MAX_FRAMES:
                raise _too_long(self.path)
            if frame.shape[:2] != (self.height, self.width):
                raise InvalidImage(
                    f"Frame {number} of {self.path} is {frame.shape[1]} x {frame.shape[0]}, the first one {self.width} x {self.height}.",
                    hint="All frames must have one size.",
                )
            yield frame
        if number < 0:
            raise InvalidImage(f"{self.path} has no frames.", hint="Export it again.")


def is_clip(path: str | Path) -> bool:
    """Whether a path names a clip by its ending, is a folder, or is an image that moves.

    >>> is_clip("turn.mp4"), is_clip("mug.jpg")
    (True, False)
    """
    path = Path(path)
    if path.suffix.lower() in VIDEOS or is_folder(path):
        return True
    return path.suffix.lower() in ANIMATIONS and is_file(path) and _animated(path)


def open_clip(path: str | Path, *, rate: float | None = None) -> Clip:
    """Looks at a clip without reading it through.

    Args:
        path: a video (.mp4, .webm, .mkv, .mov, .avi; needs OpenCV), an animated .gif, .webp or .png, or a folder of images,
            which are taken in the order of their names.
        rate: frames a second, where the clip does not say it (folders) or says it wrong.

    Raises:
        InputError: too long or too large, or the rate is out of range.
        InvalidImage: nothing that can be read.
        MissingDependency: a video, without OpenCV.

    >>> import numpy as np
    >>> from prodgen_sdk.clips import write_clip
    >>> _ = write_clip("blink", [np.full((8, 8, 3), grey, np.uint8) for grey in (0, 255)], rate=10)
    >>> clip = open_clip("blink", rate=10)
    >>> clip.kind, clip.frames, [int(frame.mean()) for frame in clip]
    ('folder', 2, [0, 255])
    """
    path = Path(path)
    if rate is not None and not 1 <= rate <= 120:
        raise InputError(f"A clip cannot have {rate:g} frames a second.", hint="Give a rate of 1 to 120.")
    if is_folder(path):
        files = _pictures(path)
        height, width = images.load(files[0]).shape[:2]
        clip = Clip(path, "folder", width, height, rate or RATE, len(files))
    elif path.suffix.lower() in VIDEOS:
        clip = _video(path, rate)
    elif path.suffix.lower() in ANIMATIONS:
        clip = _animation(path, rate)
    else:
        raise InputError(f"{path} is no clip.", hint=f"Give a folder of images, or {', '.join(VIDEOS + ANIMATIONS)}.")
    if max(clip.width, clip.height) > MAX_EDGE:
        raise InputError(
            f"{path} is {clip.width} x {clip.height} pixels; clips may have up to {MAX_EDGE} on the longer edge.",
            hint="Scale it down first.",
        )
    if clip.frames is not None and clip.frames > MAX_FRAMES:
        raise _too_long(path)
    return clip


def _video(path: Path, rate: float | None) -> Clip:
    cv2 = opencv()
    with _Capture(path) as capture:
        told, count = float(capture.get(cv2.CAP_PROP_FPS)), int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        there, first = capture.read()  # a phone's video may be turned: its first frame tells the size
    if not there:
        raise InvalidImage(f"{path} has no frames that can be read.", hint="Export it as MP4 (H.264).")
    height, width = first.shape[:2]
    frames_a_second = rate or (told if 1 <= told <= 240 else RATE)
    return Clip(path, "video", width, height, frames_a_second, count if count > 0 else None)


def _animation(path: Path, rate: float | None) -> Clip:
    with _picture(path) as picture:
        width, height = picture.size
    durations = _durations(path)
    shortest = min(durations)
    frames = sum(max(round(each / shortest), 1) for each in durations)
    return Clip(path, "animation", width, height, rate or min(max(1000 / shortest, 1.0), 120.0), frames)


def _durations(path: Path) -> list[float]:
    """Milliseconds of each image of an animation. One that stays longer than the shortest stands for several frames."""
    with _damaged(path), _picture(path) as picture:
        found = []
        for number in range(min(getattr(picture, "n_frames", 1), MAX_FRAMES + 1)):
            picture.seek(number)
            found.append(max(float(picture.info.get("duration") or 1000 / RATE), 10.0))
        return found


def _read_video(path: Path) -> Iterator[Image]:
    import numpy as np

    with _Capture(path) as capture:
        while True:
            there, frame = capture.read()
            if not there:
                return
            yield np.ascontiguousarray(frame[..., ::-1])


def _read_animation(path: Path) -> Iterator[Image]:
    import numpy as np

    durations = _durations(path)
    with _damaged(path), _picture(path) as picture:
        for number, duration in enumerate(durations):
            picture.seek(number)
            frame = images.flatten(np.asarray(picture.convert("RGBA")))
            for _ in range(max(round(duration / min(durations)), 1)):
                yield frame


@contextmanager
def _damaged(path: Path) -> Iterator[None]:
    try:
        yield
    except ProdgenError:
        raise
    except Exception as error:  # decoders of damaged bytes raise almost anything
        raise InvalidImage(f"{path} is damaged or truncated ({error}).", hint="Export it again.") from error


def _read_folder(path: Path) -> Iterator[Image]:
    for file in _pictures(path):
        yield images.load(file)


_READERS = {"video": _read_video, "animation": _read_animation, "folder": _read_folder}


def _is_video(path: Path) -> bool:
    """Whether a file begins as MP4, MOV, WebM, Matroska or AVI do.

    FFmpeg goes by what it finds in a file, not by its ending: it would follow a list of other files, too.
    """
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] in _MP4_BOXES or head[:4] == b"\x1a\x45\xdf\xa3" or (head[:4] == b"RIFF" and head[8:] == b"AVI ")


class _Capture:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        cv2 = opencv()
        if not is_file(self._path):
            raise InvalidImage(f"There is no file {self._path}.")
        if not _is_video(self._path):
            raise InvalidImage(f"{self._path} is not a video that can be read.", hint="Export it as MP4 (H.264).")
        self._capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise InvalidImage(f"{self._path} is not a video that can be read.", hint="Export it as MP4 (H.264).")
        return self._capture

    def __exit__(self, *_: object) -> None:
        self._capture.release()


def _picture(path: Path) -> Any:
    from PIL import Image as Pil

    try:
        with unwarned(r"PIL\."):
            picture = Pil.open(path, formats=("GIF", "WEBP", "PNG"))
    except Pil.DecompressionBombError:
        raise InputError(f"{path} is far larger than {MAX_EDGE} pixels.", hint="Scale it down first.") from None
    except Exception as error:
        raise InvalidImage(f"{path} is not a clip that can be read.", hint="Export it again.") from error
    if max(picture.size) > MAX_EDGE:
        picture.close()
        raise InputError(f"{path} is larger than {MAX_EDGE} pixels.", hint="Scale it down first.")
    return picture


def _animated(path: Path) -> bool:
    try:
        with _damaged(path), _picture(path) as picture:
            return bool(getattr(picture, "is_animated", False))
    except InputError:
        return False


def _pictures(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    if not files:
        raise InvalidImage(f"{folder} holds no images.", hint="Name its files 00000.png, 00001.png and so on.")
    return files


def _too_long(path: Path) -> InputError:
    return InputError(f"{path} has more than {MAX_FRAMES} frames.", hint="Cut it: clips are for some seconds.")


def opencv() -> Any:
    """The module `cv2`; raises MissingDependency with what installs it."""
    try:
        import cv2
    except ImportError:
        raise MissingDependency(
            "Videos need OpenCV.",
            hint="Run: pip install 'prodgen-sdk[video]', or use a GIF or a folder of images.",
        ) from None
    return cv2

"""Images into files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.images.arrays import check, flatten
from prodgen_sdk.metadata import Metadata, writing

if TYPE_CHECKING:
    from prodgen_sdk.types import Image

Format = Literal["png", "jpeg", "webp", "avif"]

_FORMAT_OF: dict[str, Format] = {
    ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".avif": "avif",
}  # fmt: skip


def encode(image: Image, format: Format = "png", *, quality: int = 92, metadata: Metadata | None = None) -> bytes:
    """The bytes of an image file; PNG is lossless and deterministic. JPEG lays transparency on white.

    Args:
        quality: 1 to 100, of the formats that lose something.
        metadata: what is written beside the pixels, together with a profile that says sRGB.

    >>> import numpy as np
    >>> encode(np.zeros((2, 3, 3), np.uint8))[1:4]
    b'PNG'
    """
    from PIL import Image as Pil

    options = writing(metadata, format)
    buffer = io.BytesIO()
    if format == "png":
        Pil.fromarray(check(image)).save(buffer, "PNG", compress_level=6, **options)
    elif format == "jpeg":
        Pil.fromarray(flatten(image)).save(buffer, "JPEG", quality=quality, subsampling=0, **options)
    else:
        Pil.fromarray(check(image)).save(buffer, format.upper(), quality=quality, **options)
    return buffer.getvalue()


def check_ending(path: str | Path) -> Format:
    """The format that `save` writes by the path's ending; raises InvalidImage for an ending it does not know.

    >>> check_ending("mug.JPG")
    'jpeg'
    """
    path = Path(path)
    if path.suffix.lower() not in _FORMAT_OF:
        raise InvalidImage(
            f"Cannot write {path}: the ending {path.suffix!r} is not known.", hint="Use .png, .jpg, .webp or .avif."
        )
    return _FORMAT_OF[path.suffix.lower()]


def save(image: Image, path: str | Path, *, quality: int = 92, metadata: Metadata | None = None) -> Path:
    """Writes PNG, JPEG, WebP or AVIF by the path's ending, whole or not at all (temporary file, then rename).

    >>> import numpy as np
    >>> save(np.zeros((8, 8, 3), np.uint8), "black.png").name
    'black.png'
    """
    from prodgen_sdk.files import write_atomically

    return write_atomically(Path(path), encode(image, check_ending(path), quality=quality, metadata=metadata))

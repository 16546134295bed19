"""Images from files. Files are untrusted: they are measured before they are decoded."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.images.arrays import check, flat, strips
from prodgen_sdk.metadata import srgb_profile
from prodgen_sdk.unwarned import unwarned

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

    from prodgen_sdk.types import Image, Photo

MAX_PIXELS = 64_000_000
MAX_BYTES = 64 * 2**20
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF", "GIF")


def load(source: str | Path | bytes, *, alpha: bool = False, max_pixels: int = MAX_PIXELS) -> Image:
    """Reads one image from a file or from its bytes.

    EXIF orientation is applied, an embedded ICC profile is converted to sRGB, CMYK, palette, grey and 16-bit images become
    8-bit RGB, and the first frame of an animation is taken. Pixels of 32 bits a channel say nothing of their range and are
    refused.

    Args:
        alpha: True keeps transparency (RGBA); False lays a transparent image on white.
        max_pixels: a larger image is refused before it is decoded.

    Raises:
        InvalidImage: missing, empty, truncated, too large or no image; the message names the file.

    >>> import numpy as np
    >>> from prodgen_sdk.images import encode
    >>> load(encode(np.zeros((2, 3, 4), np.uint8)))[0, 0].tolist()
    [255, 255, 255]
    """
    from PIL import Image as Pil
    from PIL import UnidentifiedImageError

    name = "The image" if isinstance(source, bytes) else f"{source}"
    data = source if isinstance(source, bytes) else _read_bytes(Path(source))
    _check_bytes(name, len(data))
    if not data:
        raise InvalidImage(f"{name} is empty (0 bytes).")
    try:
        with unwarned(r"PIL\."):
            picture = Pil.open(io.BytesIO(data), formats=FORMATS)
        width, height = picture.size
        if width * height > max_pixels:
            raise InvalidImage(
                f"{name} has {width} x {height} = {width * height / 1e6:.0f} megapixels; the limit is {max_pixels / 1e6:.0f}.",
                hint="Scale it down first.",
            )
        if picture.mode == "F" or (picture.mode == "I" and picture.format != "PNG"):
            raise InvalidImage(
                f"{name} has 32 bits a channel, of which nobody says how bright they are.",
                hint="Export it with 8 or 16 bits a channel.",
            )
        with picture, unwarned(r"PIL\."):
            picture.load()
            return _to_array(_to_srgb(picture), alpha)
    except UnidentifiedImageError:
        raise InvalidImage(
            f"{name} is not an image that can be read.", hint="Give a PNG, JPEG, WebP, AVIF, BMP, TIFF or GIF file."
        ) from None
    except Pil.DecompressionBombError:
        raise InvalidImage(f"{name} is far too large to be decoded safely.", hint="Scale it down first.") from None
    except InvalidImage:
        raise
    except Exception as error:  # decoders of damaged bytes raise almost anything: struct.error, RuntimeError, KeyError
        raise InvalidImage(f"{name} is damaged or truncated ({error}).", hint="Export it again.") from error


def is_animated(path: Path) -> bool:
    """Whether an image file, of which `load` takes the first frame, has more of them."""
    from PIL import Image as Pil

    with unwarned(r"PIL\."), Pil.open(path, formats=FORMATS) as picture:
        return bool(getattr(picture, "is_animated", False))


def pixels(photo: Photo) -> Image:
    """The pixels of an image given as a file, its bytes or pixels; raises InvalidImage.

    >>> import numpy as np
    >>> pixels(np.zeros((2, 3, 3), np.uint8)).shape
    (2, 3, 3)
    """
    return load(photo) if isinstance(photo, str | Path | bytes) else check(photo)


def _read_bytes(path: Path) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InvalidImage(f"{path} is a folder, not an image.", hint="Name the files in it.")
        if not stat.S_ISREG(found.st_mode):  # reading a pipe or a device may never end
            raise InvalidImage(f"{path} is no regular file.", hint="Save the image into a file first.")
        _check_bytes(f"{path}", found.st_size)
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidImage(f"There is no file {path}.") from None
    except OSError as error:
        raise InvalidImage(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise InvalidImage(f"{str(path)!r} is no file name.") from None


def _check_bytes(name: str, size: int) -> None:
    if size > MAX_BYTES:
        raise InvalidImage(
            f"{name} has {size / 2**20:.0f} MiB; the limit is {MAX_BYTES // 2**20}.", hint="Compress it first."
        )


def _to_srgb(picture: PilImage) -> PilImage:
    from PIL import ImageCms, ImageOps

    profile = picture.info.get("icc_profile")
    ImageOps.exif_transpose(picture, in_place=True)
    # Most images that are read are our own: nothing would change, and to convert takes longer than to decode.
    if profile and profile != srgb_profile() and picture.mode in ("RGB", "RGBA", "CMYK", "L", "P", "PA"):
        if picture.mode.startswith("P"):
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            return converted or picture
        except (ImageCms.PyCMSError, OSError):
            return picture  # a broken profile says nothing; the numbers are then taken as sRGB
    return picture


def _to_array(picture: PilImage, alpha: bool) -> Image:
    """Strip by strip, so that beside the decoded image and the result there is little in memory."""
    import numpy as np

    transparent = "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info
    transparent = transparent and not picture.mode.startswith("I")
    result = np.empty((picture.height, picture.width, 4 if alpha else 3), np.uint8)
    for top, bottom in strips(picture.height, picture.width):
        strip = picture.crop((0, top, picture.width, bottom))
        if picture.mode.startswith("I"):  # 16 bits: I;16 and its byte orders, or I from a PNG
            wide = np.asarray(strip).astype(np.uint32)
            result[top:bottom, :, :3] = ((wide.clip(0, 65535) * 255 + 32767) // 65535).astype(np.uint8)[..., None]
        elif not transparent:
            result[top:bottom, :, :3] = np.asarray(strip.convert("RGB"))
        else:
            rgba = np.asarray(strip.convert("RGBA"))
            result[top:bottom] = rgba if alpha else flat(rgba, (255, 255, 255))
    if alpha and not transparent:
        result[..., 3] = 255
    return result

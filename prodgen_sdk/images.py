"""The only place that reads, writes and converts images.

At every boundary an image is HWC uint8 RGB (RGBA where alpha is meant). Inside torch it is CHW float32 in [0, 1].
Files are untrusted: they are measured before they are decoded.
"""

from __future__ import annotations

import hashlib
import io
import stat
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from prodgen_sdk.errors import InvalidImage, NotFinite
from prodgen_sdk.metadata import Metadata, writing

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from PIL.Image import Image as PilImage

    from prodgen_sdk.types import Image, Mask, Photo

MAX_PIXELS = 64_000_000
MAX_BYTES = 64 * 2**20
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF", "GIF")
Format = Literal["png", "jpeg", "webp", "avif"]

_FORMAT_OF: dict[str, Format] = {
    ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".avif": "avif",
}  # fmt: skip
_STRIP_PIXELS = 2**20


def check(image: Any) -> Image:
    """Returns `image` as it is if it is HWC uint8 with 3 or 4 channels.

    Raises:
        InvalidImage: anything else, with how to convert it.
    """
    import numpy as np

    if not isinstance(image, np.ndarray):
        hint = (
            "Load a file with prodgen_sdk.images.load(path)."
            if isinstance(image, str | bytes | Path)
            else "Use numpy.asarray(image.convert('RGB'))."
        )
        raise InvalidImage(f"An image must be a numpy array, not {type(image).__name__}.", hint=hint)
    if image.dtype != np.uint8:
        hint = (
            "Multiply by 255, round and clip: (image * 255).round().clip(0, 255).astype('uint8')."
            if image.dtype.kind == "f"
            else "Scale it to 0..255 and convert with .astype('uint8')."
        )
        raise InvalidImage(f"An image must be uint8, not {image.dtype}.", hint=hint)
    if image.ndim != 3 or image.shape[2] not in (3, 4):
        channels_first = image.ndim == 3 and image.shape[0] in (1, 3, 4)
        hint = (
            "Move the channels last: image.transpose(1, 2, 0)."
            if channels_first
            else "Give height x width x 3 (RGB) or 4 (RGBA)."
        )
        raise InvalidImage(f"An image must have the shape (height, width, 3 or 4), not {image.shape}.", hint=hint)
    if 0 in image.shape:
        raise InvalidImage(f"The image is empty: its shape is {image.shape}.")
    return image


def read_only(image: Image) -> Image:
    """The same pixels as a view that cannot be written to."""
    view = image.view()
    view.flags.writeable = False
    return view


def check_mask(mask: Any) -> Mask:
    """Returns `mask` as it is if it is a bool array of height x width; raises InvalidImage otherwise."""
    import numpy as np

    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.ndim != 2:
        found = f"{mask.dtype} {mask.shape}" if isinstance(mask, np.ndarray) else type(mask).__name__
        raise InvalidImage(
            f"A mask must be a bool array of height x width, not {found}.", hint="Compare first: mask > 127."
        )
    return mask


def load(source: str | Path | bytes, *, alpha: bool = False, max_pixels: int = MAX_PIXELS) -> Image:
    """Reads one picture from a file or from its bytes.

    EXIF orientation is applied, an embedded ICC profile is converted to sRGB, CMYK, palette, grey and 16-bit pictures become
    8-bit RGB, and the first frame of an animation is taken. Pixels of 32 bits a channel say nothing of their range and are
    refused.

    Args:
        alpha: True keeps transparency (RGBA); False lays a transparent picture on white.
        max_pixels: a larger picture is refused before it is decoded.

    Raises:
        InvalidImage: missing, empty, truncated, too large or no picture; the message names the file.
    """
    from PIL import Image as Pil
    from PIL import UnidentifiedImageError

    name = "The image" if isinstance(source, bytes) else f"{source}"
    data = source if isinstance(source, bytes) else _read_bytes(Path(source))
    _check_bytes(name, len(data))
    if not data:
        raise InvalidImage(f"{name} is empty (0 bytes).")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pil.DecompressionBombWarning)
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
        with picture, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture.load()
            return _to_array(_to_srgb(picture), alpha)
    except UnidentifiedImageError:
        raise InvalidImage(
            f"{name} is not a picture that can be read.", hint="Give a PNG, JPEG, WebP, AVIF, BMP, TIFF or GIF file."
        ) from None
    except Pil.DecompressionBombError:
        raise InvalidImage(f"{name} is far too large to be decoded safely.", hint="Scale it down first.") from None
    except InvalidImage:
        raise
    except Exception as error:  # decoders of damaged bytes raise almost anything: struct.error, RuntimeError, KeyError
        raise InvalidImage(f"{name} is damaged or truncated ({error}).", hint="Export it again.") from error


def pixels(photo: Photo) -> Image:
    """The pixels of a picture given as a file, its bytes or pixels; raises InvalidImage."""
    return load(photo) if isinstance(photo, str | Path | bytes) else check(photo)


def _read_bytes(path: Path) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InvalidImage(f"{path} is a folder, not a picture.")
        if not stat.S_ISREG(found.st_mode):  # reading a pipe or a device may never end
            raise InvalidImage(f"{path} is no regular file.", hint="Save the picture into a file first.")
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
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            return converted or picture
        except (ImageCms.PyCMSError, OSError):
            return picture  # a broken profile says nothing; the numbers are then taken as sRGB
    return picture


def _to_array(picture: PilImage, alpha: bool) -> Image:
    """Strip by strip, so that beside the decoded picture and the result there is little in memory."""
    import numpy as np

    transparent = "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info
    transparent = transparent and not picture.mode.startswith("I")
    result = np.empty((picture.height, picture.width, 4 if alpha else 3), np.uint8)
    for top, bottom in _strips(picture.height, picture.width):
        strip = picture.crop((0, top, picture.width, bottom))
        if picture.mode.startswith("I"):  # 16 bits: I;16 and its byte orders, or I from a PNG
            wide = np.asarray(strip).astype(np.uint32)
            result[top:bottom, :, :3] = ((wide.clip(0, 65535) * 255 + 32767) // 65535).astype(np.uint8)[..., None]
        elif not transparent:
            result[top:bottom, :, :3] = np.asarray(strip.convert("RGB"))
        else:
            rgba = np.asarray(strip.convert("RGBA"))
            result[top:bottom] = rgba if alpha else _flat(rgba, (255, 255, 255))
    if alpha and not transparent:
        result[..., 3] = 255
    return result


def flatten(image: Image, colour: tuple[int, int, int] = (255, 255, 255)) -> Image:
    """Lays an RGBA picture on a plain colour; an RGB picture is returned as it is."""
    import numpy as np

    if check(image).shape[2] == 3:
        return image
    result = np.empty((*image.shape[:2], 3), np.uint8)
    for top, bottom in _strips(*image.shape[:2]):
        result[top:bottom] = _flat(image[top:bottom], colour)
    return result


def _flat(rgba: Image, colour: tuple[int, int, int]) -> Image:
    import numpy as np

    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + np.asarray(colour, np.uint16) * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)  # at most 255 * 255 + 127, which 16 bits hold


def _strips(height: int, width: int) -> Iterator[tuple[int, int]]:
    """The rows of a picture in pieces of about a megapixel: first row, and the row behind the last."""
    rows = max(1, _STRIP_PIXELS // width)
    return ((top, min(top + rows, height)) for top in range(0, height, rows))


def encode(image: Image, format: Format = "png", *, quality: int = 92, metadata: Metadata | None = None) -> bytes:
    """The bytes of a picture file; PNG is lossless and deterministic. JPEG lays transparency on white.

    Args:
        quality: 1 to 100, of the formats that lose something.
        metadata: what is written beside the pixels, together with a profile that says sRGB.
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
    """The format that `save` writes by the path's ending; raises InvalidImage for an ending it does not know."""
    path = Path(path)
    if path.suffix.lower() not in _FORMAT_OF:
        raise InvalidImage(
            f"Cannot write {path}: the ending {path.suffix!r} is not known.", hint="Use .png, .jpg, .webp or .avif."
        )
    return _FORMAT_OF[path.suffix.lower()]


def save(image: Image, path: str | Path, *, quality: int = 92, metadata: Metadata | None = None) -> Path:
    """Writes PNG, JPEG, WebP or AVIF by the path's ending, whole or not at all (temporary file, then rename)."""
    from prodgen_sdk.files import write_atomically

    return write_atomically(Path(path), encode(image, check_ending(path), quality=quality, metadata=metadata))


def pixel_digest(image: Image) -> str:
    """sha256 of a picture's shape and pixels: equal for equal pictures, however they were stored."""
    digest = hashlib.sha256(repr(check(image).shape).encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


def resize(image: Image, width: int, height: int) -> Image:
    """Lanczos resampling; RGBA is premultiplied, so that hidden colours do not bleed in."""
    import numpy as np
    from PIL import Image as Pil

    if check(image).shape[2] == 3:
        return np.asarray(Pil.fromarray(image).resize((width, height), Pil.Resampling.LANCZOS)).copy()
    premultiplied = Pil.fromarray(image).convert("RGBa").resize((width, height), Pil.Resampling.LANCZOS)
    return np.asarray(premultiplied.convert("RGBA")).copy()


def to_chw_float(image: Image) -> NDArray[np.float32]:
    """HWC uint8 to CHW float32 in [0, 1]."""
    import numpy as np

    return np.ascontiguousarray(check(image).transpose(2, 0, 1)).astype(np.float32) / np.float32(255)


def from_chw_float(array: NDArray[np.float32]) -> Image:
    """CHW float in [0, 1] to HWC uint8, rounded; values outside are clipped.

    Raises:
        NotFinite: there is a NaN or an infinity among them, of which no picture can be made.
    """
    import numpy as np

    values = np.asarray(array)
    if not np.isfinite(values).all():
        raise NotFinite("The numbers of a picture are NaN or infinite.")
    return check((values.transpose(1, 2, 0) * 255).round().clip(0, 255).astype(np.uint8))


def to_tensor(images: Sequence[Image]) -> torch.Tensor:
    """Pictures of one size to a torch tensor [n, channels, height, width], float32 in [0, 1], on the CPU."""
    import numpy as np
    import torch

    return torch.from_numpy(np.stack([to_chw_float(image) for image in images]))


def from_tensor(tensor: torch.Tensor) -> list[Image]:
    """A tensor [n, channels, height, width] in [0, 1] to pictures; raises NotFinite as `from_chw_float` does."""
    return [from_chw_float(item) for item in tensor.detach().float().cpu().numpy()]

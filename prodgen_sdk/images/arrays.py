"""Images in memory: what is one, its size, and its other layouts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.errors import InvalidImage, NotFinite

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from PIL import Image as Pil

    from prodgen_sdk.types import Image, Mask

_STRIP_PIXELS = 2**20


def check(image: Any) -> Image:
    """Returns `image` as it is if it is HWC uint8 with 3 or 4 channels.

    Raises:
        InvalidImage: anything else, with how to convert it.

    >>> import numpy as np
    >>> check(np.zeros((2, 3, 3), np.uint8)).shape
    (2, 3, 3)
    >>> check(np.zeros((3, 2, 3), np.float32))
    Traceback (most recent call last):
    prodgen_sdk.errors.InvalidImage: An image must be uint8, not float32. Multiply by 255, round and clip: (image * 255).round().clip(0, 255).astype('uint8').
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
    """The same pixels as a view that cannot be written to.

    >>> import numpy as np
    >>> read_only(np.zeros((2, 2, 3), np.uint8)).flags.writeable
    False
    """
    view = image.view()
    view.flags.writeable = False
    return view


def check_mask(mask: Any) -> Mask:
    """Returns `mask` as it is if it is a bool array of height x width; raises InvalidImage otherwise.

    >>> import numpy as np
    >>> int(check_mask(np.ones((2, 3), bool)).sum())
    6
    """
    import numpy as np

    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.ndim != 2:
        found = f"{mask.dtype} {mask.shape}" if isinstance(mask, np.ndarray) else type(mask).__name__
        raise InvalidImage(
            f"A mask must be a bool array of height x width, not {found}.", hint="Compare first: mask > 127."
        )
    return mask


def is_transparent(image: Image) -> bool:
    """Whether an image, uint8 RGB or RGBA, is transparent somewhere, so that its alpha says where the product is.

    >>> import numpy as np
    >>> is_transparent(np.zeros((2, 2, 4), np.uint8)), is_transparent(np.zeros((2, 2, 3), np.uint8))
    (True, False)
    """
    return image.shape[2] == 4 and bool(image[..., 3].min() < 128)


def flatten(image: Image, colour: tuple[int, int, int] = (255, 255, 255)) -> Image:
    """Lays an RGBA image on a plain colour; an RGB image is returned as it is.

    >>> import numpy as np
    >>> flatten(np.zeros((1, 1, 4), np.uint8), (255, 0, 0)).tolist()
    [[[255, 0, 0]]]
    """
    import numpy as np

    if check(image).shape[2] == 3:
        return image
    result = np.empty((*image.shape[:2], 3), np.uint8)
    for top, bottom in strips(*image.shape[:2]):
        result[top:bottom] = flat(image[top:bottom], colour)
    return result


def flat(rgba: Image, colour: tuple[int, int, int]) -> Image:
    """RGBA laid on a colour; all at once, so that it is for strips of an image."""
    import numpy as np

    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + np.asarray(colour, np.uint16) * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)  # at most 255 * 255 + 127, which 16 bits hold


def strips(height: int, width: int) -> Iterator[tuple[int, int]]:
    """The rows of an image in pieces of about a megapixel: first row, and the row behind the last."""
    rows = max(1, _STRIP_PIXELS // width)
    return ((top, min(top + rows, height)) for top in range(0, height, rows))


def pixel_digest(image: Image) -> str:
    """sha256 of an image's shape and pixels: equal for equal images, however they were stored.

    >>> import numpy as np
    >>> picture = np.zeros((2, 3, 3), np.uint8)
    >>> pixel_digest(picture) == pixel_digest(picture.copy())
    True
    """
    digest = hashlib.sha256(repr(check(image).shape).encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


def resize(image: Image, width: int, height: int) -> Image:
    """Lanczos resampling; RGBA is premultiplied, so that hidden colours do not bleed in.

    >>> import numpy as np
    >>> resize(np.zeros((20, 30, 3), np.uint8), width=6, height=4).shape
    (4, 6, 3)
    """
    import numpy as np
    from PIL import Image as Pil

    if check(image).shape[2] == 3:
        return np.asarray(Pil.fromarray(image).resize((width, height), Pil.Resampling.LANCZOS)).copy()
    premultiplied = Pil.fromarray(image).convert("RGBa").resize((width, height), Pil.Resampling.LANCZOS)
    return np.asarray(premultiplied.convert("RGBA")).copy()


def border_colour(image: Image) -> tuple[int, int, int]:
    """The median of an image's outermost pixels.

    >>> import numpy as np
    >>> border_colour(np.full((4, 4, 3), (255, 0, 128), np.uint8))
    (255, 0, 128)
    """
    import numpy as np

    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    red, green, blue = np.median(border[:, :3], axis=0).round().astype(int).tolist()
    return red, green, blue


def squared(image: Image, size: int, colour: tuple[int, int, int] | None = None) -> Image:
    """An image of any shape on a square [size, size, 3 or 4], whole and centred; one of this size is returned as it is.

    Args:
        colour: of what it leaves free; None takes the median of its border. An RGBA image leaves it transparent.

    >>> import numpy as np
    >>> squared(np.zeros((20, 10, 3), np.uint8), 40, (255, 255, 255))[20, [0, 20, 39], 0].tolist()
    [255, 0, 255]
    """
    import numpy as np

    height, width, channels = check(image).shape
    if height == width == size:
        return image
    scale = size / max(height, width)
    inner = resize(image, max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.zeros((size, size, channels), np.uint8)
    if channels == 3:
        canvas[:] = border_colour(inner) if colour is None else colour
    top, left = (size - inner.shape[0]) // 2, (size - inner.shape[1]) // 2
    canvas[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return canvas


def to_pil(image: Image | Mask) -> Pil.Image:
    """An image, or a mask as black and white, to a Pillow image; the arrays need not be contiguous.

    >>> import numpy as np
    >>> to_pil(np.zeros((2, 3, 4), np.uint8)).mode, to_pil(np.ones((2, 3), bool)).getpixel((0, 0))
    ('RGBA', 255)
    """
    import numpy as np
    from PIL import Image as Pil

    return Pil.fromarray(image.astype(np.uint8) * 255 if image.dtype == np.bool_ else np.ascontiguousarray(image))


def to_chw_float(image: Image) -> NDArray[np.float32]:
    """HWC uint8 to CHW float32 in [0, 1].

    >>> import numpy as np
    >>> to_chw_float(np.full((2, 3, 3), 255, np.uint8)).max(axis=(1, 2)).tolist()
    [1.0, 1.0, 1.0]
    """
    import numpy as np

    return np.ascontiguousarray(check(image).transpose(2, 0, 1)).astype(np.float32) / np.float32(255)


def from_chw_float(array: NDArray[np.float32]) -> Image:
    """CHW float in [0, 1] to HWC uint8, rounded; values outside are clipped.

    Raises:
        NotFinite: there is a NaN or an infinity among them, of which no image can be made.

    >>> import numpy as np
    >>> from_chw_float(np.full((3, 1, 1), 0.5, np.float32)).tolist()
    [[[128, 128, 128]]]
    """
    import numpy as np

    values = np.asarray(array)
    if not np.isfinite(values).all():
        raise NotFinite("The numbers of an image are NaN or infinite.")
    return check((values.transpose(1, 2, 0) * 255).round().clip(0, 255).astype(np.uint8))


def to_tensor(images: Sequence[Image]) -> torch.Tensor:
    """Images of one size to a torch tensor [n, channels, height, width], float32 in [0, 1], on the CPU.

    >>> import numpy as np
    >>> tensor = to_tensor([np.full((2, 3, 3), 255, np.uint8)])
    >>> tuple(tensor.shape), float(tensor.max())
    ((1, 3, 2, 3), 1.0)
    """
    import numpy as np
    import torch

    return torch.from_numpy(np.stack([to_chw_float(image) for image in images]))


def from_tensor(tensor: torch.Tensor) -> list[Image]:
    """A tensor [n, channels, height, width] in [0, 1] to images; raises NotFinite as `from_chw_float` does.

    >>> import numpy as np
    >>> (back,) = from_tensor(to_tensor([np.full((2, 3, 3), 51, np.uint8)]))
    >>> back.shape, int(back[0, 0, 0])
    ((2, 3, 3), 51)
    """
    return [from_chw_float(item) for item in tensor.detach().float().cpu().numpy()]

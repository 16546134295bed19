"""What a mesh file may be, checked before it is read in full: its size, its triangles and its textures."""

from __future__ import annotations

from pathlib import Path

from prodgen_render.config import Config
from prodgen_sdk.errors import InputError
from prodgen_sdk.unwarned import unwarned


def check_size(path: Path, config: Config) -> None:
    """Raises InputError where a file is empty or larger than `config.max_file_mb`."""
    size = path.stat().st_size
    if size > config.max_file_mb * 2**20:
        raise InputError(
            f"{path.name} has {size / 2**20:.0f} MiB; the limit is {config.max_file_mb}.",
            hint="Simplify it, or raise plugins.render.max_file_mb.",
        )
    if size == 0:
        raise InputError(f"{path.name} is empty (0 bytes).", hint="Export it again.")


def check_triangles(name: str, count: int, config: Config) -> None:
    """Raises InputError where there are more triangles than `config.max_triangles`."""
    if count > config.max_triangles:
        raise InputError(
            f"{name} has {count:,} triangles; the limit is {config.max_triangles:,}.",
            hint="Decimate it, or raise plugins.render.max_triangles.",
        )


def check_picture(path: Path, config: Config) -> None:
    """Raises InputError where a texture's file is no picture, or over a limit."""
    from PIL import Image, UnidentifiedImageError

    try:
        with unwarned(r"PIL\."), Image.open(path) as picture:
            check_pixels(path.name, picture.size, config)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise InputError(
            f"The texture {path.name} cannot be read ({error}).", hint="Save it again as PNG or JPEG."
        ) from None


def check_pixels(name: str, size: tuple[int, int], config: Config) -> None:
    """Raises InputError where a texture of this width and height is over `config.max_texture_pixels`."""
    if size[0] * size[1] > config.max_texture_pixels:
        raise InputError(
            f"The texture {name} has {size[0]} x {size[1]} pixels; the limit is {config.max_texture_pixels:,}.",
            hint="Scale it down first.",
        )

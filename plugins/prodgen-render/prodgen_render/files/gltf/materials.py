"""Materials of a glTF document as the renderer's: metallic-roughness, and what extensions say of coats, cloth and glass."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import numpy as np

from prodgen_render.config import Config
from prodgen_render.files.gltf.container import DamagedGlb, Glb, data_of, item
from prodgen_render.files.gltf.schema import Material as Read
from prodgen_render.files.gltf.schema import SpecularGlossiness, TextureInfo, TextureTransform
from prodgen_render.files.limits import check_pixels
from prodgen_render.model import Bump, Floats, Material, Rgb, Texture
from prodgen_sdk.errors import InputError
from prodgen_sdk.images.colour import to_linear
from prodgen_sdk.unwarned import unwarned

Mapping = tuple[int, TextureTransform]
"""Which set of texture coordinates a material uses, and what it does to them."""
PLAIN: Mapping = (0, TextureTransform())
_FINEST = 2048
"""Edge in pixels of maps of roughness, slopes and glow: finer ones are reduced, as nobody sees it and they take 12 bytes a pixel."""
_DIELECTRIC = 0.04
_WHOLE_TILE = 0.1
"""Metres that a tile of slopes and a unit of u and v cover alike, so that one tile covers the unit square."""


class Materials:
    """The materials of a file, each made once however many parts share it.

    Raises:
        DamagedGlb, InputError: from `of`, where a material or a texture cannot be used.
    """

    def __init__(self, glb: Glb, config: Config) -> None:
        self._glb, self._config = glb, config
        self.of = cache(self._of)
        self._picture = cache(self._decoded)

    def _of(self, number: int | None) -> tuple[Material | None, Mapping]:
        """A material and its mapping; None for a part without one."""
        if number is None:
            return None, PLAIN
        read = item(self._glb.document.materials, number, "material")
        old = read.extensions.specular_glossiness
        pbr = read.pbr_metallic_roughness
        base = pbr.base_color_texture if old is None else old.diffuse_texture
        finish = pbr.metallic_roughness_texture if old is None else None
        textures = [one for one in (base, read.normal_texture, finish, read.emissive_texture) if one is not None]
        mapping = textures[0].mapping if textures else PLAIN

        def used(info: TextureInfo | None) -> Any:
            # A part has one set of coordinates: a texture that lies differently is left out.
            return None if info is None or info.mapping != mapping else self._picture(info.index)

        picture = used(base)
        factor = np.clip(pbr.base_color_factor if old is None else old.diffuse_factor, 0, 1)
        holes, alpha = _see_through(read, picture, float(factor[3]))
        metallic, roughness = _finish(read) if old is None else _of_specular(old)
        glow, shine = used(read.emissive_texture), used(finish)
        strength = read.extensions.emissive_strength.emissive_strength
        material = Material(
            "mesh",
            _rgb(factor),
            roughness=float(np.clip(roughness, 0.1, 1)),
            metallic=float(np.clip(metallic, 0, 1)),
            coat=float(np.clip(read.extensions.clearcoat.clearcoat_factor, 0, 1)),
            sheen=float(np.clip(np.mean(read.extensions.sheen.sheen_color_factor), 0, 1)),
            transmission=float(np.clip(max(read.extensions.transmission.transmission_factor, 1 - alpha), 0, 1)),
            emission=_rgb(np.clip(np.asarray(read.emissive_factor) * strength, 0, 4)),
            texture=None if picture is None else Texture(_linear(picture)),
            finish=None if shine is None else Texture(_reduced(shine)[..., :3].astype(np.float32) / 255),
            glow=None if glow is None else Texture(_linear(_reduced(glow))),
            holes=holes,
            bump=_slopes(used(read.normal_texture), read.normal_texture),
            photographed=None if read.extensions.unlit is None else 0.0,
        )
        return material, mapping

    def _decoded(self, number: int) -> Any:
        """The pixels of a texture, uint8 RGB or RGBA. What a picture says of its colour profile is ignored, as glTF wants it."""
        from PIL import Image

        texture = item(self._glb.document.textures, number, "texture")
        webp = texture.extensions.webp
        source = texture.source if webp is None else webp.source
        if source is None:
            raise InputError(
                f"Texture {number} of {self._glb.name} has a format that is not read.",
                hint="Export its textures as PNG, JPEG or WebP.",
            )
        found = item(self._glb.document.images, source, "image")
        if found.buffer_view is None and found.uri is None:
            raise DamagedGlb(f"image {source} is nowhere")
        data = data_of(found.uri or "") if found.buffer_view is None else bytes(self._glb.bytes_of(found.buffer_view))
        try:
            with unwarned(r"PIL\."):
                picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
            check_pixels("in the file", picture.size, self._config)
            with picture:
                seen_through = "A" in picture.getbands() or "transparency" in picture.info
                return np.asarray(picture.convert("RGBA" if seen_through else "RGB"))
        except InputError:
            raise
        except Exception as error:  # decoders of damaged bytes raise almost anything
            raise InputError(
                f"Texture {number} of {self._glb.name} cannot be read ({error}).",
                hint="Export it with its textures as PNG, JPEG or WebP.",
            ) from None


def _rgb(values: Any) -> Rgb:
    r, g, b = (float(value) for value in values[:3])
    return r, g, b


def _linear(picture: Any) -> Floats:
    return np.asarray(to_linear(np.arange(256, dtype=np.float32) / 255).take(picture[..., :3]))


def _reduced(picture: Any) -> Any:
    factor = -(-max(picture.shape[:2]) // _FINEST)
    if factor == 1:
        return picture
    from PIL import Image

    return np.asarray(Image.fromarray(picture[..., :3]).reduce(factor))


def _finish(read: Read) -> tuple[float, float]:
    """Metalness and roughness. Where a file leaves out both, glTF has a metal without any gloss, which nobody means."""
    pbr = read.pbr_metallic_roughness
    if pbr.metallic_factor is None and pbr.roughness_factor is None and pbr.metallic_roughness_texture is None:
        return 0.0, 0.6
    return tuple(1.0 if factor is None else factor for factor in (pbr.metallic_factor, pbr.roughness_factor))  # type: ignore[return-value]


def _of_specular(old: SpecularGlossiness) -> tuple[float, float]:
    """Metalness and roughness of a specular-glossiness material, whose map is taken for its factors.

    The metalness solves for the specular colour that the metallic-roughness model would have (Khronos' conversion between both).
    """
    diffuse, specular = (
        float(np.dot(np.clip(c[:3], 0, 1), (0.299, 0.587, 0.114))) for c in (old.diffuse_factor, old.specular_factor)
    )
    if old.specular_glossiness_texture is not None or specular <= _DIELECTRIC:
        return 0.0, 1 - old.glossiness_factor
    b = diffuse * (1 - specular) / (1 - _DIELECTRIC) + specular - 2 * _DIELECTRIC
    root = max(b * b - 4 * _DIELECTRIC * (_DIELECTRIC - specular), 0)
    return (-b + root**0.5) / (2 * _DIELECTRIC), 1 - old.glossiness_factor


def _see_through(read: Read, picture: Any, factor: float) -> tuple[Any, float]:
    """Where a texture has holes, bool [height, width] or None, and how much the rest covers.

    A picture that is clear in some places and covers in others has holes; one that covers nowhere is glass.
    """
    if read.alpha_mode == "OPAQUE":
        return None, 1.0
    alpha = np.full((1, 1), 255, np.uint8) if picture is None or picture.shape[2] < 4 else picture[..., 3]
    if read.alpha_mode == "MASK":
        holes = alpha * factor < read.alpha_cutoff * 255
        return (holes if holes.any() else None), 1.0
    if alpha.max() < 0.9 * 255:
        return None, factor * float(alpha.mean()) / 255
    holes = alpha < 0.5 * 255
    return (holes if holes.any() else None), factor


def _slopes(picture: Any, info: TextureInfo | None) -> Bump | None:
    """A map of normals, whose y points up the picture, as the slopes of a height."""
    if picture is None or info is None:
        return None
    normal = _reduced(picture)[..., :3].astype(np.float32) / 127.5 - 1
    slopes = -normal[..., :2] / np.maximum(normal[..., 2:], 0.2)
    return Bump(np.concatenate([slopes, np.ones_like(slopes[..., :1])], -1), _WHOLE_TILE, info.scale)

"""A GLB file taken apart: its document, and the bytes and numbers that the document speaks of."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from prodgen_render.files.gltf.schema import Accessor, Document
from prodgen_render.model import Floats
from prodgen_sdk.errors import InputError
from prodgen_sdk.faults import sentence

_UNDERSTOOD = {
    "EXT_texture_webp",
    "KHR_draco_mesh_compression",
    "KHR_materials_clearcoat",
    "KHR_materials_emissive_strength",
    "KHR_materials_ior",
    "KHR_materials_pbrSpecularGlossiness",
    "KHR_materials_sheen",
    "KHR_materials_specular",
    "KHR_materials_transmission",
    "KHR_materials_unlit",
    "KHR_materials_volume",
    "KHR_mesh_quantization",
    "KHR_texture_transform",
}
"""Extensions whose files look right, if not always in every nuance (index of refraction, colour of depth)."""
_WITHOUT = {
    "EXT_meshopt_compression": "Export it without meshopt compression, or with Draco.",
    "KHR_meshopt_compression": "Export it without meshopt compression, or with Draco.",
    "KHR_texture_basisu": "Export its textures as PNG, JPEG or WebP.",
}
_TYPES: dict[int, type[np.generic]] = {
    5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32,
}  # fmt: skip
_COLUMNS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_Item = TypeVar("_Item")


class DamagedGlb(ValueError):
    """What a GLB file says of itself does not hold."""


def item(items: Sequence[_Item], index: int, what: str) -> _Item:
    """The item of a list that a document names; raises DamagedGlb where there is none."""
    if index >= len(items):
        raise DamagedGlb(f"{what} {index} is named, but there are {len(items)}")
    return items[index]


class Glb:
    """A file's document, read and checked, with its bytes.

    Raises:
        DamagedGlb: no GLB of version 2, or its parts contradict each other.
        InputError: it names other files, or needs what is not supported.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        data = path.read_bytes()
        self.document, self._binary = _chunks(data)
        self._check_support()

    def _check_support(self) -> None:
        unknown = sorted(set(self.document.extensions_required) - _UNDERSTOOD)
        if unknown:
            raise InputError(
                f"{self.name} needs {', '.join(unknown)}, which is not supported.",
                hint=_WITHOUT.get(unknown[0], "Export it as plain glTF 2.0."),
            )
        named = [one.uri for one in self.document.buffers] + [one.uri for one in self.document.images]
        outside = [uri for uri in named if uri is not None and not uri.startswith("data:")]
        if outside:
            raise InputError(
                f"{self.name} refers to other files ({outside[0][:80]!r}).",
                hint="Export one self-contained GLB with its textures embedded.",
            )

    @cached_property
    def _buffers(self) -> list[bytes]:
        return [
            data_of(buffer.uri) if buffer.uri is not None else self._binary if number == 0 else b""
            for number, buffer in enumerate(self.document.buffers)
        ]

    def bytes_of(self, view: int) -> memoryview:
        """The bytes of a buffer view."""
        found = item(self.document.buffer_views, view, "buffer view")
        whole = item(self._buffers, found.buffer, "buffer")
        if found.byte_offset + found.byte_length > len(whole):
            raise DamagedGlb(f"buffer view {view} ends beyond its buffer")
        return memoryview(whole)[found.byte_offset : found.byte_offset + found.byte_length]

    def numbers(self, accessor: int, *, most: int, columns: tuple[int, ...]) -> Floats:
        """The numbers of an accessor [count, columns], normalised integers as floats.

        Args:
            most: rows beyond which it is not read.
            columns: how many of them are allowed.
        """
        found = item(self.document.accessors, accessor, "accessor")
        if found.count > most:
            raise DamagedGlb(f"accessor {accessor} has {found.count:,} rows")
        width = _COLUMNS[found.type]
        if width not in columns:
            raise DamagedGlb(f"accessor {accessor} is a {found.type}")
        out = (
            np.zeros((found.count, width), _TYPES[found.component_type])
            if found.buffer_view is None
            else self._rows(found.buffer_view, found.byte_offset, found.component_type, found.count, width)
        )
        if found.sparse is not None:
            out = self._replaced(out, found)
        return normalised(out) if found.normalized else out

    def _rows(self, view: int, start: int, component: int, count: int, width: int) -> Any:
        kind = np.dtype(_TYPES[component]).newbyteorder("<")
        stride = self.document.buffer_views[view].byte_stride if view < len(self.document.buffer_views) else None
        step = stride or width * kind.itemsize
        data = self.bytes_of(view)
        if start + step * (count - 1) + width * kind.itemsize > len(data):
            raise DamagedGlb(f"an accessor ends beyond buffer view {view}")
        return np.array(np.ndarray((count, width), kind, data, start, (step, kind.itemsize)))

    def _replaced(self, values: Any, accessor: Accessor) -> Any:
        sparse = accessor.sparse
        assert sparse is not None
        if sparse.count > accessor.count:
            raise DamagedGlb("a sparse accessor replaces more rows than it has")
        where = sparse.indices
        rows = self._rows(where.buffer_view, where.byte_offset, where.component_type, sparse.count, 1)[:, 0]
        if rows.max() >= accessor.count:
            raise DamagedGlb("a sparse accessor replaces a row that it has not")
        new = sparse.values
        values[rows] = self._rows(
            new.buffer_view, new.byte_offset, accessor.component_type, sparse.count, values.shape[1]
        )
        return values


def normalised(values: Any) -> Floats:
    """Integers as floats in [0, 1] or [-1, 1]; floats as they are."""
    if values.dtype.kind not in "ui":
        return np.asarray(values, np.float32)
    return np.asarray(np.maximum(values.astype(np.float32) / np.iinfo(values.dtype).max, -1))


def data_of(uri: str) -> bytes:
    """The bytes of a `data:` URI in base64; raises DamagedGlb."""
    head, comma, body = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise DamagedGlb("a data URI is not in base64")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise DamagedGlb(f"a data URI is damaged ({error})") from None


def _chunks(data: bytes) -> tuple[Document, bytes]:
    if len(data) < 20 or data[:4] != b"glTF":
        raise DamagedGlb("no glTF 2.0 binary header")
    version, _, length, kind = struct.unpack("<III4s", data[4:20])
    if version != 2 or kind != b"JSON":
        raise DamagedGlb("no glTF 2.0 binary header")
    try:
        document = Document.model_validate_json(data[20 : 20 + length])
    except ValidationError as error:
        raise DamagedGlb(sentence(error.errors()[0])) from None
    rest = data[20 + length :]
    if len(rest) < 8 or rest[4:8] != b"BIN\0":
        return document, b""
    return document, rest[8 : 8 + struct.unpack("<I", rest[:4])[0]]

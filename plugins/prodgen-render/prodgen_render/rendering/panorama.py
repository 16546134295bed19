"""Reading high dynamic range panoramas: Radiance (.hdr) and OpenEXR (.exr), with numpy and zlib alone.

Files are untrusted: sizes are checked before anything is decoded, and decoding never yields more than was announced.
"""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

import numpy as np

from prodgen_render.model import Floats
from prodgen_sdk.errors import InputError

MAX_PIXELS = 33_554_432
"""8192 x 4096, the largest panorama that is read."""
MAX_MB = 512
_AGAIN = "Export it again as a Radiance file (.hdr)."


def read_panorama(path: Path) -> Floats:
    """The linear radiance of a panorama, float32 [height, width, 3]: finite, not negative, and not all black.

    Raises:
        InputError: no such file, another format, damaged, too large, or not twice as wide as high.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no panorama {path}.", hint="Give the path of a .hdr or .exr file.")
    kind = path.suffix.lower()
    if kind not in (".hdr", ".exr"):
        raise InputError(
            f"{path.name} is no panorama that can be read.", hint="Use a Radiance file (.hdr) or OpenEXR (.exr)."
        )
    size = path.stat().st_size
    if size > MAX_MB * 2**20:
        raise InputError(
            f"{path.name} has {size / 2**20:.0f} MiB; the limit is {MAX_MB}.",
            hint="Make it smaller: 2048 x 1024 is enough.",
        )
    data = path.read_bytes()
    try:
        pixels = _radiance(data, path.name) if kind == ".hdr" else _openexr(data, path.name)
    except (IndexError, KeyError, ValueError, struct.error, zlib.error) as error:
        raise InputError(f"{path.name} is damaged or incomplete ({error}).", hint=_AGAIN) from error
    if not np.isfinite(pixels).all():
        raise InputError(f"{path.name} holds values that are no numbers.", hint=_AGAIN)
    pixels = np.maximum(pixels, 0)
    if not pixels.any():
        raise InputError(f"{path.name} is all black: it lights nothing.", hint=_AGAIN)
    return pixels


def _check_size(name: str, width: int, height: int) -> None:
    if width < 2 or height < 1 or width * height > MAX_PIXELS:
        raise InputError(
            f"{name} has {width} x {height} pixels; at most {MAX_PIXELS:,} are read.",
            hint="Make it smaller: 2048 x 1024 is enough.",
        )
    if abs(width / height - 2) > 0.02:
        raise InputError(
            f"{name} has {width} x {height} pixels: no panorama of all directions.",
            hint="An equirectangular image is twice as wide as high.",
        )


def _radiance(data: bytes, name: str) -> Floats:
    """Radiance RGBE (Ward 1991), flat or run-length encoded."""
    match = re.match(rb"#\?\w+.*?\n\n([^\n]{1,80})\n", data[:65536], re.DOTALL)
    if match is None:
        raise InputError(f"{name} is no Radiance file.", hint=_AGAIN)
    if b"FORMAT=32-bit_rle_xyze" in match[0]:
        raise InputError(f"{name} holds XYZ colours.", hint="Export it with RGB colours (32-bit_rle_rgbe).")
    shape = re.fullmatch(rb"-Y (\d{1,6}) \+X (\d{1,6})", match[1].strip())
    if shape is None:
        raise InputError(
            f"{name} is turned or mirrored ({match[1][:40]!r}).",
            hint="Export it with rows from the top and columns from the left.",
        )
    height, width = int(shape[1]), int(shape[2])
    _check_size(name, width, height)
    body = np.frombuffer(data, np.uint8, offset=match.end())
    encoded = 8 <= width < 32768 and len(body) >= 4 and body[0] == 2 and body[1] == 2 and body[2] < 128
    if encoded:
        rgbe = _run_lengths(body, height, width)
    else:
        if len(body) < 4 * width * height:
            raise ValueError("pixels are missing")
        rgbe = body[: 4 * width * height].reshape(height, width, 4)
    scale = np.ldexp(np.float32(1), rgbe[..., 3].astype(np.int32) - 136)
    return (rgbe[..., :3] * np.where(rgbe[..., 3:] > 0, scale[..., None], 0)).astype(np.float32)


def _run_lengths(body: np.ndarray, height: int, width: int) -> np.ndarray:
    out, at = np.empty((height, 4, width), np.uint8), 0
    for row in out:
        if body[at] != 2 or body[at + 1] != 2 or int(body[at + 2]) * 256 + int(body[at + 3]) != width:
            raise ValueError("a row has another width")
        at += 4
        for channel in row:
            x = 0
            while x < width:
                count = int(body[at])
                run = count > 128
                count = count - 128 if run else count
                if count == 0 or x + count > width or at + 1 + (1 if run else count) > len(body):
                    raise ValueError("a run is longer than its row")
                channel[x : x + count] = body[at + 1] if run else body[at + 1 : at + 1 + count]
                at += 2 if run else 1 + count
                x += count
    return out.transpose(0, 2, 1)


_HALF, _FLOAT = 1, 2
_ROWS = {0: 1, 2: 1, 3: 16}
"""Rows in a chunk by compression: none, ZIPS, ZIP."""


def _openexr(data: bytes, name: str) -> Floats:
    """OpenEXR 2, one part of scan lines with R, G and B in half or full floats, uncompressed or by ZIP."""
    if data[:4] != b"\x76\x2f\x31\x01":
        raise InputError(f"{name} is no OpenEXR file.", hint=_AGAIN)
    if struct.unpack_from("<I", data, 4)[0] & 0x1A00:
        raise InputError(
            f"{name} is tiled, deep or in several parts.", hint="Export it as a single part of scan lines."
        )
    header, at = _attributes(data)
    (compression,) = header["compression"]
    if compression not in _ROWS:
        raise InputError(
            f"{name} is compressed in a way that is not read.",
            hint="Export it with ZIP compression, or as a Radiance file (.hdr).",
        )
    left, top, right, bottom = struct.unpack("<4i", header["dataWindow"])
    width, height = right - left + 1, bottom - top + 1
    _check_size(name, width, height)
    channels = _channels(header["channels"])
    if not {"R", "G", "B"} <= {channel for channel, _ in channels}:
        raise InputError(f"{name} has no channels R, G and B.", hint=_AGAIN)
    sizes = [2 if kind == _HALF else 4 for _, kind in channels]
    line, step = width * sum(sizes), _ROWS[compression]
    out = np.zeros((height, width, 3), np.float32)
    chunks = -(-height // step)
    for (offset,) in struct.iter_unpack("<Q", data[at : at + 8 * chunks]):
        y, length = struct.unpack_from("<iI", data, offset)
        first = y - top
        rows = min(step, height - first)
        if not 0 <= first < height or offset + 8 + length > len(data):
            raise ValueError("a chunk lies outside the image")
        raw = _unpacked(data[offset + 8 : offset + 8 + length], rows * line)
        for row in range(rows):
            start = row * line
            for (channel, kind), size in zip(channels, sizes, strict=True):
                if channel in "RGB":
                    values = np.frombuffer(raw, "<f2" if kind == _HALF else "<f4", width, start)
                    out[first + row, :, "RGB".index(channel)] = values
                start += width * size
    if len(data) < at + 8 * chunks:
        raise ValueError("its table of contents is cut off")
    return out


def _attributes(data: bytes) -> tuple[dict[str, bytes], int]:
    """The header's attributes, and where the table of chunks begins."""
    found, at = {}, 8
    while data[at] != 0:
        end = data.index(b"\0", at, at + 256)
        name = data[at:end].decode("ascii", "replace")
        at = data.index(b"\0", end + 1, end + 257) + 1
        (length,) = struct.unpack_from("<I", data, at)
        found[name] = data[at + 4 : at + 4 + length]
        at += 4 + length
    return found, at + 1


def _channels(listed: bytes) -> list[tuple[str, int]]:
    found, at = [], 0
    while listed[at] != 0:
        end = listed.index(b"\0", at)
        kind, _, across, down = struct.unpack_from("<iiii", listed, end + 1)
        if kind not in (0, _HALF, _FLOAT) or across != 1 or down != 1:
            raise ValueError("a channel is subsampled or of an unknown kind")
        found.append((listed[at:end].decode("ascii", "replace"), kind))
        at = end + 17
    return found


def _unpacked(packed: bytes, size: int) -> bytes:
    """One chunk: inflated, its differences summed, its two halves interleaved again."""
    if len(packed) == size:
        return packed
    inflater = zlib.decompressobj()
    raw = inflater.decompress(packed, size)
    if len(raw) != size:
        raise ValueError("a chunk is cut off")
    values = np.frombuffer(raw, np.uint8).astype(np.int64)
    values[1:] -= 128
    summed = np.cumsum(values).astype(np.uint8)
    out, half = np.empty(size, np.uint8), (size + 1) // 2
    out[::2], out[1::2] = summed[:half], summed[half:]
    return out.tobytes()

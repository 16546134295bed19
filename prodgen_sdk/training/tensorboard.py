"""Event files that TensorBoard reads, written without it: scalars and images.

The format: records of a length, its checksum, the bytes and their checksum (CRC-32C, masked), each record an `Event` message in
protocol buffer encoding (tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto name the fields).
"""

from __future__ import annotations

import os
import struct
import time
import uuid
from functools import cache
from pathlib import Path


class EventFile:
    """Appends to a new file in a folder; a run that goes on begins another file, as TensorBoard expects.

    Args:
        after: the step after which the run goes on: what earlier files hold of later ones is no longer shown.
    """

    def __init__(self, folder: Path, after: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time())}.{uuid.uuid4().hex[:8]}.{os.getpid()}"
        self._file = (folder / name).open("wb")
        self._write(_text(3, b"brain.Event:2"))
        started = _text(7, _number(1, 1))  # a session log whose status is START
        self._write(_number(2, after + 1) + started)

    def scalar(self, tag: str, value: float, step: int) -> None:
        self._summary(tag, _key(2, 5) + struct.pack("<f", value), step)

    def image(self, tag: str, png: bytes, shape: tuple[int, ...], step: int) -> None:
        """A PNG file of (height, width)."""
        height, width = shape
        picture = _number(1, height) + _number(2, width) + _number(3, 3) + _text(4, png)
        self._summary(tag, _text(4, picture), step)

    def close(self) -> None:
        self._file.close()

    def _summary(self, tag: str, content: bytes, step: int) -> None:
        value = _text(1, tag.encode()) + content
        self._write(_number(2, step) + _text(5, _text(1, value)))

    def _write(self, event: bytes) -> None:
        data = _key(1, 1) + struct.pack("<d", time.time()) + event
        length = struct.pack("<Q", len(data))
        self._file.write(length + _masked(length) + data + _masked(data))
        self._file.flush()


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _number(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _text(field: int, value: bytes) -> bytes:
    return _key(field, 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _masked(data: bytes) -> bytes:
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


@cache
def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


def crc32c(data: bytes) -> int:
    """CRC-32 with the polynomial of Castagnoli (RFC 3720, appendix B.4).

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    table, crc = _table(), 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF

"""The append-only log of changes beside a generation: one checksummed record a call of `apply`.

Record: magic, sequence, length of the payload, crc32 of these three, sha256 of the payload, payload, end mark. A process
that is killed while it appends leaves a prefix of a record (after a power cut perhaps with zeros behind); such a tail was
never acknowledged and is dropped. Anything else that does not match its checksum is damage.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prodgen_sdk.errors import StoreError
from prodgen_sdk.types import Facets, IndexChange, Remove, Upsert

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEAD = struct.Struct("<4sQQ")
_SUMS = struct.Struct("<I32s")
_HEAD_SIZE = _HEAD.size + _SUMS.size
_MAGIC, _END = b"PGdl", b"done"
_BEGUN = {_END[:size] for size in range(len(_END))}


class Record(NamedTuple):
    """The changes of one call, the sequence they lead to, and where the next record begins."""

    sequence: int
    changes: Sequence[IndexChange]
    end: int


def encode(changes: Sequence[IndexChange], sequence: int) -> bytes:
    """The bytes of a record: JSON of all but the vectors, then the vectors."""
    described = [
        {"variant": c.variant, "sku": c.sku, "facets": c.facets.model_dump(mode="json")}
        if isinstance(c, Upsert)
        else {"variant": c.variant}
        for c in changes
    ]
    vectors = [c.vector for c in changes if isinstance(c, Upsert)]
    dimension = len(vectors[0]) if vectors else 0
    words = json.dumps({"dimension": dimension, "changes": described}, separators=(",", ":")).encode()
    payload = struct.pack("<Q", len(words)) + words + b"".join(v.astype("<f4").tobytes() for v in vectors)
    head = _HEAD.pack(_MAGIC, sequence, len(payload))
    return head + _SUMS.pack(zlib.crc32(head), hashlib.sha256(payload).digest()) + payload + _END


def append(path: Path, record: bytes, at: int) -> int:
    """Writes a record at the end of the valid part of the log (`at`) and flushes it to the disk; returns the new end.

    Raises:
        StoreError: the disk is full or not writable; the log is as before.
    """
    try:
        with path.open("r+b" if path.exists() else "x+b") as file:
            file.truncate(at)
            file.seek(at)
            try:
                file.write(record)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(at)
                raise
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror or error}.", hint="Free some space.") from error
    return at + len(record)


def read(path: Path, start: int = 0) -> Iterator[Record]:
    """The records from byte `start` on; an unfinished tail ends the log.

    Raises:
        StoreError: a finished record does not match its checksum.
    """
    data = _tail(path, start)
    position = 0
    while len(data) - position >= _HEAD_SIZE:
        body = position + _HEAD_SIZE
        magic, sequence, length = _HEAD.unpack_from(data, position)
        checksum, digest = _SUMS.unpack_from(data, position + _HEAD.size)
        if magic != _MAGIC or checksum != zlib.crc32(data[position : position + _HEAD.size]):
            if any(data[body - 32 :]):
                raise _damaged(path, start + position)
            return
        end = body + length + len(_END)
        payload, mark = data[body : end - len(_END)], data[end - len(_END) : end]
        if end > len(data) or (mark != _END and mark.rstrip(b"\0") in _BEGUN):
            return
        if mark != _END or digest != hashlib.sha256(payload).digest():
            raise _damaged(path, start + position)
        yield Record(sequence, _decode(payload), start + end)
        position = end


def together(records: Iterable[Record], size: int = 4096) -> Iterator[Record]:
    """The same changes in fewer records, of about `size`: a log may hold one record for each of many thousand changes."""
    changes: list[IndexChange] = []
    last = None
    for last in records:
        changes += last.changes
        if len(changes) >= size:
            yield last._replace(changes=changes)
            changes, last = [], None
    if last is not None:
        yield last._replace(changes=changes)


def _tail(path: Path, start: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read()
    except FileNotFoundError:
        return b""


def _decode(payload: bytes) -> list[IndexChange]:
    (size,) = struct.unpack_from("<Q", payload)
    words = json.loads(payload[8 : 8 + size])
    vectors: NDArray[np.float32] = np.frombuffer(payload, "<f4", offset=8 + size).astype(np.float32)
    rows = iter(vectors.reshape(-1, words["dimension"]) if words["dimension"] else ())
    return [
        Upsert(variant=c["variant"], sku=c["sku"], vector=next(rows), facets=Facets.model_validate(c["facets"]))
        if "sku" in c
        else Remove(variant=c["variant"])
        for c in words["changes"]
    ]


def _damaged(path: Path, position: int) -> StoreError:
    return StoreError(f"{path} is damaged at byte {position}.", hint="Rebuild the index: prodgen index build")

"""A cache of vectors, so that nothing is encoded twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from prodgen_sdk.store.database import Database, batched, upsert
from prodgen_sdk.store.schema import embeddings

if TYPE_CHECKING:
    from prodgen_sdk.types import Vector

_KNOWN = select(embeddings.c.digest, embeddings.c.vector).where(
    embeddings.c.encoder == bindparam("encoder"), embeddings.c.digest.in_(bindparam("digests", expanding=True))
)


class Embeddings:
    """Vectors by (encoder, digest of what was encoded). `encoder` must change whenever its vectors would."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_many(self, encoder: str, digests: Iterable[str]) -> dict[str, Vector]:
        """Read-only float32 vectors of the digests that are known."""
        import numpy as np

        return {
            digest: np.frombuffer(vector, "<f4")
            for chunk in batched(digests)
            for digest, vector in self._database.rows(_KNOWN, encoder=encoder, digests=chunk)
        }

    def put_many(self, encoder: str, vectors: Mapping[str, Vector]) -> None:
        """Stores vectors [dimension], replacing those that are known."""
        import numpy as np

        for chunk in batched(sorted(vectors.items(), key=lambda item: item[0])):
            rows = [
                {"encoder": encoder, "digest": digest, "vector": np.ascontiguousarray(vector, "<f4").tobytes()}
                for digest, vector in chunk
            ]
            with self._database.write() as connection:
                upsert(connection, embeddings, rows)

    def clear(self, encoder: str) -> int:
        """Drops all vectors of an encoder, and returns how many."""
        with self._database.write() as connection:
            return connection.execute(delete(embeddings).where(embeddings.c.encoder == encoder)).rowcount

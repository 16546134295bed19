"""The published images of products, and their review."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, func, insert, select

from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.store import outbox
from prodgen_sdk.store.assets import AssetStore
from prodgen_sdk.store.database import CHUNK, Database, batched
from prodgen_sdk.store.documents import dump
from prodgen_sdk.store.schema import products, variants
from prodgen_sdk.types import Facets, ReviewState, Variant

_NEIGHBOURS = 2000

_AMONG = variants.c.id.in_(bindparam("ids", expanding=True))
# The conditions are judged in Python: SQLite without statistics would go through all approved variants instead of `ids`.
_SHELF = (
    select(
        variants.c.id,
        variants.c.sku,
        variants.c.review,
        products.c.on_sale,
        products.c.category,
        products.c.price,
        products.c.tags,
    )
    .join(products, products.c.sku == variants.c.sku)
    .where(_AMONG)
)
_OF_PRODUCTS = (
    select(variants.c.sku, variants.c.id, variants.c.review)
    .where(variants.c.sku.in_(bindparam("skus", expanding=True)))
    .order_by(variants.c.number)
)
_PICTURES = select(variants.c.id, variants.c.sku, variants.c.digest, variants.c.review).where(_AMONG)
_DOCUMENTS = select(variants.c.id, variants.c.document).where(_AMONG)


class Variants:
    def __init__(self, database: Database, assets: AssetStore) -> None:
        self._database = database
        self._assets = assets

    def publish(self, variant: Variant, image: bytes) -> Variant:
        """Stores the file, then the row and (if approved) its outbox entry in one transaction.

        Repeating it changes no row: the variant that has this id already is returned. A file of it that was lost is
        stored again.

        Args:
            image: the bytes of the image file that `variant.image` describes.

        Raises:
            InputError: the bytes are not those of `variant.image.digest`.
            NotFound: the product is unknown.
            StoreError: disk or database failed; nothing is half there.
        """
        if hashlib.sha256(image).hexdigest() != variant.image.digest:
            raise InputError(f"The bytes of variant {variant.id} do not match the digest of its image.")
        known = next(self.iterate(ids=[variant.id]), None)
        if known is not None:
            if known.image.digest == variant.image.digest:
                self._assets.put(image)
            return known
        self._assets.put(image)
        with self._database.write("catalogue") as connection:
            row = connection.execute(selected().where(variants.c.id == variant.id)).one_or_none()
            if row is not None:
                return of_row(row)
            if connection.execute(select(products.c.sku).where(products.c.sku == variant.sku)).first() is None:
                raise NotFound(
                    f"There is no product {variant.sku!r} to publish a variant of.", hint="Add the product first."
                )
            values = {"id": variant.id, "sku": variant.sku, "review": variant.review, "digest": variant.image.digest}
            connection.execute(insert(variants).values(**values, document=dump(variant)))
            if variant.review == "approved":
                outbox.append(connection, "upsert", [(variant.id, variant.sku)])
        return variant

    def get(self, id: str) -> Variant:
        """The variant.

        Raises:
            NotFound: there is none; with similar ids.
        """
        with self._database.read() as connection:
            return one(connection, id)

    def image(self, id: str) -> bytes:
        """The verified bytes of a variant's image file."""
        return self._assets.get(self.get(id).image.digest)

    def iterate(
        self,
        *,
        sku: str | None = None,
        review: ReviewState | None = None,
        ids: Iterable[str] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Variant]:
        """Variants in the order of their publication, read in chunks.

        Args:
            ids: only these; unknown ones are left out.
            after: begin behind the variant with this id.
        """
        query = selected().order_by(variants.c.number)
        if sku is not None:
            query = query.where(variants.c.sku == sku)
        if review is not None:
            query = query.where(variants.c.review == review)
        start = 0 if after is None else self._number(after)
        size = CHUNK if limit is None else min(limit, CHUNK)
        rows = self._pages(query, start, size) if ids is None else self._among(query, start, ids)
        return map(of_row, islice(rows, limit))

    def _pages(self, query: Select[Any], start: int, size: int) -> Iterator[Any]:
        while True:
            with self._database.read() as connection:
                rows = connection.execute(query.where(variants.c.number > start).limit(size)).all()
            if not rows:
                return
            yield from rows
            start = rows[-1].number

    def _among(self, query: Select[Any], start: int, ids: Iterable[str]) -> Iterator[Any]:
        numbers = sorted(number for number in self._column(variants.c.number, ids) if number > start)
        for chunk in batched(numbers):
            with self._database.read() as connection:
                rows = connection.execute(query.where(variants.c.number.in_(chunk))).all()
            yield from rows

    def _number(self, id: str) -> int:
        with self._database.read() as connection:
            one(connection, id)
            number: int = connection.execute(select(variants.c.number).where(variants.c.id == id)).scalar_one()
            return number

    def _column(self, column: Column[Any], ids: Iterable[str]) -> list[Any]:
        with self._database.read() as connection:
            return [
                value
                for chunk in batched(ids)
                for value in connection.execute(select(column).where(variants.c.id.in_(chunk))).scalars()
            ]

    def count(self, *, sku: str | None = None, review: ReviewState | None = None) -> int:
        query = select(func.count()).select_from(variants)
        if sku is not None:
            query = query.where(variants.c.sku == sku)
        if review is not None:
            query = query.where(variants.c.review == review)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def existing(self, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that are published already."""
        return set(self._column(variants.c.id, ids))

    def present(self, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that are published already and whose image file is there; the file is not read."""
        found = set()
        for chunk in batched(ids):
            with self._database.read() as connection:
                rows = connection.execute(
                    select(variants.c.id, variants.c.digest).where(variants.c.id.in_(chunk))
                ).all()
            found |= {row.id for row in rows if self._assets.has(row.digest)}
        return found

    def servable(self, ids: Iterable[str]) -> dict[str, tuple[str, Facets]]:
        """Product and facets of those of `ids` that may be shown now: approved, and of a product that is on sale."""
        found = {}
        for chunk in batched(ids, 5000):
            for id, sku, review, on_sale, category, price, tags in self._database.rows(_SHELF, ids=chunk):
                if review == "approved" and on_sale:
                    facets = Facets(
                        category=category, price=None if price is None else Decimal(price), tags=tuple(json.loads(tags))
                    )
                    found[id] = (sku, facets)
        return found

    def approved_of(self, skus: Iterable[str], limit: int) -> dict[str, list[str]]:
        """The ids of up to `limit` approved variants of each sku, in the order of their publication."""
        found: dict[str, list[str]] = {}
        for chunk in batched(skus, 5000):
            for sku, id, review in self._database.rows(_OF_PRODUCTS, skus=chunk):
                ids = found.setdefault(sku, [])
                if review == "approved" and len(ids) < limit:
                    ids.append(id)
        return found

    def pictures(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Product and digest of the image of those of `ids` that are approved."""
        return {
            id: (sku, digest)
            for chunk in batched(ids, 5000)
            for id, sku, digest, review in self._database.rows(_PICTURES, ids=chunk)
            if review == "approved"
        }

    def documents(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The JSON values of each known variant, as they are stored: many of them at the price of reading alone."""
        return {
            id: json.loads(document)
            for chunk in batched(ids, 5000)
            for id, document in self._database.rows(_DOCUMENTS, ids=chunk)
        }

    def digests(self) -> set[str]:
        """The assets that variants name."""
        with self._database.read() as connection:
            return set(connection.execute(select(variants.c.digest)).scalars())


def selected() -> Select[Any]:
    return select(variants.c.number, variants.c.document)


def of_row(row: Any) -> Variant:
    return Variant.model_validate_json(row.document)


def one(connection: Connection, id: str) -> Variant:
    row = connection.execute(selected().where(variants.c.id == id)).one_or_none()
    if row is None:
        known = connection.execute(select(variants.c.id).limit(_NEIGHBOURS)).scalars()
        raise NotFound.of("variant", id, known, hint="Run prodgen review list to see them.", listed=True)
    return of_row(row)

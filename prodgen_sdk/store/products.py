"""The products of the workspace."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, or_, select, update

from prodgen_sdk.errors import NotFound
from prodgen_sdk.store import outbox
from prodgen_sdk.store.database import CHUNK, Database, batched
from prodgen_sdk.store.documents import dump
from prodgen_sdk.store.schema import now_micros, products, variants
from prodgen_sdk.types import Product
from prodgen_sdk.types.product import STORED

Change = Literal["added", "updated", "unchanged"]
_NEIGHBOURS = 2000
_THESE = products.c.sku.in_(bindparam("skus", expanding=True))
_CATEGORIES = select(products.c.sku, products.c.category).where(_THESE)
_DOCUMENTS = select(products.c.sku, products.c.document).where(_THESE)


class Products:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, items: Iterable[Product]) -> dict[str, Change]:
        """Adds products, or updates those whose sku is known; what became of each sku.

        An update that touches what an index or an image shows (anything but the count in stock) puts the product's
        approved variants in the outbox. Written in chunks: after a kill, whole chunks are there. Of a sku given twice the
        later one stays.
        """
        changes: dict[str, Change] = {}
        order: tuple[Change, ...] = ("unchanged", "updated", "added")
        for chunk in batched(items):
            with self._database.write("catalogue") as connection:
                for sku, change in _put_chunk(connection, {product.sku: product for product in chunk}).items():
                    changes[sku] = max(change, changes.get(sku, change), key=order.index)
        return changes

    def get(self, sku: str) -> Product:
        """The product.

        Raises:
            NotFound: there is none; with similar skus.
        """
        with self._database.read() as connection:
            document = connection.execute(select(products.c.document).where(products.c.sku == sku)).scalar()
            if document is None:
                near = (
                    select(products.c.sku).where(products.c.sku.startswith(sku[:2], autoescape=True)).limit(_NEIGHBOURS)
                )
                known = connection.execute(near).scalars().all()
                known = known or connection.execute(select(products.c.sku).limit(_NEIGHBOURS)).scalars().all()
                raise NotFound.of("product", sku, known, hint="Run prodgen catalog list to see them.")
        return _product(document)

    def of(self, skus: Iterable[str]) -> dict[str, Product]:
        """The known ones of these products, by sku."""
        return {
            sku: _product(document)
            for chunk in batched(skus, 5000)
            for sku, document in self._database.rows(_DOCUMENTS, skus=chunk)
        }

    def iterate(
        self, *, category: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Iterator[Product]:
        """Products in the order of their skus, read in chunks.

        Args:
            category: only this one and those below it, such as `home`.
            after: begin behind this sku.
        """
        query = select(products.c.document).order_by(products.c.sku)
        if category is not None:
            query = query.where(_below(category))
        return islice(self._pages(query, after or "", CHUNK if limit is None else min(limit, CHUNK)), limit)

    def _pages(self, query: Select[Any], after: str, size: int) -> Iterator[Product]:
        while True:
            with self._database.read() as connection:
                documents = connection.execute(query.where(products.c.sku > after).limit(size)).scalars().all()
            if not documents:
                return
            page = [_product(document) for document in documents]
            yield from page
            after = page[-1].sku

    def count(self, category: str | None = None) -> int:
        query = select(func.count()).select_from(products)
        with self._database.read() as connection:
            return connection.execute(query if category is None else query.where(_below(category))).scalar_one()

    def existing(self, skus: Iterable[str]) -> set[str]:
        """Those of `skus` that are known."""
        with self._database.read() as connection:
            return {
                sku
                for chunk in batched(skus)
                for sku in connection.execute(select(products.c.sku).where(products.c.sku.in_(chunk))).scalars()
            }

    def categories(self, skus: Iterable[str]) -> dict[str, str]:
        """The category of each known sku."""
        return {
            sku: category
            for chunk in batched(skus, 5000)
            for sku, category in self._database.rows(_CATEGORIES, skus=chunk)
        }


def _put_chunk(connection: Connection, items: Mapping[str, Product]) -> dict[str, Change]:
    rows = connection.execute(select(products.c.sku, products.c.document).where(products.c.sku.in_(list(items))))
    known = {row.sku: _product(row.document) for row in rows}
    changes: dict[str, Change] = {
        sku: "added" if sku not in known else "unchanged" if product == known[sku] else "updated"
        for sku, product in items.items()
    }
    added = [_row(items[sku]) for sku, change in changes.items() if change == "added"]
    updated = [{**_row(items[sku]), "key": sku} for sku, change in changes.items() if change == "updated"]
    if added:
        connection.execute(insert(products), added)
    if updated:
        columns = [name for name in updated[0] if name not in ("key", "sku")]
        connection.execute(
            update(products)
            .where(products.c.sku == bindparam("key"))
            .values({name: bindparam(name) for name in columns}),
            updated,
        )
    stale = [row["key"] for row in updated if _indexed(items[row["key"]]) != _indexed(known[row["key"]])]
    if stale:
        # Judged here: SQLite without statistics would go through all approved variants instead of those of these products.
        query = select(variants.c.id, variants.c.sku, variants.c.review).where(variants.c.sku.in_(stale))
        rows = connection.execute(query.order_by(variants.c.number))
        outbox.append(connection, "upsert", [(row.id, row.sku) for row in rows if row.review == "approved"])
    return changes


def _product(document: str) -> Product:
    return Product.model_validate_json(document, context=STORED)


def _row(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "category": product.category,
        "title": product.title,
        "price": None if product.price is None else str(product.price),
        "tags": json.dumps(product.tags, ensure_ascii=False),
        "on_sale": product.on_sale,
        "document": dump(product),
        "updated_at": now_micros(),
    }


def _indexed(product: Product) -> tuple[object, ...]:
    return product.model_copy(update={"stock": None, "withdrawn": False}), product.on_sale


def _below(category: str) -> ColumnElement[bool]:
    column = products.c.category
    return or_(column == category, column.startswith(f"{category}/", autoescape=True))

"""A store to test, on SQLite and (where PRODGEN_TEST_POSTGRES names a server) on PostgreSQL."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prodgen_sdk.store import Store, open_store
from prodgen_sdk.types import Event, ImageRef, Product, Provenance, Scene, Screening, Variant, View

POSTGRES = os.environ.get("PRODGEN_TEST_POSTGRES")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def schema_url() -> Iterator[Callable[[], str]]:
    """Makes an empty schema on the PostgreSQL server and gives its URL."""
    if POSTGRES is None:
        pytest.skip("set PRODGEN_TEST_POSTGRES=postgresql://user:password@host/name to run on PostgreSQL")
    import psycopg

    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        made: list[str] = []

        def make() -> str:
            made.append(f"test_{uuid.uuid4().hex[:12]}")
            connection.execute(f"create schema {made[-1]}")
            return f"{POSTGRES}?options=-csearch_path%3D{made[-1]}"

        yield make
        for schema in made:
            connection.execute(f"drop schema {schema} cascade")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    make: Callable[[], str] = request.getfixturevalue("schema_url")
    return make()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    with open_store(url, tmp_path / "assets") as opened:
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def product() -> Callable[..., Product]:
    def make(sku: str = "mug-1", **fields: Any) -> Product:
        return Product(
            **{"sku": sku, "title": "Blue mug", "category": "home/mug", "price": "9.5", "tags": ("gift",), **fields}
        )

    return make


@pytest.fixture
def variant() -> Callable[..., tuple[Variant, bytes]]:
    """A variant with the bytes of its image file, which differ from id to id."""

    def make(id: str, sku: str = "mug-1", **fields: Any) -> tuple[Variant, bytes]:
        image = b"\x89PNG\r\n\x1a\n" + id.encode()
        provenance = Provenance(
            generator="gan/mini", distribution="prodgen-mini", version="1", request_digest="0", size=64,
            device="cpu", dtype="float32", seconds=0.1, created_at=START,
        )  # fmt: skip
        values: dict[str, Any] = {
            "id": id, "sku": sku, "view": View(), "scene": Scene(), "generator": "gan/mini", "seed": 7, "review": "approved",
            "image": ImageRef(digest=hashlib.sha256(image).hexdigest(), width=64, height=64, mode="RGB"),
            "screening": Screening(outcome="pass"), "provenance": provenance,
        }  # fmt: skip
        return Variant(**{**values, **fields}), image

    return make


@pytest.fixture
def event() -> Callable[..., Event]:
    """An event so many minutes after the start of 2026."""

    def make(id: str, type: str = "click", minutes: float = 0, **fields: Any) -> Event:
        values = {"user": "ann", "sku": "mug-1", "at": START + timedelta(minutes=minutes)}
        return Event(**{"id": id, "type": type, **values, **fields})

    return make

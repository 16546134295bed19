"""The tables. A change here needs a new file in `migrations/versions` and a new `HEAD`; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

HEAD = "0004"
"""The revision of the schema that this code reads and writes."""

# PostgreSQL sorts text by the rules of a language; keys are compared byte by byte on both databases.
_KEY = Text().with_variant(Text(collation="C"), "postgresql")
_NUMBER = BigInteger().with_variant(Integer, "sqlite")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)

products = Table(
    "products",
    metadata,
    Column("sku", _KEY, primary_key=True),
    Column("category", _KEY, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("price", Text),
    Column("tags", Text, nullable=False),
    Column("on_sale", Boolean, nullable=False),
    Column("document", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

variants = Table(
    "variants",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", _KEY, nullable=False, unique=True),
    Column("sku", _KEY, ForeignKey("products.sku"), nullable=False),
    Column("review", Text, nullable=False, index=True),
    Column("digest", _KEY, nullable=False, index=True),
    Column("document", Text, nullable=False),
    Index(None, "sku", "review"),
    sqlite_autoincrement=True,
)

reviews = Table(
    "reviews",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("variant", _KEY, ForeignKey("variants.id"), nullable=False, index=True),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    # AUTOINCREMENT: without it SQLite gives the numbers of deleted rows out again.
    Column("sequence", _NUMBER, primary_key=True, autoincrement=True),
    Column("variant", _KEY, nullable=False),
    Column("sku", _KEY, nullable=False),
    Column("kind", Text, nullable=False),
    Index(None, "variant", "sequence"),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", _KEY, nullable=False, unique=True),
    Column("user", _KEY, nullable=False),
    Column("type", Text, nullable=False),
    Column("sku", _KEY),
    Column("variant", _KEY),
    Column("request_id", _KEY),
    Column("query", Text),
    Column("value", Float),
    Column("position", BigInteger),
    Column("propensity", Float),
    Column("policy", Text),
    Column("offered", Text),
    Column("memo", Text),
    Column("at", BigInteger, nullable=False),
    Index(None, "user", "type", "at"),
    Index(None, "at", "sequence"),
    Index(None, "user", "sequence"),
    sqlite_autoincrement=True,
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("encoder", _KEY, primary_key=True),
    Column("digest", _KEY, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

states = Table(
    "states",
    metadata,
    Column("component", _KEY, primary_key=True),
    Column("key", _KEY, primary_key=True),
    Column("user", _KEY, index=True),
    Column("data", LargeBinary, nullable=False),
)

tryons = Table(
    "tryons",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("user", _KEY, nullable=False, index=True),
    Column("photo", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("retain_until", BigInteger, nullable=False, index=True),
)


def to_micros(at: datetime) -> int:
    """A time as whole microseconds since 1970 UTC, which both databases keep and sort exactly; naive times are UTC."""
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return (aware - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """The inverse of `to_micros`, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def now_micros() -> int:
    return to_micros(datetime.now(UTC))

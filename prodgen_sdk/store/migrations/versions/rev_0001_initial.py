"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "embeddings",
        sa.Column("encoder", _KEY, nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("encoder", "digest"),
    )
    op.create_table(
        "events",
        sa.Column("sequence", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        sa.Column("user", _KEY, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("sku", _KEY, nullable=True),
        sa.Column("variant", _KEY, nullable=True),
        sa.Column("request_id", _KEY, nullable=True),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("propensity", sa.Float(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_at_sequence"), "events", ["at", "sequence"], unique=False)
    op.create_index(op.f("ix_events_user_at"), "events", ["user", "at"], unique=False)
    op.create_index(op.f("ix_events_user_type_at"), "events", ["user", "type", "at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("sequence", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("variant", _KEY, nullable=False),
        sa.Column("sku", _KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_variant_sequence"), "outbox", ["variant", "sequence"], unique=False)
    op.create_table(
        "products",
        sa.Column("sku", _KEY, nullable=False),
        sa.Column("category", _KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("price", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("on_sale", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku"),
    )
    op.create_index(op.f("ix_products_category"), "products", ["category"], unique=False)
    op.create_table(
        "states",
        sa.Column("component", _KEY, nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.Column("user", _KEY, nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("component", "key"),
    )
    op.create_index(op.f("ix_states_user"), "states", ["user"], unique=False)
    op.create_table(
        "tryons",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("user", _KEY, nullable=False),
        sa.Column("photo", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("retain_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_tryons_retain_until"), "tryons", ["retain_until"], unique=False)
    op.create_index(op.f("ix_tryons_user"), "tryons", ["user"], unique=False)
    op.create_table(
        "variants",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        sa.Column("sku", _KEY, nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("digest", _KEY, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sku"],
            ["products.sku"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id", name=op.f("uq_variants_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_variants_digest"), "variants", ["digest"], unique=False)
    op.create_index(op.f("ix_variants_review"), "variants", ["review"], unique=False)
    op.create_index(op.f("ix_variants_sku_review"), "variants", ["sku", "review"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("variant", _KEY, nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant"],
            ["variants.id"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reviews_variant"), "reviews", ["variant"], unique=False)


def downgrade() -> None:
    for table in ("reviews", "variants", "tryons", "states", "products", "outbox", "events", "embeddings"):
        op.drop_table(table)

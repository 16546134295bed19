"""Impressions keep what could have been chosen, and what the policy wants to see again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("offered", sa.Text(), nullable=True))
    op.add_column("events", sa.Column("memo", sa.Text(), nullable=True))

"""Events are logged with an index less: a user's newest are found by type."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_events_user_at", "events")

"""What is new of a user is found at once."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_events_user_sequence", "events", ["user", "sequence"])

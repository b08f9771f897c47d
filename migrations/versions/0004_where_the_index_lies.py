"""Where the search index lies: after a change of engines and back, the first one's index is known to be an old copy."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("index_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(length=255), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("index_state", schema=None) as batch_op:
        batch_op.drop_column("place")

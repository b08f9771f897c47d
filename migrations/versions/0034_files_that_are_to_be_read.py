"""files that are to be read"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not by batch: SQLite would write the table anew, and its index on an expression cannot be read back.
    op.add_column("file", sa.Column("must_read", sa.Boolean(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("file", "must_read")

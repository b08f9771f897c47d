"""how much room files may take"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("quota", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("workspace", "quota")

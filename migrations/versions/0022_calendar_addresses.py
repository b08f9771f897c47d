"""Addresses at which calendar programs read the plans."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_pk", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_pk"], ["person.pk"], name=op.f("fk_calendar_feed_person_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("id", name=op.f("uq_calendar_feed_id")),
        sa.UniqueConstraint("person_pk", name=op.f("uq_calendar_feed_person_pk")),
    )


def downgrade() -> None:
    op.drop_table("calendar_feed")

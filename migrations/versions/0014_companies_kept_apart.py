"""Companies whose people must not meet."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_apart",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("one_pk", sa.Integer(), nullable=False),
        sa.Column("other_pk", sa.Integer(), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_kept_apart_by_pk")),
        sa.ForeignKeyConstraint(["one_pk"], ["account.pk"], name=op.f("fk_kept_apart_one_pk")),
        sa.ForeignKeyConstraint(["other_pk"], ["account.pk"], name=op.f("fk_kept_apart_other_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_kept_apart")),
    )
    with op.batch_alter_table("kept_apart", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_apart_other_pk"), ["other_pk"], unique=False)
        batch_op.create_index(
            "uq_kept_apart_now",
            ["one_pk", "other_pk"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("kept_apart", schema=None) as batch_op:
        batch_op.drop_index("uq_kept_apart_now", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))
        batch_op.drop_index(batch_op.f("ix_kept_apart_other_pk"))

    op.drop_table("kept_apart")

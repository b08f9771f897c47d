"""Where messages went that were moved, merged or split."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=True),
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("topic_pk", sa.Integer(), nullable=False),
        sa.Column("into_pk", sa.Integer(), nullable=False),
        sa.Column("forum_pk", sa.Integer(), nullable=False),
        sa.Column("into_forum_pk", sa.Integer(), nullable=False),
        sa.Column("audience_pk", sa.Integer(), nullable=False),
        sa.Column("posts", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Integer(), nullable=False),
        sa.Column("stood_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["audience_pk"], ["audience.pk"], name=op.f("fk_transfer_audience_pk")),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_transfer_by_pk")),
        sa.ForeignKeyConstraint(["forum_pk"], ["forum.pk"], name=op.f("fk_transfer_forum_pk")),
        sa.ForeignKeyConstraint(["into_forum_pk"], ["forum.pk"], name=op.f("fk_transfer_into_forum_pk")),
        sa.ForeignKeyConstraint(["into_pk"], ["topic.pk"], name=op.f("fk_transfer_into_pk")),
        sa.ForeignKeyConstraint(["topic_pk"], ["topic.pk"], name=op.f("fk_transfer_topic_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_transfer_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_transfer")),
        sa.UniqueConstraint("id", name=op.f("uq_transfer_id")),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_forum_pk"), ["forum_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_into_pk"), ["into_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_topic_pk"), ["topic_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_workspace_pk"), ["workspace_pk"], unique=False)

    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_pk", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_topic_merged_into_pk"), ["merged_into_pk"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_topic_merged_into_pk"), "topic", ["merged_into_pk"], ["pk"])


def downgrade() -> None:
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_topic_merged_into_pk"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_topic_merged_into_pk"))
        batch_op.drop_column("merged_into_pk")

    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_workspace_pk"))
        batch_op.drop_index(batch_op.f("ix_transfer_topic_pk"))
        batch_op.drop_index(batch_op.f("ix_transfer_into_pk"))
        batch_op.drop_index(batch_op.f("ix_transfer_forum_pk"))

    op.drop_table("transfer")

"""First messages that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held",
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("forum_pk", sa.Integer(), nullable=False),
        sa.Column("topic_pk", sa.Integer(), nullable=True),
        sa.Column("author_pk", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("reply_to_pk", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("post_pk", sa.Integer(), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_pk"], ["person.pk"], name=op.f("fk_held_author_pk")),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_held_by_pk")),
        sa.ForeignKeyConstraint(["forum_pk"], ["forum.pk"], name=op.f("fk_held_forum_pk")),
        sa.ForeignKeyConstraint(["post_pk"], ["post.pk"], name=op.f("fk_held_post_pk")),
        sa.ForeignKeyConstraint(["reply_to_pk"], ["post.pk"], name=op.f("fk_held_reply_to_pk")),
        sa.ForeignKeyConstraint(["topic_pk"], ["topic.pk"], name=op.f("fk_held_topic_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_held_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_held")),
        sa.UniqueConstraint("id", name=op.f("uq_held_id")),
    )
    with op.batch_alter_table("held", schema=None) as batch_op:
        batch_op.create_index("ix_held_author", ["author_pk", "workspace_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_topic_pk"), ["topic_pk"], unique=False)
        batch_op.create_index("ix_held_waiting", ["workspace_pk", "outcome"], unique=False)

    op.create_table(
        "held_file",
        sa.Column("held_pk", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(length=120), nullable=False),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["held_pk"], ["held.pk"], name=op.f("fk_held_file_held_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_held_file")),
        sa.UniqueConstraint("id", name=op.f("uq_held_file_id")),
    )
    with op.batch_alter_table("held_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_file_held_pk"), ["held_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_file_sha256"), ["sha256"], unique=False)

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holds_first", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("held_count", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_column("held_count")
        batch_op.drop_column("holds_first")

    with op.batch_alter_table("held_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_held_file_sha256"))
        batch_op.drop_index(batch_op.f("ix_held_file_held_pk"))

    op.drop_table("held_file")
    with op.batch_alter_table("held", schema=None) as batch_op:
        batch_op.drop_index("ix_held_waiting")
        batch_op.drop_index(batch_op.f("ix_held_topic_pk"))
        batch_op.drop_index("ix_held_author")

    op.drop_table("held")

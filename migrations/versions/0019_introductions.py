"""Introductions, of members to a community and of two to one another, and where newcomers are welcomed"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "welcome",
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("topic_pk", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_pk"], ["topic.pk"], name=op.f("fk_welcome_topic_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_welcome_workspace_pk")),
        sa.PrimaryKeyConstraint("workspace_pk", name=op.f("pk_welcome")),
    )
    with op.batch_alter_table("welcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_welcome_topic_pk"), ["topic_pk"], unique=False)

    op.create_table(
        "introduction",
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("one_pk", sa.Integer(), nullable=False),
        sa.Column("other_pk", sa.Integer(), nullable=True),
        sa.Column("asked_by_pk", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("one_says", sa.Boolean(), nullable=True),
        sa.Column("other_says", sa.Boolean(), nullable=True),
        sa.Column("post_pk", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_pk"], ["person.pk"], name=op.f("fk_introduction_asked_by_pk")),
        sa.ForeignKeyConstraint(["one_pk"], ["person.pk"], name=op.f("fk_introduction_one_pk")),
        sa.ForeignKeyConstraint(["other_pk"], ["person.pk"], name=op.f("fk_introduction_other_pk")),
        sa.ForeignKeyConstraint(["post_pk"], ["post.pk"], name=op.f("fk_introduction_post_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_introduction_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_introduction")),
        sa.UniqueConstraint("id", name=op.f("uq_introduction_id")),
    )
    with op.batch_alter_table("introduction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_introduction_one_pk"), ["one_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_introduction_other_pk"), ["other_pk"], unique=False)
        batch_op.create_index("ix_introduction_workspace", ["workspace_pk", "one_pk"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("introduction", schema=None) as batch_op:
        batch_op.drop_index("ix_introduction_workspace")
        batch_op.drop_index(batch_op.f("ix_introduction_other_pk"))
        batch_op.drop_index(batch_op.f("ix_introduction_one_pk"))

    op.drop_table("introduction")
    with op.batch_alter_table("welcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_welcome_topic_pk"))

    op.drop_table("welcome")

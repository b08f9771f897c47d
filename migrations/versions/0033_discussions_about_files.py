"""discussions about files"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "topic_file",
        sa.Column("topic_pk", sa.Integer(), nullable=False),
        sa.Column("file_pk", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["file_pk"], ["file.pk"], name=op.f("fk_topic_file_file_pk")),
        sa.ForeignKeyConstraint(["topic_pk"], ["topic.pk"], name=op.f("fk_topic_file_topic_pk")),
        sa.PrimaryKeyConstraint("topic_pk", name=op.f("pk_topic_file")),
    )
    with op.batch_alter_table("topic_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_file_file_pk"), ["file_pk"], unique=False)

    with op.batch_alter_table("held", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=60), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("held", schema=None) as batch_op:
        batch_op.drop_column("about")

    with op.batch_alter_table("topic_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topic_file_file_pk"))

    op.drop_table("topic_file")

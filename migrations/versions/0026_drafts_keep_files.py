"""drafts keep files"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_file",
        sa.Column("draft_pk", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(length=120), nullable=False),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_pk"], ["draft.pk"], name=op.f("fk_draft_file_draft_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_draft_file")),
        sa.UniqueConstraint("id", name=op.f("uq_draft_file_id")),
    )
    with op.batch_alter_table("draft_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_file_draft_pk"), ["draft_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_file_sha256"), ["sha256"], unique=False)

    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("file_count", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_column("file_count")

    with op.batch_alter_table("draft_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_file_sha256"))
        batch_op.drop_index(batch_op.f("ix_draft_file_draft_pk"))

    op.drop_table("draft_file")

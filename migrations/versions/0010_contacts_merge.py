"""Contacts who are one person, and things that look alike and are not the same."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "not_the_same",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("one_pk", sa.Integer(), nullable=False),
        sa.Column("other_pk", sa.Integer(), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_not_the_same_by_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_not_the_same")),
        sa.UniqueConstraint("kind", "one_pk", "other_pk", name=op.f("uq_not_the_same_kind_one_pk_other_pk")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_pk", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_gave", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_contact_merged_pk"), ["merged_pk"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_contact_merged_pk"), "contact", ["merged_pk"], ["pk"])


def downgrade() -> None:
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_contact_merged_pk"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_contact_merged_pk"))
        batch_op.drop_column("merged_gave")
        batch_op.drop_column("merged_pk")

    op.drop_table("not_the_same")

"""handovers, and drafts that were handed over"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("from_pk", sa.Integer(), nullable=False),
        sa.Column("to_pk", sa.Integer(), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=True),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("announce", sa.Boolean(), nullable=False),
        sa.Column("leaves", sa.Boolean(), nullable=False),
        sa.Column("decided_by_pk", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by_pk", sa.Integer(), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_handover_by_pk")),
        sa.ForeignKeyConstraint(["decided_by_pk"], ["person.pk"], name=op.f("fk_handover_decided_by_pk")),
        sa.ForeignKeyConstraint(["from_pk"], ["person.pk"], name=op.f("fk_handover_from_pk")),
        sa.ForeignKeyConstraint(["reversed_by_pk"], ["person.pk"], name=op.f("fk_handover_reversed_by_pk")),
        sa.ForeignKeyConstraint(["to_pk"], ["person.pk"], name=op.f("fk_handover_to_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_handover")),
        sa.UniqueConstraint("id", name=op.f("uq_handover_id")),
    )
    op.create_index(op.f("ix_handover_from_pk"), "handover", ["from_pk"])
    op.create_index("ix_handover_to", "handover", ["to_pk", "done_at"])
    op.create_table(
        "handover_item",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("handover_pk", sa.Integer(), nullable=False),
        sa.Column("account_pk", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("thing", sa.String(length=22), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("left", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["account_pk"], ["account.pk"], name=op.f("fk_handover_item_account_pk")),
        sa.ForeignKeyConstraint(["handover_pk"], ["handover.pk"], name=op.f("fk_handover_item_handover_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_handover_item")),
    )
    op.create_index(op.f("ix_handover_item_account_pk"), "handover_item", ["account_pk"])
    op.create_index(op.f("ix_handover_item_handover_pk"), "handover_item", ["handover_pk"])
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begun_by_pk", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_draft_begun_by_pk"), "person", ["begun_by_pk"], ["pk"])


def downgrade() -> None:
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_draft_begun_by_pk"), type_="foreignkey")
        batch_op.drop_column("begun_by_pk")
    op.drop_table("handover_item")
    op.drop_table("handover")

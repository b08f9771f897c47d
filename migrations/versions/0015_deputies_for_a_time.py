"""Who acts for an owner for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deputy",
        sa.Column("account_pk", sa.Integer(), nullable=False),
        sa.Column("owner_pk", sa.Integer(), nullable=False),
        sa.Column("person_pk", sa.Integer(), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=True),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_pk"], ["account.pk"], name=op.f("fk_deputy_account_pk")),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_deputy_by_pk")),
        sa.ForeignKeyConstraint(["owner_pk"], ["person.pk"], name=op.f("fk_deputy_owner_pk")),
        sa.ForeignKeyConstraint(["person_pk"], ["person.pk"], name=op.f("fk_deputy_person_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_deputy")),
        sa.UniqueConstraint("id", name=op.f("uq_deputy_id")),
    )
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deputy_account_pk"), ["account_pk"], unique=False)
        batch_op.create_index("ix_deputy_person", ["person_pk", "account_pk"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.drop_index("ix_deputy_person")
        batch_op.drop_index(batch_op.f("ix_deputy_account_pk"))

    op.drop_table("deputy")

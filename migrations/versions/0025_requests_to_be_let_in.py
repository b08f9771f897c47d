"""Requests to be let in."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry_request",
        sa.Column("workspace_pk", sa.Integer(), nullable=True),
        sa.Column("account_pk", sa.Integer(), nullable=True),
        sa.Column("proposed_by_pk", sa.Integer(), nullable=True),
        sa.Column("at", sa.String(length=500), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("told_by", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_pk", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("never", sa.Boolean(), nullable=False),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_pk"], ["account.pk"], name=op.f("fk_entry_request_account_pk")),
        sa.ForeignKeyConstraint(["answered_by_pk"], ["person.pk"], name=op.f("fk_entry_request_answered_by_pk")),
        sa.ForeignKeyConstraint(["proposed_by_pk"], ["person.pk"], name=op.f("fk_entry_request_proposed_by_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_entry_request_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_entry_request")),
        sa.UniqueConstraint("id", name=op.f("uq_entry_request_id")),
    )
    with op.batch_alter_table("entry_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_request_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_request_proposed_by_pk"), ["proposed_by_pk"], unique=False)
        batch_op.create_index("ix_entry_request_workspace", ["workspace_pk", "email"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("entry_request", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_request_workspace")
        batch_op.drop_index(batch_op.f("ix_entry_request_proposed_by_pk"))
        batch_op.drop_index(batch_op.f("ix_entry_request_expires_at"))

    op.drop_table("entry_request")

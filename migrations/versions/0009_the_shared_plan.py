"""The shared plan: steps and milestones, whose they are, and the days they were due."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_item",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("milestone_pk", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=5), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by_pk", sa.Integer(), nullable=False),
        sa.Column("topic_pk", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_pk", sa.Integer(), nullable=True),
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("account_pk", sa.Integer(), nullable=True),
        sa.Column("audience_pk", sa.Integer(), nullable=False),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by_pk"], ["person.pk"], name=op.f("fk_plan_item_added_by_pk")),
        sa.ForeignKeyConstraint(["audience_pk"], ["audience.pk"], name=op.f("fk_plan_item_audience_pk")),
        sa.ForeignKeyConstraint(["milestone_pk"], ["plan_item.pk"], name=op.f("fk_plan_item_milestone_pk")),
        sa.ForeignKeyConstraint(["removed_by_pk"], ["person.pk"], name=op.f("fk_plan_item_removed_by_pk")),
        sa.ForeignKeyConstraint(["topic_pk"], ["topic.pk"], name=op.f("fk_plan_item_topic_pk")),
        sa.ForeignKeyConstraint(
            ["workspace_pk", "account_pk"],
            ["workspace_account.workspace_pk", "workspace_account.account_pk"],
            name=op.f("fk_plan_item_workspace_pk_account_pk"),
        ),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_plan_item_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_plan_item")),
        sa.UniqueConstraint("id", name=op.f("uq_plan_item_id")),
    )
    with op.batch_alter_table("plan_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_item_audience_pk"), ["audience_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_item_milestone_pk"), ["milestone_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_item_workspace_pk"), ["workspace_pk"], unique=False)

    op.create_table(
        "plan_due",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("item_pk", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_to", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_pk"], ["plan_item.pk"], name=op.f("fk_plan_due_item_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_plan_due")),
    )
    with op.batch_alter_table("plan_due", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_due_item_pk"), ["item_pk"], unique=False)
        batch_op.create_index(
            "uq_plan_due_now",
            ["item_pk"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL AND recorded_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL AND recorded_to IS NULL"),
        )

    op.create_table(
        "plan_owner",
        sa.Column("item_pk", sa.Integer(), nullable=False),
        sa.Column("person_pk", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_pk"], ["plan_item.pk"], name=op.f("fk_plan_owner_item_pk")),
        sa.ForeignKeyConstraint(["person_pk"], ["person.pk"], name=op.f("fk_plan_owner_person_pk")),
        sa.PrimaryKeyConstraint("item_pk", "person_pk", name=op.f("pk_plan_owner")),
    )
    with op.batch_alter_table("plan_owner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_owner_person_pk"), ["person_pk"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("plan_owner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_owner_person_pk"))

    op.drop_table("plan_owner")
    with op.batch_alter_table("plan_due", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_due_now",
            sqlite_where=sa.text("valid_to IS NULL AND recorded_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL AND recorded_to IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_due_item_pk"))

    op.drop_table("plan_due")
    with op.batch_alter_table("plan_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_item_workspace_pk"))
        batch_op.drop_index(batch_op.f("ix_plan_item_milestone_pk"))
        batch_op.drop_index(batch_op.f("ix_plan_item_audience_pk"))

    op.drop_table("plan_item")

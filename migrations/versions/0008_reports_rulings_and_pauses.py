"""Reports, rulings and pauses"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("person_pk", sa.Integer(), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_pause_by_pk")),
        sa.ForeignKeyConstraint(["person_pk"], ["person.pk"], name=op.f("fk_pause_person_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_pause_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_pause")),
        sa.UniqueConstraint("id", name=op.f("uq_pause_id")),
    )
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.create_index("ix_pause_person", ["person_pk", "workspace_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_pause_workspace_pk"), ["workspace_pk"], unique=False)

    op.create_table(
        "ruling",
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("post_pk", sa.Integer(), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hid", sa.Boolean(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_pk", sa.Integer(), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_ruling_by_pk")),
        sa.ForeignKeyConstraint(["post_pk"], ["post.pk"], name=op.f("fk_ruling_post_pk")),
        sa.ForeignKeyConstraint(["undone_by_pk"], ["person.pk"], name=op.f("fk_ruling_undone_by_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_ruling_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_ruling")),
        sa.UniqueConstraint("id", name=op.f("uq_ruling_id")),
    )
    with op.batch_alter_table("ruling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ruling_post_pk"), ["post_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_ruling_workspace_pk"), ["workspace_pk"], unique=False)

    op.create_table(
        "flag",
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("post_pk", sa.Integer(), nullable=False),
        sa.Column("reporter_pk", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ruling_pk", sa.Integer(), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_pk"], ["post.pk"], name=op.f("fk_flag_post_pk")),
        sa.ForeignKeyConstraint(["reporter_pk"], ["person.pk"], name=op.f("fk_flag_reporter_pk")),
        sa.ForeignKeyConstraint(["ruling_pk"], ["ruling.pk"], name=op.f("fk_flag_ruling_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_flag_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_flag")),
        sa.UniqueConstraint("id", name=op.f("uq_flag_id")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_reporter_pk"), ["reporter_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_ruling_pk"), ["ruling_pk"], unique=False)
        batch_op.create_index("ix_flag_waiting", ["workspace_pk", "ruling_pk"], unique=False)
        batch_op.create_index(
            "uq_flag_waiting",
            ["post_pk", "reporter_pk"],
            unique=True,
            sqlite_where=sa.text("ruling_pk IS NULL"),
            postgresql_where=sa.text("ruling_pk IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index("uq_flag_waiting", sqlite_where=sa.text("ruling_pk IS NULL"), postgresql_where=sa.text("ruling_pk IS NULL"))
        batch_op.drop_index("ix_flag_waiting")
        batch_op.drop_index(batch_op.f("ix_flag_ruling_pk"))
        batch_op.drop_index(batch_op.f("ix_flag_reporter_pk"))

    op.drop_table("flag")
    with op.batch_alter_table("ruling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ruling_workspace_pk"))
        batch_op.drop_index(batch_op.f("ix_ruling_post_pk"))

    op.drop_table("ruling")
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pause_workspace_pk"))
        batch_op.drop_index("ix_pause_person")

    op.drop_table("pause")

"""what comes by mail and by drop: addresses, letters as they came, and what was made of them"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "capture_address",
        sa.Column("local", sa.String(length=40), nullable=False),
        sa.Column("account_pk", sa.Integer(), nullable=True),
        sa.Column("workspace_pk", sa.Integer(), nullable=True),
        sa.Column("made_by_pk", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_pk"], ["account.pk"], name=op.f("fk_capture_address_account_pk")),
        sa.ForeignKeyConstraint(["made_by_pk"], ["person.pk"], name=op.f("fk_capture_address_made_by_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_capture_address_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_capture_address")),
        sa.UniqueConstraint("id", name=op.f("uq_capture_address_id")),
        sa.UniqueConstraint("local", name=op.f("uq_capture_address_local")),
    )
    endless = sa.text("ended_at IS NULL")
    for column in ("account", "workspace"):
        name = f"uq_capture_address_{column}"
        op.create_index(name, "capture_address", [f"{column}_pk"], unique=True, sqlite_where=endless, postgresql_where=endless)
    op.create_table(
        "captured",
        sa.Column("place", sa.String(length=30), nullable=False),
        sa.Column("account_pk", sa.Integer(), nullable=True),
        sa.Column("workspace_pk", sa.Integer(), nullable=True),
        sa.Column("audience_pk", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("proven", sa.String(length=10), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_pk"], ["account.pk"], name=op.f("fk_captured_account_pk")),
        sa.ForeignKeyConstraint(["audience_pk"], ["audience.pk"], name=op.f("fk_captured_audience_pk")),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_captured_by_pk")),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_captured_workspace_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_captured")),
        sa.UniqueConstraint("id", name=op.f("uq_captured_id")),
        sa.UniqueConstraint("place", "message_id", "digest", name=op.f("uq_captured_place_message_id_digest")),
    )
    op.create_index("ix_captured_account", "captured", ["account_pk", "pk"])
    op.create_index("ix_captured_workspace", "captured", ["workspace_pk", "pk"])
    op.create_index(op.f("ix_captured_sha256"), "captured", ["sha256"])
    op.create_table(
        "captured_thing",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("captured_pk", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("thing_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["captured_pk"], ["captured.pk"], name=op.f("fk_captured_thing_captured_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_captured_thing")),
    )
    op.create_index("ix_captured_thing", "captured_thing", ["kind", "thing_id"])
    op.create_index(op.f("ix_captured_thing_captured_pk"), "captured_thing", ["captured_pk"])


def downgrade() -> None:
    op.drop_table("captured_thing")
    op.drop_table("captured")
    op.drop_table("capture_address")

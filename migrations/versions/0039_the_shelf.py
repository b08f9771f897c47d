"""the shelf and where its documents are placed"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "placement",
        sa.Column("file_pk", sa.Integer(), nullable=False),
        sa.Column("master_pk", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_pk", sa.Integer(), nullable=False),
        sa.Column("follows", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=True),
        sa.Column("placed_by_pk", sa.Integer(), nullable=False),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_pk"], ["file.pk"], name=op.f("fk_placement_file_pk")),
        sa.ForeignKeyConstraint(["master_pk"], ["file.pk"], name=op.f("fk_placement_master_pk")),
        sa.ForeignKeyConstraint(["placed_by_pk"], ["person.pk"], name=op.f("fk_placement_placed_by_pk")),
        sa.ForeignKeyConstraint(["version_pk"], ["file_version.pk"], name=op.f("fk_placement_version_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_placement")),
        sa.UniqueConstraint("file_pk", name=op.f("uq_placement_file_pk")),
        sa.UniqueConstraint("id", name=op.f("uq_placement_id")),
    )
    op.create_index(op.f("ix_placement_master_pk"), "placement", ["master_pk"])
    one = sa.text("kind = 'shelf'")
    op.create_index("uq_workspace_shelf", "workspace", ["kind"], unique=True, sqlite_where=one, postgresql_where=one)


def downgrade() -> None:
    op.drop_index("uq_workspace_shelf", "workspace")
    op.drop_table("placement")

"""how long files are read"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_reading",
        sa.Column("version_pk", sa.Integer(), nullable=False),
        sa.Column("person_pk", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_pk"], ["person.pk"], name=op.f("fk_file_reading_person_pk")),
        sa.ForeignKeyConstraint(["version_pk"], ["file_version.pk"], name=op.f("fk_file_reading_version_pk")),
        sa.PrimaryKeyConstraint("version_pk", "person_pk", "page", name=op.f("pk_file_reading")),
    )
    with op.batch_alter_table("file_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_reading_person_pk"), ["person_pk"], unique=False)

    op.add_column("workspace", sa.Column("reading_times", sa.Boolean(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("workspace", "reading_times")

    with op.batch_alter_table("file_reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_reading_person_pk"))

    op.drop_table("file_reading")

"""What stands under Start here is a list of its own: discussions and the plan too, in an order that is chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

EARLIER = """(select count(*) from file other where other.workspace_pk = file.workspace_pk and other.removed_at is null
 and (other.pinned_at < file.pinned_at or (other.pinned_at = file.pinned_at and other.pk < file.pk)))"""


def upgrade() -> None:
    op.create_table(
        "pin",
        sa.Column("workspace_pk", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("thing", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_pk"], ["workspace.pk"], name=op.f("fk_pin_workspace_pk")),
        sa.PrimaryKeyConstraint("workspace_pk", "kind", "thing", name=op.f("pk_pin")),
    )
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.create_index("ix_pin_thing", ["kind", "thing"], unique=False)
    op.execute(
        f"insert into pin (workspace_pk, kind, thing, position) select workspace_pk, 'file', id, {EARLIER} from file"  # noqa: S608
        " where pinned_at is not null and removed_at is null"
    )
    op.execute("alter table file drop column pinned_at")  # not as a batch, which would make the whole table anew


def downgrade() -> None:
    op.add_column("file", sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update file set pinned_at = created_at where id in (select thing from pin where kind = 'file')")
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.drop_index("ix_pin_thing")

    op.drop_table("pin")

"""How much people want to hear of what, where it goes, and letters that sum up."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("person_pk", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_pk"], ["person.pk"], name=op.f("fk_digest_person_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_digest")),
        sa.UniqueConstraint("person_pk", "kind", "due_at", name=op.f("uq_digest_person_pk_kind_due_at")),
    )
    op.create_table(
        "notice_level",
        sa.Column("person_pk", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["person_pk"], ["person.pk"], name=op.f("fk_notice_level_person_pk")),
        sa.PrimaryKeyConstraint("person_pk", "thing", name=op.f("pk_notice_level")),
    )
    with op.batch_alter_table("notice_level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_level_thing"), ["thing"], unique=False)

    op.create_table(
        "notice_wishes",
        sa.Column("person_pk", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("addressed", sa.String(length=8), nullable=False),
        sa.Column("followed", sa.String(length=8), nullable=False),
        sa.Column("plan", sa.String(length=8), nullable=False),
        sa.Column("every", sa.String(length=4), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("quiet_days", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(["person_pk"], ["person.pk"], name=op.f("fk_notice_wishes_person_pk")),
        sa.PrimaryKeyConstraint("person_pk", name=op.f("pk_notice_wishes")),
    )


def downgrade() -> None:
    op.drop_table("notice_wishes")
    with op.batch_alter_table("notice_level", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_level_thing"))

    op.drop_table("notice_level")
    op.drop_table("digest")

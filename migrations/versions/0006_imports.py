"""Imports; what accounts are also called; contacts who move and merge; people named in what was imported."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_key",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("thing_id", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_external_key")),
    )
    with op.batch_alter_table("external_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_key_thing_id"), ["thing_id"], unique=False)

    op.create_table(
        "account_name",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("account_pk", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("alias", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_pk"], ["account.pk"], name=op.f("fk_account_name_account_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_account_name")),
    )
    with op.batch_alter_table("account_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_name_account_pk"), ["account_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_name_key"), ["key"], unique=False)

    op.create_table(
        "import_run",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("by_pk", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("dry", sa.Boolean(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("beside", sa.JSON(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_pk"], ["person.pk"], name=op.f("fk_import_run_by_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_import_run")),
        sa.UniqueConstraint("id", name=op.f("uq_import_run_id")),
    )
    op.create_table(
        "contact_place",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("contact_pk", sa.Integer(), nullable=False),
        sa.Column("account_pk", sa.Integer(), nullable=False),
        sa.Column("before_pk", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_to", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_pk"], ["account.pk"], name=op.f("fk_contact_place_account_pk")),
        sa.ForeignKeyConstraint(["before_pk"], ["contact.pk"], name=op.f("fk_contact_place_before_pk")),
        sa.ForeignKeyConstraint(["contact_pk"], ["contact.pk"], name=op.f("fk_contact_place_contact_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_contact_place")),
    )
    with op.batch_alter_table("contact_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_place_account_pk"), ["account_pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_place_contact_pk"), ["contact_pk"], unique=False)

    op.create_table(
        "import_reject",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("run_pk", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_pk"], ["import_run.pk"], name=op.f("fk_import_reject_run_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_import_reject")),
    )
    with op.batch_alter_table("import_reject", schema=None) as batch_op:
        batch_op.create_index("ix_import_reject_run", ["run_pk", "pk"], unique=False)

    op.create_table(
        "imported_thing",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("run_pk", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.String(length=22), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("now", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_pk"], ["import_run.pk"], name=op.f("fk_imported_thing_run_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_imported_thing")),
    )
    with op.batch_alter_table("imported_thing", schema=None) as batch_op:
        batch_op.create_index("ix_imported_thing_run", ["run_pk", "pk"], unique=False)
        batch_op.create_index(batch_op.f("ix_imported_thing_thing_id"), ["thing_id"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_contact_account_pk_email"), type_="unique")
        batch_op.create_index(
            "uq_contact_email_now",
            ["account_pk", "email"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL AND left_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL AND left_at IS NULL"),
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("imported", sa.Boolean(), server_default=sa.false(), nullable=False))

    _fill()


def _fill() -> None:
    """Every account has its own name among its names, every contact has been at their account since they were known."""
    bind = op.get_bind()
    account, contact = (sa.table(name, *map(sa.column, columns)) for name, columns in WAS.items())
    names = sa.table("account_name", *map(sa.column, ("account_pk", "name", "key", "alias")))
    found = bind.execute(sa.select(account.c.pk, account.c.name)).all()
    if found:
        bind.execute(names.insert(), [{"account_pk": pk, "name": name, "key": _key(name), "alias": False} for pk, name in found])
    places = sa.table("contact_place", *map(sa.column, ("contact_pk", "account_pk", "valid_from", "recorded_from")))
    been = sa.select(contact.c.pk, contact.c.account_pk, contact.c.created_at, contact.c.created_at)
    bind.execute(places.insert().from_select(["contact_pk", "account_pk", "valid_from", "recorded_from"], been))


WAS = {"account": ("pk", "name"), "contact": ("pk", "account_pk", "created_at")}


def _key(words: str) -> str:
    """As portal.kernel.names had it when this was written."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return ("".join(c for c in plain if c.isalnum()) or words.strip().casefold())[:120]


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("imported")

    op.execute("UPDATE contact SET email = NULL WHERE removed_at IS NOT NULL OR left_at IS NOT NULL")  # addresses are unique again
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contact_email_now",
            sqlite_where=sa.text("removed_at IS NULL AND left_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL AND left_at IS NULL"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_contact_account_pk_email"), ["account_pk", "email"])
        batch_op.drop_column("removed_at")
        batch_op.drop_column("left_at")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("removed_at")

    with op.batch_alter_table("imported_thing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imported_thing_thing_id"))
        batch_op.drop_index("ix_imported_thing_run")

    op.drop_table("imported_thing")
    with op.batch_alter_table("import_reject", schema=None) as batch_op:
        batch_op.drop_index("ix_import_reject_run")

    op.drop_table("import_reject")
    with op.batch_alter_table("contact_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_place_contact_pk"))
        batch_op.drop_index(batch_op.f("ix_contact_place_account_pk"))

    op.drop_table("contact_place")
    op.drop_table("import_run")
    with op.batch_alter_table("account_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_name_key"))
        batch_op.drop_index(batch_op.f("ix_account_name_account_pk"))

    op.drop_table("account_name")
    with op.batch_alter_table("external_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_key_thing_id"))

    op.drop_table("external_key")

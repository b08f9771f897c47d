"""Write the next revision from the difference between the models and the revisions so far: `make migration NAME="what changes"`.

Until the first release there is one revision, written anew each time: `make migration` without a name.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import ForeignKeyConstraint

import wsgi
from portal.kernel import migrations
from portal.kernel.db import Base
from portal.kernel.settings import Settings, prepared

VERSIONS = Path(__file__).parent / "versions"
FIRST = VERSIONS / "0001_first.py"
ON_POSTGRESQL = '    if op.get_bind().dialect.name == "postgresql":\n'


def write(name: str) -> None:
    """Read what is written before it is committed: it is a proposal."""
    if not name:
        FIRST.unlink(missing_ok=True)
        # SQLite cannot tell us its indexes on expressions, and Alembic then leaves them out; in an empty database there are none.
        SQLiteImpl._skip_functional_indexes = lambda *lists: None  # type: ignore[method-assign]
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        house = wsgi.build_house(prepared(Settings(data_dir=Path(folder))))
        migrations.run(house.db, command.upgrade, "head")
        migrations.run(house.db, command.revision, name or "first", autogenerate=True, rev_id=number, attributes={"batch": bool(name)})
        house.db.close()
    written = max(VERSIONS.glob("[0-9]*.py"))
    if not name:
        _close_circles(written)
    for act in (("check", "--fix", "--exit-zero", "--quiet"), ("format", "--quiet")):
        subprocess.run([sys.executable, "-m", "ruff", *act, str(written)], check=True)
    sys.stdout.write(f"{written}\n")


def _close_circles(path: Path) -> None:
    """Tables that point at each other: SQLite takes such keys with the table, PostgreSQL once both tables are there."""
    circles = [
        key
        for table in Base.metadata.sorted_tables
        for key in sorted(table.constraints, key=lambda key: str(key.name))
        if isinstance(key, ForeignKeyConstraint) and key.use_alter
    ]
    made = "".join(
        f'        op.create_foreign_key("{key.name}", "{key.table.name}", "{key.referred_table.name}", {key.column_keys}, '
        f"{[each.column.name for each in key.elements]})\n"
        for key in circles
    )
    dropped = "".join(f'        op.drop_constraint("{key.name}", "{key.table.name}", type_="foreignkey")\n' for key in circles)
    up, down = path.read_text().split("def downgrade() -> None:\n")
    path.write_text(f"{up.rstrip()}\n{ON_POSTGRESQL}{made}\n\ndef downgrade() -> None:\n{ON_POSTGRESQL}{dropped}{down}")


if __name__ == "__main__":
    write(" ".join(sys.argv[1:]))

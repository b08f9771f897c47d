"""An account written out: pages to be read, every row as data, the files with every version, and the signed list of hashes."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, false, or_, select, text
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.kernel.actor import the_system
from portal.kernel.clock import now, rfc3339
from portal.kernel.copying import COPIED, STEP, Scope
from portal.kernel.db import Base
from portal.kernel.events import Chain, record
from portal.kernel.house import House
from portal.kernel.policy import allowed
from portal.people.models import Person
from portal.people.queries import vendor
from search.copies import hashes
from search.copies.assembling import assemble, line_of
from search.copies.events import ACCOUNT_COPIED
from search.copies.format import FORMAT, SUBJECTS, VERSION, fields_of, tables, written
from workspaces.rooms.copies import own_rooms_of
from workspaces.rooms.models import Membership


class Folder:
    """A folder being filled; every file's hash goes into its list."""

    def __init__(self, root: Path) -> None:
        self.root, self.files, self.size = root, 0, 0
        self._list = (root / hashes.LIST).open("w", encoding="utf-8")
        self._named: set[str] = set()

    def add(self, path: str, pieces: Iterable[bytes]) -> None:
        if path in self._named:
            return
        self._named.add(path)
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with target.open("wb") as file:
            for piece in pieces:
                digest.update(piece)
                self.size += file.write(piece)
        self.files += 1
        self._list.write(f"{digest.hexdigest()}  {path}\n")

    def close(self) -> None:
        self._list.close()


def write_account(house: House, account_id: str, target: Path) -> dict[str, Any]:
    """Write the copy of an account to a folder that is not there yet, or is empty; what it came to. That it was taken is on the
    account's trail, and so in the copy."""
    with house.db.writing() as session:
        account = session.scalars(select(Account).where(Account.id == account_id)).one()
        record(the_system(session), ACCOUNT_COPIED, account, audience_pk=account.audience_pk, account=account)
    with _beside(target) as root, _snapshot(house) as session:
        folder, system = Folder(root), the_system(session)
        account = session.scalars(allowed(system, May.READ_ACCOUNT).where(Account.id == account_id)).one()
        head = session.get_one(Chain, account.id)
        assemble(
            house, system, Scope(account=account), folder, head=head, key=hashes.fingerprint(hashes.own_key(house.settings).public_key())
        )
        counts = _Rows(session, account, folder).write()
        told = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": rfc3339(now()),
            "vendor": vendor(system).name,
            "account": {"id": account.id, "name": account.name},
            "chain": {"seq": head.seq, "hash": head.hash},
            "rows": counts,
        }
        folder.add("copy.json", [json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"])
        folder.close()
        signed_by = hashes.sign(root, house.settings)
    return {"account": account_id, "files": folder.files, "size": folder.size, "key": signed_by}


class _Rows:
    """Every row of an account as data. Audiences and people are those that the others point at."""

    def __init__(self, session: Session, account: Account, folder: Folder) -> None:
        self.session, self.account, self.folder = session, account, folder
        self.meant: dict[str, set[int]] = {"person": set(), "audience": set()}

    def write(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for table in reversed(tables()):
            mine = COPIED[table.name].mine
            where = mine(self.account.pk) if mine is not None else None
            counts[table.name] = 0
            self.folder.add(f"data/{table.name}.jsonl", self._lines(table, where, counts))
        return dict(sorted(counts.items()))

    def _lines(self, table: Table, where: Any, counts: dict[str, int]) -> Iterator[bytes]:
        for rows in self._some(table, where):
            ids = self._ids_of(table, rows)
            for row in self._finished(table, rows, [written(table.name, row, ids) for row in rows]):
                counts[table.name] += 1
                yield line_of(row)

    def _some(self, table: Table, where: Any) -> Iterator[list[Any]]:
        if where is not None:
            found = select(table).where(where).order_by(*table.primary_key.columns).execution_options(yield_per=STEP)
            yield from (list(rows) for rows in self.session.execute(found).partitions())
            return
        pks = sorted(self.meant[table.name])
        for at in range(0, len(pks), STEP):
            yield list(self.session.execute(select(table).where(table.c.pk.in_(pks[at : at + STEP])).order_by(table.c.pk)))

    def _ids_of(self, table: Table, rows: list[Any]) -> dict[str, dict[int, str]]:
        wanted: dict[str, set[int]] = {}
        for field in fields_of(table.name):
            if field.table:
                pks = {getattr(row, field.column.name) for row in rows} - {None}
                wanted.setdefault(field.table, set()).update(pks)
        for name in self.meant:
            self.meant[name] |= wanted.get(name, set())
        found = {}
        for name, pks in wanted.items():
            other = Base.metadata.tables[name]
            found[name] = dict(self.session.execute(select(other.c.pk, other.c.id).where(other.c.pk.in_(pks))).all())
        return found

    def _finished(self, table: Table, rows: list[Any], told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if table.name == "audience":
            return [row | {"subject": self._subject(of)} for of, row in zip(rows, told, strict=True)]
        if table.name == "person":
            known = self._known([row.pk for row in rows])
            return [row if of.pk in known else _nameless(row) for of, row in zip(rows, told, strict=True)]
        return told

    def _subject(self, audience: Any) -> str | None:
        """The id of what an audience is of; none for those of the installation."""
        if audience.kind not in SUBJECTS:
            return None
        of = Base.metadata.tables[SUBJECTS[audience.kind]]
        return self.session.scalar(select(of.c.id).where(of.c.pk == audience.subject_pk))

    def _known(self, pks: list[int]) -> set[int]:
        """Those whom this account may take along by name: ours, its own people, and whoever was in its own workspaces."""
        own = own_rooms_of(self.account.pk)
        there = select(Membership.person_pk).where(or_(Membership.account_pk == self.account.pk, Membership.workspace_pk.in_(own)))
        known = or_(Person.is_staff.is_(True), Person.account_pk == self.account.pk, Person.pk.in_(there))
        return set(self.session.scalars(select(Person.pk).where(Person.pk.in_(pks) if pks else false(), known)))


def _nameless(row: dict[str, Any]) -> dict[str, Any]:
    """Somebody of another company in a community: that there was one, and not who."""
    return row | {"name": "Somebody of another company", "email": None, "title": "", "phone": "", "account": None}


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder that takes its name only when all is in it. Raises FileExistsError where something is there already."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    root = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield root
        os.replace(root, target)
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _snapshot(house: House) -> Iterator[Session]:
    """A reading session that sees one moment throughout."""
    with house.db.reading() as session:
        if not house.db.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            session.execute(text("SET LOCAL statement_timeout = 0"))
        yield session

"""An account brought in from the copy that another installation wrote: ids, times, authors and the chain of hashes as they were.

Nothing here is overwritten. People come without a way in: staff of the old installation are names that have left, clients are
suspended until an admin lets them in. What a copy says is not trusted: its HTML is rendered anew, and its chain must hold.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel import events, horizon, outbox
from portal.kernel.actor import Actor, the_system
from portal.kernel.clock import now
from portal.kernel.copying import STEP
from portal.kernel.db import Base
from portal.kernel.errors import Refused
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.kernel.house import House
from portal.kernel.ids import is_id
from portal.kernel.indexing import FINDABLE
from portal.kernel.markdown import render
from portal.kernel.outbox import Task
from portal.people.actions import installation
from portal.people.actions.installation import note
from portal.people.models import Person, Reporting
from search.copies import hashes
from search.copies.events import ACCOUNT_BROUGHT
from search.copies.format import FORMAT, SUBJECTS, VERSION, Field, fields_of, tables
from search.indexer.jobs import TOPIC
from workspaces.rooms import actions as rooms
from workspaces.rooms.copies import rooms_of
from workspaces.rooms.models import COMMUNITY, OWNER, Membership, Workspace

SHARED = {"audience", "person", "workspace", "member_group", "forum", "folder", "topic"}  # may be here from another account's copy


class Unusable(Exception):
    """A copy cannot be brought in; the line says why."""


def bring_in(house: House, folder: Path, *, key: str = "", owner: str = "") -> dict[str, Any]:
    """Bring in the copy in a folder and say what came of it; `brought` is False where it is here already. `owner` is the address of
    who looks after the account from now on. Raises NotWhole where a file is not as it was signed, Unusable for what cannot come in."""
    signed_by = hashes.verify(folder, key)
    told = _told(folder)
    answer = {"account": told["account"]["id"], "name": told["account"]["name"], "key": signed_by}
    if _is_here(house, told):
        return answer | {"brought": False, "rows": 0}
    _take_bytes(house, folder)
    try:
        with house.db.writing() as session:
            rows = _Incoming(session, folder).bring()
            _finish(session, told, owner)
    except (IntegrityError, StatementError, KeyError, TypeError, ValueError) as wrong:
        raise Unusable(f"This copy cannot be brought in; nothing was changed: {_in_short(wrong)}") from wrong
    return answer | {"brought": True, "rows": rows}


def _told(folder: Path) -> dict[str, Any]:
    """What the copy says of itself."""
    try:
        told: dict[str, Any] = json.loads((folder / "copy.json").read_text(encoding="utf-8"))
        if told["format"] != FORMAT or told["version"] != VERSION:
            raise Unusable(f"This is {told['format']} version {told['version']}; this program reads {FORMAT} version {VERSION}.")
        if not is_id(told["account"]["id"]) or not isinstance(told["account"]["name"], str):
            raise ValueError
        return told | {"chain": {"seq": int(told["chain"]["seq"]), "hash": str(told["chain"]["hash"])}, "vendor": str(told["vendor"])}
    except (FileNotFoundError, KeyError, TypeError, ValueError) as wrong:
        raise Unusable("There is no copy of an account here: copy.json is missing or says nothing that we know.") from wrong


def _is_here(house: House, told: dict[str, Any]) -> bool:
    """Whether this very history is here, perhaps longer by now. Raises Unusable where the account is here with another one."""
    with house.db.reading() as session:
        id, end = told["account"]["id"], told["chain"]
        if session.scalar(select(Account.pk).where(Account.id == id)) is None:
            return False
        if session.scalar(select(Event.hash).where(Event.chain == id, Event.seq == end["seq"])) == end["hash"]:
            return True
    raise Unusable(f"The account {told['account']['name']} is here already, with another history. Nothing was changed.")


def _take_bytes(house: House, folder: Path) -> None:
    """The bytes of every version, before any row names them. Of files that were forgotten there are none."""
    forgotten = {row["id"] for row in _rows(folder, "file") if row["version"] is None}
    for row in _rows(folder, "file_version"):
        if row["file"] in forgotten:
            continue
        found = list((folder / "files" / _id(row["file"])).glob(f"{int(row['number'])}-*"))
        if not found or hashes.digest_of(found[0]) != row["sha256"]:
            raise hashes.NotWhole([f"files/{row['file']}/{row['number']}: is not what version {row['id']} was"])
        with found[0].open("rb") as file:
            house.storage.put(iter(lambda file=file: file.read(hashes.PIECE), b""), found[0].stat().st_size)  # type: ignore[misc]


class _Incoming:
    """The rows of a copy on their way into this database, table by table, some at a time."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session, self.folder, self.moment = session, folder, now()

    def bring(self) -> int:
        horizon.mark(self.session)
        count = sum(self._bring_table(table) for table in tables())
        for table in tables():
            for field in fields_of(table.name):
                if field.late:
                    self._point(table, field)
        self._point_audiences()
        self._write_reporting()
        return count

    def _bring_table(self, table: Table) -> int:
        count = 0
        for rows in _steps(_rows(self.folder, table.name)):
            fresh = self._not_here(table, rows)
            if fresh:
                self.session.execute(insert(table), self._values(table, fresh))
                self._have_indexed(table, fresh)
            count += len(fresh)
        return count

    def _not_here(self, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What is here already is left as it is: what several accounts share, and nothing else."""
        if "id" not in table.c:
            return rows
        ids = [_id(row["id"]) for row in rows]
        here = set(self.session.scalars(select(table.c.id).where(table.c.id.in_(ids))))
        if here and table.name not in SHARED:
            raise ValueError(f"{table.name} {sorted(here)[0]} is here already")
        return [row for row in rows if row["id"] not in here]

    def _values(self, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        fields = fields_of(table.name)
        pks = self._pks(fields, rows)
        return [self._finished(table, row, {field.column.name: _value(field, row, pks) for field in fields}) for row in rows]

    def _pks(self, fields: tuple[Field, ...], rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
        """The keys here of what these rows point at, by table and id."""
        wanted: dict[str, set[str]] = {}
        for field in fields:
            if field.table:
                wanted.setdefault(field.table, set()).update(_id(row[field.name]) for row in rows if row[field.name] is not None)
        found = {}
        for name, ids in wanted.items():
            other = Base.metadata.tables[name]
            found[name] = dict(self.session.execute(select(other.c.id, other.c.pk).where(other.c.id.in_(ids))).all())
        return found

    def _finished(self, table: Table, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        if table.name == "person":
            return values | {"email": self._address(row), "suspended_at": values["suspended_at"] or self.moment}
        if table.name == "audience":
            return values | {"subject_pk": 0}
        if "html" in values:
            return values | {"html": render(str(row["body"]))}
        return values

    def _address(self, row: dict[str, Any]) -> str:
        """A client's own address where nobody here has it. Everybody else is a name only: nobody reads mail at this one."""
        email = str(row["email"] or "").lower()
        taken = self.session.scalar(select(Person.pk).where(Person.email == email))
        return email if email and not row["is_staff"] and taken is None else f"{row['id']}@copy.invalid".lower()

    def _have_indexed(self, table: Table, rows: list[dict[str, Any]]) -> None:
        for kind, of in FINDABLE.items():
            if of.model.__tablename__ == table.name:
                for row in rows:
                    outbox.enqueue(self.session, TOPIC, Task(f"{kind}:{row['id']}", {"key": f"{kind}:{row['id']}"}))
        self.session.flush()

    def _point(self, table: Table, field: Field) -> None:
        """What points at rows that came later. What is not in the copy, as another company's message, is pointed at by nothing."""
        for rows in _steps(row for row in _rows(self.folder, table.name) if row[field.name] is not None):
            pks = self._pks((field,), rows)[field.table]
            for row in rows:
                if (pk := pks.get(row[field.name])) is not None:
                    self.session.execute(
                        update(table).where(table.c.id == row["id"], field.column.is_(None)).values({field.column.name: pk})
                    )

    def _point_audiences(self) -> None:
        """Audiences come before what they are of. One of the installation means ours here."""
        table = Base.metadata.tables["audience"]
        for row in _rows(self.folder, "audience"):
            if row["kind"] in SUBJECTS:
                of = Base.metadata.tables[SUBJECTS[row["kind"]]]
                pk = self.session.scalars(select(of.c.pk).where(of.c.id == _id(row["subject"]))).one()
                self.session.execute(update(table).where(table.c.id == row["id"], table.c.subject_pk == 0).values(subject_pk=pk))

    def _write_reporting(self) -> None:
        """Staff who came hold what they hold alone; they have left, so that is nothing."""
        without = select(Person.pk).where(Person.is_staff.is_(True), Person.pk.not_in(select(Reporting.person_pk)))
        self.session.add_all(Reporting(person_pk=pk, holder_pk=pk) for pk in self.session.scalars(without).all())
        self.session.flush()


def _finish(session: Session, told: dict[str, Any], owner: str) -> None:
    """The chain must hold here too; that it came is on the record; somebody may look after it from now on."""
    account = session.scalars(select(Account).where(Account.id == told["account"]["id"])).one()
    if broken := list(events.breaches(session, account.id)):
        raise Unusable("The trail of this copy does not hold; nothing was changed:\n" + "\n".join(broken[:20]))
    system = the_system(session)
    note(system, ACCOUNT_BROUGHT, installation(session), name=account.name, account=account.id, vendor=told["vendor"])
    if owner:
        try:
            successor = accounts.staff_named(system, owner)
            accounts.give_account(system, account, to=successor)
        except Refused as refused:
            raise Unusable(f"{owner} cannot look after it: {refused}. Nothing was changed.") from refused
        _come_into_communities(system, account, successor)


def _come_into_communities(system: Actor, account: Account, successor: Person) -> None:
    """A community has its members only, and those who came with the copy have left: somebody must be able to open it."""
    alive = select(Membership.workspace_pk).join(Person, Person.pk == Membership.person_pk).where(current(Membership))
    empty = Workspace.pk.not_in(alive.where(Person.is_staff.is_(True), Person.suspended_at.is_(None)))
    found = select(Workspace).where(Workspace.pk.in_(rooms_of(account.pk)), Workspace.kind == COMMUNITY, empty)
    for workspace in system.session.scalars(found.order_by(Workspace.pk)).all():
        rooms.join(system, workspace, successor, role=OWNER, account=None)


def _value(field: Field, row: dict[str, Any], pks: dict[str, dict[str, int]]) -> Any:
    value = row[field.name]
    if value is None or not field.table:
        if value is not None and field.is_day:
            return date.fromisoformat(value)
        return datetime.fromisoformat(value) if value is not None and field.is_moment else value
    pk = None if field.late else pks[field.table].get(value)
    if pk is None and not field.column.nullable:
        raise ValueError(f"{field.column.table.name} {row.get('id', '')}: its {field.name} {value} is not in the copy")
    return pk


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with (folder / "data" / f"{name}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _steps(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    step: list[dict[str, Any]] = []
    for row in rows:
        step.append(row)
        if len(step) == STEP:
            yield step
            step = []
    if step:
        yield step


def _id(value: Any) -> str:
    if not is_id(value):
        raise ValueError(f"{value!r} is not an id")
    return str(value)


def _in_short(wrong: Exception) -> str:
    return str(getattr(wrong, "orig", None) or wrong).splitlines()[0][:300]

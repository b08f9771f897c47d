"""What must stay away when an old backup is restored: what was erased, and whose access ended, since it was made.

A list in the data directory, outside of the database, remembers it; it grows with the events that take something away, names nothing
but ids, and lies beside the scheduled backups too. A restore applies it to what it has brought back before anybody can sign in.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor, the_system
from portal.kernel.clock import rfc3339
from portal.kernel.errors import Refused
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from portal.kernel.settings import Settings

NAME = "erasures.jsonl"


@dataclass(frozen=True)
class Entry:
    """One line of the list: `what` was done to the thing of this `id`, within another one where it has no id of its own."""

    what: str
    id: str
    within: str = ""
    at: str = ""  # RFC 3339


class WrongList(Refused):
    """A list that cannot be read; the words name file and line."""


Eraser = Callable[[Actor, Entry], bool]  # does it again; whether there was something to do
Names = Callable[[Event], tuple[str, str]]  # the event's (id, within)
ERASERS: dict[str, dict[str, Eraser]] = {}  # what -> feature -> how
WRITTEN: dict[str, tuple[str, Names]] = {}  # kind of event -> what it writes into the list, and of whom
GIVEN_BACK = "given back "  # before a `what`: that it no longer holds
AFTERWARDS: dict[str, Callable[[Session], int]] = {}


def erases(what: str, feature: str) -> Callable[[Eraser], Eraser]:
    """Register how a feature does `what` again to what a restore brought back. Features above are asked before those below."""

    def declare(made: Eraser) -> Eraser:
        ERASERS.setdefault(what, {})[feature] = made
        return made

    return declare


def written(kind: str, names: Names, *, what: str = "", back: str = "") -> None:
    """Have events of a kind written into the list as `what` (as they are called), or as what they give `back`."""
    WRITTEN[kind] = (GIVEN_BACK + back if back else what or kind, names)


def after_restore(says: str) -> Callable[[Callable[[Session], int]], Callable[[Session], int]]:
    """Register what a restore always does to what it brought back, and how that is called; the answer is how many there were."""

    def declare(made: Callable[[Session], int]) -> Callable[[Session], int]:
        AFTERWARDS[says] = made
        return made

    return declare


def kept(settings: Settings) -> bytes:
    """The list as it stands."""
    path = settings.data_dir / NAME
    return path.read_bytes() if path.exists() else b""


def read(raw: bytes, name: str) -> list[Entry]:
    """The entries of a list. Raises WrongList for what this program does not understand: nothing must be left out silently."""
    entries = []
    for number, line in enumerate(raw.decode(errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError):
            raise WrongList(f"{name}, line {number}: expected an object with what, id, within and at") from None
        if entry.what.removeprefix(GIVEN_BACK) not in ERASERS:
            raise WrongList(f"{name}, line {number}: nothing here knows how to do “{entry.what}” again (a newer program's list?)")
        entries.append(entry)
    return entries


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """What still holds: the last word about each thing counts."""
    last: dict[tuple[str, str, str], Entry] = {}
    for entry in sorted(entries, key=lambda each: each.at):
        last[entry.what.removeprefix(GIVEN_BACK), entry.id, entry.within] = entry
    return [entry for entry in last.values() if not entry.what.startswith(GIVEN_BACK)]


def apply(session: Session, entries: Iterable[Entry]) -> tuple[int, list[str]]:
    """Do what still holds again; how many entries there was something to do for, and what could not be done, a line each."""
    count, left = 0, []
    for entry in standing(entries):
        try:
            with session.begin_nested():
                did = [do(the_system(session), entry) for do in reversed(ERASERS[entry.what].values())]
                count += any(did)
        except Refused as refused:
            left.append(f"{entry.what} {entry.id}: {refused}")
    return count, left


def append(path: Path, entries: Iterable[Entry]) -> None:
    """Write entries at the end of a list, durably; those that stand there already are not written again."""
    there = set(path.read_text().splitlines()) if path.exists() else set()
    new = [line for line in dict.fromkeys(json.dumps(asdict(each)) for each in entries) if line not in there]
    if not new:
        return
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        file.writelines(line + "\n" for line in new)
        file.flush()
        os.fsync(file.fileno())


def forget_facts(session: Session, *which: ColumnElement[bool]) -> None:
    """Empty the facts of events, with the salt of their digests: the chains still hold."""
    session.execute(update(Event).where(*which).values(facts={}, salt=None).execution_options(synchronize_session=False))


def lists(settings: Settings) -> list[Path]:
    """Where the list is kept: in the data directory, and beside the scheduled backups while their disk is there."""
    return [folder / NAME for folder in (settings.data_dir, settings.backup_dir) if folder is not None and folder.is_dir()]


def _wanted(session: Session, event: Any) -> list[Task]:
    if event.kind not in WRITTEN:
        return []
    what, names = WRITTEN[event.kind]
    id, within = names(event)
    return [Task(NAME, asdict(Entry(what, id, within, rfc3339(event.at))))]


def _write(house: House, rows: list[OutboxRow]) -> None:
    for path in lists(house.settings):
        append(path, [Entry(**row.payload) for row in rows])


consumer(Consumer("erasures", "What must stay away when a backup is restored", _wanted, _write, batch=100))

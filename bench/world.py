"""A company that has been at it for a while: a room has a thousand messages, twenty a discussion; a rep has ten rooms, and there are as
many reps as it takes. So the whole grows and what one person sees does not. Written through actions, the talk through `mainstay import`.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import wsgi
from bench.measuring import Spent, mainstay
from bench.words import Talk
from portal.accounts import actions as accounts
from portal.kernel import migrations
from portal.kernel.actor import Actor, the_system
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from portal.people import actions as people
from portal.people import sign_ins
from portal.people.models import Person
from workspaces.forums.models import Topic
from workspaces.library import actions as library
from workspaces.library.models import Folder
from workspaces.library.receiving import take
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

A_ROOM, A_TOPIC, ROOMS_OF_A_REP, CLIENTS = 1000, 20, 10, 8
FIRST_DAY = datetime(2025, 1, 6, 8, tzinfo=UTC)
COLUMNS = ("id", "workspace", "forum", "topic", "author_email", "author_name", "at", "body")


@dataclass
class World:
    """Where it is, how large, and the one room that is looked at."""

    data: Path
    house: House
    posts: int
    imported: Spent
    room: str = ""  # its path
    account: str = ""  # an id
    topics: list[str] = field(default_factory=list)  # ids, of the room, the latest first

    def token(self, address: str) -> str:
        """A new sign-in of whoever has this address."""
        with self.house.db.writing() as session:
            return sign_ins.begin(session, person(session, address))[1]

    def tokens(self, count: int) -> list[str]:
        """A sign-in each for so many clients of the room; some more are invited where there are too few."""
        with self.house.db.writing() as session:
            room, rep = workspace(session, 0), Actor(session, person(session, rep_of(0)))
            return [sign_ins.begin(session, _client(rep, room, n))[1] for n in range(count)]


def make(data: Path, posts: int, files: int, file_size: int, *, a_room: int = A_ROOM, a_topic: int = A_TOPIC) -> World:
    """A data directory with so many messages, and so many files of so many bytes in the first room."""
    house = wsgi.build_house(prepared(Settings(data_dir=data)))
    migrations.migrate(house)
    count = -(-posts // a_room)
    for first in range(0, count, 20):  # a few rooms a transaction
        with house.db.writing() as session:
            _companies(session, range(first, min(first + 20, count)))
    with house.db.writing() as session:
        _files(house, session, files, file_size)
    table = data.parent / f"{data.name}.csv"
    _write(table, posts, a_room, a_topic)
    mainstay(data, "index", "rebuild")  # an empty one: what is imported is then indexed once, as where people are at work already
    world = World(data, house, posts, mainstay(data, "import", "messages", str(table), "--json"))
    with house.db.reading() as session:
        room = workspace(session, 0)
        latest = select(Topic.id).where(Topic.workspace_pk == room.pk).order_by(Topic.last_post_at.desc())
        world.room, world.account, world.topics = room.path, room.accounts[0].id, list(session.scalars(latest))
    return world


def title(room: int) -> str:
    return f"Room {room}"


def rep_of(room: int) -> str:
    return f"rep{room // ROOMS_OF_A_REP}@bench.example"


def client(room: int, n: int) -> str:
    return f"client{n}@company{room}.example"


def person(session: Session, address: str) -> Person:
    return session.scalars(select(Person).where(Person.email == address)).one()


def workspace(session: Session, room: int) -> Workspace:
    return session.scalars(select(Workspace).where(Workspace.title == title(room))).one()


def _companies(session: Session, which: range) -> None:
    system = the_system(session)
    if which.start == 0:
        people.add_staff(system, email="admin@bench.example", name="Alma Admin", roles=["admin"])
        people.add_staff(system, email="manager@bench.example", name="Mona Manager", roles=["manager"])
    for n in which:
        if n % ROOMS_OF_A_REP == 0:
            manager = person(session, "manager@bench.example")
            people.add_staff(system, email=rep_of(n), name=f"Rep {n // ROOMS_OF_A_REP}", roles=["rep"], manager=manager)
        rep = Actor(session, person(session, rep_of(n)))
        account = accounts.open_account(rep, name=f"Company {n}", domains=(f"company{n}.example",))
        room = rooms.open_workspace(rep, title=title(n), accounts=[account], purpose="What we talk about")
        for number in range(CLIENTS):
            _client(rep, room, number)


def _client(rep: Actor, room: Workspace, n: int) -> Person:
    """The n-th client of a room, a member of it from now on."""
    session, account = rep.session, room.accounts[0]
    address = client(int(room.title.split()[1]), n)
    found = session.scalar(select(Person).where(Person.email == address))
    if found is None:
        found = Person(email=address, name=f"Client {n} of {account.name}", account_pk=account.pk)
        session.add(found)
        session.flush()
    rooms.join(rep, room, found, role="member", account=account)
    return found


def _files(house: House, session: Session, count: int, size: int) -> None:
    rep, room = Actor(session, person(session, rep_of(0))), workspace(session, 0)
    folder = session.scalars(select(Folder).where(Folder.workspace_pk == room.pk).order_by(Folder.pk).limit(1)).one()
    talk = Talk(2)
    for n in range(count):
        words = "\n\n".join(talk.message() for _n in range(size // 200)).encode()[:size]
        library.add_file(rep, folder, received=take(house.storage, f"Report {n}.txt", [words], size))


def _write(table: Path, posts: int, a_room: int, a_topic: int) -> None:
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(_messages(posts, a_room, a_topic))


def _messages(posts: int, a_room: int, a_topic: int) -> Iterator[dict[str, Any]]:
    talk, topic = Talk(), ""
    for n in range(posts):
        room, place = divmod(n, a_room)
        if place % a_topic == 0:
            topic = f"{talk.title()} {place // a_topic}"
        who = place % (CLIENTS + 1)
        address = rep_of(room) if who == CLIENTS else client(room, who)
        at = FIRST_DAY + timedelta(minutes=5 * place, seconds=room % 60)
        told = (str(n), title(room), "General", topic, address, "", at.isoformat(), talk.message())
        yield dict(zip(COLUMNS, told, strict=True))

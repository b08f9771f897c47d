"""Two worlds, one with and one without what somebody may not know of: they get the same bytes in both.

The worlds are told by the same hand in the same order, at the same minute; only the hidden part is left out of the second. Ids come
from a seed per part, so that what both have is called the same; inner keys differ, as they would.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import object_session

import wsgi
from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.hooks.policy import May as Hooks
from portal.kernel.db import Base
from portal.kernel.policy import RULES
from portal.people import actions as people
from portal.people.models import Person
from tests.cast import World
from tests.security import ladder
from tests.security.conftest import app_of, settings_of
from tests.security.doors import Doors
from tests.security.estate import Hand
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic
from workspaces.library import actions as library
from workspaces.library.models import File, Folder
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Group, Workspace
from workspaces.shelf import actions as shelf
from workspaces.shelf.models import Placement
from workspaces.shelf.queries import front_of

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
Part = Callable[[Hand], None]


def the_house(hand: Hand) -> None:
    people.installation(hand.session).name = "Tidewell Instruments"
    system = hand.as_("system")
    for name, roles in {"ada": ["admin"], "mona": ["manager"], "rhea": ["rep"], "ravi": ["rep"]}.items():
        manager = hand.row(Person, "mona") if name == "rhea" else None
        hand.keep(name, people.add_staff(system, email=f"{name}@tidewell.example", name=name.title(), roles=roles, manager=manager))


def otways_room(hand: Hand) -> None:
    """Ravi's client, with words that the hidden rooms have too."""
    ravi = hand.as_("ravi")
    otway = hand.keep("otway", accounts.open_account(ravi, name="Otway Foods", domains=("otway.example",)))
    _client(hand, "otto", "otway")
    _room(hand, "ravi", "other", "Cold chain", otway, {"otto": "member"})
    for n in range(4):
        title = f"Sensor price question {n}"
        forums.start_topic(hand.as_("otto"), hand.row(Forum, "other_forum"), title=title, body=f"The pump and the sensor, number {n}.")
    hand.file("otto", "other_file", "other_folder", "pump.txt")


def calders_account(hand: Hand) -> None:
    hand.keep("calder", accounts.open_account(hand.as_("rhea"), name="Calder Water", domains=("calder.example",)))
    for name in ("petra", "rolf", "nils", "paul"):
        _client(hand, name, "calder")


def calders_room(hand: Hand) -> None:
    calder = hand.row(Account, "calder")
    members = {"petra": "member", "rolf": "reader", "nils": "member"}
    room = _room(hand, "rhea", "room", "Leak detection", calder, members)
    topic = forums.start_topic(hand.as_("petra"), hand.row(Forum, "room_forum"), title="Sensor price", body="What does the pump cost?")
    hand.keep("topic", topic)
    hand.keep("post", forums.post_message(hand.as_("rhea"), topic, body="The pump is 125, sensors come later."))
    hand.file("petra", "file", "room_folder", "stations.txt")
    hand.keep("group", rooms.make_group(hand.as_("rhea"), room, name="Procurement", members=[hand.row(Person, "petra")]))
    rooms.remove_member(hand.as_("rhea"), room, person=hand.row(Person, "nils"))


def pauls_room(hand: Hand) -> None:
    _room(hand, "rhea", "side", "Billing questions", hand.row(Account, "calder"), {"paul": "member"})
    hand.keep("side_topic", forums.start_topic(hand.as_("paul"), hand.row(Forum, "side_forum"), title="Pump price", body="Sensor bill?"))


def talk_in_calders_room(hand: Hand) -> None:
    """What a removed member must not notice: it happens after he is gone."""
    topic = hand.row(Topic, "topic")
    for n in range(5):
        forums.post_message(hand.as_("petra"), topic, body=f"Another word on the pump price, {n}.")
    forums.start_topic(hand.as_("rhea"), hand.row(Forum, "room_forum"), title="Sensor pump bill", body="For everybody.")
    hand.file("rhea", "late_file", "room_folder", "price pump.txt")


def team_notes(hand: Hand) -> None:
    """All that the staff say among themselves, in and around a room that they share with clients."""
    rhea, topic, room = hand.as_("rhea"), hand.row(Topic, "topic"), hand.row(Workspace, "room")
    note = forums.post_message(rhea, topic, body="They would pay more for the pump, the sensor price is soft. Margin marginal.", team=True)
    forums.post_message(hand.as_("mona"), topic, body="Do not say so. I will ask for the pump price by Friday.", team=True, reply_to=note)
    library.attach_files(rhea, note, received=[_received(hand, "margin.txt")])
    forums.edit_post(rhea, note, body="They would pay more for the pump. @pump price sensor")
    backstage = forums.make_forum(rhea, room, title="Backstage pump", audience="staff")
    forums.start_topic(rhea, backstage, title="Sensor price margin", body="Twelve percent of the pump.")
    safe = library.make_folder(rhea, room, name="Sensor margins", audience="staff")
    library.add_file(rhea, safe, received=_received(hand, "pump margin.txt"))
    accounts.write_note(rhea, hand.row(Account, "calder"), body="She called about the pump price.")
    accounts.change_account(rhea, hand.row(Account, "calder"), about="Pump price fighters", tags=["sensor"])
    accounts.add_contact(rhea, hand.row(Account, "calder"), name="Petra", email="petra@calder.example", roles=["decides"])


def talk_of_a_group(hand: Hand) -> None:
    """What those who are not in a group must not notice."""
    rhea, room = hand.as_("rhea"), hand.row(Workspace, "room")
    forum = forums.make_forum(rhea, room, title="Procurement pump", audience=hand.row(Group, "group"))
    topic = forums.start_topic(hand.as_("petra"), forum, title="Budget of the sensor price", body="The pump has 40,000.")
    forums.post_message(rhea, topic, body="That will do for the pump. I will send you the sensor offer by Friday.")
    folder = library.make_folder(rhea, room, name="Offers pump", audience=hand.row(Group, "group"))
    library.add_file(rhea, folder, received=_received(hand, "pump offer.txt"))


def the_shelf(hand: Hand) -> None:
    """What no client must notice: documents that all staff have."""
    ravi = hand.as_("ravi")
    front = front_of(ravi, shelf.open_shelf(ravi))
    master = hand.keep(
        "master", library.add_file(ravi, front, received=_received(hand, "sensor price list.txt"), note="Margin on the pump")
    )
    library.add_version(ravi, master, received=_received(hand, "pump.txt", b"Dearer."), note="The pump is dearer")


def a_tie_to_the_shelf(hand: Hand) -> None:
    """That a file which Petra and Rolf read came from there, and that there is a newer one; Ravi must not notice where."""
    master, file = hand.row(File, "master"), hand.row(File, "late_file")
    by = hand.world.pks["rhea"]
    tie = Placement(file=file, master=master, number=1, version=file.version, follows=False, placed_by_pk=by)
    hand.session.add(tie)
    hand.session.flush()
    shelf.keep_ours(hand.as_("rhea"), tie)
    shelf.let_follow(hand.as_("rhea"), tie, follows=True)  # what was kept away stays away


SHARED: tuple[Part, ...] = (the_house, otways_room)
ORDER: tuple[Part, ...] = (
    *SHARED, the_shelf, calders_account, calders_room, pauls_room, talk_in_calders_room, team_notes, talk_of_a_group, a_tie_to_the_shelf,
)  # fmt: skip
THEIRS: dict[str, tuple[Part, ...]] = {  # who looks -> all of the world that is for them; the other world has everything
    "otto": SHARED,
    "ravi": (*SHARED, the_shelf),
    "nobody": SHARED,
    "paul": (*SHARED, calders_account, pauls_room),
    "nils": (*SHARED, calders_account, calders_room),
    "petra": (*SHARED, calders_account, calders_room, talk_in_calders_room, talk_of_a_group),
    "rolf": (*SHARED, calders_account, calders_room, talk_in_calders_room),
}
ASKED = ("pump", "sensor price", "pric", "senser", '"sensor price"', "pump*", "margin", "budget offer", "author:rhea", "author:petra pump",
         "in:leak pump", "kind:file pump", "-pump sensor", "*")  # fmt: skip


@dataclass
class Side:
    """One of the two worlds, as somebody finds it."""

    doors: Doors
    world: World
    known: frozenset[str]  # ids that both worlds name alike


Worlds = Callable[[tuple[Part, ...]], Side]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Worlds of parts, each told once, a day ago; the clock stands still meanwhile."""
    told: dict[tuple[Part, ...], Side] = {}
    with time_machine.travel(NOON, tick=False) as traveller, seeded():

        def world(parts: tuple[Part, ...]) -> Side:
            if parts not in told:
                told[parts] = _told(tmp_path_factory.mktemp("world") / f"of{len(told)}", parts, traveller)
            return told[parts]

        yield world
        for side in told.values():
            side.doors.house.bus.close()
            side.doors.house.db.close()


@pytest.mark.parametrize("who", THEIRS)
def test_both_worlds_are_the_same_to_them(worlds: Worlds, who: str) -> None:
    full, bare = worlds(ORDER), worlds(THEIRS[who])
    differing = compare(full, bare, who)
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("who", THEIRS)
def test_both_feeds_are_the_same_to_them(worlds: Worlds, who: str) -> None:
    """The change feed to its end, in short pages and in one, by kind and by room."""
    full, bare = worlds(ORDER), worlds(THEIRS[who])
    assert feeds(full, who) == feeds(bare, who)
    assert who in ("nobody", "nils") or len(feeds(bare, who)) > 6


def feeds(side: Side, who: str) -> list[bytes]:
    told = []
    side.doors.csrf(who)  # signed in before nothing stays
    with ladder.nothing_stays(side.doors):
        places = [{"workspace": side.world.ids.get(key, "x" * 22)} for key in ("room", "other", "side")]
        for query in ({"limit": "3"}, {"limit": "200"}, {"kind": "post,topic.created"}, *places):
            after: dict[str, str] | None = {}
            while after is not None:
                told.append(_asked(side, who, "/api/v1/changes", query | after))
                following = NEXT.search(told[-1])
                after = {"after": following[1].decode()} if following else None
    return told


def compare(full: Side, bare: Side, who: str) -> list[str]:
    """Where the same script gets other bytes."""
    differing = []
    for side in (full, bare):
        side.doors.csrf(who)  # signed in before nothing stays: looking leaves traces, such as who opened a file
    for address, query in script(bare):
        with ladder.nothing_stays(full.doors), ladder.nothing_stays(bare.doors):
            told = [_asked(side, who, address, query) for side in (full, bare)]
        if told[0] != told[1]:
            at = next((n for n, (a, b) in enumerate(zip(*told, strict=False)) if a != b), min(map(len, told)))
            differing.append(
                f"{address} {query} at byte {at}: {told[0][max(0, at - 80) : at + 80]!r} | {told[1][max(0, at - 80) : at + 80]!r}"
            )
    return differing


def script(bare: Side) -> list[tuple[str, dict[str, str]]]:
    """Every page and list with every id that both worlds have, and many searches."""
    asked: list[tuple[str, dict[str, str]]] = []
    for rule in bare.doors.app.url_map.iter_rules():
        guard = ladder.guard_of(bare.doors.app, rule.endpoint)
        if guard is None or "GET" not in (rule.methods or ()) or rule.arguments & (ladder.FILLERS.keys() | {"token"}):
            continue
        if rule.endpoint == "metrics.metrics":
            continue  # for the operator, known by the address they ask from; it counts what the machine does
        call = ladder.Call(rule, "GET", guard)
        for things in FAMILIES if rule.arguments else FAMILIES[:1]:
            ids = {name: bare.world.ids.get(things.get(name, ""), "") for name in rule.arguments}
            if all(ids.values()):
                address = ladder.address_of(call, ids)
                asked.append((address, {}))
                asked += [(address, {"limit": "2"})] if rule.rule.startswith("/api/") and not rule.rule.endswith(">") else []
                asked += (
                    [(address, {"after": ids["topic"] and bare.world.ids["post"]})] if "post" in bare.world.ids and "topic" in ids else []
                )
    for words in ASKED:
        asked += [("/search", {"q": words}), ("/api/v1/search", {"q": words, "limit": "2"}), ("/search/complete", {"q": words[:3]})]
        asked += [("/api/v1/search", {"q": words, "sort": "newest"})]
    return _unique(asked)


FAMILIES: list[dict[str, str]] = [
    {"workspace": "room", "topic": "topic", "post": "post", "forum": "room_forum", "folder": "room_folder", "file": "file",
     "group": "group", "person": "rhea", "account": "calder"},
    {"workspace": "other", "topic": "other_topic", "forum": "other_forum", "folder": "other_folder", "file": "other_file",
     "person": "otto", "account": "otway"},
    {"workspace": "side", "topic": "side_topic", "forum": "side_forum", "folder": "side_folder", "person": "paul"},
]  # fmt: skip


def _unique(asked: list[tuple[str, dict[str, str]]]) -> list[tuple[str, dict[str, str]]]:
    seen: dict[tuple[Any, ...], tuple[str, dict[str, str]]] = {}
    for address, query in asked:
        seen.setdefault((address, *query.items()), (address, query))
    return list(seen.values())


def _asked(side: Side, who: str, address: str, query: dict[str, str]) -> bytes:
    told = side.doors.client(who).get(address, query_string=query)
    told.get_data()
    told.close()
    plain = MOMENT.sub(b"MOMENT", ladder.masked(told, {}))
    shown = NEW.sub(lambda found: found[0] if found[0].decode() in side.known else b"ID", HASH.sub(b"HASH", plain))
    return shown if plain == shown else ETAG.sub(b"ETAG", shown)  # it is of the body


MOMENT = re.compile(rb"(?<= data-at=\")[\w-]{22}(?=\")")  # a number that only the server can read, in other letters each time
ETAG = re.compile(rb"(?<=ETag: )\"[0-9a-f]+\"")
NEXT = re.compile(rb'"next": "(\w{22})"')
NEW = re.compile(rb"(?<![0-9A-Za-z])[0-9A-Za-z]{22}(?![0-9A-Za-z])")  # ids of what was made while a world was worked on and looked at
HASH = re.compile(rb"(?<=\"hash\": \")[0-9a-f]{64}")  # of events: over a salt


def _told(data: Path, parts: tuple[Part, ...], traveller: Any) -> Side:
    house = wsgi.build_house(settings_of(data))
    traveller.move_to(NOON)
    with house.db.writing() as session:
        Base.metadata.create_all(session.connection())
        hand = Hand(house, session, World())
        for n, part in enumerate(ORDER):
            if part in parts:
                traveller.move_to(NOON + timedelta(minutes=n))
                SEED[:] = [part.__name__, 0]
                part(hand)
                session.flush()
    with house.db.reading() as session:
        named = [table.c.id for table in Base.metadata.sorted_tables if "id" in table.c]
        known = frozenset(id for column in named for id in session.scalars(select(column)))
    for hours in (24, 25):
        traveller.move_to(NOON + timedelta(hours=hours))
        SEED[:] = ["read", 0]  # one world has more files than the other, whose pages have ids that nobody is told
        drain(house, topics=("previews",))
        SEED[:] = ["drained", 0]
        drain(house)
    SEED[:] = [data.name, 0]
    return Side(Doors(app_of(house), house, hand.world), hand.world, known)


SEED: list[Any] = ["", 0]


@contextmanager
def seeded() -> Iterator[None]:
    """Ids from the name of the part that is being told and a count."""

    class Seeded:
        @staticmethod
        def randbits(bits: int) -> int:
            SEED[1] += 1
            return int.from_bytes(hashlib.sha256(repr(SEED).encode()).digest(), "big") >> (256 - bits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.kernel.ids.secrets", Seeded)
        yield


def _client(hand: Hand, name: str, account: str) -> None:
    person = Person(email=f"{name}@{account}.example", name=name.title(), account_pk=hand.world.pks[account])
    hand.session.add(person)
    hand.keep(name, person)


def _room(hand: Hand, owner: str, key: str, title: str, account: Account, members: dict[str, str]) -> Workspace:
    actor = hand.as_(owner)
    room = hand.keep(key, rooms.open_workspace(actor, title=title, accounts=[account]))
    hand.keep(f"{key}_forum", hand.session.query(Forum).filter_by(workspace_pk=room.pk).one())
    hand.keep(f"{key}_folder", hand.session.query(Folder).filter_by(workspace_pk=room.pk).one())
    for name, role in members.items():
        rooms.join(actor, room, hand.row(Person, name), role=role, account=account)
    return room  # type: ignore[no-any-return]


def _received(hand: Hand, name: str, content: bytes = b"Pump and sensor.") -> Any:
    from workspaces.library.receiving import take

    return take(hand.house.storage, name, [content], 1000)


def _totals_before_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine counts, completes and ranks over everything; only the lines are fetched by rights."""
    everything = frozenset(range(1, 200))
    monkeypatch.setattr("search.finding.queries.held_pks", lambda actor: everything)


def _counts_of_hidden_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic's address ends with how many posts it has, team notes and all."""
    kept = Topic.path.fget
    monkeypatch.setattr(Topic, "path", property(lambda self: f"{kept(self)}-{len(_posts(self))}"))


def _posts(topic: Topic) -> list[Any]:
    return list(object_session(topic).scalars(select(Post).where(Post.topic_pk == topic.pk)))  # type: ignore[union-attr]


def _all_that_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed tells of every event, if without words."""
    rule = RULES[Hooks.READ_CHANGE]
    monkeypatch.setitem(RULES, rule.verb, replace(rule, condition=lambda actor: True))


@pytest.mark.parametrize("who", ["otto", "petra", "nils"])
def test_the_judge_sees_a_feed_that_tells_too_much(worlds: Worlds, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    full, bare = worlds(ORDER), worlds(THEIRS[who])
    _all_that_happens(monkeypatch)
    assert feeds(full, who) != feeds(bare, who)


@pytest.mark.parametrize(
    ("plant", "who"), [(_totals_before_rights, "otto"), (_counts_of_hidden_posts, "petra"), (_totals_before_rights, "petra")]
)
def test_the_judge_sees_planted_holes(worlds: Worlds, monkeypatch: pytest.MonkeyPatch, plant: Any, who: str) -> None:
    full, bare = worlds(ORDER), worlds(THEIRS[who])
    few = [each for each in script(bare) if "search" in each[0] or each[0].endswith("discussions")]
    monkeypatch.setattr("tests.security.test_two_worlds.script", lambda bare: few)
    plant(monkeypatch)
    assert compare(full, bare, who)

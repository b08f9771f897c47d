"""The change feed: every event the caller may know of now, oldest first, from the first one on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel import horizon
from portal.kernel.actor import Actor
from portal.kernel.events import KINDS, Event
from portal.kernel.house import House
from tests.cast import World
from tests.conftest import POSTGRESQL, Door
from tests.counting import counting
from tests.portal.hooks.test_sending import say
from workspaces.forums import actions as forums
from workspaces.forums.models import Post, Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

Acting = Callable[[str], AbstractContextManager[Actor]]


def read(client: FlaskClient, **query: Any) -> dict[str, Any]:
    told = client.get("/api/v1/changes", query_string=query)
    assert told.status_code == 200, told.text
    return told.get_json()


def whole(client: FlaskClient, limit: int = 7, **query: Any) -> list[dict[str, Any]]:
    """All of it, page by page."""
    items: list[dict[str, Any]] = []
    page = read(client, limit=limit, **query)
    while True:
        items += page["items"]
        if page["next"] is None:
            return items
        assert page["next"] == items[-1]["id"]
        page = read(client, limit=limit, after=page["next"], **query)


def test_it_is_all_that_one_may_know_of_in_order(door: Door, db: Session, world: World) -> None:
    told = whole(door("rhea"))
    assert told[0]["kind"] == "account.opened"
    pks = dict(db.execute(select(Event.id, Event.pk)).all())
    order = [pks[line["id"]] for line in told]
    assert order == sorted(set(order))
    assert read(door("rhea"), limit=200)["items"] == told, "in one page or in many"
    for who, sees in {"rhea": {"calder"}, "ravi": {"otway"}}.items():
        named = {line["account"]["id"] for line in whole(door(who)) if line["account"]}
        assert named == {world.ids[each] for each in sees}


def test_each_sees_their_own(door: Door, world: World, acting: Acting) -> None:
    note = world.ids["team_note"]
    assert note in {line["source"]["id"] for line in whole(door("rhea"))}
    petra = whole(door("petra"))
    assert note not in {line["source"]["id"] for line in petra}
    assert world.ids["post"] in {line["source"]["id"] for line in petra}
    assert not any(line["team"] for line in petra)
    assert all(line["account"] is None for line in petra), "accounts are the staff's business"
    assert whole(door("nils")) == []
    assert {line["workspace"]["id"] for line in whole(door("otto")) if line["workspace"]} == {world.ids["other"]}
    assert door("nobody").get("/api/v1/changes").status_code == 401


def test_what_is_new_comes_behind_the_last_line(door: Door, world: World, acting: Acting) -> None:
    client = door("petra")
    last = whole(client)[-1]["id"]
    assert read(client, after=last) == {"items": [], "next": None}
    say(acting, world, "They will pay more.", "rhea", team=True)
    assert read(client, after=last) == {"items": [], "next": None}
    post = say(acting, world, "News.")
    (line,) = read(client, after=last)["items"]
    assert (line["source"]["id"], line["text"], line["kind"]) == (post, "News.", "post.created")


def test_a_cursor_is_good_where_its_line_may_not_be_seen_any_more(door: Door, world: World, acting: Acting) -> None:
    client = door("rolf")
    last = whole(client)[-1]["id"]
    say(acting, world, "One more.")
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        rooms.remove_member(rhea, room, person=world.actor(rhea.session, "rolf").person)
    assert read(client, after=last)["items"] == []
    assert whole(client) == []


def test_what_is_removed_is_a_line_without_its_words(door: Door, world: World, acting: Acting) -> None:
    post = say(acting, world, "Said too soon.")
    with acting("petra") as petra:
        forums.remove_post(petra, petra.session.scalars(select(Post).where(Post.id == post)).one())
        forums.change_topic(petra, petra.session.get_one(Topic, world.pks["topic"]), title="Another title")
    for who in ("petra", "rhea"):
        lines = [line for line in whole(door(who)) if line["source"]["id"] == post]
        assert [line["kind"] for line in lines] == ["post.created", "post.removed"]
        assert all((line["text"], line["title"], line["url"]) == (None, None, None) for line in lines)
        assert "24 V panels" not in str(whole(door(who))), "nor what a topic was called before"


def test_filters(door: Door, world: World, acting: Acting) -> None:
    client = door("rhea")
    everything = whole(client)
    for wanted in ("post", "post.created", "post.created,topic", "post,file.added"):
        names = {name for name in KINDS for part in wanted.split(",") if name == part or name.startswith(part + ".")}
        assert whole(client, kind=wanted) == [line for line in everything if line["kind"] in names]
    room = world.ids["room"]
    assert whole(client, workspace=room) == [line for line in everything if line["workspace"] and line["workspace"]["id"] == room]
    assert whole(client, account=world.ids["calder"]) == [line for line in everything if line["account"]]
    for hidden in ({"account": world.ids["otway"]}, {"workspace": world.ids["other"]}, {"kind": "nothing"}):
        assert whole(client, **hidden) == []


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"after": "x" * 22}, {"limit": "0"}, {"limit": "many"}, {"account": "x"}, {"workspace": "' OR 1"}]
)
def test_bad_questions(door: Door, query: dict[str, str]) -> None:
    told = door("rhea").get("/api/v1/changes", query_string=query)
    assert told.status_code == 422
    assert told.get_json()["errors"][0]["field"] in query


def test_a_limit_is_at_most_200(door: Door) -> None:
    assert len(read(door("rhea"), limit=100000)["items"]) <= 200


def test_it_asks_no_more_where_there_is_more(door: Door, house: House, world: World, acting: Acting) -> None:
    client = door("rhea")
    client.get("/api/v1/changes?limit=5")
    with counting(house) as few:
        read(client, limit=5, kind="post,topic")
    for n in range(10):
        say(acting, world, f"Another {n}")
    with acting("rhea") as rhea:
        accounts.write_note(rhea, rhea.session.get_one(Account, world.pks["calder"]), body="Called.")
    with counting(house) as many:
        read(client, limit=200, kind="post,topic")
    assert len(many) <= len(few) <= 16


@pytest.mark.skipif(not POSTGRESQL, reason="on SQLite writers are one at a time")
def test_what_commits_late_is_never_passed(house: House, door: Door, world: World) -> None:
    """A transaction that is slow draws its event first, and commits last."""
    client = door("rhea")
    last = whole(client)[-1]["id"]
    with house.db.writing() as slow:
        rhea = world.actor(slow, "rhea")
        forums.post_message(rhea, slow.get_one(Topic, world.pks["topic"]), body="Slow")
        with house.db.writing() as quick:
            forums.post_message(world.actor(quick, "otto"), quick.get_one(Topic, world.pks["other_topic"]), body="Of another account")
            ravi = world.actor(quick, "ravi")
            forums.post_message(ravi, quick.get_one(Topic, world.pks["other_topic"]), body="Quick")
        assert [line["text"] for line in read(door("otto"), kind="post")["items"]][-1] != "Quick", "not before what may come before it"
        assert read(client, after=last)["items"] == []
        with house.db.reading() as session:
            held_back = horizon.settled(session)
            assert held_back is not None
            assert held_back < session.scalars(select(Event.pk).order_by(Event.pk.desc())).first()
    assert [line["text"] for line in read(client, after=last)["items"]] == ["Slow"]
    assert [line["text"] for line in read(door("otto"), kind="post")["items"]][-1] == "Quick"


@pytest.mark.skipif(not POSTGRESQL, reason="on SQLite writers are one at a time")
def test_many_writers_and_a_reader_who_keeps_up_misses_none(house: House, world: World) -> None:
    """Four writers on two accounts, each commit after another wait; the reader follows all the while and has every event once."""
    import random
    import threading
    import time

    from portal.hooks import queries
    from portal.kernel.actor import the_system

    going = threading.Event()
    going.set()

    def write(n: int) -> None:
        rng = random.Random(n)
        for k in range(15):
            with house.db.writing() as session:
                who, topic = (("rhea", "topic"), ("ravi", "other_topic"))[n % 2]
                if n < 2:
                    forums.post_message(world.actor(session, who), session.get_one(Topic, world.pks[topic]), body=f"{n} {k}")
                else:
                    accounts.open_account(world.actor(session, who), name=f"Account {n} {k}")
                session.flush()
                time.sleep(rng.random() / 50)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    seen: list[str] = []

    def follow() -> None:
        with house.db.reading() as session:
            events, _more = queries.changes(the_system(session), queries.Asked(after=seen[-1] if seen else ""), 200)
            seen.extend(event.id for event in events)

    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        follow()
    follow()
    with house.db.reading() as session:
        assert seen == list(session.scalars(select(Event.id).order_by(Event.pk)))

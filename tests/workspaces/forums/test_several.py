"""Several discussions at once, and tags: chosen, done, said in one sentence, taken back in one press."""

import re

import pytest
from sqlalchemy import select

from portal.kernel.events import Event
from tests.conftest import agreed, csrf_of, post
from workspaces.forums import actions, queries
from workspaces.forums.models import Forum, Topic
from workspaces.rooms.models import Workspace


@pytest.fixture
def room(world):
    return f"/w/{world.ids['room']}"


@pytest.fixture
def three(acting, world):
    """Three discussions in General beside the first."""
    with acting("petra") as petra:
        general = petra.session.get_one(Forum, world.pks["general"])
        for n in range(3):
            world.keep(f"t{n}", actions.start_topic(petra, general, title=f"Matter {n}", body="Words", tags=("power",) if n else ()))
    return [world.ids[f"t{n}"] for n in range(3)]


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def undo_of(page):
    """The form of the last toast: its address and its fields."""
    form = re.search(r'<form method="post" action="([^"]+)" data-undo>(.*?)</form>', page.get_data(as_text=True), re.DOTALL)
    return form[1], dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))


def stands(acting, world, column):
    with acting("rhea") as rhea:
        return [getattr(rhea.session.get_one(Topic, world.pks[f"t{n}"]), column) for n in range(3)]


@pytest.mark.parametrize(("act", "column"), [("close", "locked_at"), ("pin", "pinned_at")])
def test_one_act_one_sentence_one_undo(door, acting, world, room, three, act, column):
    client = door("mark")
    with acting("mark") as mark:
        first = mark.session.get_one(Topic, world.pks["t0"])
        actions.lock_topic(mark, first) if act == "close" else actions.pin_topic(mark, first)
    assert post(client, f"{room}/discussions/several", act=act, topics=three).status_code == 303
    assert all(stands(acting, world, column))
    page = client.get(f"{room}/discussions")
    assert "2 discussions" in text_of(page)  # the first was so already, and stays so
    address, fields = undo_of(page)
    assert post(client, address, **fields).status_code == 303
    first, *others = stands(acting, world, column)
    assert first is not None
    assert others == [None, None]


def test_a_tag_is_given_and_taken_back(door, acting, world, room, three):
    client = door("rhea")
    assert post(client, f"{room}/discussions/several", act="tag", tag="Power", topics=three).status_code == 303
    assert stands(acting, world, "tags") == [["power"]] * 3  # spelt as it is known here
    address, fields = undo_of(client.get(f"{room}/discussions"))
    assert post(client, address, **fields).status_code == 303
    assert stands(acting, world, "tags") == [[], ["power"], ["power"]]
    assert post(client, f"{room}/discussions/several", act="tag", topics=three).status_code == 303
    assert stands(acting, world, "tags") == [[], ["power"], ["power"]]


def test_several_are_moved_once_it_was_seen_for_whom(door, acting, world, room, three):
    client, several = door("rhea"), f"{room}/discussions/several"
    told = post(client, several, act="move", forum=world.ids["inner"], topics=three)
    assert told.status_code == 422
    assert "2 people will no longer see any of it" in text_of(told)
    assert stands(acting, world, "forum_pk") == [world.pks["general"]] * 3
    assert agreed(client, several, act="move", forum=world.ids["inner"], topics=three).status_code == 303
    assert stands(acting, world, "forum_pk") == [world.pks["inner"]] * 3
    assert door("rolf").get(f"{room}/discussions/{three[0]}").status_code == 404
    address, fields = undo_of(client.get(f"{room}/discussions"))
    assert post(client, address, **fields).status_code == 303
    assert stands(acting, world, "forum_pk") == [world.pks["general"]] * 3


def test_none_is_changed_where_one_is_not_theirs(door, acting, world, room, three):
    several = f"{room}/discussions/several"
    for who, topics in (("petra", three), ("mark", [*three, world.ids["staff_topic"]]), ("mark", [*three, world.ids["side_topic"]])):
        client = door(who)
        assert post(client, several, act="close", topics=topics).status_code == 303
        assert stands(acting, world, "locked_at") == [None] * 3
    assert post(door("petra"), several, act="read", topics=three).status_code == 303
    assert post(door("mark"), several, act="burn", topics=three).status_code == 303
    assert post(door("otto"), several, act="read", topics=three).status_code == 404
    assert post(door("mark"), several, act="close", topics=three).status_code == 303
    assert all(stands(acting, world, "locked_at"))


def test_each_filter_is_asked_for_itself_in_any_order(acting, world, three):
    with acting("petra") as petra:
        room = petra.session.get_one(Workspace, world.pks["room"])
        inner = petra.session.get_one(Forum, world.pks["inner"])
        for _again in range(2):
            assert len(queries.topic_rows(petra, room)[0]) == 4
            assert queries.topic_rows(petra, room, forum=inner)[0] == []
            assert len(queries.topic_rows(petra, room, tag="power")[0]) == 2


def test_what_is_marked_read_is_read(door, acting, world, room, three):
    with acting("rolf") as rolf:
        before = rolf.session.scalar(select(queries.unread_posts(rolf, rolf.session.get_one(Workspace, world.pks["room"]))))
    assert post(door("rolf"), f"{room}/discussions/several", act="read", topics=three).status_code == 303
    with acting("rolf") as rolf:
        after = rolf.session.scalar(select(queries.unread_posts(rolf, rolf.session.get_one(Workspace, world.pks["room"]))))
    assert after == before - 3


def test_tags_filter_the_list_and_are_named_to_readers_alone(door, acting, world, room, three):
    with acting("rhea") as rhea:
        actions.change_topic(rhea, rhea.session.get_one(Topic, world.pks["staff_topic"]), tags=("margin", "power"))
    page = text_of(door("petra").get(f"{room}/discussions?tag=power"))
    assert "Matter 1" in page
    assert "Matter 0" not in page
    assert "Nothing here has this tag" in text_of(door("petra").get(f"{room}/discussions?tag=pow"))
    assert "margin" not in text_of(door("petra").get(f"{room}/tags"))
    assert "margin" in text_of(door("rhea").get(f"{room}/tags"))
    tags = f"/api/v1/workspaces/{world.ids['room']}/tags"
    assert door("petra").get(tags).get_json()["items"] == [{"tag": "power", "topics": 2}]
    assert door("rhea").get(tags).get_json()["items"][0] == {"tag": "power", "topics": 3}
    listed = door("petra").get(f"/api/v1/forums/{world.ids['general']}/topics?tag=power").get_json()["items"]
    assert {item["title"] for item in listed} == {"Matter 1", "Matter 2"}
    assert door("otto").get(f"{room}/tags").status_code == 404


def test_a_tag_is_renamed_and_two_become_one(door, acting, world, room, three):
    with acting("rhea") as rhea:
        actions.change_topic(rhea, rhea.session.get_one(Topic, world.pks["t2"]), tags=("power", "24 V"))
    assert post(door("petra"), f"{room}/tags", tag="power", name="24 V").status_code == 403
    assert post(door("mark"), f"{room}/tags", tag="power", name="24 V").status_code == 303
    assert stands(acting, world, "tags") == [[], ["24 V"], ["24 V"]]
    client = door("mark")
    client.get(f"{room}/tags")  # what was said of the first
    assert post(client, f"{room}/tags", tag="24 V", name="supply").status_code == 303
    address, fields = undo_of(client.get(f"{room}/tags"))
    assert post(client, address, **fields).status_code == 303
    assert stands(acting, world, "tags") == [[], ["24 V"], ["24 V"]]
    api = f"/api/v1/workspaces/{world.ids['room']}/tags/rename"
    gone = client.post(api, json={"tag": "24 V", "name": ""}, headers={"X-CSRFToken": csrf_of(client)})
    assert gone.get_json()["items"] == []
    with acting("rhea") as rhea:
        assert rhea.session.scalars(select(Event).where(Event.kind == "topic.tagged")).all()


@pytest.mark.parametrize("tag", ['say "power"', "50% off_season", "größer", "a\\b"])
def test_any_tag_is_found_as_it_is_written(acting, world, tag):
    with acting("petra") as petra:
        general = petra.session.get_one(Forum, world.pks["general"])
        actions.start_topic(petra, general, title="With it", body="Words", tags=(tag,))
        actions.start_topic(petra, general, title="With more", body="Words", tags=(f"{tag}!", f"x{tag}"))
        room = petra.session.get_one(Workspace, world.pks["room"])
        rows, _older = queries.topic_rows(petra, room, tag=tag)
        assert [row.topic.title for row in rows] == ["With it"]

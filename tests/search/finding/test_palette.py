"""The palette offers what its reader may see and do, and nothing of anybody else's."""

import pytest

from search.finding.palette import jumps
from tests.counting import counting
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

TOPIC = "Can the gateways run on 24 V panels?"


@pytest.fixture
def offered(house, acting, world):
    """`offered("petra", "words", "room")`: {heading: [title]}."""

    def offer(name, typed="", place=""):
        with acting(name) as actor:
            room = actor.session.get_one(Workspace, world.pks[place]) if place else None
            return {heading: [each.title for each in found] for heading, found in jumps(actor, house, typed, room)}

    return offer


def test_places_people_files_and_actions(offered):
    assert offered("petra", "leak")["Places"] == ["Leak detection"]
    assert offered("petra", "24 V pan")["Places"] == [TOPIC]
    assert offered("rhea", "calder")["Places"] == ["Calder Water"]
    assert offered("petra", "mark")["People"] == ["Mark Moderator"]
    assert offered("petra", "mona", "room")["People"] == ["Mona Manager"]  # who is there without being a member
    assert offered("petra", "invite", "room").get("Actions", []) == []
    assert offered("mark", "invite", "room")["Actions"] == ["Invite people"]
    assert offered("petra", "start", "room")["Actions"] == ["Start a discussion"]
    assert "Actions" not in offered("rolf", "start", "room")  # who only reads
    assert "Actions" not in offered("petra", "start")  # in no workspace in particular
    assert offered("rhea", "new acc")["Actions"] == ["New account"]
    assert "Actions" not in offered("petra", "new acc")


@pytest.mark.parametrize(
    ("name", "words"),
    [("otto", "24 V"), ("otto", "leak"), ("otto", "petra"), ("paul", "petra"), ("petra", "margin"), ("petra", "calder"),
     ("petra", "otto"), ("nils", "leak"), ("nils", "petra"), ("ravi", "calder"), ("ravi", "petra"), ("ada", "leak")],
)  # fmt: skip
def test_what_one_may_not_know_of_is_not_offered(offered, name, words):
    assert offered(name, words) == {}


def test_lately_is_what_one_looked_at_and_may_still_see(offered, acting, world):
    with acting("petra") as petra:
        room = petra.session.get_one(Workspace, world.pks["room"])
        rooms.note_visit(petra, room)
        forums.mark_read(petra, petra.session.get_one(Topic, world.pks["topic"]))
    assert set(offered("petra")["Lately"]) == {"Leak detection", TOPIC}
    assert "Lately" not in offered("mark")
    with acting("rhea") as rhea:
        rooms.remove_member(rhea, rhea.session.get_one(Workspace, world.pks["room"]), person=_person(rhea, world.pks["petra"]))
    assert "Lately" not in offered("petra")


def test_the_address_answers_a_part_and_without_scripts_the_search_page(door, world):
    petra, part = door("petra"), {"HX-Request": "true"}
    told = petra.get(f"/search/palette?q=24&in={world.ids['room']}", headers=part).get_data(as_text=True)
    assert TOPIC in told
    assert f"/search?q=24&amp;in={world.ids['room']}" in told
    other = petra.get(f"/search/palette?in={world.ids['other']}", headers=part).get_data(as_text=True)
    assert other == petra.get(f"/search/palette?in={'0' * 22}", headers=part).get_data(as_text=True)
    assert "Cold chain" not in other
    assert petra.get("/search/palette?q=%3Cb%3E", headers=part).get_data(as_text=True).count("&lt;b&gt;") == 1
    assert petra.get("/search/palette?q=24 V").headers["Location"].endswith("/search?q=24+V")
    assert door("nobody").get("/search/palette?q=24").status_code == 303


def test_it_asks_no_more_when_there_is_more(house, offered, acting, world):
    with counting(house) as few:
        offered("petra", "gateways", "room")
    with acting("petra") as petra:
        general = petra.session.get_one(Topic, world.pks["topic"]).forum
        for number in range(12):
            forums.start_topic(petra, general, title=f"Gateways {number}", body="About gateways.")
    with counting(house) as many:
        offered("petra", "gateways", "room")
    assert len(many) <= len(few) + 2


def _person(actor, pk):
    from portal.people.models import Person

    return actor.session.get_one(Person, pk)

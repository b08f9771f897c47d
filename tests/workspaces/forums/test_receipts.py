"""An announcement that asks who has read it: its readers are told, its author and the team see it, and nobody else."""

import pytest

from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.policy import fetch
from portal.people.models import Person
from tests.conftest import csrf_of, post
from tests.counting import counting
from workspaces.forums import actions, queries
from workspaces.forums.models import Forum, Receipt, Topic
from workspaces.forums.policy import May
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

WORDS = {"title": "We move on Monday", "body": "For everyone to know."}


def kept(world, topic):
    world.keep("announced", topic)
    return topic.path


@pytest.fixture
def announce(acting, world):
    """`announce("mark")`: the path of an announcement that asks."""

    def announced(name, **how):
        with acting(name) as actor:
            forum = actor.session.get_one(Forum, world.pks["general"])
            told = WORDS | {"kind": "announcement", "receipts": True} | how
            return kept(world, actions.start_topic(actor, forum, **told))

    return announced


def api(client, world):
    return client.get(f"/api/v1/topics/{world.ids['announced']}/receipts")


def test_who_reads_it_is_counted_once_and_seen_by_its_author_and_the_team(announce, door, world):
    path = announce("mark")
    petra, rhea, mark, mona = (door(name) for name in ("petra", "rhea", "mark", "mona"))
    assert "sees whether you have read this" not in (page := petra.get(path).text)
    assert "Mark Moderator asks who has read this: Mark Moderator and the team at" in page
    assert "Read by 0 of 4 people" in rhea.get(path).text
    assert post(petra, f"{path}/read").status_code == 303
    first = api(rhea, world).json
    assert (first["read"], first["readers"]) == (1, 4)
    assert [one["person"]["name"] for one in first["people"] if one["read_at"]] == ["Petra Prospect"]
    post(petra, f"{path}/read")  # once more
    assert api(mona, world).json == first == api(mark, world).json
    assert "Read by 1 of 4 people" in mark.get(path).text
    page = rhea.get(f"{path}/read").text
    assert "“We move on Monday” was read by 1 of the 4 people who can see it." in page
    assert page.index("Not yet") < page.index("Rolf") < page.index("Have read it") < page.index("Petra Prospect")


def test_its_other_readers_and_strangers_do_not_see_who_has_read_it(announce, door, world):
    path = announce("rhea")
    assert door("mona").get(f"{path}/read").status_code == 200 == api(door("mona"), world).status_code
    for name, status in {"petra": 403, "rolf": 403, "mark": 403, "otto": 404, "paul": 404, "nils": 404, "ada": 404}.items():
        assert (door(name).get(f"{path}/read").status_code, api(door(name), world).status_code) == (status, status)
    assert "The team at" in door("petra").get(path).text


def test_answering_is_reading_and_the_author_is_nobody_of_them(announce, acting, world, door):
    announce("rhea")
    with acting("petra") as petra:
        actions.post_message(petra, petra.session.get_one(Topic, world.pks["announced"]), body="Thanks")
    with acting("rhea") as rhea:
        actions.mark_read(rhea, rhea.session.get_one(Topic, world.pks["announced"]))
    told = api(door("mona"), world).json
    assert [one["person"]["name"] for one in told["people"] if one["read_at"]] == ["Petra Prospect"]
    assert "Rhea Rep" not in str(told)


def test_who_is_gone_is_not_counted(announce, acting, world, door):
    announce("rhea")
    with acting("petra") as petra:
        actions.mark_read(petra, petra.session.get_one(Topic, world.pks["announced"]))
    before = api(door("mona"), world).json
    with acting("rhea") as rhea:
        room, person = rhea.session.get_one(Workspace, world.pks["room"]), rhea.session.get_one(Person, world.pks["petra"])
        rooms.remove_member(rhea, room, person=person)
    after = api(door("mona"), world).json
    assert (after["read"], after["readers"]) == (before["read"] - 1, before["readers"] - 1)
    assert "Petra" not in str(after)


def test_nothing_is_kept_of_what_does_not_ask(announce, acting, world, db):
    announce("rhea", receipts=False)
    for name in ("announced", "topic"):
        with acting("petra") as petra:
            actions.mark_read(petra, petra.session.get_one(Topic, world.pks[name]))
    assert db.query(Receipt).all() == []
    with acting("rhea") as rhea, pytest.raises(Forbidden):
        fetch(rhea, May.SEE_RECEIPTS, world.ids["announced"])


def test_only_an_announcement_asks(acting, world, door):
    with acting("rhea") as rhea, pytest.raises(Invalid):
        actions.start_topic(rhea, rhea.session.get_one(Forum, world.pks["general"]), **WORDS, receipts=True)
    path = f"/w/{world.ids['room']}/discussions/new"
    rhea = door("rhea")
    assert 'name="receipts"' in rhea.get(path).text
    assert 'name="receipts"' not in door("petra").get(path).text
    told = WORDS | {"forum": world.ids["general"], "receipts": "1"}
    wrong = post(rhea, path, kind="question", **told)
    assert wrong.status_code == 422
    assert "Who has read it can be asked of an announcement alone." in wrong.text
    made = post(rhea, path, kind="announcement", **told)
    assert made.status_code == 303
    assert "Read by 0 of 4 people" in rhea.get(made.location).text


def test_the_api_says_so_and_asks_too(announce, door, world):
    announce("rhea")
    rhea = door("rhea")
    assert rhea.get(f"/api/v1/topics/{world.ids['announced']}").json["receipts"] is True
    assert rhea.get(f"/api/v1/topics/{world.ids['topic']}").json["receipts"] is False
    told, headers = WORDS | {"kind": "announcement", "receipts": True}, {"X-CSRFToken": csrf_of(rhea)}
    made = rhea.post(f"/api/v1/forums/{world.ids['general']}/topics", json=told, headers=headers)
    assert (made.status_code, made.json["receipts"]) == (201, True)
    wrong = rhea.post(f"/api/v1/forums/{world.ids['general']}/topics", json=told | {"kind": "question"}, headers=headers)
    assert wrong.status_code == 422


def test_in_a_community_who_has_not_agreed_is_counted_and_not_named(circle, acting, world, door):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["circle"])
        rooms.change_role(rhea, room, person=rhea.session.get_one(Person, world.pks["mark"]), role="moderator")
    with acting("mark") as mark:
        forum = queries.forums_of(mark, mark.session.get_one(Workspace, world.pks["circle"]))[0]
        path = kept(world, actions.start_topic(mark, forum, **WORDS, kind="announcement", receipts=True))
    for name in ("petra", "otto"):
        assert post(door(name), f"{path}/read").status_code == 303
    named = [one["person"]["name"] for one in api(door("rhea"), world).json["people"] if one["read_at"]]
    assert sorted(named) == ["Otto Outsider", "Petra Prospect"]
    seen = api(door("mark"), world).json
    assert (seen["read"], seen["readers"]) == (2, 3)
    assert [one["person"]["name"] for one in seen["people"] if one["read_at"]] == ["Petra Prospect"]  # a colleague
    page = door("mark").get(f"{path}/read").text
    assert "Otto" not in page
    assert "1 more person of the other companies is not shown" in page
    assert door("petra").get(f"{path}/read").status_code == 403


def test_a_page_of_it_asks_no_more_than_another_for_who_only_reads(announce, door, world, house):
    path = announce("rhea")
    petra = door("petra")
    numbers = []
    for each in (path, announce("rhea", receipts=False)):
        petra.get(each)
        with counting(house) as queries_of:
            petra.get(each)
        numbers.append(len(queries_of))
    assert numbers[0] == numbers[1]

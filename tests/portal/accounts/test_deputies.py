"""Who acts for an owner for a time: with their rights, no longer than said, and on record."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import actions
from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.kernel.policy import may
from portal.people.models import Person
from tests.conftest import csrf_of, post
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


def _account(actor, world, name="calder"):
    return actor.session.get_one(Account, world.pks[name])


def _days(first, last):
    today = clock.now().date()
    return {"begins": today + timedelta(days=first), "until": today + timedelta(days=last)}


def _named(acting, world, first=0, last=3, by="rhea"):
    with acting(by) as actor:
        actions.name_deputy(actor, _account(actor, world), person=actor.session.get_one(Person, world.pks["ravi"]), **_days(first, last))


def _rights(acting, world):
    with acting("ravi") as ravi:
        room = ravi.session.get_one(Workspace, world.pks["room"])
        asked = {
            "reads": (May.READ_ACCOUNT, _account(ravi, world)),
            "changes": (May.CHANGE_ACCOUNT, _account(ravi, world)),
            "gives": (May.GIVE_ACCOUNT, _account(ravi, world)),
            "apart": (May.KEEP_APART, _account(ravi, world)),
            "room": (Rooms.READ_WORKSPACE, room),
            "runs": (Rooms.RUN_WORKSPACE, room),
        }
        return {word for word, (verb, row) in asked.items() if may(ravi, verb, row)}


def test_the_owners_rights_but_giving_it_away(acting, world):
    assert _rights(acting, world) == set()
    _named(acting, world)
    assert _rights(acting, world) == {"reads", "changes", "room", "runs"}
    with acting("ravi") as ravi:
        topic = ravi.session.get_one(Topic, world.pks["topic"])
        forums.post_message(ravi, topic, body="Rhea is away; I take care of it.")
        forums.post_message(ravi, topic, body="Among us.", team=True)


def test_from_one_day_to_the_other_and_over_by_itself(acting, world):
    _named(acting, world, 2, 3)
    moment = clock.now().replace(hour=12)
    for day, expected in ((0, False), (1, False), (2, True), (3, True), (4, False), (40, False)):
        with clock.standing_at(moment + timedelta(days=day)):
            assert bool(_rights(acting, world)) is expected, day


def test_ended_earlier(acting, world):
    _named(acting, world)
    with acting("mona") as mona:
        actions.end_deputy(mona, _account(mona, world), person=mona.session.get_one(Person, world.pks["ravi"]))
    assert _rights(acting, world) == set()


def test_another_owner_has_no_deputy_of_the_one_before(acting, world):
    _named(acting, world)
    with acting("mona") as mona:
        actions.give_account(mona, _account(mona, world), to=mona.session.get_one(Person, world.pks["nora"]))
    assert _rights(acting, world) == set()


@pytest.mark.parametrize(("first", "last"), [(-3, -1), (3, 1), (0, 800)])
def test_days_that_make_no_sense(acting, world, first, last):
    with pytest.raises(Invalid):
        _named(acting, world, first, last)
    assert _rights(acting, world) == set()


def test_one_at_a_time_and_only_who_can(acting, world):
    _named(acting, world)
    for who in ("nora", "rhea"):
        with acting("rhea") as rhea, pytest.raises(Invalid):
            actions.name_deputy(rhea, _account(rhea, world), person=rhea.session.get_one(Person, world.pks[who]), **_days(1, 2))
    with acting("ravi") as ravi, pytest.raises(Forbidden):
        actions.name_deputy(ravi, _account(ravi, world), person=ravi.session.get_one(Person, world.pks["nora"]), **_days(8, 9))
    with acting("nora") as nora, pytest.raises(NotFound):
        actions.name_deputy(nora, _account(nora, world), person=nora.person, **_days(8, 9))


def test_it_is_on_the_trail(acting, world, db):
    _named(acting, world)
    (told,) = db.scalars(select(Event).where(Event.kind == "account.deputy")).all()
    assert (told.facts["name"], told.facts["owner"]) == ("Ravi Rep", "Rhea Rep")


def test_a_socket_hears_no_more_after_the_time(app, acting, door, world):
    _named(acting, world, 0, 1)
    client = door("ravi")
    client.get("/")
    socket = app.extensions["realtime"].io.test_client(app, flask_test_client=client, headers={"Origin": "http://localhost"})
    assert socket.emit("watch", {"topic": world.ids["topic"]}, callback=True)["ok"]
    with acting("petra") as petra:
        forums.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="Heard.")
    assert [told["args"][0]["body"] for told in socket.get_received()] == ["Heard."]
    with clock.standing_at(clock.now() + timedelta(days=3)), acting("petra") as petra:
        forums.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="Not heard.")
    assert not socket.get_received()


def test_the_pages(door, world):
    rhea, url = door("rhea"), f"/accounts/{world.ids['calder']}"
    days = {name: day.isoformat() for name, day in _days(0, 2).items()}
    assert post(rhea, f"{url}/deputy", deputy="nobody@tidewell.example", **days).status_code == 422
    assert door("ravi").get(url).status_code == 404
    assert post(rhea, f"{url}/deputy", deputy=world.ids["ravi"], **days).status_code == 303
    assert b"Ravi Rep" in rhea.get(url).data
    assert b"acts for Rhea" in rhea.get(url).data
    assert door("ravi").get(url).status_code == 200
    assert door("ravi").get(f"{url}/owner").status_code == 403
    people = door("petra").get(f"/w/{world.ids['room']}/people").data
    assert b"Ravi Rep" in people
    assert post(door("petra"), f"{url}/deputy", deputy=world.ids["ravi"], **days).status_code == 404
    assert post(rhea, f"{url}/deputy/end", deputy=world.ids["ravi"]).status_code == 303
    assert door("ravi").get(url).status_code == 404


def test_for_all_that_they_look_after(door, acting, world):
    with acting("rhea") as rhea:
        world.pks["second"] = actions.open_account(rhea, name="Second Water").pk
    days = {name: day.isoformat() for name, day in _days(0, 2).items()}
    answer = post(door("rhea"), f"/accounts/{world.ids['calder']}/deputy", deputy=world.ids["ravi"], all="1", **days)
    assert answer.status_code == 303
    with acting("ravi") as ravi:
        assert may(ravi, May.READ_ACCOUNT, _account(ravi, world, "second"))
        assert may(ravi, May.READ_ACCOUNT, _account(ravi, world))


def test_the_api(door, world):
    rhea, url = door("rhea"), f"/api/v1/accounts/{world.ids['calder']}/deputies"
    header = {"X-CSRFToken": csrf_of(rhea)}
    days = {name: day.isoformat() for name, day in _days(0, 2).items()}
    made = rhea.post(url, json={"person": "ravi@tidewell.example", **days}, headers=header)
    assert made.status_code == 201
    assert made.json["person"]["name"] == "Ravi Rep"
    assert [item["owner"]["name"] for item in door("ravi").get(url).json["items"]] == ["Rhea Rep"]
    assert rhea.delete(f"{url}/{world.ids['ravi']}", headers=header).status_code == 204
    assert rhea.get(url).json["items"] == []
    assert door("ravi").get(url).status_code == 404

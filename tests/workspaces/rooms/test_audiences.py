"""Who comes to see what is for a group; who can see this on Home; what is watched follows."""

import pytest
from sqlalchemy import func, select

import wsgi
from portal.people.models import Person
from tests.conftest import csrf_of, post
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Topic
from workspaces.rooms import actions
from workspaces.rooms.models import Group, GroupMember


def _inside(db, world):
    db.rollback()
    return db.scalar(select(func.count()).where(GroupMember.group_pk == world.pks["group"], GroupMember.recorded_to.is_(None)))


def test_more_members_are_shown_before_they_read(door, acting, world, db):
    with acting("petra") as petra:
        forums.start_topic(petra, petra.session.get_one(Forum, world.pks["inner"]), title="Budget", body="Not above 40.")
    rhea, url = door("rhea"), f"/w/{world.ids['room']}/groups/{world.ids['group']}"
    both = [world.ids["petra"], world.ids["rolf"]]
    asked = post(rhea, url, name="Procurement", members=both)
    assert asked.status_code == 200
    for words in (b"1 person more sees it", b"Rolf Reader", b"1 message"):
        assert words in asked.data
    assert _inside(db, world) == 1
    state = asked.text.split('name="shown" value="')[1].split('"')[0]
    assert post(rhea, url, name="Procurement", members=both, confirmed="true", shown=state).status_code == 303
    assert _inside(db, world) == 2


def test_a_group_that_nothing_is_for_asks_nothing(door, acting, world):
    with acting("rhea") as rhea:
        from workspaces.rooms.models import Workspace

        group = actions.make_group(rhea, rhea.session.get_one(Workspace, world.pks["room"]), name="Later", members=[])
        id = group.id
    assert post(door("rhea"), f"/w/{world.ids['room']}/groups/{id}", name="Later", members=[world.ids["rolf"]]).status_code == 303


def test_the_api_tells_what_members_would_mean(door, world, db):
    rhea, url = door("rhea"), f"/api/v1/groups/{world.ids['group']}"
    told = rhea.patch(
        f"{url}?preview=true", json={"members": [world.ids["petra"], world.ids["rolf"]]}, headers={"X-CSRFToken": csrf_of(rhea)}
    )
    assert told.status_code == 200
    assert [one["name"] for one in told.json["change"]["gains"]] == ["Rolf Reader"]
    assert told.json["change"]["gains"][0]["company"] == "Calder Water"
    assert _inside(db, world) == 1


@pytest.mark.parametrize("who", ["petra", "rhea"])
def test_home_offers_a_copy_once(house, door, world, who):
    """However often a house was built in this process: `serve` builds two."""
    wsgi.build_house(house.settings).close()
    assert door(who).get(f"/w/{world.ids['room']}/").data.count(b"/export") == 1


def test_who_watches_hears_what_they_have_come_to_see(app, door, acting, world):
    client = door("petra")
    client.get("/")
    socket = app.extensions["realtime"].io.test_client(app, flask_test_client=client, headers={"Origin": "http://localhost"})
    assert socket.emit("watch", {"workspace": world.ids["room"]}, callback=True)["ok"]
    with acting("rhea") as rhea:
        forums.change_forum_audience(rhea, rhea.session.get_one(Forum, world.pks["backstage"]), audience="everyone")
    socket.get_received()
    with acting("rhea") as rhea:
        forums.post_message(rhea, rhea.session.get_one(Topic, world.pks["staff_topic"]), body="Now you read it.")
    assert [told["args"][0]["body"] for told in socket.get_received()] == ["Now you read it."]
    with acting("rhea") as rhea:
        forums.change_forum_audience(rhea, rhea.session.get_one(Forum, world.pks["backstage"]), audience="staff")
        forums.post_message(rhea, rhea.session.get_one(Topic, world.pks["staff_topic"]), body="Among us again.")
    assert [told["name"] for told in socket.get_received()] == ["access"]  # of the workspace, which she reads as before


def test_a_group_that_old_talk_is_for_cannot_go(acting, world):
    from portal.kernel.errors import Invalid

    with acting("rhea") as rhea:
        forums.change_forum_audience(rhea, rhea.session.get_one(Forum, world.pks["inner"]), audience="everyone", from_now_on=True)
        with pytest.raises(Invalid, match="stays"):
            actions.remove_group(rhea, rhea.session.get_one(Group, world.pks["group"]))
    with acting("rhea") as rhea:
        assert rhea.session.get_one(Person, world.pks["petra"]) in actions.groups.members_of(
            rhea, rhea.session.get_one(Group, world.pks["group"])
        )

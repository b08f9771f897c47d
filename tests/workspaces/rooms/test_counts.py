"""What pages ask for when they are told of news is what a fresh page says."""

import re

import pytest

from tests.conftest import post
from workspaces.forums import actions as forums
from workspaces.forums.models import Post, Topic


@pytest.fixture
def say(acting, world):
    def said(name, body, **how):
        with acting(name) as actor:
            return forums.post_message(actor, actor.session.get_one(Topic, world.pks["topic"]), body=body, **how).pk

    return said


def fresh(client, world):
    """The numbers of the tabs and the bell, as the page has them."""
    page = client.get(f"/w/{world.ids['room']}/people", follow_redirects=True).text
    shown = re.findall(r'data-count="(\w+)"( hidden)?>.*?<span data-n>(\d+)', page)
    return {name: 0 if hidden else int(number) for name, hidden, number in shown}


def test_counts_are_those_of_a_fresh_page(door, world, say, acting):
    petra, rolf = door("petra"), door("rolf")
    path = f"/w/{world.ids['room']}/counts"
    before = petra.get(path).json
    pk = say("rhea", "One more")
    say("rhea", "Only ours", team=True)
    assert petra.get(path).json == before | {"discussions": before["discussions"] + 1} == fresh(petra, world)
    assert door("rhea").get(path).json == fresh(door("rhea"), world) | {"moderation": 0}  # only who moderates has that number
    with acting("mark") as mark:
        forums.hide_post(mark, mark.session.get_one(Post, pk), reason="Hm")
    assert petra.get(path).json == before == fresh(petra, world)
    post(rolf, f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/read")
    assert rolf.get(path).json["discussions"] == 0 == fresh(rolf, world)["discussions"]
    assert petra.get("/me/counts").json == {"inbox": before["inbox"]}


def test_what_is_muted_counts_for_nothing(door, world, say):
    petra = door("petra")
    path, topic = f"/w/{world.ids['room']}/counts", f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"
    say("rhea", "One more")
    assert (new := petra.get(path).json["discussions"]) > 0
    assert world.ids["topic"] in petra.get(f"/w/{world.ids['room']}/discussions?show=unread").text
    post(petra, f"{topic}/follow", how="mute")
    assert petra.get(path).json["discussions"] == 0
    assert world.ids["topic"] not in petra.get(f"/w/{world.ids['room']}/discussions?show=unread").text
    post(petra, f"{topic}/follow", how="follow")
    assert petra.get(path).json["discussions"] == new
    post(petra, f"/w/{world.ids['room']}/hear", how="muted")  # of this discussion they said something else
    assert petra.get(path).json["discussions"] == new
    rolf = door("rolf")
    assert rolf.get(path).json["discussions"] > 0
    post(rolf, f"/w/{world.ids['room']}/hear", how="muted")
    assert rolf.get(path).json["discussions"] == 0


def test_who_looks_as_a_client_has_no_marks_of_theirs(door, world, say):
    say("petra", "Is it new?")
    rhea = door("rhea")
    assert rhea.get(f"/w/{world.ids['room']}/counts").json["discussions"] > 0
    assert post(rhea, f"/w/{world.ids['room']}/view").status_code == 303
    assert rhea.get(f"/w/{world.ids['room']}/counts").json["discussions"] == 0


def test_who_may_not_come_in_is_told_nothing(door, world):
    assert door("petra").get(f"/w/{world.ids['room']}/counts").status_code == 200
    for name in ("otto", "paul", "nils", "ravi", "ada"):
        assert door(name).get(f"/w/{world.ids['room']}/counts").status_code == 404
    assert door("nobody").get("/me/counts").status_code == 303


def test_reading_here_is_told_to_ones_other_pages(app, door, world, say):
    petra, mark = door("petra"), door("mark")
    io = app.extensions["realtime"].io
    other, somebody = (
        io.test_client(app, flask_test_client=client, headers={"Origin": "http://localhost"}) for client in (door("petra"), mark)
    )
    say("rhea", "To be read")
    for socket in (other, somebody):
        socket.get_received()
    post(petra, f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/read")
    assert [(told["name"], told["args"][0]) for told in other.get_received()] == [("counts", {"unread": 0})]
    post(petra, f"/w/{world.ids['room']}/discussions/{world.ids['topic']}/read")
    assert other.get_received() == []  # nothing was new
    assert somebody.get_received() == []


def test_hiding_that_one_is_here(door, world, acting):
    petra = door("petra")
    assert 'name="present" value="1" checked' in petra.get("/me/settings/profile").text
    assert post(petra, "/me/settings/presence").status_code == 303
    with acting("petra") as actor:
        assert actor.person.present is False
    assert 'name="present" value="1" checked' not in petra.get("/me/settings/profile").text
    post(petra, "/me/settings/presence", present="1")
    with acting("petra") as actor:
        assert actor.person.present is True

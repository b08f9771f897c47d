"""Who hears what of a topic as it happens."""

import pytest

from portal.kernel.events import Event
from portal.kernel.indexing import FINDABLE
from workspaces.forums import actions
from workspaces.forums.models import Forum, Post, Topic


@pytest.fixture
def listen(app, door):
    """`listen("petra", topic=ID)`: a socket of that person, watching."""

    def watching(name, **what):
        client = door(name)
        client.get("/")
        socket = app.extensions["realtime"].io.test_client(app, flask_test_client=client, headers={"Origin": "http://localhost"})
        assert socket.is_connected()
        answer = socket.emit("watch", what, callback=True)
        assert answer["ok"] is (name not in ("otto", "ravi", "paul", "nils")), name
        return socket

    return watching


def heard(socket):
    return [(told["name"], told["args"][0]) for told in socket.get_received() if told["name"] != "presence"]


def test_a_message_is_heard_by_those_who_may_read_it(listen, acting, world):
    sockets = {name: listen(name, topic=world.ids["topic"]) for name in ("petra", "rolf", "mona", "otto", "ravi")}
    with acting("rhea") as rhea:
        topic = rhea.session.get_one(Topic, world.pks["topic"])
        post = actions.post_message(rhea, topic, body="Live **news**")
        actions.post_message(rhea, topic, body="For the team", team=True)
    for name in ("petra", "rolf"):
        ((event, told),) = heard(sockets[name])
        assert (event, told["id"], told["seq"]) == ("post.created", post.id, 3)
        assert told["body"] == "Live **news**"
        assert "<strong>news</strong>" in told["html"]
        assert f'id="p-{post.id}"' in told["html"]
        assert "csrf" not in told["html"]
    assert [told["audience"] for _event, told in heard(sockets["mona"])] == ["shared", "team"]
    assert heard(sockets["otto"]) == heard(sockets["ravi"]) == []


def test_what_only_some_may_do_is_in_nobody_s_event(listen, acting, world):
    socket = listen("petra", topic=world.ids["topic"])
    with acting("rhea") as rhea:
        actions.post_message(rhea, rhea.session.get_one(Topic, world.pks["topic"]), body="Hi")
    ((_event, told),) = heard(socket)
    assert told["html"].count("data-only") == told["html"].count(" hidden>") == 2  # the answer, a sign; the menu is the page's own


def test_removed_and_hidden_words_are_not_sent(listen, acting, world):
    socket = listen("rolf", topic=world.ids["topic"])
    with acting("rhea") as rhea:
        actions.remove_post(rhea, rhea.session.get_one(Post, world.pks["post"]))
    with acting("mark") as mark:
        first = mark.session.query(Post).filter_by(topic_pk=world.pks["topic"], seq=1, team=False).one()
        actions.hide_post(mark, first, reason="Hm")
    events = heard(socket)
    assert [name for name, _told in events] == ["post.removed", "post.removed"]
    for _name, told in events:
        assert told["body"] == ""
        assert "converter" not in told["html"]
        assert "24 V." not in told["html"]
    with acting("rhea") as rhea:
        actions.restore_post(rhea, rhea.session.get_one(Post, world.pks["post"]))
    with acting("rhea") as rhea:
        actions.edit_post(rhea, rhea.session.get_one(Post, world.pks["post"]), body="Better")
    assert [(name, told["body"][:6]) for name, told in heard(socket)] == [("post.edited", "No con"), ("post.edited", "Better")]


def test_a_workspace_hears_of_topics_in_forums_that_one_may_read(listen, acting, world):
    sockets = {name: listen(name, workspace=world.ids["room"]) for name in ("petra", "rolf")}
    with acting("rhea") as rhea:
        actions.start_topic(rhea, rhea.session.get_one(Forum, world.pks["inner"]), title="For the group", body="Words")
        actions.start_topic(rhea, rhea.session.get_one(Forum, world.pks["backstage"]), title="For us", body="Words")
    events = heard(sockets["petra"])
    assert [(name, told.get("title")) for name, told in events if name == "topic.created"] == [("topic.created", "For the group")]
    assert heard(sockets["rolf"]) == []


def test_a_moved_topic_is_heard_no_more(listen, acting, world):
    socket = listen("rolf", topic=world.ids["topic"])
    with acting("rhea") as rhea:
        topic = rhea.session.get_one(Topic, world.pks["topic"])
        actions.move_topic(rhea, topic, forum=rhea.session.get_one(Forum, world.pks["inner"]))
        actions.post_message(rhea, topic, body="Among ourselves")
    assert heard(socket) == []


def test_what_is_indexed_follows_what_happened(acting, world):
    of = FINDABLE["post"]
    with acting("rhea") as rhea:
        topic = rhea.session.get_one(Topic, world.pks["topic"])
        post = rhea.session.get_one(Post, world.pks["post"])
        assert "converter" in of.make(post).body
        actions.change_topic(rhea, topic, title="Renamed")
        renamed = rhea.session.query(Event).filter_by(kind="topic.changed").one()
        assert set(of.affected(rhea.session, renamed)) >= {world.ids["post"], world.ids["team_note"]}
        actions.remove_post(rhea, post)
        assert of.make(post) is None


def test_a_sign_is_heard_by_those_who_see_the_message(listen, acting, world):
    sockets = {name: listen(name, topic=world.ids["topic"]) for name in ("rolf", "mona", "otto")}
    with acting("petra") as petra:
        actions.react(petra, petra.session.get_one(Post, world.pks["post"]), emoji="👍")
    for name in ("rolf", "mona"):
        ((event, told),) = heard(sockets[name])
        assert (event, told["reactions"][0]["emoji"]) == ("post.edited", "👍")
        assert "Petra Prospect" in told["html"]
    with acting("rhea") as rhea:
        actions.react(rhea, rhea.session.get_one(Post, world.pks["team_note"]), emoji="👍")
    assert [len(heard(sockets[name])) for name in ("rolf", "mona", "otto")] == [0, 1, 0]

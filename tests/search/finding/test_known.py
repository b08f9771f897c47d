"""Who knows what, and what our side answered to others: both only from what the searcher may read."""

import pytest
from sqlalchemy import select

from portal.accounts.models import KeptApart
from search.finding.fields import asked
from search.finding.known import answered_to_others, who_knows
from tests.conftest import post
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Draft, Forum, Post, Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace


@pytest.fixture
def answered(acting, world, circle, house):
    """Otto asks the community about brackish water; Petra's answer is chosen, Rhea answers too."""
    with acting("otto") as otto:
        forum = otto.session.scalars(select(Forum).where(Forum.workspace_pk == world.pks["circle"])).one()
        topic = forums.start_topic(otto, forum, title="Brackish water and sensors", body="Do your sensors survive?", kind="question")
        world.keep("brackish", topic)
    with acting("petra") as petra:
        said = forums.post_message(petra, petra.session.get_one(Topic, world.pks["brackish"]), body="Brackish water eats brass sensors.")
        world.keep("brass", said)
    with acting("rhea") as rhea:
        made = forums.post_message(
            rhea,
            rhea.session.get_one(Topic, world.pks["brackish"]),
            body=f"Brackish water needs titanium sensors, @[Petra]({world.ids['petra']}).",
        )
        world.keep("titanium", made)
    with acting("otto") as otto:
        forums.accept_answer(otto, otto.session.get_one(Topic, world.pks["brackish"]), post=otto.session.get_one(Post, world.pks["brass"]))
    drain(house)


@pytest.fixture
def known(acting, house):
    """`known("otto", "brackish")`: the names of who answered about it, as this searcher is told."""

    def ask(who, words):
        with acting(who) as actor:
            return {one.person.name: one for one in who_knows(actor, house, asked(words))}

    return ask


def test_only_who_is_seen_is_known_by_it(known, answered, say_seen):
    assert known("otto", "brackish").keys() == {"Rhea Rep"}
    assert known("mark", "brackish").keys() == {"Rhea Rep", "Petra Prospect"}
    say_seen("petra")
    found = known("otto", "brackish")
    assert list(found) == ["Petra Prospect", "Rhea Rep"]  # a chosen answer weighs more
    petra = found["Petra Prospect"]
    assert (petra.company, petra.answers, petra.chosen) == ("Calder Water", 1, 1)
    assert "/discussions/new?forum=" in petra.ask
    assert known("petra", "brackish").keys() == {"Rhea Rep"}  # nobody is told to ask themselves
    assert known("paul", "brackish") == {}
    assert known("nora", "brackish") == {}


def test_who_left_or_must_not_be_met_is_not_asked(known, acting, world, answered, say_seen):
    say_seen("petra")
    assert "Petra Prospect" in known("otto", "brackish")
    low, high = sorted((world.pks["calder"], world.pks["otway"]))
    with acting("rhea") as rhea:
        pair = KeptApart(one_pk=low, other_pk=high, reason="Rivals.", by_pk=rhea.pk)
        rhea.session.add(pair)
    assert "Petra Prospect" not in known("otto", "brackish")
    with acting("rhea") as rhea:
        rhea.session.delete(rhea.session.scalars(select(KeptApart)).one())
    assert "Petra Prospect" in known("otto", "brackish")
    with acting("petra") as petra:
        rooms.leave_workspace(petra, petra.session.get_one(Workspace, world.pks["circle"]))
    assert "Petra Prospect" not in known("otto", "brackish")


def test_the_page_and_the_api_say_the_same(door, world, answered, say_seen):
    assert "/search/people?q=brackish" in door("otto").get("/search?q=brackish").get_data(as_text=True)
    page = door("otto").get("/search/people?q=brackish").get_data(as_text=True)
    assert "Ask Rhea" in page
    assert "Ask Petra" not in page
    say_seen("petra")
    page = door("otto").get("/search/people?q=brackish").get_data(as_text=True)
    assert "Ask Petra" in page
    told = door("otto").get("/api/v1/search/people?q=brackish").json["items"]
    assert [(each["person"]["name"], each["answers"], each["chosen"]) for each in told] == [("Petra Prospect", 1, 1), ("Rhea Rep", 1, 0)]
    assert told[0]["post"] == world.ids["brass"]
    form = door("otto").get(told[0]["ask"]).get_data(as_text=True)
    assert f"@[Petra Prospect]({world.ids['petra']})" in form
    assert door("paul").get("/api/v1/search/people?q=brackish").json["items"] == []
    assert door("nobody").get("/api/v1/search/people?q=brackish").status_code == 401


def test_staff_see_what_we_answered_to_others(door, acting, world, answered, house):
    with acting("petra") as petra:
        asks = forums.start_topic(
            petra, petra.session.get_one(Forum, world.pks["general"]), title="Brackish water?", body="Will they hold?"
        )
        world.keep("asks", asks)
        path = asks.path
    with acting("rhea") as rhea:
        told = answered_to_others(rhea, house, rhea.session.get_one(Topic, world.pks["asks"]))
        assert [one.post.id for one in told] == [world.ids["titanium"]]  # of ours alone, and not of here
    rhea = door("rhea")
    assert "What we answered to others" in rhea.get(path).get_data(as_text=True)
    page = rhea.get(f"{path}/answered").get_data(as_text=True)
    assert "titanium" in page
    assert "What we answered" not in door("petra").get(path).get_data(as_text=True)
    assert door("petra").get(f"{path}/answered").status_code == 403
    assert door("otto").get(f"{path}/answered").status_code == 404
    assert "titanium" not in door("mona").get(f"{path}/answered").get_data(as_text=True)  # she is not in the community


def test_an_answer_goes_into_the_draft_without_names(door, acting, world, answered, house, db):
    with acting("petra") as petra:
        asks = forums.start_topic(
            petra, petra.session.get_one(Forum, world.pks["general"]), title="Brackish water?", body="Will they hold?"
        )
        path = asks.path
    assert post(door("rhea"), f"{path}/answered", post=world.ids["brass"]).status_code == 404  # a client's words
    assert post(door("petra"), f"{path}/answered", post=world.ids["titanium"]).status_code == 403
    assert post(door("rhea"), f"{path}/answered", post=world.ids["titanium"]).status_code == 303
    draft = db.scalars(select(Draft).where(Draft.person_pk == world.pks["rhea"])).one()
    assert draft.body == "Brackish water needs titanium sensors, ."

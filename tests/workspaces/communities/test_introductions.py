"""Nobody is introduced without having said yes: to all, or to one another."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import KeptApart
from portal.kernel import clock, erasing
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.notices.models import Notice
from portal.notices.queries import inbox
from portal.people.models import Person
from tests.conftest import csrf_of, post
from tests.workings import drain
from workspaces.communities import actions, queries
from workspaces.communities.models import Introduction
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Post, Topic
from workspaces.rooms.models import Workspace

WORDS = "Petra has a board in the yard that others would like to steal."


@pytest.fixture
def room(world, circle):
    """`room(actor)`: the community in the actor's session."""
    return lambda actor: actor.session.get_one(Workspace, world.pks["circle"])


@pytest.fixture
def someone(world):
    return lambda actor, name: actor.session.get_one(Person, world.pks[name])


@pytest.fixture
def asked_two(acting, room, someone, say_seen):
    """Petra and Otto are asked whether they would like to meet. The id."""
    say_seen("petra")
    say_seen("otto")
    with acting("rhea") as rhea:
        one, other = someone(rhea, "petra"), someone(rhea, "otto")
        return actions.ask_two(rhea, room(rhea), one=one, other=other, words="You both distrust meters.").id


def row(actor, id):
    return actor.session.scalars(select(Introduction).where(Introduction.id == id)).one()


def answers(acting, id, who, agrees=True):
    with acting(who) as actor:
        actions.answer_introduction(actor, row(actor, id), agrees=agrees)


def test_the_first_begins_the_welcome_and_others_follow(acting, room):
    with acting("petra") as petra:
        first = actions.introduce_oneself(petra, room(petra), words="Petra. Four people, none of it flat.")
        assert (first.topic.title, first.author_pk) == ("Who is here", petra.pk)
        topic_pk = first.topic_pk
    with acting("otto") as otto:
        assert actions.introduce_oneself(otto, room(otto), words="Otto, cold stores.").topic_pk == topic_pk
        with pytest.raises(Invalid):
            actions.introduce_oneself(otto, room(otto), words="Once more.")


def test_what_is_proposed_is_theirs_to_change_or_refuse(acting, room, someone, house):
    with acting("rhea") as rhea:
        id = actions.propose_introduction(rhea, room(rhea), person=someone(rhea, "petra"), words=WORDS).id
        with pytest.raises(Invalid):
            actions.propose_introduction(rhea, room(rhea), person=someone(rhea, "petra"), words=WORDS)
        actions.propose_introduction(rhea, room(rhea), person=someone(rhea, "otto"), words="Otto freezes things.")
        with pytest.raises(Invalid):
            actions.propose_introduction(rhea, room(rhea), person=someone(rhea, "mona"), words="Not a member.")
    drain(house)
    with acting("petra") as petra:
        assert "meet" in [group.why for group in inbox(petra)]
        assert petra.session.scalars(select(Post).where(Post.body == WORDS)).all() == []  # nothing is posted before she says yes
        said = actions.introduce_oneself(petra, room(petra), words="My own words.")
        assert (row(petra, id).state, row(petra, id).post_pk) == ("made", said.pk)
    with acting("otto") as otto:
        actions.stay_unintroduced(otto, room(otto))
        assert queries.asked_of_me(otto, room(otto)) == []
    with acting("rhea") as rhea, pytest.raises(Invalid):
        actions.propose_introduction(rhea, room(rhea), person=someone(rhea, "otto"), words="Again.")
    drain(house)
    with acting("petra") as petra:
        assert "meet" not in [group.why for group in inbox(petra)]


def test_what_was_forgotten_before_anybody_was_told_is_told_to_nobody(acting, room, someone, house, world):
    with acting("rhea") as rhea:
        row = actions.propose_introduction(rhea, room(rhea), person=someone(rhea, "petra"), words=WORDS)
        rhea.session.flush()
        actions.withdraw_introduction(rhea, row)
        actions.propose_introduction(rhea, room(rhea), person=someone(rhea, "petra"), words=WORDS)
    with acting("system") as system:
        erasing.apply(system.session, [erasing.Entry("person", world.ids["petra"])])
    drain(house)
    with acting("system") as system:
        assert system.session.scalars(select(Notice.pk).where(Notice.why == "meet")).all() == []


def test_two_are_introduced_once_both_say_yes(acting, room, someone, asked_two, house):
    def make(who="rhea"):
        with acting(who) as actor:
            forum = actor.session.scalars(select(Forum).where(Forum.workspace_pk == room(actor).pk)).one()
            return actions.make_introduction(actor, row(actor, asked_two), forum=forum).title

    drain(house)
    with acting("otto") as otto:
        assert [group.citation.title for group in inbox(otto) if group.why == "meet"] == ["Petra Prospect and Otto Outsider"]
    answers(acting, asked_two, "otto")
    with pytest.raises(Forbidden):
        make()
    with pytest.raises(Forbidden):
        answers(acting, asked_two, "otto", agrees=False)
    answers(acting, asked_two, "petra")
    with pytest.raises(Forbidden):
        make("petra")
    assert make() == "Petra Prospect, meet Otto Outsider"
    with acting("rhea") as rhea:
        made = row(rhea, asked_two)
        assert {each.person_pk for each in made.post.mentions} == {someone(rhea, "petra").pk, someone(rhea, "otto").pk}


def test_one_no_ends_it(acting, asked_two):
    answers(acting, asked_two, "petra", agrees=False)
    with acting("otto") as otto:
        assert row(otto, asked_two).state == "declined"
        with pytest.raises(Forbidden):
            actions.answer_introduction(otto, row(otto, asked_two), agrees=True)


def test_only_who_is_seen_can_be_introduced_to_another(acting, room, someone, say_seen, asked_two):
    with acting("rhea") as rhea, pytest.raises(Invalid) as wrong:
        actions.ask_two(rhea, room(rhea), one=someone(rhea, "otto"), other=someone(rhea, "mark"), words="You two.")
    assert wrong.value.errors[0][0] == "other"
    answers(acting, asked_two, "petra")
    answers(acting, asked_two, "otto")
    say_seen("petra", False)
    with acting("otto") as otto, pytest.raises(NotFound):  # he is not told any more who it was
        actions.answer_introduction(otto, row(otto, asked_two), agrees=True)
    with acting("rhea") as rhea:
        forum = rhea.session.scalars(select(Forum).where(Forum.workspace_pk == room(rhea).pk)).one()
        with pytest.raises(Invalid):
            actions.make_introduction(rhea, row(rhea, asked_two), forum=forum)


def test_who_must_not_meet_is_not_introduced(acting, room, someone, world, say_seen, db):
    say_seen("petra")
    say_seen("otto")
    low, high = sorted((world.pks["calder"], world.pks["otway"]))
    with acting("rhea") as rhea:
        rhea.session.add(KeptApart(one_pk=low, other_pk=high, reason="Rivals.", by_pk=rhea.pk))
    with acting("rhea") as rhea, pytest.raises(Invalid) as wrong:
        actions.ask_two(rhea, room(rhea), one=someone(rhea, "petra"), other=someone(rhea, "otto"), words="You two.")
    assert "kept apart" in wrong.value.errors[0][1]
    assert db.scalars(select(Introduction)).all() == []


def test_the_trail_of_each_company_names_only_its_own(acting, asked_two, world, db):
    told = db.execute(select(Event.account_pk, Event.facts).where(Event.kind == "introduction.proposed")).all()
    by_account = {account: facts["name"] for account, facts in told}
    assert by_account == {world.pks["calder"]: "Petra Prospect", world.pks["otway"]: "Otto Outsider"}


def test_the_pages(door, world, circle, asked_two, acting):
    petra, rhea = door("petra"), door("rhea")
    home = petra.get(f"/w/{circle}/").get_data(as_text=True)
    assert "Would you like to meet Otto Outsider?" in home
    assert "Introduce yourself" in home
    assert "Would you like to meet" not in rhea.get(f"/w/{circle}/").get_data(as_text=True)
    page = rhea.get(f"/w/{circle}/community")
    assert page.status_code == 200
    assert "Petra Prospect and Otto Outsider" in page.get_data(as_text=True)
    assert petra.get(f"/w/{circle}/community").status_code == 403
    assert door("mark").get(f"/w/{circle}/introductions/{asked_two}").status_code == 404
    assert petra.get(f"/w/{circle}/introductions/{asked_two}").status_code == 200
    assert post(petra, f"/w/{circle}/introductions/{asked_two}/answer", agrees="yes").status_code == 303
    assert post(door("otto"), f"/w/{circle}/introductions/{asked_two}/answer", agrees="yes").status_code == 303
    page = rhea.get(f"/w/{circle}/introductions/{asked_two}").get_data(as_text=True)
    assert "Introduce them" in page
    with acting("rhea") as actor:
        forum = actor.session.scalars(select(Forum).where(Forum.workspace_pk == world.pks["circle"])).one().id
    assert post(rhea, f"/w/{circle}/introductions/{asked_two}/make", forum="nonsense").status_code == 422
    assert post(rhea, f"/w/{circle}/introductions/{asked_two}/make", forum=forum).status_code == 303
    assert post(petra, f"/w/{circle}/introductions", words="").status_code == 422
    assert post(petra, f"/w/{circle}/introductions", words="Petra. None of it flat.").status_code == 303
    assert "You are introduced." in petra.get(f"/w/{circle}/introductions").get_data(as_text=True)
    assert post(rhea, f"/w/{circle}/community/introductions", person="x", words="x").status_code == 422
    assert post(rhea, f"/w/{circle}/community/introductions", person=world.ids["mark"], words="Mark moderates.").status_code == 303
    assert post(door("mark"), f"/w/{circle}/introductions", act="no").status_code == 303


def test_the_api(door, world, circle, say_seen):
    def ask(who, method, path, **json):
        client = door(who)
        return getattr(client, method)(f"/api/v1{path}", json=json or None, headers={"X-CSRFToken": csrf_of(client)})

    path, both = f"/workspaces/{circle}/introductions", {"person": world.ids["petra"], "other": world.ids["otto"]}
    assert ask("rhea", "post", path, words="You two.", **both).status_code == 422
    say_seen("petra")
    say_seen("otto")
    assert ask("petra", "post", path, words="You two.", **both).status_code == 403
    made = ask("rhea", "post", path, words="You two.", **both)
    assert made.status_code == 201
    one = f"/introductions/{made.json['id']}"
    assert ask("mark", "get", one).status_code == 404
    assert ask("otto", "post", f"{one}/answer", agrees=True).json["mine"] is True
    assert ask("petra", "get", one).json["mine"] is None
    assert [each["id"] for each in ask("otto", "get", path).json["items"]] == [made.json["id"]]
    assert ask("rhea", "delete", one).status_code == 204
    assert ask("otto", "get", one).status_code == 404
    assert ask("petra", "post", f"{path}/mine", words="Petra.").status_code == 201


def test_who_runs_it_sees_what_waits_who_is_silent_and_what_is_quiet(door, acting, world, circle, room):
    def page():
        return door("rhea").get(f"/w/{circle}/community").get_data(as_text=True)

    assert "Every question has its answer." in page()
    with acting("otto") as otto:
        forum = otto.session.scalars(select(Forum).where(Forum.workspace_pk == room(otto).pk)).one()
        asked = forums.start_topic(otto, forum, title="Do they survive?", body="Sensors.", kind="question")
        forums.start_topic(otto, forum, title="We are told", body="Of something.")
        world.keep("asked", asked)
    with acting("petra") as petra:
        said = forums.post_message(petra, petra.session.get_one(Topic, world.pks["asked"]), body="They do.")
        world.keep("said", said)
    with acting("rhea") as rhea:
        assert [topic.title for topic in queries.waiting(rhea, room(rhea))] == ["We are told", "Do they survive?"]  # unanswered first
        assert [person.name for person, _company in queries.not_spoken(rhea, room(rhea))] == ["Mark Moderator"]
        assert queries.quiet_forums(rhea, room(rhea)) == []
    with acting("otto") as otto:
        forums.accept_answer(otto, otto.session.get_one(Topic, world.pks["asked"]), post=otto.session.get_one(Post, world.pks["said"]))
    with acting("rhea") as rhea:
        assert [topic.title for topic in queries.waiting(rhea, room(rhea))] == ["We are told"]
    with clock.standing_at(clock.now() + timedelta(days=15)), acting("rhea") as rhea:
        assert [forum.title for forum, _at in queries.quiet_forums(rhea, room(rhea))] == ["General"]
    begin = re.search(r'href="(/w/[^"]+/discussions/new\?title=[^"]+)"', page())[1]
    form = door("rhea").get(begin.replace("&amp;", "&")).get_data(as_text=True)
    assert "What did you try lately that worked?" in form

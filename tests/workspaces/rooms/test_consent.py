"""In a community who somebody is, and that they are there, is theirs to say: in every channel."""

import io
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.actor import Actor, the_system
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.people.models import Person
from search.copies import queries as copies
from search.finding.palette import jumps
from tests.conftest import post
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums import queries as talk
from workspaces.forums.models import Forum, Post, Topic
from workspaces.rooms import actions
from workspaces.rooms.models import Invitation, Membership, Workspace
from workspaces.rooms.queries.invited import faces

WHO = ("Network engineer", "Calder Water")


@pytest.fixture
def said(acting, world, circle):
    """Petra has started a discussion that all read. Its path."""
    with acting("petra") as petra:
        forum = petra.session.scalars(select(Forum).where(Forum.workspace_pk == world.pks["circle"])).one()
        topic = forums.start_topic(petra, forum, title="Do your crews trust it?", body="Mine do not.")
        world.keep("circle_topic", topic)
        return topic.path


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def members(client, circle):
    return {each["person"]["name"]: each for each in client.get(f"/api/v1/workspaces/{circle}/members").json["items"]}


def test_at_first_nobody_of_another_company_is_told(door, circle):
    page = read(door("otto"), f"/w/{circle}/people")
    assert "Petra Prospect" not in page
    assert "Calder Water" not in page
    assert "Rhea Rep" in page
    assert "2 more people of the other companies read here" in page
    assert members(door("otto"), circle).keys() == {"Otto Outsider", "Rhea Rep"}
    assert "Petra Prospect" not in read(door("otto"), f"/w/{circle}/people?format=csv")


def test_colleagues_and_our_side_see_everybody(door, circle):
    assert members(door("mark"), circle).keys() == {"Mark Moderator", "Petra Prospect", "Rhea Rep"}
    assert len(members(door("rhea"), circle)) == 4
    page = read(door("rhea"), f"/w/{circle}/people")
    assert page.count("Not seen by the other companies") == 3
    assert "Otto Outsider" in page


def test_who_agrees_is_seen_and_can_take_that_back(door, world, circle, db):
    petra, otto = door("petra"), door("otto")
    assert "May the other companies see who you are?" in read(petra, f"/w/{circle}/")
    answer = post(petra, f"/w/{circle}/seen-by-others", shown="yes", **{"from": "home"})
    assert answer.status_code == 303
    assert answer.location.endswith("/")
    assert "May the other companies see who you are?" not in read(petra, f"/w/{circle}/")
    page = read(otto, f"/w/{circle}/people")
    assert all(words in page for words in ("Petra Prospect", *WHO))
    assert "Mark Moderator" not in page
    assert "Petra Prospect" in read(otto, f"/w/{circle}/")
    one = f"/api/v1/workspaces/{circle}/members/{world.ids['petra']}"
    assert "shown" not in otto.get(one).json
    assert petra.get(one).json["shown"] is True
    post(petra, f"/w/{circle}/seen-by-others", shown="no")
    assert "Petra Prospect" not in read(otto, f"/w/{circle}/people")
    assert otto.get(one).status_code == 404
    assert "Petra Prospect" not in read(otto, f"/w/{circle}/")
    kept = select(Membership).where(Membership.workspace_pk == world.pks["circle"], Membership.person_pk == world.pks["petra"])
    assert [row.shown for row in db.scalars(kept.where(Membership.recorded_to.is_(None)).order_by(Membership.pk))] == [None, True, False]


def test_beside_their_words_stands_their_name_alone(door, said, say_seen, circle):
    for path in (said, f"/w/{circle}/discussions", f"/w/{circle}/"):
        page = read(door("otto"), path)
        assert not any(words in page for words in WHO), path
    assert "Petra Prospect" in read(door("otto"), said)
    assert all(words in read(door("mark"), said) for words in WHO)
    assert all(words in read(door("rhea"), said) for words in WHO)
    say_seen("petra")
    assert all(words in read(door("otto"), said) for words in WHO)


def test_what_is_told_live_names_no_company_before_all_may_know(acting, world, said, say_seen, house):
    def company():
        with house.db.reading() as session:
            post = session.scalars(select(Post).where(Post.topic_pk == world.pks["circle_topic"])).one()
            return talk.message_of(the_system(session), post).company

    assert company() is None
    say_seen("petra")
    assert company() == "Calder Water"


def test_nobody_unseen_is_offered_to_be_named(door, acting, house, world, said, say_seen):
    def offered(who):
        return door(who).get(f"{said}/mentionable?q=pet").get_data(as_text=True)

    def jumped(who):
        with acting(who) as actor:
            room = actor.session.get_one(Workspace, world.pks["circle"])
            return {each.title for heading, found in jumps(actor, house, "Petra", room) if heading == "People" for each in found}

    assert "Petra" not in offered("otto")
    assert "Petra" in offered("mark")
    assert jumped("otto") == set()
    assert jumped("mark") == {"Petra Prospect"}
    say_seen("petra")
    assert "Petra" in offered("otto")
    assert jumped("otto") == {"Petra Prospect"}


def test_who_can_see_this_counts_them_and_names_them_not(door, world, said, say_seen):
    page = read(door("otto"), f"{said}/who")
    assert "can be seen by these 4 people" in page
    assert "2 more people of the other companies are not shown" in page
    assert "Calder Water" not in page
    readers = f"/api/v1/topics/{world.ids['circle_topic']}/readers"
    assert {each["name"] for each in door("otto").get(readers).json["items"]} == {"Rhea Rep", "Otto Outsider"}
    say_seen("petra")
    assert {each["name"] for each in door("otto").get(readers).json["items"]} == {"Rhea Rep", "Otto Outsider", "Petra Prospect"}
    assert len(door("rhea").get(readers).json["items"]) == 4


def test_an_invitation_names_only_who_is_seen_by_all(acting, world, circle, say_seen):
    say_seen("otto")
    with acting("system") as system:
        people, count = faces(system.session, system.session.get_one(Workspace, world.pks["circle"]))
        assert [(each["person"].name, each["company"]) for each in people] == [("Rhea Rep", None), ("Otto Outsider", "Otway Foods")]
        assert count == 4


def test_what_happened_names_nobody_unseen(door, world, circle, db):
    """Who joined a community is for our side; the change feed is asked by a client of another company."""
    joined = select(Event).where(Event.kind == "member.joined", Event.workspace_pk == world.pks["circle"])
    assert len(db.scalars(joined).all()) == 4
    told = door("otto").get("/api/v1/changes?limit=200").json["items"]
    assert "Petra Prospect" not in {each["actor"]["name"] for each in told if each["actor"]}
    ours = door("rhea").get("/api/v1/changes?limit=200").json["items"]
    assert "Petra Prospect" in {each["actor"]["name"] for each in ours if each["kind"] == "member.joined" and each["actor"]}


def test_who_shows_themselves_is_news(door, acting, world, circle, say_seen):
    post(door("otto"), f"/w/{circle}/seen")
    say_seen("petra")
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        assert "Petra Prospect joined" in read(door("otto"), f"/w/{circle}/")


def test_a_letter_says_what_its_author_does_only_to_who_may_know(acting, world, said, house, say_seen):
    """Otto follows the discussion: what Petra writes there is mailed to him, before and after she lets herself be seen."""
    sent = []
    house.post = SimpleNamespace(send=sent.append)

    def letter(at):
        with clock.standing_at(clock.now() + timedelta(hours=at)):
            with acting("petra") as petra:
                forums.post_message(petra, petra.session.get_one(Topic, world.pks["circle_topic"]), body=f"Letter {at}.")
            drain(house)
        with clock.standing_at(clock.now() + timedelta(hours=at, minutes=10)):
            drain(house)
        return next(each for each in reversed(sent) if "otto" in each["To"]).as_string()

    with acting("otto") as otto:
        forums.post_message(otto, otto.session.get_one(Topic, world.pks["circle_topic"]), body="Ours do.")
    told = letter(1)
    assert "Letter 1." in told
    assert "Network engineer" not in told
    say_seen("petra")
    assert "Network engineer" in letter(3)


def test_a_copy_says_no_more_than_the_pages(door, acting, world, said, circle, house):
    post(door("otto"), f"/w/{circle}/export")
    drain(house, topics=("make copies",))
    with acting("otto") as otto:
        taken = copies.copies_of(otto, otto.session.get_one(Workspace, world.pks["circle"]))[0].id
    with door("otto").get(f"/w/{circle}/export/{taken}") as answer:
        packed = zipfile.ZipFile(io.BytesIO(answer.data))
    told = b"".join(packed.read(name) for name in packed.namelist())
    assert b"Mine do not." in told
    assert b"Petra Prospect" in told  # beside her words
    assert b"Calder Water" not in told
    assert b"Mark Moderator" not in told


def test_it_is_asked_at_joining(door, acting, world, circle, db):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["circle"])
        wanted = [actions.Wanted(f"{name}@otway.example", "member") for name in ("anna", "bert")]
        made = actions.invite_people(rhea, room, wanted=wanted)
        ids = [invitation.id for invitation, _token in made]
    with acting("system") as system:
        for id, shown in zip(ids, (True, None), strict=True):
            invitation = system.session.scalars(select(Invitation).where(Invitation.id == id)).one()
            actions.accept_invitation(Actor(system.session), invitation, shown=shown)
    here = select(Person.name, Membership.shown).join(Membership, Membership.person_pk == Person.pk)
    said = dict(db.execute(here.where(Membership.workspace_pk == world.pks["circle"], current(Membership))).all())
    assert (said["Anna"], said["Bert"]) == (True, None)


@pytest.mark.parametrize("who", ["rhea", "petra"])
def test_it_is_each_ones_own(door, world, circle, who):
    room = world.ids["room"] if who == "petra" else circle  # in one company's workspace there is nothing to say
    assert post(door("otto"), f"/w/{circle}/seen-by-others", shown="yes").status_code == 303
    assert post(door(who), f"/w/{room}/seen-by-others", shown="yes").status_code == 403
    assert post(door("paul"), f"/w/{circle}/seen-by-others", shown="yes").status_code == 404

"""What is reported and decided, and what comes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kernel.clock import now, standing_at
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event, breaches
from portal.kernel.policy import may
from portal.people.models import Person
from workspaces.forums import actions as forums
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.moderation import actions, queries
from workspaces.moderation.models import Flag, Ruling
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


@pytest.fixture
def reported(acting, world):
    """Petra wrote something; Rolf, who only reads, reported it: (post pk, flag pk)."""
    with acting("petra") as petra:
        post = forums.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="Otway pays less.").pk
    with acting("rolf") as rolf:
        flag = actions.report_post(rolf, rolf.session.get_one(Post, post), reason="Names another client.")
    return post, flag.pk


def next_week():
    return (now() + timedelta(days=7)).date()


def test_one_does_not_report_oneself_and_is_heard_once(acting, reported):
    post, flag = reported
    with acting("rolf") as rolf:
        again = actions.report_post(rolf, rolf.session.get_one(Post, post), reason="Once more.")
        assert (again.pk, again.reason) == (flag, "Names another client.")
    with acting("petra") as petra, pytest.raises(Forbidden):
        actions.report_post(petra, petra.session.get_one(Post, post), reason="Mine.")


def test_the_queue_has_the_context_and_is_for_moderators(acting, world, reported):
    post, _flag = reported
    with acting("mark") as mark:
        (case,) = queries.waiting(mark)
        assert case.post.pk == post
        assert [message.post.body for message in case.before] == [
            "Six stations only have 24 V.",
            "No converter needed, the /24 takes 18 to 32 V.",  # the team note before it is not his to see
        ]
        assert [flag.reporter.name for flag in case.flags] == ["Rolf Reader"]
        assert case.written == 2
        assert queries.count_waiting(mark) == 1
    for name in ("petra", "rolf", "ravi", "paul", "otto", "nora"):
        with acting(name) as other:
            assert queries.waiting(other) == []
            assert queries.count_waiting(other) == 0


def test_who_reported_is_in_no_event(acting, house, world, reported):
    with house.db.reading() as session:
        told = session.scalars(select(Event).where(Event.kind == "post.reported")).one()
        assert told.actor_pk is None
        assert "Rolf" not in str(told.facts)
        assert world.ids["rolf"] not in str(told.facts)
        assert list(breaches(session)) == []


@pytest.mark.parametrize("act", ["keep", "hide", "ask", "remove", "pause"])
def test_each_decision_is_carried_out_settles_the_report_and_can_be_taken_back(acting, world, reported, act):
    post, flag = reported
    with acting("rhea") as rhea:
        ruling = actions.resolve_flag(
            rhea, rhea.session.get_one(Flag, flag), action=act, reason="" if act == "keep" else "Not here.", until=next_week()
        )
        row = rhea.session.get_one(Post, post)
        assert (row.hidden_at is not None) == (act in ("hide", "pause"))
        assert (row.removed_at is not None) == (act == "remove")
        assert queries.count_waiting(rhea) == 0
        assert [each.pk for each in queries.decided(rhea)] == [ruling.pk]
    with acting("petra") as petra:
        topic = petra.session.get_one(Topic, world.pks["topic"])
        assert may(petra, Forums.POST_MESSAGE, topic) == (act != "pause")
        assert may(petra, Forums.READ_TOPIC, topic)
    with acting("rhea") as rhea:
        actions.undo_ruling(rhea, rhea.session.get_one(Ruling, ruling.pk))
        assert rhea.session.get_one(Post, post).stands
        assert queries.count_waiting(rhea) == 1
    with acting("petra") as petra:
        assert may(petra, Forums.POST_MESSAGE, petra.session.get_one(Topic, world.pks["topic"]))


def test_a_decision_needs_words_and_is_made_once(acting, reported):
    _post, flag = reported
    with acting("mark") as mark, pytest.raises(Invalid, match="Its author reads this"):
        actions.resolve_flag(mark, mark.session.get_one(Flag, flag), action="hide")
    with acting("mark") as mark:
        actions.resolve_flag(mark, mark.session.get_one(Flag, flag), action="keep")
    with acting("rhea") as rhea, pytest.raises(Invalid, match="Mark Moderator has decided this already"):
        actions.resolve_flag(rhea, rhea.session.get_one(Flag, flag), action="keep")
    with acting("rolf") as rolf, pytest.raises(Forbidden):
        actions.resolve_flag(rolf, rolf.session.get_one(Flag, flag), action="keep")
    with acting("petra") as petra, pytest.raises(NotFound):  # who wrote it knows of no report
        actions.resolve_flag(petra, petra.session.get_one(Flag, flag), action="keep")


def test_a_message_that_its_author_took_away_no_longer_waits(acting, reported):
    post, flag = reported
    with acting("petra") as petra:
        forums.remove_post(petra, petra.session.get_one(Post, post))
    with acting("rhea") as rhea:
        assert queries.count_waiting(rhea) == 0
        with pytest.raises(Invalid, match="removed meanwhile"):
            actions.resolve_flag(rhea, rhea.session.get_one(Flag, flag), action="keep")


def _pause(actor, world, name, **how):
    room, person = actor.session.get_one(Workspace, world.pks["room"]), actor.session.get_one(Person, world.pks[name])
    return rooms.pause_person(actor, room, person=person, **({"until": next_week(), "reason": "Calm down."} | how))


def test_who_is_paused_reads_and_does_not_write_until_the_day(acting, world):
    def writes(name):
        with acting(name) as actor:
            topic, room = actor.session.get_one(Topic, world.pks["topic"]), actor.session.get_one(Workspace, world.pks["room"])
            assert may(actor, Forums.READ_TOPIC, topic)
            return [
                may(actor, verb, row)
                for verb, row in (
                    (Forums.POST_MESSAGE, topic),
                    (Rooms.TAKE_PART, room),
                    (Forums.CHANGE_TOPIC, topic),
                    (Rooms.MODERATE, room) if name == "mark" else (Rooms.TAKE_PART, room),
                )
            ]

    assert writes("petra") == writes("mark") == [True] * 4
    with acting("rhea") as rhea:
        _pause(rhea, world, "petra")
        _pause(rhea, world, "mark")
    assert writes("petra") == writes("mark") == [False] * 4
    with standing_at(now() + timedelta(days=8)):
        assert writes("petra") == [True] * 4
    with acting("rhea") as rhea:
        rooms.end_pause(rhea, rhea.session.get_one(Workspace, world.pks["room"]), person=rhea.session.get_one(Person, world.pks["mark"]))
    assert writes("mark") == [True] * 4
    assert writes("petra") == [False] * 4


def test_a_pause_is_of_one_room(acting, world):
    with acting("rhea") as rhea:
        side = rhea.session.get_one(Workspace, world.pks["side"])
        petra = rhea.session.get_one(Person, world.pks["petra"])
        rooms.join(rhea, side, petra, role="member", account=side.accounts[0])
        _pause(rhea, world, "petra")
    with acting("petra") as petra:
        assert may(petra, Rooms.TAKE_PART, petra.session.get_one(Workspace, world.pks["side"]))
        assert not may(petra, Rooms.TAKE_PART, petra.session.get_one(Workspace, world.pks["room"]))


@pytest.mark.parametrize(
    ("who", "whom", "how", "why"),
    [
        ("mark", "rhea", {}, "Only clients"),
        ("mark", "mark", {}, "yourself"),
        ("rhea", "otto", {}, "Only clients"),
        ("rhea", "petra", {"until": now().date()}, "from tomorrow on"),
        ("rhea", "petra", {"until": now().date() + timedelta(days=800)}, "within a year"),
    ],
)
def test_who_and_how_long_is_bounded(acting, world, who, whom, how, why):
    with acting(who) as actor, pytest.raises(Invalid, match=why):
        _pause(actor, world, whom, **how)


def test_moderators_pause_members_and_not_each_other(acting, world):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        rooms.change_role(rhea, room, person=rhea.session.get_one(Person, world.pks["rolf"]), role="moderator")
    with acting("mark") as mark, pytest.raises(Invalid, match="pause a moderator"):
        _pause(mark, world, "rolf")
    with acting("mark") as mark:
        assert _pause(mark, world, "petra").by_pk == mark.pk
    with acting("petra") as petra, pytest.raises(Forbidden):
        _pause(petra, world, "rolf")

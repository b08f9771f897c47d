"""How many the composer says that it tells is how many are told."""

import itertools

import pytest
from sqlalchemy import select

from portal.kernel.events import Event
from portal.notices.actions import change_wishes, set_level
from portal.notices.models import ALL, MENTIONS, MINE, MUTED, Notice
from portal.people.models import Person
from workspaces.forums import actions, queries
from workspaces.forums.actions.reading import FOLLOW, MUTE, NEITHER
from workspaces.forums.jobs import tell_people
from workspaces.forums.models import Topic

SAID = list(itertools.product((ALL, MINE, MENTIONS), ("", ALL, MENTIONS, MUTED), ("", FOLLOW, NEITHER, MUTE)))
PEOPLE = ("petra", "mark", "rolf", "mona")


def say(acting, world, turn):
    """Each of the people wants something else, of everything, of the workspace, of the topic."""
    for place, name in enumerate(PEOPLE):
        with acting(name) as actor:
            everything, around, of_topic = SAID[(turn + 13 * place) % len(SAID)]
            topic = actor.session.get_one(Topic, world.pks["topic"])
            change_wishes(actor, level=everything)
            if around:
                set_level(actor, thing=f"workspace:{world.ids['room']}", level=around)
            if of_topic:
                actions.follow_topic(actor, topic, how=of_topic)


def counted_and_told(actor, world, *, team=False):
    """What stands beside the button, and who is told when it is pressed."""
    topic = actor.session.get_one(Topic, world.pks["topic"])
    found = queries.bearings(actor, topic, archived=False)
    post = actions.post_message(actor, topic, body="To whom it may concern", team=team)
    event = actor.session.scalars(select(Event).where(Event.subject_id == post.id)).one()
    tell_people(actor.session, event)
    told = actor.session.scalars(select(Person).join(Notice, Notice.person_pk == Person.pk).where(Notice.event_id == event.id)).all()
    return (found.told_of_notes if team else found.told), {person.pk for person in told}


@pytest.mark.parametrize("team", [False, True])
@pytest.mark.parametrize("turn", range(0, len(SAID), 2))
def test_what_is_said_beside_the_button_is_what_happens(acting, world, turn, team):
    say(acting, world, turn)
    with acting("rhea") as rhea:
        counted, told = counted_and_told(rhea, world, team=team)
    assert counted == len(told)


@pytest.mark.parametrize("turn", range(1, len(SAID), 4))
def test_a_client_counts_who_is_told_too(acting, world, turn):
    say(acting, world, turn)
    with acting("rolf") as rolf:
        topic = rolf.session.get_one(Topic, world.pks["topic"])
        actions.follow_topic(rolf, topic, how=NEITHER)
    with acting("petra") as petra:
        counted, told = counted_and_told(petra, world)
    assert counted == len(told)


def test_who_only_wrote_a_team_note_is_no_number_to_clients(acting, world):
    with acting("petra") as petra:
        before = queries.bearings(petra, petra.session.get_one(Topic, world.pks["topic"]), archived=False).told
    with acting("mona") as mona:
        actions.post_message(mona, mona.session.get_one(Topic, world.pks["topic"]), body="Between us", team=True)
    with acting("petra") as petra:
        counted, told = counted_and_told(petra, world)
    assert counted == before
    assert world.pks["mona"] in told

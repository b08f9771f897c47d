"""What watchers of a workspace hear."""

from sqlalchemy import select

from portal.kernel.events import Event
from portal.people.models import Person
from workspaces.rooms import actions, live
from workspaces.rooms.models import Workspace


def test_somebody_joined(app, acting, world, house):
    with acting("rhea") as rhea:
        room = rhea.session.get(Workspace, world.pks["room"])
        paul = rhea.session.get(Person, world.pks["paul"])
        actions.join(rhea, room, paul, role="member", account=room.accounts[0])
    with house.db.reading() as session, app.app_context():
        from portal.kernel.actor import the_system

        event = session.scalar(select(Event).where(Event.kind == "member.joined").order_by(Event.pk.desc()).limit(1))
        system = the_system(session)
        assert live.watching(system, event) == [("workspace", world.pks["room"])]
        told = live.joined(system, event)
    assert told["person"] == {"id": world.ids["paul"], "name": "Paul Parallel", "title": "Network engineer", "staff": False}
    assert "Paul Parallel of Calder Water has joined" in told["html"]
    assert told["seq"] == 5  # of those who joined this room: nothing else is counted

"""Periodic work about workspaces: memberships whose time is over end on record."""

from portal.kernel.actor import the_system
from portal.kernel.house import House
from portal.kernel.periodic import every
from workspaces.rooms import actions


@every("* * * * *", "rooms.end_memberships", "End memberships whose time is over")
def end_memberships(house: House) -> None:
    """Access has ended by itself at that moment; this tells the trail and lets sockets go."""
    with house.db.writing() as session:
        actions.end_expired(the_system(session))

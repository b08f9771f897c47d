"""Making, renewing and withdrawing one's calendar address."""

from sqlalchemy import delete

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.errors import NotSignedIn
from workspaces.calendar.models import CalendarFeed


@action(open="one's own address")
def make_feed(actor: Actor, *, whole: bool) -> CalendarFeed:
    """A new address; one that there was stops working."""
    if not actor.person:
        raise NotSignedIn
    withdraw_feed(actor)
    made = CalendarFeed(person_pk=actor.pk, whole=whole)
    actor.session.add(made)
    actor.session.flush()
    return made


@action(open="one's own address")
def withdraw_feed(actor: Actor) -> None:
    """Nobody reads it any more."""
    actor.session.execute(delete(CalendarFeed).where(CalendarFeed.person_pk == actor.pk))
    actor.session.flush()


@action(open="one's own address")
def change_feed(actor: Actor, feed: CalendarFeed, *, whole: bool) -> None:
    """What it holds from now on; the address stays."""
    if feed.person_pk == actor.pk:
        feed.whole = whole

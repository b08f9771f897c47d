"""What was promised and is due."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.prepared import prepared
from portal.notices.queries import note_unread, unread_things
from portal.people.queries import today_of
from search.promises import queries as promises
from search.promises.models import Promise
from search.today.queries.waiting import mine

SOON = timedelta(days=7)


def promised(actor: Actor) -> tuple[list[Promise], int]:
    """What is overdue, contested or due within a week in the reader's accounts, their own first; and how many there are, which is asked
    together with what waits in the inbox, which every page shows: they are looked up only where there are some."""
    soon = today_of(actor) + SOON
    row: Any = _counts(actor, soon=soon).one()
    note_unread(actor, row[0])
    return promises.due_soon(actor, soon, mine(actor)) if row[1] else [], row[1]


@prepared
def _counts(actor: Actor, *, soon: Any) -> Any:
    return select(unread_things(actor).scalar_subquery(), promises.how_many_due(actor, soon, mine(actor)))

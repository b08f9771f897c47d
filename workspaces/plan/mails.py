"""The letter that says that a step is somebody's, or has another day."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.kernel.policy import fetch
from portal.mail.letters import absolute, letter
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices import stops
from portal.notices.actions import mark_mailed
from portal.notices.models import NOW, Notice
from portal.notices.queries import wants_mail
from portal.notices.wishes import admits, levels_of, where_to, wishes_of
from portal.people.models import Person
from workspaces.plan.models import PlanItem
from workspaces.plan.policy import May
from workspaces.plan.wording import said


@composes("plan")
def plan_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """To one person about one step; None where it was read, done or given to others meanwhile, or they want no mail."""
    session = system.session
    reader = session.scalar(select(Person).where(Person.pk == person, Person.suspended_at.is_(None)))
    if reader is None:
        return None
    actor = Actor(session, reader)
    try:
        item: PlanItem = fetch(actor, May.READ_PLAN_ITEM, thing.removeprefix("plan_item:"))
    except NotFound:
        return None
    place = f"workspace:{item.workspace.id}"
    new = (
        Notice.person_pk == person,
        Notice.thing == thing,
        Notice.mailed_at.is_(None),
        Notice.read_at.is_(None),
        Notice.done_at.is_(None),
    )
    notices = list(session.scalars(select(Notice).where(*new).order_by(Notice.pk)))
    wanted = where_to(wishes_of(session, person), "plan") == NOW and admits(levels_of(session, [person], [place])[person], "plan")
    theirs = any(owner.pk == person for owner in item.owners) and not item.done
    if not (notices and wanted and theirs and session.scalar(select(wants_mail(person, [thing, place])))):
        return None
    stop = f"/unsubscribe/{stops.token(house.settings.secret_key, person, thing)}"
    mailed = [notice.pk for notice in notices]
    return letter(
        house,
        "plan",
        to=reader,
        subject=item.title,
        key=f"plan-{notices[-1].id}",
        headers={"List-Unsubscribe": f"<{absolute(house, stop)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        sent=lambda session: mark_mailed(session, mailed),
        item=item,
        words=lambda: said(actor, [item])[item.pk],
        stop_url=absolute(house, stop),
        choices_url=absolute(house, "/me/settings/notifications"),
    )

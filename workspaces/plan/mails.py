"""The letter that says that a step is somebody's, or has another day."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.kernel.policy import fetch
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices.mails import telling, waiting
from portal.notices.models import NOW
from portal.notices.queries import wants_mail
from portal.notices.wishes import admits, levels_of, where_to, wishes_of
from workspaces.plan.models import PlanItem
from workspaces.plan.policy import May
from workspaces.plan.wording import said


@composes("plan")
def plan_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """To one person about one step; None where it was read, done or given to others meanwhile, or they want no mail."""
    session = system.session
    reader, notices = waiting(session, person, thing)
    if reader is None or not notices:
        return None
    actor = Actor(session, reader)
    try:
        item: PlanItem = fetch(actor, May.READ_PLAN_ITEM, thing.removeprefix("plan_item:"))
    except NotFound:
        return None
    place = f"workspace:{item.workspace.id}"
    wanted = where_to(wishes_of(session, person), "plan") == NOW and admits(levels_of(session, [person], [place])[person], "plan")
    theirs = any(owner.pk == person for owner in item.owners) and not item.done
    if not (wanted and theirs and session.scalar(select(wants_mail(person, [thing, place])))):
        return None
    return telling(
        house,
        "plan",
        reader,
        notices,
        silences=thing,
        subject=item.title,
        key=f"plan-{notices[-1].id}",
        item=item,
        words=lambda: said(actor, [item])[item.pk],
    )

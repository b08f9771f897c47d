"""Somebody reads and does not write for a while."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.people.queries import vendor
from workspaces.rooms.actions.members import membership_of
from workspaces.rooms.actions.workspaces import note, only_account
from workspaces.rooms.events import PAUSE_ENDED, PAUSED
from workspaces.rooms.models import MODERATOR, Pause, Workspace
from workspaces.rooms.policy import May

LONGEST = timedelta(days=366)


@action(May.MODERATE)
def pause_person(actor: Actor, workspace: Workspace, *, person: Person, until: date, reason: str, **facts: Any) -> Pause:
    """Until that day begins they read and do not write; a pause there is already gives way. Raises Invalid for our own side, for
    oneself, for a moderator where one does not run the workspace, and for a day that is past or too far."""
    membership = membership_of(actor, workspace, person)
    if membership is None or person.is_staff:
        raise Invalid(("person", _("Only clients who are members can be paused.")))
    if person.pk == actor.pk:
        raise Invalid(("person", _("You cannot pause yourself.")))
    if membership.role == MODERATOR and not may(actor, May.RUN_WORKSPACE, workspace):
        raise Invalid(("person", _("Only the people who run this workspace can pause a moderator.")))
    moment = _begins(actor, until)
    if not now() < moment < now() + LONGEST:
        raise Invalid(("until", _("Choose a day from tomorrow on, within a year.")))
    _end_standing(actor, workspace, person)
    pause = Pause(workspace_pk=workspace.pk, person_pk=person.pk, by_pk=actor.pk, until=moment, reason=reason)
    actor.session.add(pause)
    actor.session.flush()
    told = {"name": person.name, "person": person.id, "title": workspace.title, "until": until.isoformat(), "reason": reason}
    note(actor, PAUSED, workspace, membership.account or only_account(workspace), team=True, **told, **facts)
    return pause


@action(May.MODERATE)
def end_pause(actor: Actor, workspace: Workspace, *, person: Person) -> None:
    """They may write again. Who was not paused is not changed."""
    if not _end_standing(actor, workspace, person):
        return
    membership = membership_of(actor, workspace, person)
    company = (membership.account if membership else None) or only_account(workspace)
    note(actor, PAUSE_ENDED, workspace, company, team=True, name=person.name, person=person.id, title=workspace.title)


def _end_standing(actor: Actor, workspace: Workspace, person: Person) -> bool:
    standing = select(Pause).where(Pause.workspace_pk == workspace.pk, Pause.person_pk == person.pk, Pause.ended_at.is_(None))
    ended = False
    for pause in actor.session.scalars(standing.where(Pause.until > now())):
        pause.ended_at, ended = now(), True
    actor.session.flush()
    return ended


def _begins(actor: Actor, day: date) -> datetime:
    """The first moment of a day where the vendor is. Raises Invalid for a day that no clock can tell."""
    try:
        return datetime.combine(day, time(), ZoneInfo(vendor(actor).timezone or "UTC")).astimezone(ZoneInfo("UTC"))
    except OverflowError:
        raise Invalid(("until", _("Choose a day from tomorrow on, within a year."))) from None

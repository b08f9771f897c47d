"""Memberships for a time. They end at their moment, in every channel; those concerned are told some days before."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now, rfc3339
from portal.kernel.errors import Invalid
from portal.kernel.history import change, current
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.people.queries import vendor
from workspaces.rooms.actions.members import end_membership, membership_of, tell_before
from workspaces.rooms.actions.workspaces import note, only_account
from workspaces.rooms.events import EXPIRED, LASTING, LIMITED
from workspaces.rooms.models import OWNER, Membership, Workspace
from workspaces.rooms.policy import May

LONGEST = timedelta(days=5 * 366)


@action(May.RUN_WORKSPACE)
def set_end(actor: Actor, workspace: Workspace, *, person: Person, ends_at: datetime | None) -> Membership:
    """They are a member until then, or without an end. Raises Invalid for who is no member, who owns the workspace, and a moment that
    is past or too far."""
    membership = membership_of(actor, workspace, person)
    if membership is None:
        raise Invalid(("ends_at", _("%(name)s is not a member.", name=person.name)))
    if membership.ends_at == ends_at:
        return membership
    if ends_at is not None:
        refuse_end(ends_at)
        if membership.role == OWNER:
            raise Invalid(("ends_at", _("Who runs a workspace stays until they are changed.")))
    company = membership.account or only_account(workspace)
    following = change(actor.session, membership, ends_at=ends_at)
    actor.session.flush()
    told = {"name": person.name, "person": person.id, "title": workspace.title}
    if ends_at is None:
        note(actor, LASTING, workspace, company, team=True, **told)
    else:
        note(actor, LIMITED, workspace, company, team=True, until=last_day(actor, ends_at).isoformat(), ends_at=rfc3339(ends_at), **told)
        tell_before(actor, workspace, person, ends_at)
    return following


@action(open="ends what has run out, at the moment that was agreed")
def end_expired(actor: Actor) -> int:
    """Memberships whose time is over are ended on record. Nobody could come in by them since that moment; how many there were."""
    over = list(actor.session.scalars(select(Membership).where(current(Membership), Membership.ends_at <= now()).limit(500)))
    for membership in over:
        workspace, person = membership.workspace, membership.person
        company = membership.account or only_account(workspace)
        end_membership(actor, membership, membership.ends_at)
        note(actor, EXPIRED, workspace, company, name=person.name, title=workspace.title, person=person.id)
    return len(over)


def refuse_end(ends_at: datetime) -> None:
    """Raises Invalid for what is past or too far."""
    if not now() < ends_at < now() + LONGEST:
        raise Invalid(("ends_at", _("Choose a day from today on, within five years.")))


def end_of(actor: Actor, day: date) -> datetime:
    """The moment when a day is over where the vendor is. Raises Invalid for a day that no clock can tell."""
    try:
        return datetime.combine(day + timedelta(days=1), time(), _zone(actor)).astimezone(ZoneInfo("UTC"))
    except OverflowError:
        raise Invalid(("ends_at", _("Choose a day from today on, within five years."))) from None


def last_day(actor: Actor, ends_at: datetime) -> date:
    """The last day of a membership that ends at this moment."""
    return (ends_at - timedelta(seconds=1)).astimezone(_zone(actor)).date()


def _zone(actor: Actor) -> ZoneInfo:
    return ZoneInfo(vendor(actor).timezone or "UTC")

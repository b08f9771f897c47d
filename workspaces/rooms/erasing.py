"""What a restored backup must not bring back of workspaces: members who were removed, invitations withdrawn, who was erased."""

from sqlalchemy import or_, select

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.erasing import Entry, erases, forget_facts, written
from portal.kernel.events import Event
from portal.mail import refusals
from portal.people.models import Person
from workspaces.rooms.actions import remove_member, revoke_invitation
from workspaces.rooms.actions.members import membership_of
from workspaces.rooms.models import Invitation, Workspace

REMOVED, REVOKED = "member.removed", "invitation.revoked"


def _member(event: Event) -> tuple[str, str]:
    return str(event.facts.get("person", "")), event.subject_id


written(REMOVED, _member)
written("member.left", _member, what=REMOVED)
written("member.expired", _member, what=REMOVED)
written("member.joined", _member, back=REMOVED)
written(REVOKED, lambda event: (str(event.facts.get("invitation", "")), ""))


@erases(REMOVED, "rooms")
def remove_again(actor: Actor, entry: Entry) -> bool:
    """Who was removed from a workspace since, or left it, is not in it."""
    workspace = actor.session.scalar(select(Workspace).where(Workspace.id == entry.within))
    person = actor.session.scalar(select(Person).where(Person.id == entry.id))
    if workspace is None or person is None or membership_of(actor, workspace, person) is None:
        return False
    remove_member(actor, workspace, person=person)
    return True


@erases(REVOKED, "rooms")
def revoke_again(actor: Actor, entry: Entry) -> bool:
    """A link that was withdrawn since lets nobody in."""
    found = actor.session.scalar(select(Invitation).where(Invitation.id == entry.id, Invitation.revoked_at.is_(None)))
    if found is not None and found.accepted_at is None:
        revoke_invitation(actor, found)
    return found is not None


@erases("person", "rooms")
def erase_invitations(actor: Actor, entry: Entry) -> bool:
    """The invitations to their address."""
    person = actor.session.scalar(select(Person).where(Person.id == entry.id))
    if person is None:
        return False
    refusals.forget(actor.session, person.email)
    theirs = or_(Invitation.email == person.email, Invitation.accepted_by_pk == person.pk)
    found = actor.session.scalars(select(Invitation).where(theirs)).all()
    for invitation in found:
        invitation.email, invitation.name = f"{invitation.id.lower()}@erased.invalid", ""
        invitation.revoked_at = invitation.revoked_at or (None if invitation.accepted_at else now())
        forget_facts(actor.session, Event.facts["invitation"].as_string() == invitation.id)
    return bool(found)

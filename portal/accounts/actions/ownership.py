"""Who looks after an account: its one owner, and the members of its team."""

from collections.abc import Callable

from sqlalchemy import select

from portal.accounts.events import OWNER_CHANGED, TEAM_JOINED, TEAM_LEFT
from portal.accounts.models import MEMBER, OWNER, Account, Assignment
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.errors import Invalid
from portal.kernel.events import record
from portal.kernel.history import change, current, end
from portal.kernel.ids import is_id
from portal.kernel.words import gettext as _
from portal.people.models import Person, Reporting

# What else changes hands with an account, in the same transaction: `then(actor, account, before, after)`, by feature.
# `before` is None where nobody owned it.
ON_GIVEN: dict[str, Callable[[Actor, Account, Person | None, Person], object]] = {}


@action(May.GIVE_ACCOUNT)
def give_account(actor: Actor, account: Account, *, to: Person, reason: str = "") -> Account:
    """Another owner from now on. Who owned it leaves its team; what they wrote stays. Raises Invalid where `to` cannot own accounts."""
    was = owner_of(actor, account)
    before = was.person if was else None
    if not _own(actor, account, was, to, reason):
        return account
    for then in ON_GIVEN.values():
        then(actor, account, before, to)
    _access_changed(actor, *(person for person in (before, to) if person))
    return account


@action(May.GIVE_ACCOUNT)
def give_back(actor: Actor, account: Account, *, to: Person, stays: bool, reason: str = "") -> Account:
    """The owner before is the owner again. What else had changed hands is for whoever takes it back to say; `stays`: who had the account
    meanwhile was on its team before, and is again. Raises Invalid where `to` cannot own accounts."""
    was = owner_of(actor, account)
    before = was.person if was else None
    if not _own(actor, account, was, to, reason):
        return account
    if stays and before is not None:
        actor.session.add(Assignment(account_pk=account.pk, person_pk=before.pk, role=MEMBER))
        actor.session.flush()
        record(actor, TEAM_JOINED, account, audience_pk=account.audience_pk, account=account, facts={"name": before.name})
    _access_changed(actor, *(person for person in (before, to) if person))
    return account


@action(May.GIVE_ACCOUNT)
def join_team(actor: Actor, account: Account, *, person: Person) -> Assignment:
    """Put a member of staff on the account's team. Raises Invalid for who is not staff, or suspended."""
    _refuse_who_cannot(person, "person")
    if (already := _assignment(actor, account, person)) is not None:
        return already
    assignment = Assignment(account_pk=account.pk, person_pk=person.pk, role=MEMBER)
    actor.session.add(assignment)
    actor.session.flush()
    record(actor, TEAM_JOINED, account, audience_pk=account.audience_pk, account=account, facts={"name": person.name})
    _access_changed(actor, person)
    return assignment


@action(May.GIVE_ACCOUNT)
def leave_team(actor: Actor, account: Account, *, person: Person) -> None:
    """Take a member of staff off the account's team. Raises Invalid for the owner: give the account to somebody first."""
    assignment = _assignment(actor, account, person)
    if assignment is None:
        return
    if assignment.role == OWNER:
        raise Invalid(("person", _("%(name)s owns the account. Choose another owner first.", name=person.name)))
    end(actor.session, assignment)
    actor.session.flush()
    record(actor, TEAM_LEFT, account, audience_pk=account.audience_pk, account=account, facts={"name": person.name})
    _access_changed(actor, person)


def owner_of(actor: Actor, account: Account) -> Assignment | None:
    """Who owns the account now."""
    mine = select(Assignment).where(Assignment.account_pk == account.pk, Assignment.role == OWNER, current(Assignment))
    return actor.session.scalar(mine)


def staff_named(actor: Actor, told: str, field: str = "owner") -> Person:
    """The member of staff of this id or e-mail address. Raises Invalid where there is none, at `field`."""
    which = Person.id == told if is_id(told) else Person.email == told.strip().lower()
    found = actor.session.scalar(select(Person).where(which, Person.is_staff.is_(True)))
    if found is None:
        raise Invalid((field, _("There is nobody of this name among us.")))
    return found


def _own(actor: Actor, account: Account, before: Assignment | None, to: Person, reason: str) -> bool:
    """Another owner, and the word of it; False where they own it already."""
    session = actor.session
    _refuse_who_cannot(to, "owner")
    if before is not None and before.person_pk == to.pk:
        return False
    already = _assignment(actor, account, to)
    if before is not None:
        end(session, before)
    if already is not None:
        change(session, already, role=OWNER)
    else:
        session.add(Assignment(account_pk=account.pk, person_pk=to.pk, role=OWNER))
    session.flush()
    was = before.person if before else None
    facts = {"was": was.name if was else "", "now": to.name, "was_id": was.id if was else None, "now_id": to.id}
    if reason:
        facts["reason"] = reason
    record(actor, OWNER_CHANGED, account, audience_pk=account.audience_pk, account=account, facts=facts)
    return True


def _refuse_who_cannot(person: Person, field: str) -> None:
    if not person.is_staff or person.suspended_at is not None:
        raise Invalid((field, _("%(name)s cannot look after accounts.", name=person.name)))


def _assignment(actor: Actor, account: Account, person: Person) -> Assignment | None:
    return actor.session.scalar(
        select(Assignment).where(Assignment.account_pk == account.pk, Assignment.person_pk == person.pk, current(Assignment))
    )


def _access_changed(actor: Actor, *people: Person) -> None:
    """Their sockets, and their managers', must be asked again what they may hear."""
    pks = [person.pk for person in people]
    above = actor.session.scalars(select(Reporting.holder_pk).where(Reporting.person_pk.in_(pks)))
    announce(actor.session, {"access": sorted({*pks, *above})})

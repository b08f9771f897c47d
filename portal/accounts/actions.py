"""What is done with accounts: opened, changed, given."""

from typing import Any

from sqlalchemy import select

from portal.accounts.events import ACCOUNT_OPENED, OWNER_CHANGED, TEAM_JOINED, TEAM_LEFT
from portal.accounts.models import MEMBER, OWNER, Account, AccountDomain, AccountFact, AccountTag, Assignment
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience
from portal.kernel.bus import announce
from portal.kernel.errors import Invalid
from portal.kernel.events import record
from portal.kernel.history import change, current, end
from portal.kernel.words import gettext as _
from portal.people.models import Person, Reporting


@action(May.CREATE_ACCOUNT)
def open_account(
    actor: Actor, *, name: str, owner: Person | None = None, domains: tuple[str, ...] = (), tags: tuple[str, ...] = (), **fields: str
) -> Account:
    """A new account, owned by whoever opens it. Raises Invalid where a domain belongs to another account."""
    session = actor.session
    audience = Audience(kind="account", subject_pk=0)
    session.add(audience)
    session.flush()
    account = Account(name=name, audience_pk=audience.pk, **fields)
    session.add(account)
    session.flush()
    audience.subject_pk = account.pk
    _name_domains(actor, account, list(domains))
    account.tags = [AccountTag(name=tag) for tag in sorted(set(tags))]
    facts: dict[str, Any] = {"name": name, **fields, "domains": list(domains), "tags": sorted(set(tags))}
    session.add_all(AccountFact(account_pk=account.pk, field=field, value=value) for field, value in facts.items() if value)
    session.add(Assignment(account_pk=account.pk, person_pk=(owner or actor.person).pk, role=OWNER))
    session.flush()
    record(actor, ACCOUNT_OPENED, account, audience_pk=audience.pk, account=account, facts={"name": name})
    return account


@action(May.GIVE_ACCOUNT)
def give_account(actor: Actor, account: Account, *, to: Person) -> Account:
    """Another owner from now on. Who owned it leaves its team; what they wrote stays. Raises Invalid where `to` cannot own accounts."""
    session = actor.session
    if not to.is_staff or to.suspended_at is not None:
        raise Invalid(("owner", _("%(name)s cannot look after accounts.", name=to.name)))
    before = owner_of(actor, account)
    if before is not None and before.person_pk == to.pk:
        return account
    already = _assignment(actor, account, to)
    if before is not None:
        end(session, before)
    if already is not None:
        change(session, already, role=OWNER)
    else:
        session.add(Assignment(account_pk=account.pk, person_pk=to.pk, role=OWNER))
    session.flush()
    facts = {"was": before.person.name if before else "", "now": to.name, "was_id": before.person.id if before else None, "now_id": to.id}
    record(actor, OWNER_CHANGED, account, audience_pk=account.audience_pk, account=account, facts=facts)
    _access_changed(actor, *(person for person in (before and before.person, to) if person))
    return account


@action(May.GIVE_ACCOUNT)
def join_team(actor: Actor, account: Account, *, person: Person) -> Assignment:
    """Put a member of staff on the account's team. Raises Invalid for who is not staff, or suspended."""
    if not person.is_staff or person.suspended_at is not None:
        raise Invalid(("person", _("%(name)s cannot look after accounts.", name=person.name)))
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


def _assignment(actor: Actor, account: Account, person: Person) -> Assignment | None:
    return actor.session.scalar(
        select(Assignment).where(Assignment.account_pk == account.pk, Assignment.person_pk == person.pk, current(Assignment))
    )


def _name_domains(actor: Actor, account: Account, domains: list[str]) -> None:
    taken = actor.session.scalars(select(AccountDomain.name).where(AccountDomain.name.in_(domains), AccountDomain.account_pk != account.pk))
    if names := sorted(taken):
        raise Invalid(("domains", _("%(domain)s belongs to another account.", domain=", ".join(names))))
    account.domains = [AccountDomain(name=domain) for domain in sorted(set(domains))]


def _access_changed(actor: Actor, *people: Person) -> None:
    """Their sockets, and their managers', must be asked again what they may hear."""
    pks = [person.pk for person in people]
    above = actor.session.scalars(select(Reporting.holder_pk).where(Reporting.person_pk.in_(pks)))
    announce(actor.session, {"access": sorted({*pks, *above})})

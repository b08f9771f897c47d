"""Staff come, change, go."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from portal.people import sign_ins
from portal.people.actions.installation import note
from portal.people.events import PERSON_ADDED, PERSON_CHANGED, PERSON_RESTORED, PERSON_SUSPENDED
from portal.people.models import ROLES, Person, Reporting, Token
from portal.people.policy import May


@action(May.MANAGE_PEOPLE)
def add_staff(actor: Actor, *, email: str, name: str, roles: list[str], title: str = "", manager: Person | None = None) -> Person:
    """A new member of staff. Raises Invalid where the address is taken, or a role unknown."""
    email = email.strip().lower()
    if unknown := set(roles) - set(ROLES):
        raise Invalid(("roles", _("There is no role “%(role)s”.", role=", ".join(sorted(unknown)))))
    if actor.session.scalar(select(Person.pk).where(Person.email == email)):
        raise Invalid(("email", _("Somebody with this address is here already.")))
    person = Person(email=email, name=name, title=title, is_staff=True, manager_pk=manager.pk if manager else None)
    _give_roles(person, roles)
    actor.session.add(person)
    actor.session.flush()
    rebuild_reporting(actor.session)
    note(actor, PERSON_ADDED, person, name=name)
    return person


@action(May.MANAGE_PEOPLE)
def change_staff(actor: Actor, *, person: Person, **fields: Any) -> Person:
    """Change name, title, roles or manager of a member of staff. Raises Invalid for a circle of managers, or the last admin."""
    changed = []
    if "roles" in fields:
        roles = fields.pop("roles")
        if person.is_admin and "admin" not in roles:
            _refuse_last_admin(actor.session, person)
        _give_roles(person, roles)
        changed.append(later("roles"))
    if "manager" in fields:
        manager = fields.pop("manager")
        if manager is not None and _is_above(actor.session, person, manager):
            raise Invalid(("manager", _("%(name)s reports to them already.", name=manager.name)))
        person.manager_pk = manager.pk if manager else None
        changed.append(later("manager"))
    for name, value in fields.items():
        setattr(person, name, value)
        changed.append(name)
    actor.session.flush()
    rebuild_reporting(actor.session)
    note(actor, PERSON_CHANGED, person, name=person.name, fields=changed)
    _access_changed_for_all_staff(actor.session)
    return person


@action(May.SUSPEND_PERSON)
def suspend_person(actor: Actor, person: Person) -> Person:
    """End somebody's access at once: sessions, tokens, sockets, mail. Their words and name stay. Raises Invalid for the last admin."""
    if person.suspended_at is not None:
        return person
    if person.is_admin:
        _refuse_last_admin(actor.session, person)
    person.suspended_at = now()
    sign_ins.end_all(actor.session, person.pk)
    actor.session.execute(update(Token).where(Token.person_pk == person.pk, Token.revoked_at.is_(None)).values(revoked_at=now()))
    announce(actor.session, {"access": [person.pk]})
    note(actor, PERSON_SUSPENDED, person, name=person.name)
    return person


@action(May.SUSPEND_PERSON)
def restore_person(actor: Actor, person: Person) -> Person:
    """Give a suspended person access again; they sign in anew. Raises Invalid for who was only named in an import."""
    if person.imported:
        raise Invalid(("person", _("%(name)s has never been here. Invite them into a workspace.", name=person.name)))
    if person.suspended_at is not None:
        person.suspended_at = None
        note(actor, PERSON_RESTORED, person, name=person.name)
    return person


def rebuild_reporting(session: Session) -> None:
    """Write down for each member of staff who holds what they hold: themselves, and every manager above."""
    session.flush()
    staff = select(Person.pk, Person.manager_pk).where(Person.is_staff.is_(True))
    above: dict[int, int | None] = dict(session.execute(staff).all())
    session.execute(delete(Reporting))
    for person in above:
        holder: int | None = person
        seen: set[int] = set()
        while holder is not None and holder not in seen:
            seen.add(holder)
            session.add(Reporting(person_pk=person, holder_pk=holder))
            holder = above.get(holder)
    session.flush()


def _give_roles(person: Person, roles: list[str]) -> None:
    for role in ROLES:
        setattr(person, f"is_{role}", role in roles)


def _is_above(session: Session, person: Person, other: Person) -> bool:
    """Whether `person` is `other` or a manager above them."""
    return bool(session.scalar(select(Reporting.person_pk).where(Reporting.person_pk == other.pk, Reporting.holder_pk == person.pk)))


def _refuse_last_admin(session: Session, person: Person) -> None:
    others = select(Person.pk).where(Person.is_admin.is_(True), Person.suspended_at.is_(None), Person.pk != person.pk)
    if session.scalar(others.limit(1)) is None:
        raise Invalid(("person", _("%(name)s is the only admin. Name another first.", name=person.name)))


def _access_changed_for_all_staff(session: Session) -> None:
    announce(session, {"access": list(session.scalars(select(Person.pk).where(Person.is_staff.is_(True))))})

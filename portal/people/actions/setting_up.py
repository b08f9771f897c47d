"""The first start: whose installation this is, and its first admin. Once."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.kernel.actions import action
from portal.kernel.actor import Actor, the_system
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.words import gettext as _
from portal.people.actions.installation import installation
from portal.people.actions.staff import add_staff
from portal.people.models import ADMIN, REP, Person

LOCK = 7031  # of PostgreSQL's advisory locks: two browsers racing for the first admin queue up


def is_open(session: Session) -> bool:
    """Whether nobody is admin yet."""
    return session.scalar(select(Person.pk).where(Person.is_admin.is_(True)).limit(1)) is None


@action(open="until the first admin exists, whoever gets here first is the one who installs it")
def set_up(actor: Actor, *, vendor: str, timezone: str, language: str, name: str, email: str, password_hash: str) -> Person:
    """Name the vendor and make the first admin, who is a rep too. Raises NotFound once there is an admin, Invalid for a taken address."""
    session = actor.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if not is_open(session):
        raise NotFound
    if session.scalar(select(Person.pk).where(Person.email == email, Person.is_staff.is_(False))):
        raise Invalid(("email", _("Somebody with this address is here already, and not of your staff.")))
    ours = installation(session)
    ours.name, ours.timezone, ours.language, ours.set_up_at = vendor, timezone, language, now()
    person = add_staff(the_system(session), email=email, name=name, roles=[REP, ADMIN])
    person.timezone, person.password_hash = timezone, password_hash
    session.flush()
    return person

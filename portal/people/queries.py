"""What screens ask about people."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Installation, Person, Reporting, SignIn, Token
from portal.people.policy import May

MOST = 500  # people shown at once; the search field finds the others
KEPT = 30.0  # seconds that a process may show a vendor's old name


@dataclass(frozen=True)
class Vendor:
    """The company whose installation this is."""

    name: str = "Mainstay"
    contact: str = ""
    timezone: str = "UTC"
    language: str = "en"


_vendor: dict[str, tuple[float, Vendor]] = {}


def vendor(actor: Actor) -> Vendor:
    """The vendor's name and contact; remembered for half a minute, and shown even where the database is away."""
    if actor.session is None:
        return next((known for _, known in _vendor.values()), Vendor())
    place = str(actor.session.get_bind().engine.url)
    kept = _vendor.get(place)
    if kept is None or kept[0] < time.monotonic():
        found = actor.session.scalar(select(Installation))
        known = Vendor(found.name, found.contact, found.timezone, found.language) if found else Vendor()
        kept = _vendor[place] = time.monotonic() + KEPT, known
    return kept[1]


def forget_vendor() -> None:
    """The settings changed: ask again."""
    _vendor.clear()


def language_of(actor: Actor) -> str:
    """The language that is spoken to somebody whose browser is not asked: their own, else the vendor's."""
    return (actor.person.language if actor.person else "") or vendor(actor).language


def today_of(actor: Actor) -> date:
    """Which day it is for the reader."""
    name = (actor.person.timezone if actor.person else "") or vendor(actor).timezone
    try:
        return now().astimezone(ZoneInfo(name)).date()
    except (KeyError, ValueError):
        return now().date()


def own_sign_ins(actor: Actor) -> list[SignIn]:
    """Where the person is signed in at this moment, the latest used first."""
    mine = allowed(actor, May.READ_SIGN_IN).where(SignIn.expires_at > now())
    return list(actor.session.scalars(mine.order_by(SignIn.seen_at.desc(), SignIn.pk)))


def own_tokens(actor: Actor) -> list[Token]:
    """The person's own API tokens, the newest first."""
    mine = allowed(actor, May.READ_TOKEN).where(Token.person_pk == actor.pk)
    return list(actor.session.scalars(mine.order_by(Token.created_at.desc(), Token.pk)))


def all_tokens(actor: Actor) -> list[Token]:
    """The API tokens of everybody whom the actor looks after as an admin, the newest first; the secret is nobody's to see."""
    found = allowed(actor, May.READ_TOKEN).options(joinedload(Token.person))
    return list(actor.session.scalars(found.order_by(Token.created_at.desc(), Token.pk.desc()).limit(MOST)))


def staff_of_id(actor: Actor, id: str | None) -> Person | None:
    """The member of staff of an id that came in as somebody's manager. Raises Invalid where there is none."""
    if not id:
        return None
    staff = allowed(actor, May.READ_STAFF).where(Person.is_staff.is_(True), Person.suspended_at.is_(None))
    found: Person | None = actor.session.scalar(staff.where(Person.id == id))
    if found is None:
        raise Invalid(("manager", _("Choose a member of staff.")))
    return found


def looked_after(actor: Actor, *, side: str, q: str) -> list[Person]:
    """The people one looks after, `side` staff or client, whose name or address holds `q`; by name."""
    found = allowed(actor, May.LOOK_AFTER_PERSON).where(Person.is_staff.is_(side != "client"))
    if q:
        like = "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found = found.where(or_(Person.name.ilike(like, escape="\\"), Person.email.ilike(like, escape="\\")))
    return list(actor.session.scalars(found.options(joinedload(Person.manager)).order_by(Person.name, Person.pk).limit(MOST)))


def last_seen(actor: Actor, people: list[Person]) -> dict[int, datetime]:
    """When each of these people last changed something here."""
    pks = [person.pk for person in people]
    rows = actor.session.execute(
        select(SignIn.person_pk, func.max(SignIn.seen_at)).where(SignIn.person_pk.in_(pks)).group_by(SignIn.person_pk)
    )
    return dict(rows.all())


def possible_managers(actor: Actor, person: Person | None) -> list[Person]:
    """Whom somebody may report to: the staff who are here, but nobody who reports to them."""
    staff = allowed(actor, May.READ_STAFF).where(Person.is_staff.is_(True), Person.suspended_at.is_(None))
    if person is not None:
        staff = staff.where(Person.pk.not_in(select(Reporting.person_pk).where(Reporting.holder_pk == person.pk)))
    return list(actor.session.scalars(staff.order_by(Person.name, Person.pk)))

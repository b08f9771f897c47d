"""What the administration asks."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.kernel import outbox
from portal.kernel.actor import Actor
from portal.kernel.checks import BAD, EXAMINATIONS, GOOD, POOR, THOROUGH, Finding
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.people.models import Installation, Person, SignIn, Token


@dataclass(frozen=True)
class Ends:
    """What stops at once when somebody is suspended."""

    sign_ins: int
    tokens: int


def what_ends(actor: Actor, person: Person) -> Ends:
    live = SignIn.person_pk == person.pk, SignIn.ended_at.is_(None), SignIn.expires_at > now()
    mine = Token.person_pk == person.pk, Token.revoked_at.is_(None)
    count = actor.session.scalar
    return Ends(count(select(func.count(SignIn.pk)).where(*live)) or 0, count(select(func.count(Token.pk)).where(*mine)) or 0)


def admins(actor: Actor) -> list[Person]:
    """Those who may sign in, for letters about the machine."""
    return list(actor.session.scalars(select(Person).where(Person.is_admin.is_(True), Person.suspended_at.is_(None)).order_by(Person.pk)))


def installation(actor: Actor) -> Installation:
    """The vendor's choices, or the defaults where nobody was asked yet."""
    return actor.session.scalar(select(Installation)) or Installation(
        name="Mainstay", timezone="UTC", language="en", currency="EUR", contact=""
    )


def findings(house: House) -> list[Finding]:
    """How each thing that the installation stands on is; what cannot even be looked at is bad."""
    found = []
    for area, examine in EXAMINATIONS.items():
        if area in THOROUGH:
            continue
        try:
            found += list(examine(house))
        except Exception as error:  # the page must show the others
            found.append(Finding(area, BAD, f"cannot be looked at: {error}", "mainstay doctor"))
    return found


def by_area(found: list[Finding]) -> list[tuple[str, str, list[Finding]]]:
    """(area, its worst state, its findings): one line of the page each, what is worst first."""
    areas: dict[str, list[Finding]] = {}
    for each in found:
        areas.setdefault(each.area, []).append(each)
    rank = (GOOD, POOR, BAD).index
    told = [(area, max((each.state for each in of), key=rank), of) for area, of in areas.items()]
    return sorted(told, key=lambda each: -rank(each[1]))


def lag(actor: Actor) -> list[dict[str, Any]]:
    """What waits in each queue, by topic, with what the topic is for."""
    told = outbox.lag(actor.session)
    meanings = {topic: consumer.meaning for topic, consumer in outbox.CONSUMERS.items()}
    return [{"topic": topic, "meaning": meanings.get(topic, topic), **told[topic]} for topic in sorted(told)]

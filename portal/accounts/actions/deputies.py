"""Who acts for an account's owner for a time: while they are away, with their rights on the account and its workspaces."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.accounts.actions.ownership import owner_of
from portal.accounts.events import DEPUTY_ENDED, DEPUTY_NAMED
from portal.accounts.models import Account, Deputy
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import record
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.people.queries import vendor

LONGEST = timedelta(days=366)


@action(May.GIVE_ACCOUNT)
def name_deputy(actor: Actor, account: Account, *, person: Person, begins: date, until: date) -> Deputy:
    """From the beginning of one day to the end of the other. Raises Invalid for who cannot, for days that are past, the wrong way
    round or more than a year, and while somebody else is deputy."""
    owned = owner_of(actor, account)
    if owned is None:
        raise Invalid(("person", _("Nobody owns this account. Give it to somebody first.")))
    if not person.is_staff or person.suspended_at is not None or person.pk == owned.person_pk:
        raise Invalid(("person", _("%(name)s cannot be deputy here.", name=person.name)))
    first, last = _moment(actor, begins, "begins"), _moment(actor, until, "until") + timedelta(days=1)
    if last <= max(first, now()):
        raise Invalid(("until", _("Choose a day that is not past, and not before the first.")))
    if last - now() > LONGEST:
        raise Invalid(("until", _("Choose a day within a year.")))
    _refuse_another(actor, account, first, last)
    deputy = Deputy(
        account_pk=account.pk, owner_pk=owned.person_pk, person_pk=person.pk, by_pk=actor.pk or None, begins_at=first, until=last
    )
    actor.session.add(deputy)
    actor.session.flush()
    facts = {"name": person.name, "owner": owned.person.name, "begins": begins.isoformat(), "until": until.isoformat(), "person": person.id}
    record(actor, DEPUTY_NAMED, account, audience_pk=account.audience_pk, account=account, facts=facts)
    announce(actor.session, {"access": [person.pk]})
    return deputy


@action(May.GIVE_ACCOUNT)
def end_deputy(actor: Actor, account: Account, *, person: Person) -> bool:
    """Their time is over, or never begins. False for who never was deputy here; nothing happens where it is over."""
    theirs = select(Deputy).where(Deputy.account_pk == account.pk, Deputy.person_pk == person.pk)
    deputies = actor.session.scalars(theirs).all()
    for deputy in deputies:
        if deputy.ended_at is None and deputy.until > now():
            deputy.ended_at = now()
            facts = {"name": person.name, "owner": deputy.owner.name, "person": person.id}
            record(actor, DEPUTY_ENDED, account, audience_pk=account.audience_pk, account=account, facts=facts)
    announce(actor.session, {"access": [person.pk]})
    return bool(deputies)


def _refuse_another(actor: Actor, account: Account, first: datetime, last: datetime) -> None:
    standing = select(Deputy).where(Deputy.account_pk == account.pk, Deputy.ended_at.is_(None))
    other = actor.session.scalar(standing.where(Deputy.begins_at < last, Deputy.until > first).limit(1))
    if other is not None:
        raise Invalid(("person", _("%(name)s is deputy in that time. End that first.", name=other.person.name)))


def _moment(actor: Actor, day: date, field: str) -> datetime:
    """The first moment of a day where the vendor is. Raises Invalid for a day that no clock can tell."""
    try:
        return datetime.combine(day, time(), ZoneInfo(vendor(actor).timezone or "UTC")).astimezone(ZoneInfo("UTC"))
    except OverflowError:
        raise Invalid((field, _("Choose a day within a year."))) from None

"""Two contacts turn out to be one person. The other one's row stays, as what leads to them: its address, its id in other systems and
its lines on the trail are found as the one who stays. Parts in the purchase and since when somebody was known are corrected with two
clocks: as we know now they were always one, as we knew then they were two."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.accounts.actions.contacts import record_contact, refuse_twin
from portal.accounts.actions.moving import leave, stay
from portal.accounts.events import CONTACT_MERGED, CONTACT_SEPARATED
from portal.accounts.models import Contact, ContactPlace, ContactRole
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.history import corrected
from portal.kernel.policy import require
from portal.kernel.words import gettext as _

FILLED = ("email", "title", "phone", "person_pk")  # what the one who stays takes where they have none
Fact = Any  # ContactRole or ContactPlace


@action(May.CHANGE_CONTACT)
def merge_contacts(actor: Actor, contact: Contact, *, other: Contact) -> Contact:
    """`other` is the same person as `contact`, who stays. Of two companies' contacts, the other has left theirs for this one's."""
    require(actor, May.CHANGE_CONTACT, other)
    if other.pk == contact.pk:
        raise Invalid(("other", _("Choose somebody else.")))
    if other.account_pk != contact.account_pk:
        leave(actor, other, for_=contact)
        return contact
    moment = now()
    other.merged_pk, other.removed_at, other.merged_gave = contact.pk, moment, _fill(contact, other)
    actor.session.flush()
    actor.session.expire(other, ["same_as"])
    _always_one(actor, contact, other, ContactRole, moment)
    _always_one(actor, contact, other, ContactPlace, moment)
    record_contact(actor, CONTACT_MERGED, contact, name=contact.name, other=other.name, other_id=other.id)
    return contact


@action(May.RESTORE_CONTACT)
def restore_contact(actor: Actor, contact: Contact) -> Contact:
    """Take back that they were merged into another, or moved to another company. Raises Invalid where it is too late for that."""
    if contact.merged_pk is None or contact.removed_at is None:
        return stay(actor, contact)
    into, moment = actor.session.get_one(Contact, contact.merged_pk), contact.removed_at
    _give_back(into, contact.merged_gave or {})
    contact.merged_pk, contact.removed_at, contact.merged_gave = None, None, None
    refuse_twin(actor, contact.account_pk, contact.email, field="", but=contact.pk)
    actor.session.flush()
    actor.session.expire(contact, ["same_as"])
    _two_again(actor, contact, into, ContactRole, moment)
    _two_again(actor, contact, into, ContactPlace, moment)
    record_contact(actor, CONTACT_SEPARATED, into, name=into.name, other=contact.name, other_id=contact.id)
    return contact


def _fill(contact: Contact, other: Contact) -> dict[str, Any]:
    """What the one who stays has from the other, by field."""
    gave = {name: getattr(other, name) for name in FILLED if getattr(other, name) and not getattr(contact, name)}
    for name, value in gave.items():
        setattr(contact, name, value)
    more = sorted(set(other.tags) - set(contact.tags))
    contact.tags = sorted({*contact.tags, *more})
    return {name: value for name, value in gave.items() if name != "person_pk"} | {"tags": more, "person": "person_pk" in gave}


def _give_back(into: Contact, gave: dict[str, Any]) -> None:
    """What they had from the other and still have as it was."""
    for name in ("title", "phone"):
        if name in gave and getattr(into, name) == gave[name]:
            setattr(into, name, "")
    if "email" in gave and into.email == gave["email"]:
        into.email = None
    if gave.get("person"):
        into.person_pk = None
    into.tags = [tag for tag in into.tags if tag not in gave.get("tags", ())]


def _always_one(actor: Actor, contact: Contact, other: Contact, fact: Fact, moment: datetime) -> None:
    """The other's facts were this one's from the start; of two that say the same, the one that began earlier."""
    for each in _known(actor, other, fact):
        mine = next((one for one in _known(actor, contact, fact) if _same(one, each)), None)
        each.recorded_to = moment
        if mine is None:
            corrected(actor.session, each, moment, contact_pk=contact.pk)
        elif each.valid_from < mine.valid_from:
            mine.recorded_to = moment
            corrected(actor.session, mine, moment, valid_from=each.valid_from)
        actor.session.flush()


def _two_again(actor: Actor, contact: Contact, into: Contact, fact: Fact, moment: datetime) -> None:
    """What the merge has said is unsaid; what it has ended goes on, but for what has been said since."""
    both = fact.contact_pk.in_([contact.pk, into.pk])
    for each in actor.session.scalars(select(fact).where(both, fact.recorded_from == moment, fact.recorded_to.is_(None))).all():
        each.recorded_to = now()
    actor.session.flush()
    for each in actor.session.scalars(select(fact).where(both, fact.recorded_to == moment)).all():
        owner = contact if each.contact_pk == contact.pk else into
        if not any(_same(one, each) for one in _known(actor, owner, fact)):
            corrected(actor.session, each, now())
            actor.session.flush()


def _known(actor: Actor, contact: Contact, fact: Fact) -> list[Any]:
    return list(actor.session.scalars(select(fact).where(fact.contact_pk == contact.pk, fact.recorded_to.is_(None)).order_by(fact.pk)))


def _same(one: Any, other: Any) -> bool:
    """Two facts of which one is enough: the same role, or being there, and both go on."""
    what = (one.role, other.role) if isinstance(one, ContactRole) else (one.before_pk, other.before_pk)
    return what[0] == what[1] and one.valid_to is None and other.valid_to is None

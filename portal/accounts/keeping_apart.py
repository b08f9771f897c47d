"""Companies whose people must not meet: which pairs there are, and the refusal where two of them would."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import Account, KeptApart
from portal.accounts.policy import May
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person

# Where people of two accounts are together: the names of the places, `meetings(session, one pk, other pk)`; by feature.
MEETINGS: dict[str, Callable[[Session, int, int], list[str]]] = {}


@dataclass(frozen=True)
class Apart:
    """One whom an account is kept apart from; `other` None where the reader may not know that account."""

    other: Account | None
    reason: str
    by: Person
    since: datetime


def kept_from(actor: Actor, account: Account) -> list[Apart]:
    """Whom an account is kept apart from, the latest first."""
    pairs = actor.session.scalars(
        select(KeptApart)
        .where(or_(KeptApart.one_pk == account.pk, KeptApart.other_pk == account.pk), KeptApart.ended_at.is_(None))
        .options(joinedload(KeptApart.by))
        .order_by(KeptApart.pk.desc())
    ).all()
    others = {pair.pk: pair.other_pk if pair.one_pk == account.pk else pair.one_pk for pair in pairs}
    known = {each.pk: each for each in _known(actor, others.values())} if others else {}
    return [Apart(known.get(others[pair.pk]), pair.reason, pair.by, pair.created_at) for pair in pairs]


def could_be_kept_from(actor: Actor, account: Account) -> list[Account]:
    """The accounts that the actor knows and that may still meet this one, by name."""
    apart = {pk for pair in _pairs_of(actor, account) for pk in (pair.one_pk, pair.other_pk)}
    found = allowed(actor, May.KNOW_ACCOUNT).where(Account.pk != account.pk, Account.pk.not_in(apart))
    return list(actor.session.scalars(found.order_by(Account.name, Account.pk).limit(2000)))


def account_named(actor: Actor, id: str, field: str) -> Account:
    """The account of an id that the actor knows. Raises Invalid at the field where there is none for them."""
    found: Account | None = actor.session.scalar(allowed(actor, May.KNOW_ACCOUNT).where(Account.id == id)) if is_id(id) else None
    if found is None:
        raise Invalid((field, _("Choose an account among those that you know.")))
    return found


def pair_of(session: Session, one_pk: int, other_pk: int) -> KeptApart | None:
    """What keeps two accounts apart now."""
    low, high = sorted((one_pk, other_pk))
    return session.scalar(select(KeptApart).where(KeptApart.one_pk == low, KeptApart.other_pk == high, KeptApart.ended_at.is_(None)))


def refuse_meeting(actor: Actor, coming: Collection[int], there: Collection[int], *, field: str) -> None:
    """Raise Invalid at the field, with the reason as far as the actor may know it, where an account that comes is kept apart from
    one that comes with it or is there."""
    if not coming:
        return
    all_of_them = {*coming, *there}
    met = and_(KeptApart.one_pk.in_(all_of_them), KeptApart.other_pk.in_(all_of_them), KeptApart.ended_at.is_(None))
    involved = or_(KeptApart.one_pk.in_(coming), KeptApart.other_pk.in_(coming))
    pair = actor.session.scalar(select(KeptApart).where(met, involved).order_by(KeptApart.pk).limit(1))
    if pair is not None:
        raise Invalid((field, words_for(actor, pair)))


def words_for(actor: Actor, pair: KeptApart) -> str:
    """Why they may not meet. A client is not told that there is another company at all."""
    if not actor.is_staff and not actor.system:
        return _("This cannot be done here. Ask the people who run this workspace.")
    names = [account.name for account in _known(actor, (pair.one_pk, pair.other_pk))]
    if len(names) < 2:
        return _("Two of these companies are kept apart: their people must not meet.")
    if pair.reason:
        return _("%(one)s and %(other)s are kept apart: %(reason)s", one=names[0], other=names[1], reason=pair.reason)
    return _("%(one)s and %(other)s are kept apart: their people must not meet.", one=names[0], other=names[1])


def _known(actor: Actor, pks: Iterable[int]) -> list[Account]:
    return list(actor.session.scalars(allowed(actor, May.KNOW_ACCOUNT).where(Account.pk.in_(list(pks))).order_by(Account.name, Account.pk)))


def _pairs_of(actor: Actor, account: Account) -> list[KeptApart]:
    mine = or_(KeptApart.one_pk == account.pk, KeptApart.other_pk == account.pk)
    return list(actor.session.scalars(select(KeptApart).where(mine, KeptApart.ended_at.is_(None))))

"""Two that look alike are not the same: said once, and not asked again."""

from sqlalchemy import select

from portal.accounts.models import Account, Contact, NotTheSame
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.policy import require


@action(May.CHANGE_CONTACT)
def tell_contacts_apart(actor: Actor, contact: Contact, *, other: Contact) -> None:
    require(actor, May.CHANGE_CONTACT, other)
    _remember(actor, "contact", contact.pk, other.pk)


@action(May.CHANGE_ACCOUNT)
def tell_accounts_apart(actor: Actor, account: Account, *, other: Account) -> None:
    require(actor, May.CHANGE_ACCOUNT, other)
    _remember(actor, "account", account.pk, other.pk)


def _remember(actor: Actor, kind: str, *pks: int) -> None:
    one, other = sorted(pks)
    said = select(NotTheSame.pk).where(NotTheSame.kind == kind, NotTheSame.one_pk == one, NotTheSame.other_pk == other)
    if one != other and actor.session.scalar(said) is None:
        actor.session.add(NotTheSame(kind=kind, one_pk=one, other_pk=other, by_pk=actor.pk))

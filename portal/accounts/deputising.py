"""Who acts for an account's owner, now and next."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, Deputy
from portal.kernel.actor import Actor
from portal.kernel.clock import now


def deputies(actor: Actor, account: Account) -> list[Deputy]:
    """Those whose time is not over, the next first."""
    mine = select(Deputy).where(Deputy.account_pk == account.pk, Deputy.ended_at.is_(None), Deputy.until > now())
    found = mine.options(joinedload(Deputy.person), joinedload(Deputy.owner)).order_by(Deputy.begins_at, Deputy.pk)
    return list(actor.session.scalars(found))

"""What must hold of accounts: the columns say what their history says, and somebody owns each."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.models import FIELDS, OWNER, Account, AccountFact, Assignment
from portal.kernel.checks import check
from portal.kernel.history import current
from portal.kernel.house import House


@check("accounts")
def accounts(house: House, session: Session) -> Iterator[str]:
    """Every account whose columns do not say what its latest facts say, or that nobody owns."""
    facts: dict[tuple[int, str], Any] = {
        (pk, name): value
        for pk, name, value in session.execute(
            select(AccountFact.account_pk, AccountFact.field, AccountFact.value).where(current(AccountFact))
        )
    }
    owned = set(session.scalars(select(Assignment.account_pk).where(Assignment.role == OWNER, current(Assignment))))
    standing = select(Account).where(Account.removed_at.is_(None))
    for account in session.scalars(standing.options(selectinload(Account.tags), selectinload(Account.domains))):
        says: dict[str, Any] = {name: getattr(account, name) for name in FIELDS}
        says |= {name: sorted(row.name for row in getattr(account, name)) for name in ("tags", "domains")}
        for name, value in says.items():
            if (facts.get((account.pk, name)) or None) != (value or None):
                yield f"account {account.id}: {name} is not what its history says"
        if account.pk not in owned:
            yield f"account {account.id}: nobody owns it"

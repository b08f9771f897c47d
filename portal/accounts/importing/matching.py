"""Which account is meant: by the other system's id, by name or another name, by mail domain. For a whole batch, in few queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.models import Account, AccountDomain, AccountName
from portal.imports.work import Work
from portal.kernel.names import key
from portal.kernel.words import gettext as _

# Mailboxes of anybody: they say nothing of a company.
SHARED = frozenset(
    (
        "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com gmx.de gmx.net web.de aol.com "
        "protonmail.com proton.me mail.com"
    ).split()
)


class Unclear(Exception):
    """It cannot be said which account is meant; the words say why."""


@dataclass
class Accounts:
    """The accounts that a batch may mean."""

    rows: dict[int, Account] = field(default_factory=dict)  # by pk
    ids: dict[str, int] = field(default_factory=dict)  # by our id
    external: dict[str, str] = field(default_factory=dict)  # the other system's id -> our id
    names: dict[str, set[int]] = field(default_factory=dict)
    domains: dict[str, int] = field(default_factory=dict)

    def find(self, *, external: str = "", names: Iterable[str] = (), domain: str = "") -> Account | None:
        """The one account meant, or None. Raises Unclear where several could be."""
        if external and (pk := self.ids.get(self.external.get(external, external))) is not None:
            return self.rows[pk]
        named = {pk for name in names if name for pk in self.names.get(key(name), ())}
        if len(named) > 1:
            raise Unclear(_("There are several accounts of this name."))
        by_domain = self.domains.get(domain.lower()) if domain and domain.lower() not in SHARED else None
        if named and by_domain is not None and by_domain not in named:
            raise Unclear(_("The name is one account's, and the domain another's."))
        found = next(iter(named), by_domain)
        return self.rows.get(found) if found is not None else None

    def add(self, account: Account, external: str, name: str, domains: Iterable[str]) -> None:
        """An account that this batch makes is there for its later rows."""
        self.rows[account.pk], self.ids[account.id] = account, account.pk
        self.names.setdefault(key(name), set()).add(account.pk)
        if external:
            self.external[external] = account.id
        self.domains.update(dict.fromkeys(domains, account.pk))


def accounts_for(work: Work, *, external: Iterable[str], names: Iterable[str], domains: Iterable[str]) -> Accounts:
    """What these ids, names and domains may mean."""
    session, found = work.session, Accounts()
    asked_ids = {each for each in external if each}
    found.external = work.known("account", asked_ids)
    pks = _by_name(session, {key(name) for name in names if name}, found)
    domain_rows = session.execute(select(AccountDomain.name, AccountDomain.account_pk).where(AccountDomain.name.in_(set(domains))))
    found.domains = dict(domain_rows.all())
    wanted = pks | set(found.domains.values())
    ids = set(found.external.values()) | asked_ids
    there = select(Account).where(Account.removed_at.is_(None), Account.pk.in_(wanted) | Account.id.in_(ids))
    for account in session.scalars(there.options(selectinload(Account.tags), selectinload(Account.domains), selectinload(Account.aliases))):
        found.rows[account.pk], found.ids[account.id] = account, account.pk
    return found


def _by_name(session: Session, keys: set[str], found: Accounts) -> set[int]:
    pks: set[int] = set()
    rows: Any = session.execute(select(AccountName.key, AccountName.account_pk).where(AccountName.key.in_(keys)))
    for told, pk in rows:
        found.names.setdefault(told, set()).add(pk)
        pks.add(pk)
    return pks

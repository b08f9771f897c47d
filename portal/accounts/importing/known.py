"""People whom imported messages name: contacts of the account, for importers that stand above accounts."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts import actions
from portal.accounts.events import CONTACT_ADDED
from portal.accounts.models import Account, AccountDomain, Contact, ContactPlace
from portal.imports.work import Work
from portal.people.models import Person


@dataclass(frozen=True)
class Named:
    """Somebody at an account, as a message names them; `email` may be empty."""

    account: Account
    name: str
    email: str
    person: Person


def know_all(work: Work, named: Iterable[Named]) -> None:
    """Each is a contact of their account, made where there is none, and known as the person who wrote."""
    wanted = {(each.account.pk, each.email or each.name.casefold()): each for each in named}
    pks = {each.account.pk for each in wanted.values()}
    there = select(Contact).where(Contact.account_pk.in_(pks), *actions.here())
    emails = {each.email for each in wanted.values() if each.email}
    persons = {each.person.pk for each in wanted.values()}
    for contact in work.session.scalars(there.where(Contact.email.in_(emails) | Contact.person_pk.in_(persons))):
        contact.person_pk = contact.person_pk or next(
            (each.person.pk for at, each in wanted.items() if at == (contact.account_pk, contact.email)), None
        )
        wanted = {at: each for at, each in wanted.items() if at[0] != contact.account_pk or each.person.pk != contact.person_pk}
    merged = select(Contact).where(Contact.account_pk.in_(pks), Contact.merged_pk.is_not(None))
    for contact in work.session.scalars(merged.where(Contact.email.in_(emails) | Contact.person_pk.in_(persons))):
        wanted.pop((contact.account_pk, contact.email or ""), None)
        contact.stands.person_pk = contact.stands.person_pk or contact.person_pk
        wanted = {at: each for at, each in wanted.items() if at[0] != contact.account_pk or each.person.pk != contact.person_pk}
    _make(work, list(wanted.values()))


def _make(work: Work, new: list[Named]) -> None:
    made = work.bulk.add(
        [Contact(account_pk=each.account.pk, name=each.name, email=each.email or None, person_pk=each.person.pk, tags=[]) for each in new]
    )
    work.bulk.insert(ContactPlace, [{"contact_pk": contact.pk, "account_pk": contact.account_pk} for contact in made])
    for each, contact in zip(new, made, strict=True):
        about = each.account
        work.bulk.record(CONTACT_ADDED, contact, audience_pk=about.audience_pk, account=about, facts={"name": contact.name})
        work.beside_rows("contact", contact)


def accounts_by_domain(work: Work, domains: Iterable[str]) -> dict[str, int]:
    """Mail domain -> pk of the account that has it."""
    found = select(AccountDomain.name, AccountDomain.account_pk).where(AccountDomain.name.in_(set(domains)))
    return {name: pk for name, pk in work.session.execute(found)}  # noqa: C416 - rows are no pairs to mypy

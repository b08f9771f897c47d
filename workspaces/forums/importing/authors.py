"""Who wrote what is imported. Who is not here yet becomes a person who cannot sign in and gets no mail, and a contact of the account."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import select

from portal.accounts.importing.known import Named, accounts_by_domain, know_all
from portal.accounts.importing.matching import SHARED
from portal.accounts.models import Account
from portal.imports.work import Work
from portal.kernel.clock import now
from portal.kernel.names import key
from portal.people.models import Person, name_of
from workspaces.forums.importing.places import Place

NOWHERE = "imported.invalid"  # of addresses for those who have none; no mail can ever reach it (RFC 2606)


def address_of(email: str, name: str, place: Place) -> str:
    """The address that somebody is known by; who has none gets one that is nobody's, by name and workspace."""
    if email:
        return email
    return f"{hashlib.sha256(f'{place.workspace.id} {key(name)}'.encode()).hexdigest()[:24]}@{NOWHERE}"


def authors(work: Work, wanted: Iterable[tuple[str, str, Place]]) -> dict[str, Person]:
    """Address -> person, for (address, name, where they wrote)."""
    by_address: dict[str, tuple[str, Place]] = {}
    for address, name, place in wanted:
        by_address.setdefault(address, (name, place))
    there = {person.email: person for person in work.session.scalars(select(Person).where(Person.email.in_(by_address)))}
    missing = {address: told for address, told in by_address.items() if address not in there}
    domains = accounts_by_domain(work, (address.partition("@")[2] for address in missing))
    ours = _our_domains(work) if missing else set()
    made = work.bulk.add(
        [
            Person(email=address, name=name or name_of(address), imported=True, suspended_at=now(),
                   account_pk=_company(address, place, domains, ours))
            for address, (name, place) in missing.items()
        ]
    )  # fmt: skip
    named = []
    for person in made:
        account = missing[person.email][1].accounts.get(person.account_pk or 0)
        if account is not None:
            named.append(Named(account, person.name, "" if person.email.endswith(f"@{NOWHERE}") else person.email, person))
    if named:
        know_all(work, named)
    return there | {person.email: person for person in made}


def company_of(person: Person, place: Place) -> Account | None:
    """The account that a post of this person belongs to: the workspace's only one, in a community the author's company."""
    return place.only or place.accounts.get(person.account_pk or 0)


def _company(address: str, place: Place, domains: dict[str, int], ours: set[str]) -> int | None:
    """Of a mail domain the account that has it; of one of ours none: they were staff. Else the account of the workspace."""
    domain = address.partition("@")[2]
    if domain in ours:
        return None
    return domains.get(domain) or (place.only.pk if place.only else None)


def _our_domains(work: Work) -> set[str]:
    staff = work.session.scalars(select(Person.email).where(Person.is_staff.is_(True)))
    return {email.partition("@")[2] for email in staff} - SHARED

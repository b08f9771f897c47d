"""Who may be the same: contacts with near names or one address, accounts with near names or one website. Only among what one may change;
nothing is ever merged by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account, Contact, NotTheSame
from portal.accounts.policy import May
from portal.kernel.actor import Actor
from portal.kernel.names import key
from portal.kernel.policy import allowed

NEAR = 88  # of 100: Anna and Ana Weber are, Anna and Paul Weber are not
MOST_COMPARED = 150  # contacts of an account; beyond it only what is equal is proposed
MOST_SHOWN = 20


@dataclass(frozen=True)
class Pair:
    """Two things of a kind that may be the same."""

    one: Any
    other: Any


def alike(actor: Actor, account: Account) -> list[Pair]:
    """The contacts of an account that may be one person, and those of one's other accounts with the same address."""
    mine = list(actor.session.scalars(allowed(actor, May.CHANGE_CONTACT).where(Contact.account_pk == account.pk).order_by(Contact.pk)))
    emails = [contact.email for contact in mine if contact.email]
    there = allowed(actor, May.CHANGE_CONTACT).where(Contact.account_pk != account.pk, Contact.email.in_(emails))
    there = there.options(joinedload(Contact.account)).order_by(Contact.pk)
    elsewhere = [Pair(one, other) for other in actor.session.scalars(there) for one in mine if one.email == other.email]
    return _not_denied(actor, "contact", [*_near(mine), *elsewhere])


def like_account(actor: Actor, account: Account) -> list[Pair]:
    """Other accounts of one's own that may be the same company: by a near name, or the same website."""
    others = actor.session.scalars(allowed(actor, May.CHANGE_ACCOUNT).where(Account.pk != account.pk).order_by(Account.pk))
    name, host = _plain(account.name), _host(account)
    near = (
        other
        for other in others
        if key(account.name) == key(other.name) or _near_words(name, _plain(other.name)) or (host and host == _host(other))
    )
    return _not_denied(actor, "account", (Pair(account, other) for other in near))


def _near(contacts: list[Contact]) -> Iterator[Pair]:
    if len(contacts) > MOST_COMPARED:
        by_name: dict[str, Contact] = {}
        for contact in contacts:
            first = by_name.setdefault(key(contact.name), contact)
            if first is not contact:
                yield Pair(first, contact)
        return
    for (one, name), (other, called) in combinations([(contact, _plain(contact.name)) for contact in contacts], 2):
        if _near_words(name, called):
            yield Pair(one, other)


def _near_words(one: str, other: str) -> bool:
    """The same letters, or nearly."""
    return one.replace(" ", "") == other.replace(" ", "") or fuzz.ratio(one, other, score_cutoff=NEAR) > 0


def _plain(words: str) -> str:
    """Words as they are compared, in whatever order they stand: *Weber, Anna* is *Anna Weber*."""
    return " ".join(sorted(key(word) for word in words.replace(",", " ").replace("-", " ").split()))


def _host(account: Account) -> str:
    return (urlsplit(account.website).hostname or "").removeprefix("www.")


def _not_denied(actor: Actor, kind: str, pairs: Iterable[Pair]) -> list[Pair]:
    """Those of which nobody has said that they are not the same."""
    found = list(pairs)
    if not found:
        return []
    pks = {pk for pair in found for pk in (pair.one.pk, pair.other.pk)}
    denied = select(NotTheSame.one_pk, NotTheSame.other_pk).where(NotTheSame.kind == kind, NotTheSame.one_pk.in_(pks))
    said = {(one, other) for one, other in actor.session.execute(denied)}
    return [pair for pair in found if tuple(sorted((pair.one.pk, pair.other.pk))) not in said][:MOST_SHOWN]

"""Who can see something, by name and company: always asked of its audience, by the same question as every channel asks."""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import holders, people_in
from portal.kernel.history import current
from portal.people.models import Person
from workspaces.rooms.consent import seen
from workspaces.rooms.models import Membership, Workspace

# How much stands written under audiences, by what it is ('posts', 'files'): `count(session, audience pks)`, by feature.
WRITTEN: dict[str, Callable[[Session, Collection[int]], int]] = {}


@dataclass(frozen=True)
class Reader:
    """One who can see something; `company` is that of a client in this workspace."""

    person: Person
    company: str | None


@dataclass(frozen=True)
class Difference:
    """What another audience means: who comes to see a place and who sees it no more, and how much stands written in it by now."""

    gains: list[Reader]
    loses: list[Reader]
    posts: int = 0
    files: int = 0

    @property
    def is_none(self) -> bool:
        return not self.gains and not self.loses

    @property
    def seen(self) -> str:
        """What a form carries to say that just this was seen."""
        told = "/".join(" ".join(sorted(one.person.id for one in side)) for side in (self.gains, self.loses))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def readers(actor: Actor, workspace: Workspace, audience_pk: int) -> list[Reader]:
    """Everyone whom an audience has at this moment and whom the actor sees: ours first, then theirs by company."""
    return _named(actor, workspace, Person.pk.in_(select(holders(audience_pk).subquery().c.person_pk)))


def people_meant(actor: Actor, workspace: Workspace, audience_pk: int) -> Select[Any]:
    """The same people as a select, to be shown page by page."""
    meant = Person.pk.in_(select(holders(audience_pk).subquery().c.person_pk))
    return select(Person).where(meant, seen(actor, Person.pk, workspace.pk))


def count_unseen(actor: Actor, found: list[Reader], audience_pk: int) -> int:
    """How many an audience has beside these: who of a community has not agreed to be seen is counted and not named."""
    return len(people_in(actor.session, audience_pk) - {one.person.pk for one in found})


def companies(actor: Actor, workspace: Workspace, people: Iterable[Person]) -> dict[int, str]:
    """person pk -> the company of a client in this workspace."""
    return {one.person.pk: one.company for one in _named(actor, workspace, Person.pk.in_([each.pk for each in people])) if one.company}


def sides(found: list[Reader]) -> list[tuple[str, list[Reader]]]:
    """Ours under '', then each company."""
    parts: dict[str, list[Reader]] = {}
    for one in found:
        parts.setdefault("" if one.person.is_staff else one.company or "–", []).append(one)
    return list(parts.items())


def difference(actor: Actor, workspace: Workspace, before: set[int], after: set[int], audience_pks: Collection[int]) -> Difference:
    """Who comes and who goes, and what is written under these audiences."""
    counts = {what: count(actor.session, audience_pks) for what, count in WRITTEN.items()} if audience_pks else {}
    return who_comes_and_goes(actor, workspace, after - before, before - after, posts=counts.get("posts", 0), files=counts.get("files", 0))


def who_comes_and_goes(actor: Actor, workspace: Workspace, gains: set[int], loses: set[int], *, posts: int, files: int) -> Difference:
    """The same where it is known already who (pks) comes, who goes, and how much they come or cease to see."""
    named = {one.person.pk: one for one in _named(actor, workspace, Person.pk.in_(gains | loses))}
    return Difference([one for pk, one in named.items() if pk in gains], [one for pk, one in named.items() if pk in loses], posts, files)


def _named(actor: Actor, workspace: Workspace, which: Any) -> list[Reader]:
    found = (
        select(Person, Account.name)
        .outerjoin(Membership, and_(Membership.person_pk == Person.pk, Membership.workspace_pk == workspace.pk, current(Membership)))
        .outerjoin(Account, and_(Account.pk == Membership.account_pk, Person.is_staff.is_(False)))
        .where(which, seen(actor, Person.pk, workspace.pk))
        .order_by(Person.is_staff.desc(), Account.name, Person.name, Person.pk)
    )
    return [Reader(person, company) for person, company in actor.session.execute(found)]

"""Who acts: always the first argument, never ambient."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Actor:
    """A person (or nobody, or the system) together with the database session they act in."""

    session: Session
    person: Any = None  # portal.people.models.Person; None for nobody and for the system
    scopes: frozenset[str] | None = None  # of an API token; None where a person signed in
    sign_in: int = 0  # pk of the sign-in session, or minus the pk of an API token; 0 where there is neither
    system: bool = False  # the worker, or an operator at the shell
    holds: frozenset[int] | None = None  # the audiences that somebody who is not here yet will hold; None: asked of the branches
    viewer: Any = None  # who really looks, where somebody looks as another; then nothing may be written

    @property
    def pk(self) -> int:
        return self.person.pk if self.person else 0

    @property
    def name(self) -> str:
        return self.person.name if self.person else "Mainstay"

    @property
    def is_staff(self) -> bool:
        return bool(self.person and self.person.is_staff)

    @property
    def is_admin(self) -> bool:
        return bool(self.person and self.person.is_admin)


@dataclass(frozen=True)
class StandIn:
    """In place of an actor while a question is built that is kept for all of their kind (portal.kernel.prepared): it has what they have
    in common, and what differs is open. It has no session, no name, nothing else of a person, so that nothing of one can be kept."""

    pk: Any
    account_pk: Any
    known: Any  # what they hold and their standings, by name, where it was looked up
    is_staff: bool
    is_admin: bool
    is_manager: bool
    scopes: frozenset[str] | None
    system: bool = False
    holds: None = None
    viewer: None = None
    suspended_at: None = None

    @property
    def person(self) -> "StandIn":
        return self


def newcomer(session: Session, audience_pks: frozenset[int]) -> Actor:
    """Somebody who is not here yet, reading as they will once they are: what an invitation may tell of the inside."""
    return Actor(session, holds=audience_pks)


def the_system(session: Session) -> Actor:
    """The worker and the operator's shell: not bound by the rules, and named in what they record."""
    return Actor(session, system=True)

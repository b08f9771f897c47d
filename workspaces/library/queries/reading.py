"""Who has read what: the documents that matter, by reading, and who has not opened what is to be read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import holders
from portal.kernel.clock import now
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.people.models import Person
from workspaces.library.models import File, FileReading, FileVersion, FileView
from workspaces.library.policy import May, shown_to
from workspaces.library.queries.listing import shown


@dataclass(frozen=True)
class Read:
    """A file as clients read it: how many of them, how often, and when last."""

    file: File
    people: int
    times: int
    at: datetime


def most_read(actor: Actor, account: Account, most: int = 5, until: datetime | None = None) -> list[Read]:
    """The files of an account that most of its people opened, the most often opened and the last opened first among equals; as it was
    at a moment, or now."""
    told: Any = _most_read(actor, account=account.pk, most=most, until=until or now()).all()
    return [Read(*row) for row in told]


@prepared
def _most_read(actor: Actor, *, account: Any, most: Any, until: Any) -> Select[Any]:
    views = (
        allowed(actor, May.READ_VIEW)
        .join(FileVersion, FileVersion.pk == FileView.version_pk)
        .join(File, File.pk == FileVersion.file_pk)
        .join(Person, Person.pk == FileView.person_pk)
        .where(File.account_pk == account, Person.account_pk == account, Person.is_staff.is_(False))
        .where(FileView.created_at <= until)
        .with_only_columns(
            File.pk.label("file_pk"),
            func.count(FileView.person_pk.distinct()).label("people"),
            func.count().label("times"),
            func.max(FileView.created_at).label("at"),
        )
        .group_by(File.pk)
        .subquery()
    )
    found = shown(allowed(actor, May.READ_FILE)).join(views, views.c.file_pk == File.pk)
    found = found.add_columns(views.c.people, views.c.times, views.c.at)
    return found.order_by(views.c.people.desc(), views.c.times.desc(), views.c.at.desc(), File.pk).limit(most)


def reading_of(actor: Actor, file: File) -> dict[int, list[tuple[int, int, int]]]:
    """person pk -> (version, page, seconds) of what they read, of those whom the actor is shown; nothing where it is not measured."""
    if not file.workspace.reading_times:
        return {}
    found: Any = actor.session.execute(
        select(FileReading.person_pk, FileVersion.number, FileReading.page, FileReading.seconds)
        .join(FileVersion, FileVersion.pk == FileReading.version_pk)
        .join(Person, Person.pk == FileReading.person_pk)
        .where(FileVersion.pk.in_(allowed(actor, May.READ_VERSION).where(FileVersion.file_pk == file.pk).with_only_columns(FileVersion.pk)))
        .where(shown_to(actor))
        .order_by(FileVersion.number.desc(), FileReading.page)
    )
    told: dict[int, list[tuple[int, int, int]]] = {}
    for person_pk, number, page, seconds in found:
        told.setdefault(person_pk, []).append((number, page, seconds))
    return told


def unread_by(actor: Actor, file: File) -> list[Person]:
    """For the team: the clients it is for who have not opened the current version."""
    if not actor.is_staff:
        return []
    meant = select(holders(file.audience_pk).subquery().c.person_pk)
    opened = exists().where(FileView.version_pk == file.version_pk, FileView.person_pk == Person.pk)
    found = select(Person).where(Person.pk.in_(meant), Person.is_staff.is_(False), ~opened)
    return list(actor.session.scalars(found.order_by(Person.name, Person.pk)))

"""What is on the shelf, where it is placed, and how it is read there. Of a workspace that the reader may not see nothing is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import held_by_each
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.library.models import File, FileVersion, FileView, Folder
from workspaces.library.policy import May as Library
from workspaces.library.queries import shown, tree
from workspaces.rooms.models import SHELF, Workspace
from workspaces.shelf.models import Placement
from workspaces.shelf.policy import May

MOST = 500  # folders or documents offered at a time
MOST_PLACES = 200  # places of a document that are listed


@dataclass(frozen=True)
class Place:
    """Where a document is placed, and how clients read it there: how many opened any version, when last, how many not the current one."""

    placement: Placement
    opened: int
    at: datetime | None
    unread: int


def shelf(actor: Actor) -> Workspace | None:
    """The shelf, once it was opened."""
    found: Workspace | None = actor.session.scalar(allowed(actor, Library.READ_LIBRARY).where(Workspace.kind == SHELF))
    return found


def front_of(actor: Actor, there: Workspace) -> Folder:
    """The folder that is the shelf's front page."""
    home = tree(actor, there).home
    if home is None:
        raise NotFound  # removed when that could still be done; it rests 30 days under "Recently removed"
    return home


def masters(actor: Actor, words: str = "") -> list[File]:
    """What can be placed, by name; of those whose name has these words."""
    found = shown(allowed(actor, May.PLACE_MASTER))
    for word in words.split()[:8]:
        found = found.where(func.lower(File.name).contains(word.lower(), autoescape=True))
    return list(actor.session.scalars(found.order_by(func.lower(File.name), File.pk).limit(MOST)))


def folders(actor: Actor, words: str = "") -> list[tuple[Workspace, list[Folder]]]:
    """Where something can be placed: workspaces by title, each with its folders; of those whose title or client has these words."""
    found = allowed(actor, May.PLACE_IN).join(Workspace, Workspace.pk == Folder.workspace_pk).options(joinedload(Folder.open_audience))
    for word in words.split()[:8]:
        client = Workspace.accounts.any(func.lower(Account.name).contains(word.lower(), autoescape=True))
        found = found.where(or_(func.lower(Workspace.title).contains(word.lower(), autoescape=True), client))
    parts: dict[Workspace, list[Folder]] = {}
    loaded = found.options(joinedload(Folder.workspace).selectinload(Workspace.accounts))
    for folder in actor.session.scalars(loaded.order_by(func.lower(Workspace.title), Workspace.pk, Folder.pk).limit(MOST)):
        parts.setdefault(folder.workspace, []).append(folder)
    return list(parts.items())


def folders_of_ids(actor: Actor, ids: Iterable[str]) -> list[Folder]:
    """The folders of these ids. Raises Invalid at `folders` where something cannot be placed in one of them."""
    return _of_ids(actor, May.PLACE_IN, Folder, ids, "folders")


def masters_of_ids(actor: Actor, ids: Iterable[str]) -> list[File]:
    """The documents of these ids. Raises Invalid at `masters` where one is not on the shelf."""
    return _of_ids(actor, May.PLACE_MASTER, File, ids, "masters")


def placement_of(actor: Actor, file: File) -> Placement | None:
    """What the team is told of a file that comes from the shelf."""
    return actor.session.scalar(_whole(allowed(actor, May.READ_PLACEMENT).where(Placement.file_pk == file.pk)))


def placed(actor: Actor, master: File) -> Any:
    """The placements of a document that the actor may know of, as a select."""
    return _whole(allowed(actor, May.READ_PLACEMENT).where(Placement.master_pk == master.pk))


def places_of(actor: Actor, master: File) -> list[Place]:
    """Where a document is placed, the latest first."""
    return reading_of(actor, list(actor.session.scalars(placed(actor, master).order_by(Placement.pk.desc()).limit(MOST_PLACES))))


def reading_of(actor: Actor, placements: list[Placement]) -> list[Place]:
    """The same placements with how they are read, in two questions however many there are."""
    opened = _opened(actor, [each.file_pk for each in placements]) if placements else {}
    unread = _unread(actor, [each.file_pk for each in placements]) if placements else {}
    told = []
    for each in placements:
        count, last = opened.get(each.file_pk, (0, None))
        told.append(Place(each, count, last, unread.get(each.file_pk, 0)))
    return told


def _opened(actor: Actor, pks: list[int]) -> dict[int, tuple[int, datetime]]:
    """file pk -> how many clients opened it, and when last."""
    found: Any = actor.session.execute(
        allowed(actor, Library.READ_VIEW)
        .join(FileVersion, FileVersion.pk == FileView.version_pk)
        .join(Person, and_(Person.pk == FileView.person_pk, Person.is_staff.is_(False)))
        .where(FileVersion.file_pk.in_(pks))
        .with_only_columns(FileVersion.file_pk, func.count(func.distinct(FileView.person_pk)), func.max(FileView.created_at))
        .group_by(FileVersion.file_pk)
    )
    return {pk: (count, at) for pk, count, at in found}


def _unread(actor: Actor, pks: list[int]) -> dict[int, int]:
    """file pk -> how many clients it is for have not opened the current version."""
    mine = (
        allowed(actor, Library.READ_FILE).where(File.pk.in_(pks)).with_only_columns(File.pk, File.audience_pk, File.version_pk).subquery()
    )
    meant = held_by_each(select(mine.c.audience_pk)).subquery()
    seen = exists().where(FileView.version_pk == mine.c.version_pk, FileView.person_pk == Person.pk)
    found: Any = actor.session.execute(
        select(mine.c.pk, func.count(func.distinct(Person.pk)))
        .join(meant, meant.c.audience_pk == mine.c.audience_pk)
        .join(Person, and_(Person.pk == meant.c.person_pk, Person.is_staff.is_(False)))
        .where(~seen)
        .group_by(mine.c.pk)
    )
    return dict(found.all())


def _of_ids(actor: Actor, verb: May, model: Any, ids: Iterable[str], field: str) -> list[Any]:
    wanted = [id for id in dict.fromkeys(ids) if id]
    named = [id for id in wanted if is_id(id)]
    known = {row.id: row for row in actor.session.scalars(allowed(actor, verb).where(model.id.in_(named)))}
    if len(known) < len(wanted):
        raise Invalid((field, _("One of these is no longer here. Choose again.")))
    return [known[id] for id in wanted]


def _whole(found: Any) -> Any:
    """With what is shown of a placement."""
    return found.options(
        joinedload(Placement.placed_by),
        joinedload(Placement.file).joinedload(File.folder),
        joinedload(Placement.file).joinedload(File.workspace).selectinload(Workspace.accounts),
        joinedload(Placement.master).joinedload(File.version),
        joinedload(Placement.master).joinedload(File.workspace),
        joinedload(Placement.master).joinedload(File.folder),
    )

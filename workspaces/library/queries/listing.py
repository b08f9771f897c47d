"""What screens ask of the library. Every read of files starts from `allowed`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal, select, true
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from portal.kernel.actor import Actor
from portal.kernel.audiences import holders
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.policy import allowed, condition
from portal.kernel.prepared import prepared
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.library.models import File, FileVersion, FileView, Folder
from workspaces.library.policy import May, shown_to
from workspaces.rooms.models import SHELF, Group, Visit, Workspace
from workspaces.rooms.queries import Here
from workspaces.rooms.queries.places import groups_meant

PAGE = 100  # files on one page of a folder
SORTS = {"newest": _("Newest first"), "name": _("By name"), "size": _("Largest first")}


@dataclass
class Tree:
    """The folders of a workspace that the reader may see. `home` is the one whose files lie at /files/ itself."""

    workspace: Workspace
    folders: dict[int, Folder]
    home: Folder | None
    groups: dict[int, Group] = field(default_factory=dict)  # that folders are for, by pk
    addable: frozenset[int] = frozenset()  # pks of those that the reader may add files to

    def inside(self, folder: Folder | None) -> list[Folder]:
        """The folders shown on a folder's page; None, or the home folder, is the library's front page."""
        top = folder is None or folder is self.home
        found = [each for each in self.folders.values() if (self._at_top(each) if top else each.parent_pk == folder.pk)]  # type: ignore[union-attr]
        return sorted(found, key=lambda each: each.name.casefold())

    def above(self, folder: Folder | None) -> list[Folder]:
        """The readable folders from the top to this one, without the home folder."""
        chain: list[Folder] = []
        while folder is not None and folder is not self.home:
            chain.insert(0, folder)
            folder = self.folders.get(folder.parent_pk or 0)
        return chain

    def label(self, folder: Folder) -> str:
        """Where it lies, in words: 'Files / Site surveys'."""
        return " / ".join([_("Shelf") if self.workspace.is_shelf else _("Files"), *(each.name for each in self.above(folder))])

    def labels(self) -> list[tuple[str, str]]:
        """(id, where it lies in words) of each, in the order of the words."""
        return sorted(((each.id, self.label(each)) for each in self.folders.values()), key=lambda each: each[1].casefold())

    def meant(self, folder: Folder) -> str:
        """Who sees it where that is not everyone here: 'team', a group's name, or ''."""
        audience = folder.open_audience
        if audience.staff_only:
            return "team"
        return self.groups[audience.subject_pk].name if audience.kind == "group" else ""

    def _at_top(self, folder: Folder) -> bool:
        if folder is self.home:
            return False
        parent = self.folders.get(folder.parent_pk or 0)
        return parent is None or parent is self.home


def tree(actor: Actor, workspace: Workspace) -> Tree:
    """All folders of a workspace that the actor may see."""
    told: Any = _folders(actor, workspace=workspace.pk).all()
    rows = [folder for folder, _adds in told]
    folders = {each.pk: each for each in rows}
    home = next((each for each in rows if each.parent_pk is None and _for_everyone(each)), None)
    return Tree(workspace, folders, home, groups_meant(actor, rows), frozenset(folder.pk for folder, adds in told if adds))


@prepared
def _folders(actor: Actor, *, workspace: Any) -> Any:
    found = allowed(actor, May.READ_FOLDER).where(Folder.workspace_pk == workspace).order_by(Folder.pk)
    return found.options(joinedload(Folder.open_audience)).add_columns(condition(actor, May.ADD_FILE))


def folder_named(actor: Actor, workspace: Workspace, id: str, field: str) -> Folder:
    """The readable folder of this workspace that a field names. Raises Invalid at the field."""
    found: Folder | None = actor.session.scalar(allowed(actor, May.READ_FOLDER).where(Folder.id == id, Folder.workspace_pk == workspace.pk))
    if found is None:
        raise Invalid((field, _("There is no such folder here.")))
    return found


def files_in(actor: Actor, folder: Folder, *, sort: str = "newest", page: int = 1) -> tuple[list[File], bool]:
    """One page of a folder's files with version and people, and whether there are more."""
    rows = list(_files_in(actor, sort, folder=folder.pk, skipped=(page - 1) * PAGE).scalars())
    return rows[:PAGE], len(rows) > PAGE


@prepared
def _files_in(actor: Actor, sort: str, *, folder: Any, skipped: Any) -> Select[Any]:
    order: dict[str, list[Any]] = {
        "newest": [FileVersion.created_at.desc()],
        "name": [func.lower(File.name)],
        "size": [FileVersion.size.desc()],
    }
    found = shown(allowed(actor, May.READ_FILE).where(File.folder_pk == folder))
    return found.order_by(*order[sort], File.pk.desc()).offset(skipped).limit(PAGE + 1)


def contents(actor: Actor, folders: Iterable[Folder]) -> dict[int, tuple[int, datetime]]:
    """folder pk -> how many files the actor may see in it, and when the last was added; empty folders are not there."""
    pks = [each.pk for each in folders]
    if not pks:
        return {}
    found = (
        allowed(actor, May.READ_FILE)
        .where(File.folder_pk.in_(pks))
        .join(FileVersion, FileVersion.pk == File.version_pk)
        .with_only_columns(File.folder_pk, func.count(), func.max(FileVersion.created_at))
        .group_by(File.folder_pk)
    )
    return {pk or 0: (count, last) for pk, count, last in actor.session.execute(found)}


def shown(found: Select[Any]) -> Select[Any]:
    """A select of files, loading what a row of a list shows."""
    version = contains_eager(File.version)
    return found.join(FileVersion, FileVersion.pk == File.version_pk).options(
        version.joinedload(FileVersion.by), joinedload(File.workspace), joinedload(File.uploaded_by)
    )


def version_of(actor: Actor, file: File, number: str | None) -> FileVersion:
    """The version of that number as text, or the present one. Raises NotFound."""
    if number is None:
        return file.version
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise NotFound
    found = allowed(actor, May.READ_VERSION).where(FileVersion.file_pk == file.pk, FileVersion.number == int(number))
    if (version := actor.session.scalar(found)) is None:
        raise NotFound
    return version


def version_named(actor: Actor, file: File, number: int, field: str = "version") -> FileVersion:
    """The version of that number. Raises Invalid at the field."""
    found: FileVersion | None = actor.session.scalar(
        allowed(actor, May.READ_VERSION).where(FileVersion.file_pk == file.pk, FileVersion.number == number)
    )
    if found is None:
        raise Invalid((field, _("There is no such version.")))
    return found


def versions_of(actor: Actor, file: File) -> list[FileVersion]:
    """All versions, newest first."""
    return list(actor.session.scalars(_versions(actor, file)))


def versions_known(actor: Actor, file: File, known: ColumnElement[bool]) -> list[tuple[FileVersion, bool]]:
    """The same, with a condition on each."""
    return [(version, told) for version, told in actor.session.execute(_versions(actor, file).add_columns(known))]


def _versions(actor: Actor, file: File) -> Select[Any]:
    found = allowed(actor, May.READ_VERSION).where(FileVersion.file_pk == file.pk).options(joinedload(FileVersion.by))
    return found.order_by(FileVersion.number.desc())


@dataclass(frozen=True)
class Viewer:
    """Somebody who opened a file: up to which version, and when last."""

    person: Person
    number: int
    at: datetime


@dataclass(frozen=True)
class Views:
    """Who opened a file, newest first, of how many who can see it; both as far as the reader is shown people."""

    viewers: list[Viewer]
    readers: int

    def opened(self, person: Person, number: int) -> bool:
        """Whether they opened that version, or a later one."""
        return any(viewer.person.pk == person.pk and viewer.number >= number for viewer in self.viewers)


def views_of(actor: Actor, file: File) -> Views:
    """Who opened a file: staff see all, clients their own company's people and the vendor's."""
    rows: Any = _views(actor, file=file.pk, audience=file.audience_pk).all()
    return Views([Viewer(*row) for _readers, *row in rows if row[0] is not None], rows[0][0])


@prepared
def _views(actor: Actor, *, file: Any, audience: Any) -> Select[Any]:
    """How many may open it, beside each who did; one row without a person where nobody did."""
    seen = (
        allowed(actor, May.READ_VIEW)
        .join(FileVersion, FileVersion.pk == FileView.version_pk)
        .where(FileVersion.file_pk == file)
        .with_only_columns(FileView.person_pk, func.max(FileVersion.number).label("number"), func.max(FileView.created_at).label("at"))
        .group_by(FileView.person_pk)
        .subquery()
    )
    viewer = aliased(Person)
    meant = select(holders(audience).subquery().c.person_pk)
    readers = select(func.count()).select_from(Person).where(Person.pk.in_(meant), shown_to(actor)).scalar_subquery()
    always = select(literal(1).label("row")).subquery()
    found = select(readers, viewer, seen.c.number, seen.c.at).select_from(always).outerjoin(seen, true())
    return found.outerjoin(viewer, viewer.pk == seen.c.person_pk).order_by(seen.c.at.desc())


def count_new(actor: Actor, workspace: Here) -> ScalarSelect[int]:
    """How many files are new to the actor; to be asked together with something else."""
    found = allowed(actor, May.READ_FILE).join(FileVersion, FileVersion.pk == File.version_pk)
    return found.where(File.workspace_pk == workspace.pk, _new(actor, workspace)).with_only_columns(func.count()).scalar_subquery()


def new_files(actor: Actor, workspace: Workspace, files: list[File]) -> set[int]:
    """Of these, the pks of those that are new to the actor."""
    versions = [each.version_pk for each in files]
    return (
        set(actor.session.scalars(select(FileVersion.file_pk).where(FileVersion.pk.in_(versions), _new(actor, workspace))))
        if files
        else set()
    )


def _new(actor: Actor, workspace: Here | Workspace) -> ColumnElement[bool]:
    """Somebody else's version since the actor's visit before this one, not opened yet; on the first visit nothing is, or all would be."""
    since = select(Visit.before).where(Visit.workspace_pk == workspace.pk, Visit.person_pk == actor.pk).scalar_subquery()
    opened = select(FileView.version_pk).where(FileView.person_pk == actor.pk)
    return and_(FileVersion.created_at > since, FileVersion.by_pk != actor.pk, FileVersion.pk.not_in(opened))


def count_under(session: Session, audience_pks: Collection[int]) -> int:
    """How many files stand under these audiences."""
    found = select(func.count()).select_from(File).where(File.audience_pk.in_(audience_pks), File.removed_at.is_(None))
    return session.scalar(found) or 0


def _for_everyone(folder: Folder) -> bool:
    return folder.open_audience.kind in ("workspace", SHELF) and not folder.open_audience.staff_only

"""What of the library is in a copy: folders, files, and every version's bytes."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.copying import Bytes, Chapter, Data, Item, Page, Scope, chapter, copied, file_path, in_steps, left_out
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.people.shapes import named
from workspaces.forums.models import Topic
from workspaces.library.models import KEPT, File, FileVersion, FileView, Folder, TopicFile
from workspaces.library.policy import May
from workspaces.library.shapes import version_json
from workspaces.rooms.copies import own_rooms_of, rooms_of


def _versions_of(account_pk: int) -> Select[Any]:
    return select(FileVersion.pk).where(FileVersion.file_pk.in_(select(File.pk).where(File.account_pk == account_pk)))


def _views_of(account_pk: int) -> ColumnElement[bool]:
    """Who opened its files; in a community of its own people and ours."""
    own = select(FileVersion.pk).join(File, File.pk == FileVersion.file_pk).where(File.workspace_pk.in_(own_rooms_of(account_pk)))
    known = select(Person.pk).where(or_(Person.is_staff.is_(True), Person.account_pk == account_pk))
    return and_(FileView.version_pk.in_(_versions_of(account_pk)), or_(FileView.version_pk.in_(own), FileView.person_pk.in_(known)))


left_out("what is on its way in is no file yet", "upload")
left_out("what the scanner of another installation says may be newer", "scan")
copied(Folder, lambda account_pk: Folder.workspace_pk.in_(rooms_of(account_pk)))
copied(File, lambda account_pk: File.account_pk == account_pk)
copied(
    TopicFile,
    lambda account_pk: and_(
        TopicFile.topic_pk.in_(select(Topic.pk).where(Topic.account_pk == account_pk)),
        TopicFile.file_pk.in_(select(File.pk).where(File.account_pk == account_pk)),
    ),
)
copied(FileVersion, lambda account_pk: FileVersion.pk.in_(_versions_of(account_pk)))
copied(FileView, _views_of)
left_out("how long files were read is between those who were told so", "file_reading")


def _within(scope: Scope, found: Select[Any]) -> Select[Any]:
    if scope.workspace is not None:
        return found.where(File.workspace_pk == scope.workspace.pk)
    return found.where(File.account_pk == scope.account.pk)


def _versions_within(scope: Scope, found: Select[Any]) -> Select[Any]:
    """Those that there are bytes of."""
    return found.where(FileVersion.file_pk.in_(_within(scope, select(File.pk))), KEPT)


def _folders_within(scope: Scope, found: Select[Any]) -> Select[Any]:
    if scope.workspace is not None:
        return found.where(Folder.workspace_pk == scope.workspace.pk)
    return found.where(Folder.workspace_pk.in_(rooms_of(scope.account.pk)))


def _count(actor: Actor, scope: Scope) -> int:
    return actor.session.scalar(_within(scope, allowed(actor, May.READ_FILE)).with_only_columns(func.count(File.pk))) or 0


def size_of(actor: Actor, scope: Scope) -> int:
    """How many bytes the files come to, with every version."""
    found = _versions_within(scope, allowed(actor, May.READ_VERSION)).with_only_columns(func.sum(FileVersion.size))
    return actor.session.scalar(found) or 0


def _items(actor: Actor, scope: Scope) -> Iterator[Item]:
    yield Page("files.html", "copies/files.html", {"places": _places(actor, scope)})
    found = _versions_within(scope, allowed(actor, May.READ_VERSION)).options(joinedload(FileVersion.file))
    for step in in_steps(actor.session, found, FileVersion.pk):
        for version in step:
            yield Bytes(file_path(version.file.id, version.number, version.file.name), version.sha256, version.size)


def _data(scope: Scope) -> Iterator[Data]:
    yield Data("data/folders.jsonl", May.READ_FOLDER, lambda asked: _folders_within(scope, asked), _folders_json)
    yield Data("data/files.jsonl", May.READ_FILE, lambda asked: _within(scope, asked), _files_json)
    yield Data("data/versions.jsonl", May.READ_VERSION, lambda asked: _versions_within(scope, asked), _versions_json)


def _places(actor: Actor, scope: Scope) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """(where, its files): folder by folder, then what came with messages."""
    folders = actor.session.scalars(
        _folders_within(scope, allowed(actor, May.READ_FOLDER))
        .options(joinedload(Folder.workspace))
        .order_by(Folder.workspace_pk, Folder.pk)
    ).all()
    names = {folder.pk: folder for folder in folders}
    for folder in folders:
        above, words = folder, [folder.name]
        while (above := names.get(above.parent_pk or 0)) is not None:
            words.insert(0, above.name)
        where = " / ".join([*([folder.workspace.title] if scope.account is not None else []), *words])
        yield where, _files(actor, scope, File.folder_pk == folder.pk)
    yield _("In discussions"), _files(actor, scope, File.post_pk.is_not(None))


def _files(actor: Actor, scope: Scope, where: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    found = _within(scope, allowed(actor, May.READ_FILE)).where(where, File.removed_at.is_(None), File.version_pk.is_not(None))
    loading = selectinload(File.versions).joinedload(FileVersion.by)
    for step in in_steps(actor.session, found.options(loading), File.pk):
        for file in step:
            yield {
                "file": file,
                "versions": [(version, file_path(file.id, version.number, file.name)) for version in reversed(file.versions)],
            }


def _folders_json(actor: Actor, folders: list[Folder]) -> list[dict[str, Any]]:
    return [{"id": folder.id, "name": folder.name, "at": rfc3339(folder.created_at)} for folder in folders]


def _files_json(actor: Actor, files: list[File]) -> list[dict[str, Any]]:
    """What of a file does not change with a new version. Its folder's or message's audience is its own, so either may be named."""
    return [
        {
            "id": file.id,
            "name": file.name,
            "folder": file.folder.id if file.folder else None,
            "message": file.post.id if file.post else None,
            "author": named(file.uploaded_by),
            "at": rfc3339(file.created_at),
        }
        for file in files
    ]


def _versions_json(actor: Actor, versions: list[FileVersion]) -> list[dict[str, Any]]:
    return [
        version_json(version) | {"file": version.file.id, "path": file_path(version.file.id, version.number, version.file.name)}
        for version in versions
    ]


chapter(Chapter("files", 30, lambda: _("Files"), "files.html", _count, _items, data=_data))

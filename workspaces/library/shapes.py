"""Folders, files, versions and views as the API has them."""

from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.policy import allowed
from portal.kernel.shapes import Moment, means
from portal.people.shapes import NamedJson, named
from workspaces.library.models import File, FileVersion, FileView, Folder, Upload
from workspaces.library.policy import May
from workspaces.rooms.shapes import AudienceJson, ChangeJson, audiences_json


class FolderJson(TypedDict):
    """A place for files."""

    id: str
    workspace: str
    parent: Annotated[str | None, means("The id of the folder it is in, where the caller may see that.")]
    name: str
    audience: Annotated[AudienceJson, means("Whom it is for; what is written there from now on has it too.")]
    created_at: Moment
    url: str
    change: NotRequired[ChangeJson]


class SpaceJson(TypedDict):
    """How much room the files of a workspace take, and may take."""

    used: Annotated[int, means("Bytes of all versions of all files, those too that were removed and rest.")]
    limit: Annotated[int | None, means("Bytes that they may take; null where there is no limit.")]
    own: Annotated[bool, means("Whether that is the workspace's own limit, and not that of the installation.")]


class FileJson(TypedDict):
    """A file as its present version is."""

    id: str
    workspace: str
    account: str | None
    folder: Annotated[str | None, means("The folder it is in; null for what came with a message only.")]
    post: Annotated[str | None, means("The message it came with.")]
    name: str
    size: Annotated[int, means("In bytes.")]
    mime: Annotated[str, means("By its content, not by its name.")]
    sha256: str
    version: int
    note: Annotated[str, means("What changed with this version.")]
    author: NamedJson
    at: Moment
    changed_at: Moment
    changed_by: NamedJson
    pinned: bool
    must_read: Annotated[bool, means("Whether everybody it is for was asked to read it.")]
    url: str


class VersionJson(TypedDict):
    """A version of a file."""

    id: str
    number: int
    size: Annotated[int, means("In bytes.")]
    mime: str
    sha256: str
    note: str
    author: NamedJson
    at: Moment


class ViewJson(TypedDict):
    """That somebody opened a file."""

    id: str
    person: NamedJson
    version: int
    at: Moment


def folders_json(actor: Actor, folders: list[Folder]) -> list[FolderJson]:
    """Folders with whom they are for; a parent that the actor may not see is not named."""
    audiences = audiences_json(actor, folders)
    parents = {each.parent_pk for each in folders if each.parent_pk}
    parent_ids = _readable_ids(actor, parents) if parents else {}
    return [
        {
            "id": each.id,
            "workspace": each.workspace.id,
            "parent": parent_ids.get(each.parent_pk or 0),
            "name": each.name,
            "audience": audiences[each.open_audience_pk],
            "created_at": rfc3339(each.created_at),
            "url": each.path,
        }
        for each in folders
    ]


def file_json(file: File) -> FileJson:
    """A file as its present version is."""
    version = file.version
    return {
        "id": file.id,
        "workspace": file.workspace.id,
        "account": file.account.id if file.account else None,
        "folder": file.folder.id if file.folder else None,
        "post": file.post.id if file.post else None,
        "name": file.name,
        "size": version.size,
        "mime": version.mime,
        "sha256": version.sha256,
        "version": version.number,
        "note": version.note,
        "author": named(file.uploaded_by),
        "at": rfc3339(file.created_at),
        "changed_at": rfc3339(version.created_at),
        "changed_by": named(version.by),
        "pinned": file.pinned,
        "must_read": file.must_read,
        "url": file.path,
    }


def version_json(version: FileVersion) -> VersionJson:
    return {
        "id": version.id,
        "number": version.number,
        "size": version.size,
        "mime": version.mime,
        "sha256": version.sha256,
        "note": version.note,
        "author": named(version.by),
        "at": rfc3339(version.created_at),
    }


def view_json(view: FileView) -> ViewJson:
    return {"id": view.id, "person": named(view.person), "version": view.version.number, "at": rfc3339(view.created_at)}


def _readable_ids(actor: Actor, pks: set[int]) -> dict[int, str]:
    found = allowed(actor, May.READ_FOLDER).where(Folder.pk.in_(pks)).with_only_columns(Folder.pk, Folder.id)
    return dict(actor.session.execute(found).all())


class UploadJson(TypedDict):
    """A file on its way in."""

    id: str
    name: str
    size: Annotated[int, means("Bytes that it will be.")]
    received: Annotated[int, means("Bytes that are here for good: where to go on from.")]
    expires_at: Annotated[Moment, means("When it is forgotten, unless somebody goes on with it.")]
    file: Annotated[str | None, means("The id of the file that it became.")]


def upload_json(upload: Upload) -> UploadJson:
    return {
        "id": upload.id,
        "name": upload.name,
        "size": upload.size,
        "received": upload.received,
        "expires_at": rfc3339(upload.expires_at),
        "file": upload.file.id if upload.file else None,
    }

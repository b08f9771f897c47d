"""Folders, files, versions and views as the API has them."""

from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.policy import allowed
from portal.people.shapes import named
from workspaces.library.models import File, FileVersion, FileView, Folder
from workspaces.library.policy import May
from workspaces.rooms.shapes import audiences_json


def folders_json(actor: Actor, folders: list[Folder]) -> list[dict[str, Any]]:
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


def file_json(file: File) -> dict[str, Any]:
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
        "pinned": file.pinned_at is not None,
        "url": file.path,
    }


def version_json(version: FileVersion) -> dict[str, Any]:
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


def view_json(view: FileView) -> dict[str, Any]:
    return {"id": view.id, "person": named(view.person), "version": view.version.number, "at": rfc3339(view.created_at)}


def _readable_ids(actor: Actor, pks: set[int]) -> dict[int, str]:
    found = allowed(actor, May.READ_FOLDER).where(Folder.pk.in_(pks)).with_only_columns(Folder.pk, Folder.id)
    return dict(actor.session.execute(found).all())

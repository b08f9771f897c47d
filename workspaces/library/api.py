"""Folders and files over HTTP."""

from flask import Response, request
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import allowed, require
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.api import answer, body, listed, resource
from portal.web.described import Streamed, described
from portal.web.endpoint import guarded
from workspaces.library import actions, queries, quotas, serving, zipping
from workspaces.library.models import File, FileVersion, FileView, Folder
from workspaces.library.policy import May
from workspaces.library.receiving import Received, receive
from workspaces.library.schemas import Adding, ContentAsked, FilePatch, FolderBody, FolderPatch, Noting, SpaceBody
from workspaces.library.shapes import (
    FileJson,
    FolderJson,
    SpaceJson,
    VersionJson,
    ViewJson,
    file_json,
    folders_json,
    version_json,
    view_json,
)
from workspaces.rooms.api.readers import changed, list_readers
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries.places import audience_chosen
from workspaces.rooms.schemas import PreviewAsked
from workspaces.rooms.shapes import ReaderJson

api = resource("library", "Files")

# --- Folders ------------------------------------------------------------------------------------------------------------


@api.get("/workspaces/<workspace>/folders")
@described("Folders that the caller may see, flat", lists=FolderJson)
@guarded(workspace=May.READ_LIBRARY)
def list_folders(actor: Actor, workspace: Workspace) -> Response:
    found = allowed(actor, May.READ_FOLDER).where(Folder.workspace_pk == workspace.pk).options(joinedload(Folder.open_audience))
    return listed(actor, found, [Folder.pk], lambda rows: folders_json(actor, rows))


@api.post("/workspaces/<workspace>/folders")
@described("Make a folder", takes=FolderBody, makes=FolderJson)
@guarded(workspace=May.READ_LIBRARY)
def make_folder(actor: Actor, workspace: Workspace) -> Response:
    told = body(FolderBody)
    parent = queries.folder_named(actor, workspace, told.parent, "parent") if told.parent is not None else None
    if parent is not None and "audience" not in told.model_fields_set:
        made = actions.make_folder_in(actor, parent, name=told.name)
    else:
        audience = audience_chosen(actor, workspace, told.audience)
        made = actions.make_folder(actor, workspace, name=told.name, parent=parent, audience=audience)
    return answer(folders_json(actor, [made])[0], 201)


@api.get("/folders/<folder>")
@described("A folder", gives=FolderJson)
@guarded(folder=May.READ_FOLDER)
def show_folder(actor: Actor, folder: Folder) -> Response:
    return answer(folders_json(actor, [folder])[0])


@api.patch("/folders/<folder>")
@described("Change a folder; who then sees it can be asked first", asks=PreviewAsked, takes=FolderPatch, gives=FolderJson)
@guarded(folder=May.CHANGE_FOLDER)
def change_folder(actor: Actor, folder: Folder) -> Response:
    told, meant = body(FolderPatch), None
    if told.name is not None:
        actions.rename_folder(actor, folder, name=told.name)
    if "parent" in told.model_fields_set:
        parent = queries.folder_named(actor, folder.workspace, told.parent, "parent") if told.parent is not None else None
        actions.move_folder(actor, folder, parent=parent)
    if told.audience is not None:
        audience = audience_chosen(actor, folder.workspace, told.audience)
        meant = actions.change_folder_audience(actor, folder, audience=audience, from_now_on=told.from_now_on)
    return changed(actor, folders_json(actor, [folder])[0], meant)


@api.get("/folders/<folder>/zip")
@described("A folder, and what lies in it, as a ZIP of what the caller may see", gives=Streamed)
@guarded(folder=May.READ_FOLDER)
def zip_folder(actor: Actor, folder: Folder) -> Response:
    return zipping.send(actor, folder.name, queries.wanted_in(actor, queries.tree(actor, folder.workspace), folder))


@api.get("/folders/<folder>/readers")
@described("Who can see what is added to a folder from now on", lists=ReaderJson)
@guarded(folder=May.READ_FOLDER)
def list_folder_readers(actor: Actor, folder: Folder) -> Response:
    return list_readers(actor, folder.workspace, folder.open_audience_pk)


@api.delete("/folders/<folder>")
@described("Remove a folder with all that is in it")
@guarded(folder=May.CHANGE_FOLDER)
def remove_folder(actor: Actor, folder: Folder) -> Response:
    actions.remove_folder(actor, folder)
    return Response(status=204)


@api.get("/workspaces/<workspace>/space")
@described("How much room the files of a workspace take, and may take", gives=SpaceJson)
@guarded(workspace=May.SEE_ROOM_LEFT)
def show_space(actor: Actor, workspace: Workspace) -> Response:
    return answer(_space(actor, workspace))


@api.put("/workspaces/<workspace>/space")
@described("Change how much room the files of a workspace may take; admins", takes=SpaceBody, gives=SpaceJson)
@guarded(workspace=May.SET_QUOTA)
def set_quota(actor: Actor, workspace: Workspace) -> Response:
    actions.set_quota(actor, workspace, quota=body(SpaceBody).limit)
    return answer(_space(actor, workspace))


# --- Files --------------------------------------------------------------------------------------------------------------


@api.get("/folders/<folder>/files")
@described("The files of a folder, newest first", lists=FileJson)
@guarded(folder=May.READ_FOLDER)
def list_files(actor: Actor, folder: Folder) -> Response:
    found = queries.shown(allowed(actor, May.READ_FILE).where(File.folder_pk == folder.pk))
    return listed(actor, found, [File.pk], lambda rows: [file_json(row) for row in rows], descending=True)


@api.post("/folders/<folder>/files")
@described("Add a file", receives=Adding, makes=FileJson)
@guarded(folder=May.ADD_FILE, before=receive)
def add_file(actor: Actor, folder: Folder, received: list[Received]) -> Response:
    told = read_form(Adding, request.form)
    file = actions.add_file(actor, folder, received=_one(received), note=told.note, both=told.same == "both")
    return answer(file_json(file), 201)


@api.get("/files/<file>")
@described("A file", gives=FileJson)
@guarded(file=May.READ_FILE)
def show_file(actor: Actor, file: File) -> Response:
    return answer(file_json(file))


@api.patch("/files/<file>")
@described("Rename, move or pin a file, or make another version the current one", takes=FilePatch, gives=FileJson)
@guarded(file=May.READ_FILE)
def change_file(actor: Actor, file: File) -> Response:
    told = body(FilePatch)
    if told.name is not None:
        actions.rename_file(actor, file, name=told.name)
    if told.folder is not None:
        actions.move_file(actor, file, folder=queries.folder_named(actor, file.workspace, told.folder, "folder"), confirmed=told.confirm)
    if told.version is not None:
        actions.make_current(actor, file, version=queries.version_named(actor, file, told.version))
    if told.pinned is not None:
        actions.pin_file(actor, file, pinned=told.pinned)
    if told.must_read is not None:
        actions.ask_reading(actor, file, must_read=told.must_read)
    if not told.model_fields_set:
        require(actor, May.CHANGE_FILE, file)
    actor.session.flush()
    actor.session.expire(file, ["folder"])
    return answer(file_json(file))


@api.delete("/files/<file>")
@described("Remove a file")
@guarded(file=May.REMOVE_FILE)
def remove_file(actor: Actor, file: File) -> Response:
    actions.remove_file(actor, file)
    return Response(status=204)


@api.get("/files/<file>/readers")
@described("Who can see a file", lists=ReaderJson)
@guarded(file=May.READ_FILE)
def list_file_readers(actor: Actor, file: File) -> Response:
    return list_readers(actor, file.workspace, file.audience_pk)


@api.get("/files/<file>/content")
@described("The bytes of a file, whole or by ranges", asks=ContentAsked, gives=bytes)
@guarded(file=May.READ_FILE)
def content(actor: Actor, file: File) -> Response:
    return serving.download(actor, queries.version_of(actor, file, request.args.get("v")))


@api.get("/files/<file>/versions")
@described("Versions of a file, newest first", lists=VersionJson)
@guarded(file=May.READ_FILE)
def list_versions(actor: Actor, file: File) -> Response:
    found = allowed(actor, May.READ_VERSION).where(FileVersion.file_pk == file.pk).options(joinedload(FileVersion.by))
    return listed(actor, found, [FileVersion.pk], lambda rows: [version_json(row) for row in rows], descending=True)


@api.post("/files/<file>/versions")
@described("Add a version", receives=Noting, makes=VersionJson)
@guarded(file=May.ADD_VERSION, before=receive)
def add_version(actor: Actor, file: File, received: list[Received]) -> Response:
    version = actions.add_version(actor, file, received=_one(received), note=read_form(Noting, request.form).note)
    return answer(version_json(version), 201)


@api.get("/files/<file>/views")
@described("Who opened a file, the last first", lists=ViewJson)
@guarded(file=May.READ_FILE)
def list_views(actor: Actor, file: File) -> Response:
    found = (
        allowed(actor, May.READ_VIEW)
        .join(FileVersion, FileVersion.pk == FileView.version_pk)
        .where(FileVersion.file_pk == file.pk)
        .options(joinedload(FileView.person), joinedload(FileView.version))
    )
    return listed(actor, found, [FileView.pk], lambda rows: [view_json(row) for row in rows], descending=True)


def _space(actor: Actor, workspace: Workspace) -> SpaceJson:
    room = quotas.room_of(actor.session, workspace)
    return {"used": room.used, "limit": room.limit or None, "own": workspace.quota is not None}


def _one(received: list[Received]) -> Received:
    if len(received) != 1:
        raise Invalid(("file", _("Send one file, as multipart/form-data.")))
    return received[0]

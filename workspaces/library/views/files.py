"""A file's own page, its bytes, and what can be done with it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, TooLarge
from portal.kernel.policy import what_may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of, page_asked, wants_fragment
from portal.web.unit import house
from workspaces.library import actions, queries, serving
from workspaces.library.models import File, FileVersion
from workspaces.library.policy import May
from workspaces.library.receiving import Received, receive
from workspaces.library.schemas import FileNaming, Moving, Noting
from workspaces.library.views.beside import aside_of, places_of
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import shell
from workspaces.rooms.views.audiences import who_page

pages = Blueprint("files", __name__, url_prefix="/w/<ref:workspace>/files/f/<ref:file>")


@pages.get("")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def show_file(actor: Actor, workspace: Workspace, file: File) -> Any:
    asked = request.args.get("v")
    return _file_page(actor, workspace, file, queries.version_of(actor, file, asked) if asked is not None else None)


@pages.get("/aside")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def show_aside(actor: Actor, workspace: Workspace, file: File) -> Any:
    words = shell(actor, workspace, "files")["may_words"]
    return render_template("library/_aside.html", workspace=workspace, aside=aside_of(actor, file), may_words=words)


@pages.get("/who")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def show_who(actor: Actor, workspace: Workspace, file: File) -> str:
    return who_page(actor, workspace, "files", title=file.name, audience_pk=file.audience_pk, back=file.path)


@pages.get("/download")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def download(actor: Actor, workspace: Workspace, file: File) -> Response:
    return serving.download(actor, queries.version_of(actor, file, request.args.get("v")))


@pages.get("/preview")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def preview(actor: Actor, workspace: Workspace, file: File) -> Response:
    return serving.preview(actor, queries.version_of(actor, file, request.args.get("v")), opened="opened" in request.args)


@pages.post("/version")
@guarded(workspace=May.READ_LIBRARY, file=May.ADD_VERSION, before=receive)
def add_version(actor: Actor, workspace: Workspace, file: File, received: list[Received]) -> Any:
    try:
        if len(received) != 1:
            raise Invalid(("files", _("Choose the file that is the new version.")))
        told = read_form(Noting, request.form)
    except Invalid as wrong:
        return _file_page(actor, workspace, file, wrong=wrong), 422
    before = file.version.number
    try:
        version = actions.add_version(actor, file, received=received[0], note=told.note)
    except TooLarge as full:
        if wants_fragment():
            raise  # the script shows the sentence beside the file
        actor.session.rollback()
        return _file_page(actor, workspace, file, wrong=Invalid(("files", full.words))), 413
    same = _("These are the same bytes as before: nothing changed.")
    return back_to(file.path, same if version.number == before else _("Version %(n)s was added.", n=version.number))


@pages.get("/edit")
@guarded(workspace=May.READ_LIBRARY, file=May.CHANGE_FILE)
def edit_file(actor: Actor, workspace: Workspace, file: File) -> Any:
    return _naming_page(actor, workspace, file)


@pages.post("/edit")
@guarded(workspace=May.READ_LIBRARY, file=May.CHANGE_FILE)
def rename_file(actor: Actor, workspace: Workspace, file: File) -> Any:
    if _stands(file).changed:
        return _naming_page(actor, workspace, file), 412
    try:
        actions.rename_file(actor, file, name=read_form(FileNaming, request.form).name)
    except Invalid as wrong:
        return _naming_page(actor, workspace, file, wrong=wrong), 422
    return redirect(file.path, 303)


@pages.get("/move")
@guarded(workspace=May.READ_LIBRARY, file=May.CHANGE_FILE)
def choose_folder(actor: Actor, workspace: Workspace, file: File) -> Any:
    return _moving_page(actor, workspace, file)


@pages.post("/move")
@guarded(workspace=May.READ_LIBRARY, file=May.CHANGE_FILE)
def move_file(actor: Actor, workspace: Workspace, file: File) -> Any:
    try:
        told = read_form(Moving, request.form)
        folder = queries.folder_named(actor, workspace, told.folder, "folder")
        actions.move_file(actor, file, folder=folder, confirmed=told.confirm)
    except Invalid as wrong:
        return _moving_page(actor, workspace, file, wrong=wrong), 422
    return back_to(folder.path, _("%(name)s is in “%(folder)s” now.", name=file.name, folder=folder.name))


@pages.post("/pin")
@guarded(workspace=May.READ_LIBRARY, file=May.PIN_FILE)
def pin_file(actor: Actor, workspace: Workspace, file: File) -> Any:
    pinned = request.form.get("pinned") == "1"
    try:
        actions.pin_file(actor, file, pinned=pinned)
    except Invalid as wrong:
        return _file_page(actor, workspace, file, wrong=wrong), 422
    return back_to(
        file.path,
        _("%(name)s is under Start here now.", name=file.name) if pinned else _("%(name)s is no longer under Start here.", name=file.name),
    )


@pages.post("/ask")
@guarded(workspace=May.READ_LIBRARY, file=May.PIN_FILE)
def ask_reading(actor: Actor, workspace: Workspace, file: File) -> Response:
    must_read = request.form.get("must_read") == "1"
    actions.ask_reading(actor, file, must_read=must_read)
    return back_to(
        file.path,
        _("Everybody is asked to read %(name)s.", name=file.name)
        if must_read
        else _("Nobody is asked to read %(name)s any more.", name=file.name),
        undo=f"{file.path}/ask",
        fields={"must_read": "0" if must_read else "1"},
    )


@pages.post("/remove")
@guarded(workspace=May.READ_LIBRARY, file=May.REMOVE_FILE)
def remove_file(actor: Actor, workspace: Workspace, file: File) -> Response:
    actions.remove_file(actor, file)
    return back_to(_place_of(file), _("%(name)s was removed.", name=file.name), undo=f"{file.path}/restore")


@pages.post("/restore")
@guarded(workspace=May.READ_LIBRARY, file=May.RESTORE_FILE)
def restore_file(actor: Actor, workspace: Workspace, file: File) -> Response:
    actions.restore_file(actor, file)
    return back_to(_place_of(file), _("%(name)s is back.", name=file.name))


def _file_page(actor: Actor, workspace: Workspace, file: File, version: FileVersion | None = None, *, wrong: Invalid | None = None) -> str:
    tree = queries.tree(actor, workspace)
    page = page_asked() if "page" in request.args else None
    can = what_may(actor, file, {"add_version": May.ADD_VERSION, "change": May.CHANGE_FILE})
    return render_template(
        "library/file.html",
        **shell(actor, workspace, "files"),
        errors=errors_of(wrong),
        **aside_of(actor, file, version, page),
        page=page,
        discussions=queries.discussions_of(actor, file),
        reading=queries.reading_of(actor, file),
        unread=queries.unread_by(actor, file) if file.must_read else [],
        places=places_of(tree, file),
        meant=tree.meant(file.folder) if file.folder else "",
        note=request.form.get("note", ""),
        may_add_version="add_version" in can,
        may_change="change" in can,
        limit=house().settings.max_upload,
    )


def _stands(file: File) -> Standing:
    return standing((_("Name"), file.name))


def _naming_page(actor: Actor, workspace: Workspace, file: File, *, wrong: Invalid | None = None) -> str:
    return render_template(
        "library/naming.html",
        **shell(actor, workspace, "files"),
        errors=errors_of(wrong),
        heading_here=_("Rename the file"),
        thing=file,
        name=request.form.get("name", file.name),
        stands=_stands(file),
        longest=255,
        back=file.path,
    )


def _moving_page(actor: Actor, workspace: Workspace, file: File, *, wrong: Invalid | None = None) -> str:
    return render_template(
        "library/moving.html",
        **shell(actor, workspace, "files"),
        errors=errors_of(wrong),
        heading_here=_("Move %(name)s", name=file.name),
        back=file.path,
        folders=queries.tree(actor, workspace).labels(),
        chosen=request.form.get("folder", file.folder.id if file.folder else ""),
        ask=bool(wrong and any(field == "confirm" for field, _words in wrong.errors)),
    )


def _place_of(file: File) -> str:
    """Where one goes on after a file came or went: its folder, or the topic it is in."""
    return file.folder.path if file.folder else file.post.topic.path if file.post else file.workspace.path

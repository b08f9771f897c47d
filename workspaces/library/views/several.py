"""Several files chosen in a list, and what is done to all of them: one act, one sentence that says it, one undo."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, Invalid, Refused
from portal.kernel.policy import fetch
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.library import actions, queries, zipping
from workspaces.library.models import File
from workspaces.library.policy import May
from workspaces.library.schemas import SeveralFiles
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import shell

pages = Blueprint("several_files", __name__)
VERBS = {"zip": May.READ_FILE, "move": May.CHANGE_FILE, "remove": May.REMOVE_FILE, "restore": May.RESTORE_FILE}


@pages.post("/w/<ref:workspace>/files/several")
@guarded(workspace=May.READ_LIBRARY)
def change_several(actor: Actor, workspace: Workspace) -> Any:
    here = f"{workspace.path}files/"
    try:
        told = read_form(SeveralFiles, request.form.to_dict() | {"files": request.form.getlist("files")})
        files = _files(actor, workspace, told)
        here = files[0].folder.path if files[0].folder else here
        if told.act == "zip":
            return zipping.send(actor, files[0].folder.name if files[0].folder else workspace.title, queries.wanted_of(files))
        return {"move": _move, "remove": _remove, "restore": _restore}[told.act](actor, workspace, files, told)
    except (Invalid, Forbidden) as wrong:
        actor.session.rollback()
        words = "; ".join(words for _field, words in wrong.errors) if isinstance(wrong, Invalid) else wrong.words
        return back_to(here, words, bad=True)


def _files(actor: Actor, workspace: Workspace, told: SeveralFiles) -> list[File]:
    """What was chosen, or Invalid where one is not there, Forbidden where it is not theirs to change: then none is."""
    ids = dict.fromkeys(id for each in told.files for id in each.split(","))
    found: list[File] = []
    for id in ids:
        try:
            found.append(fetch(actor, VERBS[told.act], id))
        except Forbidden:
            raise
        except Refused:
            raise Invalid(("files", _("One of these is no longer here. Choose again."))) from None
    if any(each.workspace_pk != workspace.pk for each in found):
        raise Invalid(("files", _("One of these is no longer here. Choose again.")))
    if not found:
        raise Invalid(("files", _("Choose at least one file.")))
    return found


def _move(actor: Actor, workspace: Workspace, files: list[File], told: SeveralFiles) -> Any:
    """As with one: where more people would see them, the names come first."""
    folder = queries.folder_named(actor, workspace, told.folder, "folder")
    was = files[0].folder
    try:
        for file in files:
            actions.move_file(actor, file, folder=folder, confirmed=told.confirm)
    except Invalid as wrong:
        if not any(field == "confirm" for field, _words in wrong.errors):
            raise
        ids = [file.id for file in files]
        actor.session.rollback()
        return _asked(actor, workspace, ids, folder.id, wrong), 422
    said = ngettext("Moved %(num)d file to “%(folder)s”.", "Moved %(num)d files to “%(folder)s”.", len(files), folder=folder.name)
    undo = {"act": "move", "folder": was.id, "files": ",".join(file.id for file in files)} if was is not None else None
    return back_to(folder.path, said, undo=f"{workspace.path}files/several" if undo else "", fields=undo)


def _asked(actor: Actor, workspace: Workspace, ids: list[str], folder: str, wrong: Invalid) -> str:
    files = [fetch(actor, May.CHANGE_FILE, id) for id in ids]
    return render_template(
        "library/moving.html",
        **shell(actor, workspace, "files"),
        errors=errors_of(wrong),
        heading_here=ngettext("Move %(num)d file", "Move %(num)d files", len(files)),
        several=files,
        action=f"{workspace.path}files/several",
        back=files[0].folder.path,
        folders=queries.tree(actor, workspace).labels(),
        chosen=folder,
        ask=True,
    )


def _remove(actor: Actor, workspace: Workspace, files: list[File], told: SeveralFiles) -> Response:
    for file in files:
        actions.remove_file(actor, file)
    here = files[0].folder.path if files[0].folder else f"{workspace.path}files/"
    back = {"act": "restore", "files": ",".join(file.id for file in files)}
    said = ngettext("%(num)d file was removed.", "%(num)d files were removed.", len(files))
    return back_to(here, said, undo=f"{workspace.path}files/several", fields=back)


def _restore(actor: Actor, workspace: Workspace, files: list[File], told: SeveralFiles) -> Response:
    for file in files:
        actions.restore_file(actor, file)
    here = files[0].folder.path if files[0].folder else f"{workspace.path}files/"
    return back_to(here, ngettext("%(num)d file is back.", "%(num)d files are back.", len(files)))

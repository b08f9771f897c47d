"""Folder pages: what is in them, adding files, making, renaming, removing and bringing back folders."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, TooLarge
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people.queries import vendor
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of, page_asked, wants_fragment
from portal.web.unit import house
from workspaces.library import actions, queries, quotas, zipping
from workspaces.library.models import File, Folder
from workspaces.library.policy import May
from workspaces.library.receiving import Received, receive
from workspaces.library.schemas import Adding, FolderMoving, Naming, NewFolder
from workspaces.library.views.beside import aside_of
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import people, shell
from workspaces.rooms.queries.places import audience_choices, audience_chosen, audience_now
from workspaces.rooms.schemas import Meaning
from workspaces.rooms.views.audiences import Form, ask_first, who_page

pages = Blueprint("library", __name__)


@pages.get("/w/<ref:workspace>/files/")
@guarded(workspace=May.READ_LIBRARY)
def show_library(actor: Actor, workspace: Workspace) -> Any:
    return folder_page(actor, workspace, None)


@pages.get("/w/<ref:workspace>/files/<ref:folder>")
@guarded(workspace=May.READ_LIBRARY, folder=May.READ_FOLDER)
def show_folder(actor: Actor, workspace: Workspace, folder: Folder) -> Any:
    return folder_page(actor, workspace, folder)


@pages.post("/w/<ref:workspace>/files/<ref:folder>/add")
@guarded(workspace=May.READ_LIBRARY, folder=May.ADD_FILE, before=receive)
def add_files(actor: Actor, workspace: Workspace, folder: Folder, received: list[Received]) -> Any:
    try:
        if not received:
            raise Invalid(("files", _("Choose at least one file.")))
        told = read_form(Adding, request.form)
        added = [actions.add_file(actor, folder, received=each, note=told.note, both=told.same == "both") for each in received]
    except Invalid as wrong:
        return folder_page(actor, workspace, folder, wrong=wrong), 422
    except TooLarge as full:
        if wants_fragment():
            raise  # the script shows the sentence beside the file
        actor.session.rollback()
        return folder_page(actor, workspace, folder, wrong=Invalid(("files", full.words))), 413
    if wants_fragment():  # the script says itself what became of each
        return back_to(folder.path)
    first = added[0].name
    return back_to(folder.path, _("%(name)s was added.", name=first) if len(added) == 1 else _("%(n)s files were added.", n=len(added)))


@pages.post("/w/<ref:workspace>/files/folders")
@guarded(workspace=May.READ_LIBRARY)
def make_folder(actor: Actor, workspace: Workspace) -> Any:
    parent = None
    try:
        told = read_form(NewFolder, request.form)
        parent = queries.folder_named(actor, workspace, told.parent, "parent") if told.parent else None
        made = _made(actor, workspace, told, parent)
    except Invalid as wrong:
        return folder_page(actor, workspace, parent, wrong=wrong), 422
    return redirect(made.path, 303)


@pages.get("/w/<ref:workspace>/files/<ref:folder>/edit")
@guarded(workspace=May.READ_LIBRARY, folder=May.CHANGE_FOLDER)
def edit_folder(actor: Actor, workspace: Workspace, folder: Folder) -> Any:
    return _naming_page(actor, workspace, folder)


@pages.post("/w/<ref:workspace>/files/<ref:folder>/edit")
@guarded(workspace=May.READ_LIBRARY, folder=May.CHANGE_FOLDER)
def rename_folder(actor: Actor, workspace: Workspace, folder: Folder) -> Any:
    if _stands(folder).changed:
        return _naming_page(actor, workspace, folder), 412
    try:
        actions.rename_folder(actor, folder, name=read_form(Naming, request.form).name)
    except Invalid as wrong:
        return _naming_page(actor, workspace, folder, wrong=wrong), 422
    return redirect(folder.path, 303)


@pages.get("/w/<ref:workspace>/files/<ref:folder>/move")
@guarded(workspace=May.READ_LIBRARY, folder=May.CHANGE_FOLDER)
def choose_parent(actor: Actor, workspace: Workspace, folder: Folder) -> str:
    return _moving_page(actor, workspace, folder)


@pages.post("/w/<ref:workspace>/files/<ref:folder>/move")
@guarded(workspace=May.READ_LIBRARY, folder=May.CHANGE_FOLDER)
def move_folder(actor: Actor, workspace: Workspace, folder: Folder) -> Any:
    try:
        told = read_form(FolderMoving, request.form)
        parent = queries.folder_named(actor, workspace, told.parent, "parent") if told.parent else None
        actions.move_folder(actor, folder, parent=parent)
    except Invalid as wrong:
        return _moving_page(actor, workspace, folder, wrong=wrong), 422
    return back_to(folder.path, _("%(name)s is in “%(folder)s” now.", name=folder.name, folder=parent.name if parent else workspace.title))


@pages.post("/w/<ref:workspace>/files/<ref:folder>/audience")
@guarded(workspace=May.READ_LIBRARY, folder=May.CHANGE_FOLDER)
def change_audience(actor: Actor, workspace: Workspace, folder: Folder) -> Any:
    """Shows first who then sees it; the same form with `confirmed` does it."""
    here = f"{folder.path}/edit"
    try:
        told = read_form(Meaning, request.form)
        audience = audience_chosen(actor, workspace, told.audience)
        meant = actions.change_folder_audience(actor, folder, audience=audience, from_now_on=told.old == "stay")
        if meant is None:
            return back_to(here, _("It is for them already."))
        form = Form(folder.name, f"{folder.path}/audience", here, (("audience", told.audience),))
        if (asked := ask_first(actor, workspace, "files", told, meant, form)) is not None:
            return asked
    except Invalid as wrong:
        actor.session.rollback()
        return _naming_page(actor, workspace, folder, wrong=wrong), 422
    return back_to(folder.path, _("“%(title)s” is for others now.", title=folder.name))


@pages.get("/w/<ref:workspace>/files/<ref:folder>/who")
@guarded(workspace=May.READ_LIBRARY, folder=May.READ_FOLDER)
def show_who(actor: Actor, workspace: Workspace, folder: Folder) -> str:
    depth = "team" if folder.open_audience.staff_only else "shared"
    return who_page(actor, workspace, "files", title=folder.name, audience_pk=folder.open_audience_pk, back=folder.path, depth=depth)


@pages.post("/w/<ref:workspace>/files/<ref:folder>/remove")
@guarded(workspace=May.READ_LIBRARY, folder=May.CHANGE_FOLDER)
def remove_folder(actor: Actor, workspace: Workspace, folder: Folder) -> Response:
    up = queries.tree(actor, workspace).above(folder)[:-1]
    try:
        actions.remove_folder(actor, folder)
    except Invalid as wrong:
        return back_to(folder.path, wrong.errors[0][1], bad=True)
    return back_to(
        up[-1].path if up else f"{workspace.path}files/",
        _("The folder “%(name)s” was removed.", name=folder.name),
        undo=f"{folder.path}/restore",
    )


@pages.post("/w/<ref:workspace>/files/<ref:folder>/restore")
@guarded(workspace=May.READ_LIBRARY, folder=May.RESTORE_FOLDER)
def restore_folder(actor: Actor, workspace: Workspace, folder: Folder) -> Any:
    try:
        actions.restore_folder(actor, folder)
    except Invalid as wrong:
        return _removed_page(actor, workspace, wrong=wrong), 422
    return back_to(folder.path, _("The folder “%(name)s” is back.", name=folder.name))


@pages.get("/w/<ref:workspace>/files/zip")
@guarded(workspace=May.READ_LIBRARY)
def zip_library(actor: Actor, workspace: Workspace) -> Response:
    return zipping.send(actor, workspace.title, queries.wanted_in(actor, queries.tree(actor, workspace), None))


@pages.get("/w/<ref:workspace>/files/<ref:folder>/zip")
@guarded(workspace=May.READ_LIBRARY, folder=May.READ_FOLDER)
def zip_folder(actor: Actor, workspace: Workspace, folder: Folder) -> Response:
    return zipping.send(actor, folder.name, queries.wanted_in(actor, queries.tree(actor, workspace), folder))


@pages.get("/w/<ref:workspace>/files/removed")
@guarded(workspace=May.READ_LIBRARY)
def show_removed(actor: Actor, workspace: Workspace) -> Any:
    return _removed_page(actor, workspace)


def folder_page(actor: Actor, workspace: Workspace, folder: Folder | None, *, wrong: Invalid | None = None) -> str:
    """A folder with its folders first, then files; the front page shows the home folder's files."""
    tree = queries.tree(actor, workspace)
    here = folder or tree.home
    sort = request.args.get("sort", "newest")
    sort = sort if sort in queries.SORTS else "newest"
    page = page_asked()
    files, more = queries.files_in(actor, here, sort=sort, page=page) if here else ([], False)
    inside = tree.inside(folder) if page == 1 else []
    around = shell(actor, workspace, "files")
    return render_template(
        "library/folder.html",
        **around,
        errors=errors_of(wrong),
        tree=tree,
        folder=here,
        crumbs_here=tree.above(folder),
        inside=inside,
        contents=queries.contents(actor, inside),
        files=files,
        fresh=queries.new_files(actor, workspace, files),
        page=page,
        more=more,
        sort=sort,
        sorts=queries.SORTS,
        places=tree.labels() if len(files) > 1 else [],
        group_options=_group_options(actor, workspace) if "run" in around["may_words"] else [],
        room=_room_told(actor, workspace),
        may_add=here is not None and here.pk in tree.addable,
        limit=house().settings.max_upload,
        **beside(actor, files),
    )


def beside(actor: Actor, files: list[File]) -> dict[str, Any]:
    """What the right side of a folder shows at first: the newest file, unless another is asked for with ?show=."""
    wanted = request.args.get("show")
    chosen = next((each for each in files if each.id == wanted), None) or max(files, key=lambda each: each.version.created_at, default=None)
    return {"aside": aside_of(actor, chosen) if chosen else None}


def _made(actor: Actor, workspace: Workspace, told: NewFolder, parent: Folder | None) -> Folder:
    """Whoever runs the workspace chooses whom it is for; others make it for the people of the folder around it."""
    if parent is not None and told.audience == "everyone" and "audience" not in request.form:
        return actions.make_folder_in(actor, parent, name=told.name)
    audience = audience_chosen(actor, workspace, told.audience)
    return actions.make_folder(actor, workspace, name=told.name, parent=parent, audience=audience)


def _room_told(actor: Actor, workspace: Workspace) -> quotas.Room | None:
    """How full it is, for the team and once it is worth a word; where there is no limit nothing is asked."""
    if not actor.is_staff or not quotas.limit_of(actor.session, workspace):
        return None
    room = quotas.room_of(actor.session, workspace)
    return room if room.nearly_full else None


def _stands(folder: Folder) -> Standing:
    return standing((_("Name"), folder.name))


def _naming_page(actor: Actor, workspace: Workspace, folder: Folder, *, wrong: Invalid | None = None) -> str:
    return render_template(
        "library/naming.html",
        **shell(actor, workspace, "files"),
        errors=errors_of(wrong),
        heading_here=_("Change the folder"),
        audience_choices=audience_choices(actor, workspace, vendor(actor).name),
        audience_now=audience_now(actor, folder),
        thing=folder,
        name=request.form.get("name", folder.name),
        stands=_stands(folder),
        longest=120,
        back=folder.path,
    )


def _moving_page(actor: Actor, workspace: Workspace, folder: Folder, *, wrong: Invalid | None = None) -> str:
    others = [each for each in queries.tree(actor, workspace).labels() if each[0] != folder.id]
    return render_template(
        "library/moving.html",
        **shell(actor, workspace, "files"),
        errors=errors_of(wrong),
        heading_here=_("Move %(name)s", name=folder.name),
        back=folder.path,
        field="parent",
        folders=[("", workspace.title), *others],
        chosen=request.form.get("parent", folder.parent.id if folder.parent else ""),
    )


def _removed_page(actor: Actor, workspace: Workspace, *, wrong: Invalid | None = None) -> str:
    folders, files = queries.removed_in(actor, workspace)
    return render_template(
        "library/removed.html",
        **shell(actor, workspace, "files"),
        errors=errors_of(wrong),
        folders=folders,
        files=files,
        days_left=queries.days_left,
    )


def _group_options(actor: Actor, workspace: Workspace) -> list[tuple[str, str]]:
    return [(each.id, _("Only %(group)s", group=each.name)) for each in people.groups(actor, workspace)]

"""Folders: made, renamed, removed, brought back."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, new_pair
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.words import gettext as _
from workspaces.library.events import FOLDER_MADE, FOLDER_MOVED, FOLDER_REMOVED, FOLDER_RENAMED, FOLDER_RESTORED
from workspaces.library.models import Folder
from workspaces.library.policy import May
from workspaces.library.queries import tree
from workspaces.rooms.actions import only_account, place_audiences
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.policy import May as Rooms

DEEPEST = 12  # folders within folders


@action(Rooms.RUN_WORKSPACE)
def make_folder(
    actor: Actor, workspace: Workspace, *, name: str, parent: Folder | None = None, audience: str | Group = "everyone"
) -> Folder:
    """A folder for everyone, the staff, or a group. Raises Invalid where the name is taken beside it."""
    return _make(actor, workspace, name, parent, place_audiences(actor, workspace, audience))


@action(May.MAKE_FOLDER_IN)
def make_folder_in(actor: Actor, parent: Folder, *, name: str) -> Folder:
    """A folder inside another, for the same people. Raises Invalid where the name is taken in it, or it lies too deep."""
    beyond = parent.open_audience
    if beyond.staff_only:
        both = place_audiences(actor, parent.workspace, "staff")
    else:
        both = new_pair(actor.session, beyond.kind, beyond.subject_pk)
    return _make(actor, parent.workspace, name, parent, both)


@action(May.CHANGE_FOLDER)
def rename_folder(actor: Actor, folder: Folder, *, name: str) -> None:
    """Another name. Raises Invalid where it is taken beside it."""
    if name == folder.name:
        return
    _refuse_taken(actor, folder.workspace, folder.parent_pk, name)
    was, folder.name = folder.name, name
    _record(actor, FOLDER_RENAMED, folder, was=was)


@action(May.CHANGE_FOLDER)
def move_folder(actor: Actor, folder: Folder, *, parent: Folder | None) -> None:
    """Put a folder into another, or (None) to the top, with all that is in it; who sees it stays. Raises Invalid at `parent` for a place
    it cannot go to, at `name` where its name is taken there."""
    parent_pk = parent.pk if parent is not None else None
    if parent_pk == folder.parent_pk:
        return
    _refuse_front(actor, folder, "parent")
    inside = _inside(actor, folder)
    if parent is not None and (parent.workspace_pk != folder.workspace_pk or parent.pk in {folder.pk, *(each.pk for each in inside)}):
        raise Invalid(("parent", _("A folder can only go into another one of the same workspace, and not into itself.")))
    deepest = max((_depth(each) for each in inside), default=_depth(folder)) - _depth(folder) + 1
    if _depth(parent) + deepest > DEEPEST:
        raise Invalid(("parent", _("Folders can lie at most %(n)s deep. Choose one further up.", n=DEEPEST)))
    _refuse_taken(actor, folder.workspace, parent_pk, folder.name)
    folder.parent_pk = parent_pk
    actor.session.flush()
    actor.session.expire(folder, ["parent"])
    _record(actor, FOLDER_MOVED, folder, place=parent.name if parent is not None else folder.workspace.title)


@action(May.CHANGE_FOLDER)
def remove_folder(actor: Actor, folder: Folder) -> None:
    """Take a folder away with all that is in it; it rests 30 days. What is inside becomes unreadable, and comes back with it. Raises
    Invalid for the front page of the shelf."""
    _refuse_front(actor, folder, "")
    moment = now()
    for each in [folder, *_inside(actor, folder)]:
        each.removed_at = moment
        _record(actor, FOLDER_REMOVED, each)


@action(May.RESTORE_FOLDER)
def restore_folder(actor: Actor, folder: Folder) -> None:
    """Bring back a folder and what went with it. Raises Invalid where its name was taken meanwhile or what it was in is gone."""
    if folder.parent is not None and folder.parent.removed_at is not None:
        raise Invalid(("", _("It was in the folder “%(name)s”, which is removed. Bring that back first.", name=folder.parent.name)))
    _refuse_taken(actor, folder.workspace, folder.parent_pk, folder.name)
    moment = folder.removed_at
    for each in [folder, *_inside(actor, folder, removed_at=moment)]:
        each.removed_at = None
        _record(actor, FOLDER_RESTORED, each)


def _make(actor: Actor, workspace: Workspace, name: str, parent: Folder | None, pair: tuple[Audience, Audience]) -> Folder:
    parent_pk = parent.pk if parent else None
    _refuse_taken(actor, workspace, parent_pk, name)
    if parent is not None and _depth(parent) >= DEEPEST:
        raise Invalid(("name", _("Folders can lie at most %(n)s deep. Make it further up.", n=DEEPEST)))
    shared, team = pair
    folder = Folder(workspace_pk=workspace.pk, parent_pk=parent_pk, name=name, open_audience_pk=shared.pk, team_audience_pk=team.pk)
    actor.session.add(folder)
    actor.session.flush()
    _record(actor, FOLDER_MADE, folder)
    return folder


def _refuse_taken(actor: Actor, workspace: Workspace, parent_pk: int | None, name: str) -> None:
    beside = Folder.parent_pk == parent_pk if parent_pk else Folder.parent_pk.is_(None)
    taken = select(Folder.pk).where(Folder.workspace_pk == workspace.pk, beside, Folder.name == name, Folder.removed_at.is_(None))
    if actor.session.scalar(taken):
        raise Invalid(("name", _("There is a folder of this name already.")))


def _refuse_front(actor: Actor, folder: Folder, field: str) -> None:
    """Nobody could make the shelf another one: at its top only those who run a workspace make folders, and nobody runs it."""
    if folder.workspace.is_shelf and folder is tree(actor, folder.workspace).home:
        raise Invalid((field, _("This folder is the front page of the shelf. It stays where it is.")))


def _depth(folder: Folder | None) -> int:
    return 1 + _depth(folder.parent) if folder is not None else 0


def _inside(actor: Actor, folder: Folder, *, removed_at: Any = None) -> list[Folder]:
    """The folders in it, at any depth, that stand or were removed at that moment."""
    found: list[Folder] = []
    layer = [folder.pk]
    while layer:
        children = list(actor.session.scalars(select(Folder).where(Folder.parent_pk.in_(layer), Folder.removed_at == removed_at)))
        found += children
        layer = [each.pk for each in children]
    return found


def _record(actor: Actor, of: EventKind, folder: Folder, **facts: Any) -> None:
    record(
        actor,
        of,
        folder,
        audience_pk=folder.open_audience_pk,
        account=only_account(folder.workspace),
        workspace_pk=folder.workspace_pk,
        facts={"name": folder.name, **facts},
    )

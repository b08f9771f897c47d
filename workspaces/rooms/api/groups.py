"""/workspaces/{id}/groups, /groups/{id}"""

from flask import Response
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.web.api import answer, body, listed
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.rooms import actions
from workspaces.rooms.api.readers import changed
from workspaces.rooms.api.resource import api
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import people
from workspaces.rooms.schemas import GroupChange, NewGroup, PreviewAsked
from workspaces.rooms.shapes import GroupJson, group_json


@api.get("/workspaces/<workspace>/groups")
@described("Groups that the caller may know of, by name", lists=GroupJson)
@guarded(workspace=May.SEE_PEOPLE)
def list_groups(actor: Actor, workspace: Workspace) -> Response:
    found = allowed(actor, May.READ_GROUP).where(Group.workspace_pk == workspace.pk).options(joinedload(Group.workspace))
    return listed(actor, found, [Group.name, Group.pk], lambda rows: shown(actor, rows))


@api.post("/workspaces/<workspace>/groups")
@described("Make a group", takes=NewGroup, makes=GroupJson)
@guarded(workspace=May.RUN_WORKSPACE)
def make_group(actor: Actor, workspace: Workspace) -> Response:
    asked = body(NewGroup)
    members = people.members_of_ids(actor, workspace, asked.members)
    return answer(shown(actor, [actions.make_group(actor, workspace, name=asked.name, members=members)])[0], 201)


@api.get("/groups/<group>")
@described("A group", gives=GroupJson)
@guarded(group=May.READ_GROUP)
def show_group(actor: Actor, group: Group) -> Response:
    return answer(shown(actor, [group])[0])


@api.patch("/groups/<group>")
@described("Change a group; who then sees what is for it can be asked first", asks=PreviewAsked, takes=GroupChange, gives=GroupJson)
@guarded(group=May.CHANGE_GROUP)
def change_group(actor: Actor, group: Group) -> Response:
    asked = body(GroupChange)
    members = None if asked.members is None else people.members_of_ids(actor, group.workspace, asked.members)
    meant = actions.regroup(actor, group, name=asked.name, members=members)
    return changed(actor, shown(actor, [group])[0], meant)


@api.delete("/groups/<group>")
@described("Remove a group; one that a place is for cannot be removed")
@guarded(group=May.CHANGE_GROUP)
def remove_group(actor: Actor, group: Group) -> Response:
    actions.remove_group(actor, group)
    return Response(status=204)


def shown(actor: Actor, rows: list[Group]) -> list[GroupJson]:
    """The groups with who is in them."""
    inside = people.in_groups(actor, rows)
    return [group_json(row, inside[row.pk]) for row in rows]

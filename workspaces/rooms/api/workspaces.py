"""/workspaces"""

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.kernel.actor import Actor
from portal.kernel.history import current
from portal.kernel.policy import allowed
from portal.notices.schemas import LevelChange
from portal.notices.shapes import HearingJson, hearing_json
from portal.web.api import answer, body, listed
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.rooms import actions
from workspaces.rooms.api.resource import api
from workspaces.rooms.models import Membership, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import lists
from workspaces.rooms.schemas import NewWorkspace, WorkspaceChange
from workspaces.rooms.shapes import WorkspaceJson, workspace_json


@api.get("/workspaces")
@described("The caller's workspaces", lists=WorkspaceJson)
@guarded(May.LIST_WORKSPACES)
def list_workspaces(actor: Actor) -> Response:
    found = allowed(actor, May.READ_WORKSPACE).options(selectinload(Workspace.accounts))
    return listed(actor, found, [Workspace.pk], lambda rows: shown(actor, rows))


@api.post("/workspaces")
@described("Open a workspace", takes=NewWorkspace, makes=WorkspaceJson)
@guarded(May.CREATE_WORKSPACE)
def open_workspace(actor: Actor) -> Response:
    asked = body(NewWorkspace)
    workspace = actions.open_workspace(
        actor,
        title=asked.title,
        accounts=lists.accounts_of_ids(actor, asked.accounts),
        purpose=asked.purpose,
        community=asked.kind == "community" or (not asked.kind and len(set(asked.accounts)) > 1),
    )
    return answer(shown(actor, [workspace])[0], 201)


@api.get("/workspaces/<workspace>")
@described("A workspace", gives=WorkspaceJson)
@guarded(workspace=May.READ_WORKSPACE)
def show_workspace(actor: Actor, workspace: Workspace) -> Response:
    return answer(shown(actor, [workspace])[0])


@api.patch("/workspaces/<workspace>")
@described("Change a workspace", takes=WorkspaceChange, gives=WorkspaceJson)
@guarded(workspace=May.RUN_WORKSPACE)
def change_workspace(actor: Actor, workspace: Workspace) -> Response:
    asked = body(WorkspaceChange)
    actions.change_workspace(actor, workspace, **asked.model_dump(exclude_unset=True))
    return answer(shown(actor, [workspace])[0])


@api.post("/workspaces/<workspace>/archive")
@described("Close it for writing; everyone still reads", gives=WorkspaceJson)
@guarded(workspace=May.RUN_WORKSPACE)
def archive(actor: Actor, workspace: Workspace) -> Response:
    return answer(shown(actor, [actions.archive_workspace(actor, workspace)])[0])


@api.post("/workspaces/<workspace>/restore")
@described("Open it for writing again", gives=WorkspaceJson)
@guarded(workspace=May.RESTORE_WORKSPACE)
def restore(actor: Actor, workspace: Workspace) -> Response:
    return answer(shown(actor, [actions.restore_workspace(actor, workspace)])[0])


@api.get("/subscriptions/workspaces/<workspace>")
@described("How much the caller wants to hear of a workspace", gives=HearingJson)
@guarded(workspace=May.READ_WORKSPACE)
def show_hearing(actor: Actor, workspace: Workspace) -> Response:
    return answer(hearing_json(actor, workspace))


@api.put("/subscriptions/workspaces/<workspace>")
@described("Hear every message of a workspace, mentions only, or nothing", takes=LevelChange, gives=HearingJson)
@guarded(workspace=May.READ_WORKSPACE)
def change_hearing(actor: Actor, workspace: Workspace) -> Response:
    actions.hear(actor, workspace, how=body(LevelChange).how)
    actor.session.flush()
    return answer(hearing_json(actor, workspace))


@api.delete("/subscriptions/workspaces/<workspace>")
@described("Hear of a workspace as one's settings say")
@guarded(workspace=May.READ_WORKSPACE)
def forget_hearing(actor: Actor, workspace: Workspace) -> Response:
    actions.hear(actor, workspace, how=None)
    return Response(status=204)


def shown(actor: Actor, rows: list[Workspace]) -> list[WorkspaceJson]:
    """The workspaces with the caller's part in each."""
    mine = select(Membership).where(
        Membership.person_pk == actor.pk, Membership.workspace_pk.in_([row.pk for row in rows]), current(Membership)
    )
    memberships = {each.workspace_pk: each for each in actor.session.scalars(mine)}
    return [workspace_json(actor, row, memberships.get(row.pk)) for row in rows]

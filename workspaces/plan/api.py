"""The plan over HTTP."""

from flask import Response
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed, require
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.plan import actions, queries
from workspaces.plan.models import DONE, OPEN, PlanItem
from workspaces.plan.policy import May
from workspaces.plan.schemas import ItemPatch, NewItem
from workspaces.plan.shapes import PlanItemJson, item_json
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

api = resource("plan", "Plan")


@api.get("/workspaces/<workspace>/plan")
@described("Steps and milestones, flat, the oldest first", lists=PlanItemJson)
@guarded(workspace=Rooms.READ_WORKSPACE)
def list_items(actor: Actor, workspace: Workspace) -> Response:
    found = queries.shown(allowed(actor, May.READ_PLAN_ITEM).where(PlanItem.workspace_pk == workspace.pk))
    loaded = found.options(joinedload(PlanItem.milestone), joinedload(PlanItem.added_by))
    return listed(actor, loaded, [PlanItem.pk], lambda rows: [item_json(row) for row in rows])


@api.post("/workspaces/<workspace>/plan")
@described("Add a step or a milestone", takes=NewItem, makes=PlanItemJson)
@guarded(workspace=Rooms.TAKE_PART)
def add_item(actor: Actor, workspace: Workspace) -> Response:
    told = body(NewItem)
    made = actions.add_item(
        actor,
        workspace,
        title=told.title,
        kind=told.kind,
        due=told.due,
        owners=queries.owners_named(actor, workspace, told.owners),
        milestone=queries.milestone_named(actor, workspace, told.milestone),
    )
    return answer(item_json(made), 201)


@api.get("/plan-items/<plan_item>")
@described("A step or milestone", gives=PlanItemJson)
@guarded(plan_item=May.READ_PLAN_ITEM)
def show_item(actor: Actor, plan_item: PlanItem) -> Response:
    return answer(item_json(plan_item))


@api.patch("/plan-items/<plan_item>")
@described("Tick a step, or change what, who and when", takes=ItemPatch, gives=PlanItemJson)
@guarded(plan_item=May.READ_PLAN_ITEM)
def change_item(actor: Actor, plan_item: PlanItem) -> Response:
    told = body(ItemPatch)
    sent = told.model_fields_set
    state = told.state or (None if told.done is None else DONE if told.done else OPEN)
    if told.title is not None:
        actions.rename_item(actor, plan_item, title=told.title)
    if "owner" in sent:
        actions.set_owners(actor, plan_item, owners=queries.owners_named(actor, plan_item.workspace, told.owners))
    if "due" in sent:
        actions.move_due(actor, plan_item, due=told.due)
    if "milestone" in sent:
        actions.put_under(actor, plan_item, milestone=queries.milestone_named(actor, plan_item.workspace, told.milestone))
    if state is not None:
        actions.set_state(actor, plan_item, state=state)
    if not sent:
        require(actor, May.TICK_PLAN_ITEM, plan_item)
    return answer(item_json(plan_item))


@api.delete("/plan-items/<plan_item>")
@described("Remove a step or milestone")
@guarded(plan_item=May.CHANGE_PLAN_ITEM)
def remove_item(actor: Actor, plan_item: PlanItem) -> Response:
    actions.remove_item(actor, plan_item)
    return Response(status=204)

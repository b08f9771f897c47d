"""The plan's pages: what was agreed, adding to it, ticking, changing, talking about a step."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, Refused
from portal.kernel.policy import fetch, may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people.queries import today_of
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.forums.models import Forum
from workspaces.forums.policy import May as Forums
from workspaces.forums.queries.forums import startable
from workspaces.plan import actions, queries
from workspaces.plan.models import DONE, STATES, STEP, PlanItem
from workspaces.plan.outlines import Outline, outlines
from workspaces.plan.policy import May
from workspaces.plan.schemas import ItemForm, Saying, StartForm, StateForm
from workspaces.plan.wording import said
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import shell
from workspaces.rooms.queries.start import is_pinned

pages = Blueprint("plan", __name__)


@pages.get("/w/<ref:workspace>/plan")
@guarded(workspace=Rooms.READ_WORKSPACE)
def show_plan(actor: Actor, workspace: Workspace) -> str:
    return _plan_page(actor, workspace)


@pages.post("/w/<ref:workspace>/plan")
@guarded(workspace=Rooms.TAKE_PART)
def add_item(actor: Actor, workspace: Workspace) -> Any:
    try:
        told = read_form(ItemForm, request.form)
        made = actions.add_item(
            actor,
            workspace,
            title=told.title,
            kind=told.kind,
            due=told.due,
            owners=queries.owners_named(actor, workspace, request.form.getlist("owner")),
            milestone=queries.milestone_named(actor, workspace, told.milestone) if told.kind == STEP else None,
        )
    except Invalid as wrong:
        return _plan_page(actor, workspace, wrong=wrong), 422
    return back_to(_at(made), _("“%(title)s” is on the plan.", title=made.title), undo=f"{made.path}/remove")


@pages.post("/w/<ref:workspace>/plan/start")
@guarded(workspace=Rooms.RUN_WORKSPACE)
def start_plan(actor: Actor, workspace: Workspace) -> Any:
    try:
        told = read_form(StartForm, request.form)
        outline = _outline(actor, told.template)
        made = actions.start_plan(actor, workspace, outline=outline, first=told.first or today_of(actor))
    except Invalid as wrong:
        return _plan_page(actor, workspace, wrong=wrong), 422
    return back_to(f"{workspace.path}plan", _("%(n)s lines are on the plan. Change what does not fit.", n=len(made)))


@pages.get("/w/<ref:workspace>/plan/<ref:plan_item>")
@guarded(workspace=Rooms.READ_WORKSPACE, plan_item=May.READ_PLAN_ITEM)
def show_item(actor: Actor, workspace: Workspace, plan_item: PlanItem) -> str:
    return _item_page(actor, workspace, plan_item)


@pages.post("/w/<ref:workspace>/plan/<ref:plan_item>")
@guarded(workspace=Rooms.READ_WORKSPACE, plan_item=May.CHANGE_PLAN_ITEM)
def change_item(actor: Actor, workspace: Workspace, plan_item: PlanItem) -> Any:
    if _stands(plan_item).changed:
        return _item_page(actor, workspace, plan_item), 412
    try:
        told = read_form(ItemForm, request.form)
        actions.rename_item(actor, plan_item, title=told.title)
        actions.move_due(actor, plan_item, due=told.due)
        actions.set_owners(actor, plan_item, owners=queries.owners_named(actor, workspace, request.form.getlist("owner")))
        if not plan_item.is_milestone:
            actions.put_under(actor, plan_item, milestone=queries.milestone_named(actor, workspace, told.milestone))
    except Invalid as wrong:
        return _item_page(actor, workspace, plan_item, wrong=wrong), 422
    return back_to(_at(plan_item), _("Saved."))


@pages.post("/w/<ref:workspace>/plan/<ref:plan_item>/state")
@guarded(workspace=Rooms.READ_WORKSPACE, plan_item=May.TICK_PLAN_ITEM)
def set_state(actor: Actor, workspace: Workspace, plan_item: PlanItem) -> Response:
    told, before = read_form(StateForm, request.form), plan_item.state
    actions.set_state(actor, plan_item, state=told.state)
    where = {"home": workspace.path, "today": "/today"}.get(request.form.get("from", ""), _at(plan_item))
    words = _("“%(title)s” is done.", title=plan_item.title) if told.state == DONE else _("Saved.")
    return back_to(where, words, undo=f"{plan_item.path}/state", fields={"state": before})


@pages.post("/w/<ref:workspace>/plan/<ref:plan_item>/remove")
@guarded(workspace=Rooms.READ_WORKSPACE, plan_item=May.CHANGE_PLAN_ITEM)
def remove_item(actor: Actor, workspace: Workspace, plan_item: PlanItem) -> Response:
    actions.remove_item(actor, plan_item)
    return back_to(f"{workspace.path}plan", _("“%(title)s” was removed.", title=plan_item.title), undo=f"{plan_item.path}/restore")


@pages.post("/w/<ref:workspace>/plan/<ref:plan_item>/restore")
@guarded(workspace=Rooms.READ_WORKSPACE, plan_item=May.RESTORE_PLAN_ITEM)
def restore_item(actor: Actor, workspace: Workspace, plan_item: PlanItem) -> Response:
    actions.restore_item(actor, plan_item)
    return back_to(_at(plan_item), _("“%(title)s” is back.", title=plan_item.title))


@pages.post("/w/<ref:workspace>/plan/<ref:plan_item>/discuss")
@guarded(workspace=Rooms.TAKE_PART, plan_item=May.READ_PLAN_ITEM)
def discuss_item(actor: Actor, workspace: Workspace, plan_item: PlanItem) -> Any:
    try:
        body = read_form(Saying, request.form).body
        forum = _forum(actor, workspace)
        if forum is None:
            raise Invalid(("body", _("There is no forum here for everyone in which you may write.")))
        topic = actions.discuss_item(actor, plan_item, forum=forum, body=body)
    except Invalid as wrong:
        return _item_page(actor, workspace, plan_item, wrong=wrong), 422
    return back_to(topic.path)


def _at(item: PlanItem) -> str:
    """The item on the page of the plan."""
    return f"{item.workspace.path}plan#i-{item.id}"


def _plan_page(actor: Actor, workspace: Workspace, *, wrong: Invalid | None = None) -> str:
    plan = queries.plan_of(actor, workspace)
    around = shell(actor, workspace, "plan")
    may_start = not plan.items and "run" in around["may_words"]
    return render_template(
        "plan/plan.html",
        **around,
        errors=errors_of(wrong),
        plan=plan,
        said=said(actor, plan.items),
        rights=queries.rights(actor, workspace),
        people=[] if around["readonly"] else queries.people_here(actor, workspace),
        typed=_typed(None),
        chosen=frozenset(request.form.getlist("owner")),
        goals=_goals(plan),
        outlines=outlines() if may_start else {},
        others=queries.copyable(actor, workspace) if may_start else [],
        today=today_of(actor).isoformat(),
        featured="run" in around["may_words"] and is_pinned(actor, workspace, "plan", workspace.id),
    )


def _item_page(actor: Actor, workspace: Workspace, item: PlanItem, *, wrong: Invalid | None = None) -> str:
    around = shell(actor, workspace, "plan")
    may_change = may(actor, May.CHANGE_PLAN_ITEM, item)
    posted = "title" in request.form
    topic = item.topic if item.topic is not None and may(actor, Forums.READ_TOPIC, item.topic) else None
    return render_template(
        "plan/item.html",
        **around,
        errors=errors_of(wrong),
        item=item,
        said=said(actor, [item]),
        rights=queries.rights(actor, workspace),
        may_change=may_change,
        people=list(dict.fromkeys([*queries.people_here(actor, workspace), *item.owners])) if may_change else [],
        chosen=frozenset(request.form.getlist("owner") if posted else (each.id for each in item.owners)),
        typed=_typed(item),
        goals=_goals(queries.plan_of(actor, workspace)) if may_change and not item.is_milestone else [],
        states=STATES,
        stands=_stands(item),
        topic=topic,
        may_discuss=topic is None and not around["readonly"] and _forum(actor, workspace) is not None,
    )


def _typed(item: PlanItem | None) -> dict[str, str]:
    """What the fields hold: what was typed, or what stands."""
    fields = {"title": "", "due": "", "milestone": "", "kind": "", "body": ""}
    if item is not None:
        leads_to = item.leads_to.id if item.leads_to else ""
        fields |= {"title": item.title, "due": item.due.isoformat() if item.due else "", "milestone": leads_to}
    return fields | {name: request.form[name] for name in fields if name in request.form}


def _goals(plan: queries.Plan) -> list[tuple[str, str]]:
    """The milestones that a step may lead to, to choose from; none where there are none."""
    found = [(each.milestone.id, each.milestone.title) for each in plan.parts if each.milestone]
    return [("", _("No milestone")), *found] if found else []


def _stands(item: PlanItem) -> Standing:
    return standing(
        (_("What"), item.title),
        (_("By when"), item.due.isoformat() if item.due else ""),
        (_("Who"), ", ".join(person.name for person in item.owners)),
        (_("Leads to"), item.leads_to.title if item.leads_to else ""),
    )


def _forum(actor: Actor, workspace: Workspace) -> Forum | None:
    """Where a step is talked about: the first forum that has the plan's readers."""
    return next((each for each in startable(actor, workspace) if each.open_audience.kind == "workspace" and not each.for_team), None)


def _outline(actor: Actor, told: str) -> Outline:
    """A template by its name, or the plan of another workspace by its id."""
    known = outlines()
    if told in known:
        return known[told]
    try:
        return queries.outline_of(actor, fetch(actor, Rooms.READ_WORKSPACE, told))
    except Refused:
        raise Invalid(("template", _("Choose a template, or a workspace whose plan you may see."))) from None

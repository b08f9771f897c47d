"""Groups of a workspace's members."""

from typing import Any

from flask import render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.rooms import actions
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import people, shell
from workspaces.rooms.schemas import Meaning, NewGroup
from workspaces.rooms.views.audiences import Form, ask_first
from workspaces.rooms.views.pages import pages


@pages.get("/w/<ref:workspace>/groups")
@guarded(workspace=May.SEE_PEOPLE)
def show_groups(actor: Actor, workspace: Workspace) -> str:
    """Those the reader may know of; nobody is told that there are others."""
    return _page(actor, workspace)


@pages.post("/w/<ref:workspace>/groups")
@guarded(workspace=May.RUN_WORKSPACE)
def make_group(actor: Actor, workspace: Workspace) -> Response | tuple[str, int]:
    told = _told()
    try:
        asked = read_form(NewGroup, told)
        group = actions.make_group(actor, workspace, name=asked.name, members=people.members_of_ids(actor, workspace, asked.members))
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, workspace, told, errors_of(wrong)), 422
    return back_to(f"{workspace.path}groups#g-{group.id}", _("The group “%(name)s” is there.", name=group.name))


@pages.post("/w/<ref:workspace>/groups/<ref:group>")
@guarded(workspace=May.SEE_PEOPLE, group=May.CHANGE_GROUP)
def change_group(actor: Actor, workspace: Workspace, group: Group) -> Response | tuple[str, int]:
    """Where others come to see what is for the group, or see it no more, the names are shown first."""
    here = f"{workspace.path}groups"
    try:
        asked, told = read_form(NewGroup, _told()), read_form(Meaning, request.form)
        members = people.members_of_ids(actor, workspace, asked.members)
        meant = actions.regroup(actor, group, name=asked.name, members=members)
        if not meant.is_none:
            fields = (("name", asked.name), *(("members", id) for id in asked.members))
            form = Form(group.name, f"{here}/{group.id}", f"{here}#g-{group.id}", fields)
            if (question := ask_first(actor, workspace, "people", told, meant, form, chooses=False)) is not None:
                return question
    except Invalid as wrong:
        actor.session.rollback()
        here_errors = [each | {"field": f"{each['field']}-{group.id}"} for each in errors_of(wrong)]
        return _page(actor, workspace, errors=here_errors), 422
    return back_to(f"{here}#g-{group.id}", _("Saved."))


@pages.post("/w/<ref:workspace>/groups/<ref:group>/remove")
@guarded(workspace=May.SEE_PEOPLE, group=May.CHANGE_GROUP)
def remove_group(actor: Actor, workspace: Workspace, group: Group) -> Response | tuple[str, int]:
    try:
        actions.remove_group(actor, group)
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, workspace, errors=[{"field": "", "message": wrong.words}]), 422
    return back_to(f"{workspace.path}groups", _("The group “%(name)s” is gone.", name=group.name))


def _told() -> dict[str, Any]:
    return dict(request.form) | {"members": request.form.getlist("members")}


def _page(actor: Actor, workspace: Workspace, told: dict[str, Any] | None = None, errors: list[dict[str, str]] | None = None) -> str:
    shown = people.groups(actor, workspace)
    members = list(actor.session.scalars(people.members(workspace).order_by(Person.name, Person.pk)))
    return render_template(
        "rooms/groups.html",
        group_list=shown,
        inside=people.in_groups(actor, shown),
        members=members,
        told=told or {},
        errors=errors or [],
        **shell(actor, workspace, "people"),
    )

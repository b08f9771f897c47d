"""The list of one's workspaces, and a new one."""

from typing import Any

from flask import redirect, render_template, request
from werkzeug import Response

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.schemas import read_form
from portal.web.endpoint import guarded
from portal.web.pages import errors_of, page_asked
from workspaces.rooms import actions
from workspaces.rooms.pasted import as_box, read_box
from workspaces.rooms.policy import May
from workspaces.rooms.queries import lists
from workspaces.rooms.schemas import InvitationForm, NewWorkspace
from workspaces.rooms.views.invitations import look_through
from workspaces.rooms.views.pages import pages


@pages.get("/w/")
@guarded(May.LIST_WORKSPACES)
def list_workspaces(actor: Actor) -> str | Response:
    if not actor.is_staff and (only := lists.only_one(actor)) is not None:
        return redirect(only.path, 303)
    archived = request.args.get("show") == "archived"
    page = page_asked()
    listed, more = lists.mine(actor, archived=archived, page=page)
    parts = lists.by_account(listed) if actor.is_staff else [("", None, listed)] if listed else []
    return render_template("rooms/index.html", parts=parts, archived=archived, page=page, more=more)


@pages.get("/w/new")
@guarded(May.CREATE_WORKSPACE)
def new_workspace(actor: Actor) -> str:
    accounts = lists.accounts(actor)
    told: dict[str, Any] = {"kind": "account", "accounts": [], "title": "", "purpose": ""}
    chosen = next((account for account in accounts if account.id == request.args.get("account")), None)
    if chosen is not None:
        told |= {"accounts": [chosen.id], "title": chosen.name}
    return _page(accounts, told)


@pages.post("/w/new")
@guarded(May.CREATE_WORKSPACE)
def open_workspace(actor: Actor) -> Response | tuple[str, int] | str:
    """Open it; where people are named, their list comes next, before any mail goes out."""
    told: dict[str, Any] = dict(request.form)
    community = told.get("kind") == "community"
    emails = str(told.get("emails", "")).strip()
    told["accounts"] = [id for id in request.form.getlist("several" if community else "accounts") if id]
    try:
        asked = read_form(NewWorkspace, told)
        listed = read_box(emails) if emails else []
        inviting = read_form(InvitationForm, {"emails": as_box(listed)})  # before it is opened: what is too long is refused with it
        workspace = actions.open_workspace(
            actor, title=asked.title, accounts=lists.accounts_of_ids(actor, asked.accounts), purpose=asked.purpose, community=community
        )
    except Invalid as wrong:
        actor.session.rollback()
        return _page(lists.accounts(actor), told, errors_of(wrong, **({"accounts": "several"} if community else {}))), 422
    return look_through(actor, workspace, inviting, listed) if listed else redirect(workspace.path, 303)


def _page(accounts: list[Account], told: dict[str, Any], errors: list[dict[str, str]] | None = None) -> str:
    options = [(account.id, account.name) for account in accounts]
    return render_template("rooms/new.html", accounts=accounts, account_options=options, told=told, errors=errors or [])

"""Asking to be let in: the public page; a colleague proposed from inside; the page of one request for those who decide."""

from flask import Blueprint, render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.notices.actions import read_thing
from portal.web.endpoint import guarded, public
from portal.web.pages import back_to, errors_of
from workspaces.requests import actions, queries, wording
from workspaces.requests.models import EntryRequest
from workspaces.requests.policy import May
from workspaces.requests.schemas import Accepting, Asking, Declining, Proposing
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import people, shell

pages = Blueprint("requests", __name__)
Page = Response | tuple[str, int]


@pages.get("/let-me-in")
@public("everybody may ask to be let in; the page is the same whatever the address is")
def show_asking(actor: Actor) -> str:
    me = {"name": actor.person.name, "email": actor.person.email} if actor.person else {}
    return render_template("requests/ask.html", told=me | {"at": request.args.get("at", "")[:500]}, errors=[])


@pages.post("/let-me-in")
@public("writes one row whatever is asked for, and looks nothing up", limits=("mailbox 5/day", "address 20/hour"))
def ask(actor: Actor) -> Page:
    try:
        told = read_form(Asking, {"name": " ", "email": " ", **request.form})
    except Invalid as wrong:
        return render_template("requests/ask.html", told=request.form, errors=errors_of(wrong)), 422
    actions.ask_to_come_in(actor, **told.model_dump())
    return back_to("/let-me-in/asked")


@pages.get("/let-me-in/asked")
@public("says the same to everybody")
def show_asked(actor: Actor) -> str:
    return render_template("requests/asked.html")


@pages.get("/w/<ref:workspace>/requests/new")
@guarded(workspace=May.PROPOSE_COLLEAGUE)
def show_proposing(actor: Actor, workspace: Workspace) -> str:
    return _proposing(actor, workspace)


@pages.post("/w/<ref:workspace>/requests")
@guarded(workspace=May.PROPOSE_COLLEAGUE, limits=("address 30/hour",))
def propose(actor: Actor, workspace: Workspace) -> Page:
    try:
        told = read_form(Proposing, {"name": " ", "email": " ", **request.form})
        row = actions.propose_colleague(actor, workspace, **told.model_dump())
    except Invalid as wrong:
        actor.session.rollback()
        return _proposing(actor, workspace, wrong), 422
    return back_to(f"{workspace.path}people#requests", _("Those who run this workspace are asked to let %(name)s in.", name=row.name))


@pages.get("/w/<ref:workspace>/requests")
@guarded(workspace=Rooms.RUN_WORKSPACE)
def show_requests(actor: Actor, workspace: Workspace) -> str:
    return render_template("requests/requests.html", **shell(actor, workspace, "people"), rows=queries.listed(actor, workspace))


@pages.get("/w/<ref:workspace>/requests/<ref:entry_request>")
@guarded(workspace=Rooms.READ_WORKSPACE, entry_request=May.READ_REQUEST)
def show_request(actor: Actor, workspace: Workspace, entry_request: EntryRequest) -> str:
    return _request(actor, entry_request)


@pages.post("/w/<ref:workspace>/requests/<ref:entry_request>/accept")
@guarded(workspace=Rooms.READ_WORKSPACE, entry_request=May.ANSWER_REQUEST)
def accept(actor: Actor, workspace: Workspace, entry_request: EntryRequest) -> Page:
    try:
        told = read_form(Accepting, request.form)
        account = workspace.account_named(told.account)
        actions.accept_request(actor, entry_request, role=told.role, account=account)
    except Invalid as wrong:
        actor.session.rollback()
        return _request(actor, entry_request, wrong), 422
    read_thing(actor, thing=f"entry_request:{entry_request.id}")
    return back_to(f"{workspace.path}people#waiting", _("Invitation sent to %(name)s.", name=entry_request.email))


@pages.post("/w/<ref:workspace>/requests/<ref:entry_request>/decline")
@guarded(workspace=Rooms.READ_WORKSPACE, entry_request=May.ANSWER_REQUEST)
def decline(actor: Actor, workspace: Workspace, entry_request: EntryRequest) -> Page:
    try:
        told = read_form(Declining, request.form)
        actions.decline_request(actor, entry_request, answer=told.answer, never=told.never)
    except Invalid as wrong:
        return _request(actor, entry_request, wrong), 422
    read_thing(actor, thing=f"entry_request:{entry_request.id}")
    return back_to(f"{workspace.path}requests", _("%(name)s is not let in.", name=entry_request.name))


@pages.post("/w/<ref:workspace>/requests/<ref:entry_request>/again")
@guarded(workspace=Rooms.READ_WORKSPACE, entry_request=May.ALLOW_AGAIN)
def allow_again(actor: Actor, workspace: Workspace, entry_request: EntryRequest) -> Response:
    actions.allow_again(actor, entry_request)
    return back_to(f"{workspace.path}requests", _("%(email)s may ask again.", email=entry_request.email))


def _proposing(actor: Actor, workspace: Workspace, wrong: Invalid | None = None) -> str:
    told, errors = request.form, errors_of(wrong)
    domain = actor.person.email.rpartition("@")[2]
    return render_template("requests/propose.html", **shell(actor, workspace, "people"), told=told, errors=errors, domain=domain)


def _request(actor: Actor, row: EntryRequest, wrong: Invalid | None = None) -> str:
    workspace, may_answer = row.workspace, may(actor, May.ANSWER_REQUEST, row)
    return render_template(
        "requests/request.html",
        **shell(actor, workspace, "people"),
        row=row,
        called=wording.title(row),
        may_answer=may_answer,
        may_allow=may(actor, May.ALLOW_AGAIN, row),
        known=may_answer and queries.known_here(actor, row),
        new_domains=people.new_domains(workspace, [row.email]) if may_answer else [],
        company_options=[(account.id, account.name) for account in workspace.accounts] if may_answer else [],
        told=request.form,
        errors=errors_of(wrong, emails="", email=""),
    )

"""What was promised and asked: of an account, of a workspace; saying how it stands."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request

from portal.accounts import queries as accounts
from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.markdown import plain
from portal.kernel.policy import allowed, may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people.queries import today_of
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from search.categories.policy import May as Categories
from search.promises import actions, queries
from search.promises.models import BACK, Promise
from search.promises.policy import May
from search.promises.queries.promises import TOLD
from search.promises.schemas import Answering, Mending, Stating
from search.promises.wording import said, state_words, stood, why
from workspaces.forums.models import Post
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import shell

pages = Blueprint("promises", __name__)
BESIDE = 8  # questions beside the promises
SIDES = ("ours", "theirs")


@pages.get("/accounts/<ref:account>/promises")
@guarded(account=Accounts.READ_ACCOUNT)
def show_account(actor: Actor, account: Account) -> str:
    questions, waits = queries.asked_in(actor, account=account, state="open", most=BESIDE)
    frame = _account(actor, account)
    listed = _listed(actor, frame["path"], team=frame["team"], account=account)
    return render_template("promises/account.html", questions=questions, waits=waits, **listed, **frame)


@pages.get("/accounts/<ref:account>/questions")
@guarded(account=Accounts.READ_ACCOUNT)
def show_questions(actor: Actor, account: Account) -> str:
    state = _asked("state", ("open", "answered")) or "open"
    questions, number = queries.asked_in(actor, account=account, state=state, person=request.args.get("person", "")[:22])
    return render_template("promises/questions.html", questions=questions, number=number, state=state, **_account(actor, account, ""))


@pages.get("/w/<ref:workspace>/promises")
@guarded(workspace=Rooms.READ_WORKSPACE)
def show_workspace(actor: Actor, workspace: Workspace) -> str:
    """To our side all that was promised and asked here; to clients what was promised to them."""
    questions, waits = queries.asked_in(actor, workspace=workspace, state="open") if actor.is_staff else ([], 0)
    listed = _listed(actor, workspace.path.rstrip("/"), workspace=workspace)
    return render_template("promises/workspace.html", questions=questions, waits=waits, **listed, **shell(actor, workspace, "promises"))


@pages.get("/promises/<ref:promise>")
@guarded(promise=May.READ_PROMISE)
def show_promise(actor: Actor, promise: Promise) -> Any:
    """To our side a page of its own, with how it stood before; clients have all of it on the page of their workspace."""
    if not actor.is_staff:
        return redirect(_of_clients(promise), 303)
    return _page(actor, promise)


@pages.post("/promises/<ref:promise>")
@guarded(promise=May.SETTLE_PROMISE)
def mend_promise(actor: Actor, promise: Promise) -> Any:
    if _stands(promise).changed:
        return _page(actor, promise), 412
    try:
        told = read_form(Mending, request.form)
    except Invalid as wrong:
        return _page(actor, promise, wrong), 422
    actions.mend_promise(actor, promise, due=told.due, about=told.about)
    return back_to(f"/promises/{promise.id}", _("Saved. How it stood before stays readable."))


@pages.post("/promises/<ref:promise>/state")
@guarded(promise=May.READ_PROMISE)
def state_promise(actor: Actor, promise: Promise) -> Any:
    """One press, and one to take it back."""
    where = _back(actor, promise)
    act = actions.settle_promise if actor.is_staff else actions.judge_promise
    try:
        told = read_form(Stating, request.form)
        act(actor, promise, state=told.state, reason=told.reason)
    except Invalid as wrong:
        return back_to(where, wrong.errors[0][1], bad=True)
    if told.state == BACK:
        return back_to(where, _("Taken back."))
    words = {
        "kept": _("Kept, then."),
        "withdrawn": _("Withdrawn. How it stood stays readable."),
        "open": _("It stands as open again."),
        "contested": _("Noted: it was not kept. %(name)s and the team see it.", name=promise.by.name),
    }[told.state]
    fields = {"state": BACK, "from": request.form.get("from", "")}
    return back_to(where, words, undo=f"/promises/{promise.id}/state", fields=fields)


@pages.post("/questions/<ref:post>/state")
@guarded(post=Categories.CATEGORISE_POST)
def answer_question(actor: Actor, post: Post) -> Any:
    told = read_form(Answering, request.form)
    answered = {"open": False, "answered": True, "undo": None}[told.state]
    where = request.form.get("from", "")
    path = _path_of(actor, post.account_pk) if where == "account" else ""
    back = f"{path}/questions" if path else f"{post.workspace.path}promises"
    try:
        actions.say_answered(actor, post, answered=answered)
    except Invalid as wrong:
        return back_to(back, wrong.errors[0][1], bad=True)
    words = _("It counts as answered.") if answered else _("It waits for an answer again.") if answered is False else _("Taken back.")
    undo = f"/questions/{post.id}/state" if answered is not None else ""
    return back_to(back, words, undo=undo, fields={"state": "undo", "from": where})


def _listed(actor: Actor, path: str, *, team: Any = None, **of: Any) -> dict[str, Any]:
    """The promises that the address asks for, in words, and how many of each there are."""
    state, side = _asked("state", TOLD), _asked("side", SIDES)
    today = today_of(actor)
    wanted = queries.found(actor, today, **of, state=state, side=side, person=request.args.get("person", "")[:22])
    promises = queries.listed(actor, wanted)
    return {
        "promises": promises,
        "said": {promise.pk: said(actor, promise, today, team) for promise in promises},
        "settles": queries.rights(actor, promises, May.SETTLE_PROMISE if actor.is_staff else May.JUDGE_PROMISE),
        "numbers": queries.sides(actor, wanted),
        "counts": queries.counted(actor, today, **of),
        "states": [(each, state_words(each)) for each in TOLD],
        "state": state,
        "side": side,
        "here": f"{path}/promises",
        "url": lambda **told: _url(f"{path}/promises", {"state": state, "side": side} | told),
    }


def _url(path: str, told: dict[str, str]) -> str:
    asked = urlencode({name: value for name, value in told.items() if value})
    return f"{path}?{asked}" if asked else path


def _asked(name: str, known: tuple[str, ...]) -> str:
    """What the address asks for; what it does not know is nothing."""
    told = request.args.get(name, "")
    return told if told in known else ""


def _account(actor: Actor, account: Account, tab: str = "promises") -> dict[str, Any]:
    return {"account": account, "path": account_path(account), "team": accounts.team(actor, account), "tab": tab}


def _page(actor: Actor, promise: Promise, wrong: Invalid | None = None) -> str:
    facts, today = promise.so_far, today_of(actor)
    team = (
        accounts.team(actor, promise.account)
        if promise.account is not None and may(actor, Accounts.READ_ACCOUNT, promise.account)
        else None
    )
    return render_template(
        "promises/promise.html",
        promise=promise,
        said={promise.pk: said(actor, promise, today, team)},
        settles={promise.pk} if may(actor, May.SETTLE_PROMISE, promise) else set(),
        knots=[(fact, stood(fact, before)) for before, fact in reversed(list(zip([None, *facts], facts, strict=False)))],
        typed={name: request.form.get(name, "") for name in ("due", "about")}
        if request.method == "POST"
        else {"due": promise.due.isoformat() if promise.due else "", "about": promise.about},
        stands=_stands(promise),
        list_path=f"{account_path(promise.account)}/promises" if team is not None and promise.account else _of_clients(promise),
        errors=errors_of(wrong),
    )


def _stands(promise: Promise) -> Standing:
    return standing((_("By when"), promise.due.isoformat() if promise.due else ""), (_("What, in a few words"), promise.about))


def _of_clients(promise: Promise) -> str:
    return f"{promise.workspace.path}promises#p-{promise.id}" if promise.workspace is not None else "/today"


def _path_of(actor: Actor, account_pk: int | None) -> str:
    """That of the account's pages, where the reader may see them: in a community they may read what was said to a company that is not
    theirs to look after."""
    account = actor.session.scalar(allowed(actor, Accounts.READ_ACCOUNT).where(Account.pk == account_pk)) if account_pk else None
    return account_path(account) if account is not None else ""


def _back(actor: Actor, promise: Promise) -> str:
    """Where the press was: Today, the account, the promise's own page, a home, or the workspace's list."""
    told = request.form.get("from", "")
    if told == "today" and actor.is_staff:
        return "/today"
    if told == "account" and (path := _path_of(actor, promise.account_pk)):
        return f"{path}/promises"
    if told == "promise":
        return f"/promises/{promise.id}"
    return promise.workspace.path if told == "home" and promise.workspace is not None else _of_clients(promise)


for words in (why, plain):
    pages.add_app_template_filter(words, {"why": "answered_why", "plain": "sentence"}[words.__name__])

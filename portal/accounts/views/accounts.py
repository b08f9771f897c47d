"""The list of accounts, a new one, its overview, and its fields."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from sqlalchemy import Select, func, select
from werkzeug import Response

from portal.accounts import actions, deputising, keeping_apart, likeness, queries
from portal.accounts.models import FIELDS, OWNER, Account, Assignment
from portal.accounts.policy import May
from portal.accounts.queries import Team
from portal.accounts.schemas import NewAccount
from portal.accounts.sources import account_path
from portal.accounts.views.pages import form_lists, head, pages, typed
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.kernel.policy import fetch
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of, page_asked
from portal.web.tables import MOST_ROWS, as_table

A_PAGE = 50
SORTS = ("name", "recent", "owner")


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    account: Account
    path: str
    team: Team
    last: datetime | None


@pages.get("/accounts")
@guarded(May.LIST_ACCOUNTS)
def list_accounts(actor: Actor) -> str | Response:
    told = request.args
    q, tag, owner = told.get("q", "").strip()[:200], told.get("tag", "").strip()[:40], told.get("owner", "").strip()[:254]
    sort = told.get("sort") if told.get("sort") in SORTS else "name"
    number = page_asked()
    found = queries.found(actor, q=q, tag=tag, owner=owner)
    total = actor.session.scalar(select(func.count()).select_from(found.order_by(None).with_only_columns(Account.pk).subquery())) or 0
    if told.get("format") == "csv":
        return _as_table(actor, found.order_by(*_order(actor, sort or "name")))
    ordered = found.order_by(*_order(actor, sort or "name")).limit(A_PAGE).offset((number - 1) * A_PAGE)
    accounts = list(actor.session.scalars(ordered))
    teams, last = queries.teams(actor.session, accounts), queries.last_happened(actor, accounts)
    rows = [Row(account, account_path(account), teams[account.pk], last.get(account.pk)) for account in accounts]
    asked = {name: value for name, value in {"q": q, "tag": tag, "owner": owner, "sort": sort if sort != "name" else ""}.items() if value}
    return render_template(
        "accounts/index.html",
        rows=rows,
        total=total,
        asked=typed(asked),
        sort=sort,
        tags=queries.tags_in_use(actor),
        owner_name=_owner_name(actor, owner) if owner else "",
        url=lambda **change: _url(asked, **change),
        table=_url(asked, format="csv"),
        older=_url(asked, page=number + 1) if total > number * A_PAGE else None,
        newer=_url(asked, page=number - 1) if number > 1 else None,
    )


def _as_table(actor: Actor, found: Select[Any]) -> Response:
    """What our importer of accounts reads again, under the headings it knows."""
    accounts = list(actor.session.scalars(found.limit(MOST_ROWS)))
    teams, fields = queries.teams(actor.session, accounts), [name for name in FIELDS if name != "name"]
    lists = ("domains", "tags", "aliases")
    rows = (
        [account.id, account.name, *(getattr(account, name) for name in fields),
         *("; ".join(actions.said_of(account, name)) for name in lists), owner.email if (owner := teams[account.pk].owner) else ""]
        for account in accounts
    )  # fmt: skip
    return as_table("accounts", ["id", "name", *fields, *lists, "owner"], rows)


def _order(actor: Actor, sort: str) -> list[Any]:
    if sort == "recent":
        last = select(func.max(Event.at)).where(Event.account_pk == Account.pk, held(actor, Event.audience_pk)).scalar_subquery()
        return [last.desc(), Account.name, Account.pk]
    if sort == "owner":
        name = (
            select(Person.name)
            .join(Assignment, Assignment.person_pk == Person.pk)
            .where(Assignment.account_pk == Account.pk, Assignment.role == OWNER, current(Assignment))
            .scalar_subquery()
        )
        return [func.lower(name), func.lower(Account.name), Account.pk]
    return [func.lower(Account.name), Account.pk]


def _url(asked: dict[str, Any], **change: Any) -> str:
    told = {name: value for name, value in (asked | change).items() if value and value != "name"}
    return "/accounts" + (f"?{urlencode(told)}" if told else "")


def _owner_name(actor: Actor, owner: str) -> str:
    try:
        return actions.staff_named(actor, owner).name
    except Invalid:
        return owner


@pages.get("/accounts/new")
@guarded(May.CREATE_ACCOUNT)
def new_account(actor: Actor) -> str:
    return render_template("accounts/new.html", told=typed(), errors=[])


@pages.post("/accounts/new")
@guarded(May.CREATE_ACCOUNT)
def open_account(actor: Actor) -> Response | tuple[str, int]:
    try:
        read = read_form(NewAccount, _told())
        details = read.model_dump(exclude={"owner", "domains", "tags", "aliases"})
        lists: dict[str, Any] = {name: tuple(getattr(read, name)) for name in ("domains", "tags", "aliases")}
        account = actions.open_account(actor, **lists, **details)
    except Invalid as wrong:
        actor.session.rollback()
        return render_template("accounts/new.html", told=typed(request.form), errors=errors_of(wrong)), 422
    return back_to(account_path(account), _("%(name)s is open.", name=account.name))


@pages.get("/accounts/<ref:account>")
@guarded(account=May.READ_ACCOUNT)
def show_account(actor: Actor, account: Account) -> str:
    lines = queries.with_last(actor, account, queries.contacts(actor, account))
    queries.with_lists(actor, account)
    return render_template(
        "accounts/overview.html",
        contacts=lines[:6],
        more_contacts=max(0, len(lines) - 6),
        apart=keeping_apart.kept_from(actor, account),
        deputies=deputising.deputies(actor, account),
        **head(actor, account, "overview"),
    )


@pages.post("/accounts/<ref:account>/apart")
@guarded(account=May.CHANGE_ACCOUNT)
def tell_accounts_apart(actor: Actor, account: Account) -> Response:
    """Not the same company: not proposed any more."""
    actions.tell_accounts_apart(actor, account, other=fetch(actor, May.CHANGE_ACCOUNT, request.form.get("other", "")))
    return back_to(f"{account_path(account)}/edit", _("Kept apart."))


@pages.get("/accounts/<ref:account>/edit")
@guarded(account=May.CHANGE_ACCOUNT)
def edit_account(actor: Actor, account: Account) -> str:
    told: dict[str, Any] = {name: getattr(account, name) for name in FIELDS}
    told |= {name: ", ".join(actions.said_of(account, name)) for name in ("tags", "domains")}
    told["aliases"] = "\n".join(actions.said_of(account, "aliases"))
    return _edit(actor, account, told)


@pages.post("/accounts/<ref:account>/edit")
@guarded(account=May.CHANGE_ACCOUNT)
def save_account(actor: Actor, account: Account) -> Response | tuple[str, int]:
    """The form holds every field: what comes empty is cleared."""
    told = _told()
    if _stands(account).changed:
        return _edit(actor, account, typed(request.form)), 412
    try:
        actions.change_account(actor, account, **read_form(NewAccount, told).model_dump(exclude={"owner"}))
    except Invalid as wrong:
        actor.session.rollback()
        return _edit(actor, account, typed(request.form), wrong), 422
    return back_to(account_path(account), _("Saved. What it said before stays on the trail."))


def _told() -> dict[str, Any]:
    """The form; other names stand on lines of their own, for companies have commas in theirs."""
    told = form_lists("domains", "tags")
    told["aliases"] = [" ".join(name.split()) for name in request.form.get("aliases", "").splitlines() if name.strip()]
    return told


def _edit(actor: Actor, account: Account, told: Any, wrong: Invalid | None = None) -> str:
    around = head(actor, account, "edit")
    alike = [(pair.other, account_path(pair.other)) for pair in likeness.like_account(actor, account)]
    return render_template("accounts/edit.html", told=told, errors=errors_of(wrong), stands=_stands(account), alike=alike, **around)


def _stands(account: Account) -> Standing:
    labels = {
        "name": _("Name"),
        "industry": _("Industry"),
        "region": _("Region"),
        "size": _("Size"),
        "website": _("Website"),
        "lead_source": _("Where it came from"),
        "rating": _("Rating"),
        "about": _("In a sentence"),
    }
    lists = [(words, ", ".join(actions.said_of(account, name))) for name, words in _lists()]
    return standing(*((labels[name], getattr(account, name)) for name in FIELDS), *lists)


def _lists() -> tuple[tuple[str, str], ...]:
    return ("tags", _("Tags")), ("domains", _("Mail domains")), ("aliases", _("Other names"))

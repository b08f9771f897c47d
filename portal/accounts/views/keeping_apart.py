"""Whom an account is kept apart from."""

from flask import render_template, request
from werkzeug import Response

from portal.accounts import actions, keeping_apart
from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.accounts.schemas import KeepingApart
from portal.accounts.sources import account_path
from portal.accounts.views.pages import head, pages, typed
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of


@pages.get("/accounts/<ref:account>/kept-apart")
@guarded(account=May.KEEP_APART)
def show_kept_apart(actor: Actor, account: Account) -> str:
    return _page(actor, account)


@pages.post("/accounts/<ref:account>/kept-apart")
@guarded(account=May.KEEP_APART)
def keep_apart(actor: Actor, account: Account) -> Response | tuple[str, int]:
    try:
        told = read_form(KeepingApart, request.form)
        other = keeping_apart.account_named(actor, told.other, "other")
        actions.keep_apart(actor, account, other=other, reason=told.reason)
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, account, wrong), 422
    done = _("%(one)s and %(other)s are kept apart.", one=account.name, other=other.name)
    here = f"{account_path(account)}/kept-apart"
    return back_to(here, done, undo=f"{here}/end", fields={"other": other.id})


@pages.post("/accounts/<ref:account>/kept-apart/end")
@guarded(account=May.KEEP_APART)
def let_meet(actor: Actor, account: Account) -> Response | tuple[str, int]:
    try:
        other = keeping_apart.account_named(actor, request.form.get("other", ""), "other")
        actions.let_meet(actor, account, other=other)
    except Invalid as wrong:
        return _page(actor, account, wrong), 422
    return back_to(f"{account_path(account)}/kept-apart", _("%(one)s and %(other)s may meet again.", one=account.name, other=other.name))


def _page(actor: Actor, account: Account, wrong: Invalid | None = None) -> str:
    return render_template(
        "accounts/kept_apart.html",
        apart=keeping_apart.kept_from(actor, account),
        choices=[(each.id, each.name) for each in keeping_apart.could_be_kept_from(actor, account)],
        readable=may(actor, May.READ_ACCOUNT, account),
        told=typed(request.form),
        errors=errors_of(wrong),
        **head(actor, account, "owner"),
    )

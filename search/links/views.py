"""Where an account is spoken of elsewhere; cutting a link, and tying it again: one press beside it."""

from flask import Blueprint, render_template, request
from werkzeug import Response

from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.accounts.views.pages import head
from portal.kernel.actor import Actor
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded
from portal.web.pages import back_to
from search.links import actions, queries
from search.links.models import Link
from search.links.policy import May
from search.links.wording import link_kind

pages = Blueprint("links", __name__)
pages.add_app_template_filter(link_kind)
SHOWN = 50  # on a page; the API has all


@pages.get("/accounts/<ref:account>/spoken")
@guarded(account=Accounts.READ_ACCOUNT)
def show_account(actor: Actor, account: Account) -> str:
    """A page of its own: the overview asks nothing for it."""
    spoken = queries.latest(actor, queries.about(actor, account=account), SHOWN)
    return render_template("links/account.html", spoken=spoken, **head(actor, account, "spoken"))


@pages.post("/links/<ref:link>")
@guarded(link=May.CUT_LINK)
def change_link(actor: Actor, link: Link) -> Response:
    here = queries.beside(link)
    if request.form.get("cut") == "0":
        actions.keep_link(actor, link)
        return back_to(here, _("Linked again."))
    actions.cut_link(actor, link)
    return back_to(here, _("Cut. It stays so, whatever is found later."), undo=request.path, fields={"cut": "0"})

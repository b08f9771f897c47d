"""What the people of an account read."""

from flask import Blueprint, render_template

from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.web.endpoint import guarded
from workspaces.library import queries

pages = Blueprint("reading", __name__)
MOST = 25  # files listed


@pages.get("/accounts/<ref:account>/reading")
@guarded(account=Accounts.READ_ACCOUNT)
def show_reading(actor: Actor, account: Account) -> str:
    most_read = queries.most_read(actor, account, MOST)
    return render_template("library/reading.html", account=account, path=account_path(account), most_read=most_read)

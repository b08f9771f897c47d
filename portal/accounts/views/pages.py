"""What the pages of accounts share."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request

from portal.accounts import queries
from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.kernel.policy import what_may

pages = Blueprint("accounts", __name__)


def head(actor: Actor, account: Account, tab: str) -> dict[str, Any]:
    """What every page of an account shows at its top."""
    can = what_may(actor, account, {"change": May.CHANGE_ACCOUNT, "give": May.GIVE_ACCOUNT})
    return {
        "account": account,
        "path": account_path(account),
        "team": queries.team(actor, account),
        "tab": tab,
        "may_change": "change" in can,
        "may_give": "give" in can,
    }


def typed(form: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a form shows in its fields; one that was not sent is empty."""
    return defaultdict(str, form or {})


def form_lists(*names: str) -> dict[str, Any]:
    """The form with these fields as lists: words between commas, or boxes that are ticked."""
    told = typed(request.form)
    for name in names:
        values = request.form.getlist(name)
        told[name] = [part.strip() for value in values for part in re.split(r"[,;\n]", value) if part.strip()]
    return told

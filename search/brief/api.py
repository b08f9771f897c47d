"""`/api/v1/accounts/{id}/brief`."""

from zoneinfo import ZoneInfo

from flask import Response, abort, request

from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.kernel.words import gettext as _
from portal.web.api import answer, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from search.brief.asked import read
from search.brief.shapes import BriefAsked, BriefJson, brief_json
from search.brief.views import made, rendered

api = resource("brief", "The brief")
FORMS = ("application/json", "text/html", "application/pdf")


@api.get("/accounts/<ref:account>/brief")
@described("How an account stands and how it came to that, each line with its sources", asks=BriefAsked, gives=BriefJson, also=(501,))
@guarded(account=May.READ_ACCOUNT)
def show_brief(actor: Actor, account: Account) -> Response:
    """Days are told, and meant, in UTC; its words are in the caller's language. `Accept: text/html` is its page, which prints on two
    sheets; `application/pdf` is not there: browsers make one of the page."""
    when = read(request.args, ZoneInfo("UTC"))
    wanted = request.accept_mimetypes.best_match(FORMS, "application/json")
    if wanted == "application/pdf":
        abort(501)
    if wanted == "text/html":
        return Response(rendered(actor, account, when))
    brief = made(actor, account, when)
    if brief is None:
        raise NotFound(_("There was no such account then."))
    return answer(brief_json(brief))

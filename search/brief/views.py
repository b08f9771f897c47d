"""The brief of an account, for its reader, today or as of a day."""

from flask import Blueprint, render_template, request

from portal.accounts import queries as accounts
from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.web.endpoint import guarded
from portal.web.render import zone
from search.brief.asked import When, read
from search.brief.gathering import gather
from search.brief.lines import Brief, with_sources
from search.brief.sections import sections

pages = Blueprint("brief", __name__)


@pages.get("/accounts/<ref:account>/brief")
@guarded(account=May.READ_ACCOUNT)
def show_brief(actor: Actor, account: Account) -> str:
    return rendered(actor, account, read(request.args, zone()))


def rendered(actor: Actor, account: Account, when: When) -> str:
    brief = made(actor, account, when)
    return render_template(
        "brief/brief.html",
        sections=brief.sections if brief else None,
        marks=brief.marks if brief else (),
        when=when,
        account=account,
        path=account_path(account),
        team=accounts.team(actor, account, when.at, when.known_at),
        tab="",
    )


def made(actor: Actor, account: Account, when: When) -> Brief | None:
    """None where there was no such account."""
    facts = gather(actor, account, when)
    return with_sources(actor, when, sections(facts, account, when)) if facts else None

"""A list of people to invite, looked at line by line before any mail goes out."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.pages import back_to, errors_of
from workspaces.rooms import actions
from workspaces.rooms.models import Workspace
from workspaces.rooms.pasted import Entry, as_box
from workspaces.rooms.queries import people, shell

WILL, ASKS, NOT = "will", "asks", "not"
NAMED = 5  # of those who were left out, in the toast
UNSAID = {"note": "", "role": "member", "account": "", "last_day": "", "from": ""}


@dataclass(frozen=True)
class Line:
    """What would happen to one line of the list: WILL be invited, ASKS about a domain that is new here, or NOT, and why."""

    entry: Entry
    will: str
    words: str = ""
    domain: str = ""


def review(
    actor: Actor, workspace: Workspace, told: dict[str, Any], listed: list[Entry], wanted: list[actions.Wanted]
) -> Response | tuple[str, int] | str:
    """Show the list; once it was looked at, send to those who may be invited, and name the others."""
    lines = _lines(actor, workspace, listed, wanted)
    if "reviewed" not in request.form:
        return _page(actor, workspace, told, lines)
    confirmed = set(told["confirmed"].split())
    agreed = {line.entry.email for line in lines if line.will == WILL or (line.will == ASKS and line.domain in confirmed)}
    outcomes = actions.invite_each(actor, workspace, wanted=[each for each in wanted if each.email in agreed])
    sent = sum(outcome.invitation is not None for outcome in outcomes)
    if not sent:
        wrong = Invalid(("", _("Nobody on this list can be invited as it stands.")))
        return _page(actor, workspace, told, lines, wrong), 422
    left = [line.entry.email or line.entry.said for line in lines if line.entry.email not in agreed]
    words = ngettext("%(num)d invitation sent.", "%(num)d invitations sent.", sent)
    if left:
        named = ", ".join(left[:NAMED]) + (" …" if len(left) > NAMED else "")
        words += " " + _("Not invited: %(names)s.", names=named)
    return back_to(workspace.path if told.get("from") == "home" else f"{workspace.path}people#waiting", words)


def _lines(actor: Actor, workspace: Workspace, listed: list[Entry], wanted: list[actions.Wanted]) -> list[Line]:
    against = {each.email: [words for _field, words in errors] for each, errors in actions.refusals(actor, workspace, wanted=wanted)}
    new = set(people.new_domains(workspace, against)) if actor.is_staff else set()
    return [_line(entry, against, new) for entry in listed]


def _line(entry: Entry, against: dict[str, list[str]], new: set[str]) -> Line:
    if not entry.email:
        return Line(entry, NOT, _("This is no address."))
    if against[entry.email]:
        return Line(entry, NOT, against[entry.email][0])
    domain = entry.email.rpartition("@")[2]
    return Line(entry, ASKS if domain in new else WILL, domain=domain)


def _page(actor: Actor, workspace: Workspace, told: dict[str, Any], lines: list[Line], wrong: Invalid | None = None) -> str:
    groups = people.groups_of_ids(actor, workspace, told["groups"])
    counts = {will: sum(line.will == will for line in lines) for will in (WILL, ASKS, NOT)}
    return render_template(
        "rooms/review.html",
        told=UNSAID | told | {"emails": as_box(line.entry for line in lines)},
        lines=lines,
        counts=counts,
        domains=sorted({line.domain for line in lines if line.will == ASKS}),
        chosen_groups=groups,
        errors=errors_of(wrong),
        **shell(actor, workspace, "people"),
    )

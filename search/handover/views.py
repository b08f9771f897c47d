"""Handovers: the list, what hangs on somebody and to whom it goes, what became of it, and which account comes first."""

from typing import Any

from flask import Blueprint, render_template, request

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may, what_may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from search.handover import actions, queries, wording
from search.handover.models import PROPOSED, Handover
from search.handover.policy import May
from search.handover.queries.first import by_weight, stands
from search.handover.queries.holdings import Holdings, holdings
from search.handover.schemas import Choosing

pages = Blueprint("handover", __name__)
ON_PAGE = 100


@pages.get("/handovers")
@guarded(May.LIST_HANDOVERS)
def list_handovers(actor: Actor) -> str:
    found = list(actor.session.scalars(queries.known(actor).order_by(Handover.pk.desc()).limit(ON_PAGE)))
    waits = {handover.pk for handover in queries.waiting(actor)}
    return render_template("handover/index.html", handovers=found, waits=waits, state_words=wording.state_words)


@pages.get("/handovers/new")
@guarded(May.LIST_HANDOVERS)
def ask_handover(actor: Actor) -> str:
    return _form(actor, queries.leaver_named(actor, request.args.get("from", "")[:254]))


@pages.post("/handovers")
@guarded(May.LIST_HANDOVERS)
def hand_over(actor: Actor) -> Any:
    leaver = queries.leaver_named(actor, request.form.get("from", "")[:254])
    try:
        if bool(request.form.getlist("accounts")) == bool(request.form.get("everything")):
            raise Invalid(("accounts", _("Choose either everything or single accounts.")))
        several = [] if request.form.get("everything") else request.form.getlist("accounts")
        told = read_form(Choosing, {**request.form, "accounts": several})
        to = accounts.staff_named(actor, told.to, "to")
        chosen = queries.accounts_named(actor, leaver, told.accounts)
        handover = actions.hand_over(actor, leaver, to=to, accounts=chosen, announce=told.announce, leaves=told.leaves)
    except Invalid as wrong:
        actor.session.rollback()
        return _form(actor, queries.leaver_named(actor, leaver.id), wrong), 422
    if handover.state == PROPOSED:
        return back_to(handover.path, _("Proposed. It is done once somebody above you both agrees."))
    return back_to(handover.path, _("%(name)s has taken over.", name=to.name))


@pages.get("/handovers/<ref:handover>")
@guarded(handover=May.READ_HANDOVER)
def show_handover(actor: Actor, handover: Handover) -> str:
    return _page(actor, handover)


@pages.post("/handovers/<ref:handover>/approve")
@guarded(handover=May.DECIDE_HANDOVER)
def approve(actor: Actor, handover: Handover) -> Any:
    try:
        actions.approve(actor, handover)
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, handover, wrong), 422
    return back_to(handover.path, _("%(name)s has taken over.", name=handover.successor.name))


@pages.post("/handovers/<ref:handover>/decline")
@guarded(handover=May.DECIDE_HANDOVER)
def decline(actor: Actor, handover: Handover) -> Any:
    actions.decline(actor, handover)
    return back_to(handover.path, _("It is not done. Nothing has moved."))


@pages.post("/handovers/<ref:handover>/reverse")
@guarded(handover=May.REVERSE_HANDOVER)
def reverse(actor: Actor, handover: Handover) -> Any:
    try:
        actions.take_back(actor, handover)
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, handover, wrong), 422
    return back_to(handover.path, _("Taken back: %(name)s has it again.", name=handover.leaver.name))


def beside_person(actor: Actor, person: Person) -> dict[str, Any] | None:
    """For `person.aside`: the way to hand over what they hold, for who may."""
    return {} if person.is_staff and person.pk != actor.pk and may(actor, May.PROPOSE_HANDOVER, person) else None


def beside_owner(actor: Actor, account: Account, owner: Person | None) -> dict[str, Any] | None:
    """For `account.owner`: the way to hand over more than this one."""
    return {"owner": owner} if owner is not None and may(actor, May.PROPOSE_HANDOVER, owner) else None


def _form(actor: Actor, leaver: Person, wrong: Invalid | None = None) -> str:
    held = holdings(actor, leaver)
    told = request.form if wrong else request.args
    typed = {name: told.get(name, "") for name in ("to", "announce", "leaves")}
    return render_template(
        "handover/new.html",
        leaver=leaver,
        held=held,
        how_words=wording.how_words,
        gaps=_gaps(actor, held),
        missing=wording.missing,
        path_of=account_path,
        could_receive=[(person.id, person.name) for person in queries.could_receive(actor, leaver)],
        decides=actor.pk != leaver.pk,
        chosen=told.getlist("accounts"),
        whole="everything" in told or (not wrong and not told.getlist("accounts")),
        told=typed,
        errors=errors_of(wrong),
    )


def _gaps(actor: Actor, held: Holdings) -> list[Any]:
    """Where something is missing that only who leaves can tell, of the accounts that the reader may read."""
    return [each for each in stands(actor, [each.account for each in held.accounts]) if each.gaps]


def _page(actor: Actor, handover: Handover, wrong: Invalid | None = None) -> str:
    items = queries.nameable(actor, handover)
    moved = queries.accounts_of(items) if handover.done_at else queries.chosen(actor, handover)
    first = by_weight(actor, moved) if handover.done_at and not handover.reversed_at else []
    return render_template(
        "handover/handover.html",
        handover=handover,
        moved=moved,
        counted=[wording.number_words(kind, number) for kind, number in wording.counted(items).items()],
        left=[wording.left_words(item, handover.leaver.name) for item in items if item.left],
        first=first,
        why=wording.why,
        path_of=account_path,
        state=wording.state_words(handover.state),
        rights=what_may(actor, handover, {"decide": May.DECIDE_HANDOVER, "reverse": May.REVERSE_HANDOVER}),
        errors=errors_of(wrong),
    )

"""The pages about references: the finder, asking for a talk, a contact's word, one's own word, and the talk."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug import Response

from portal.accounts.models import Account, Contact
from portal.accounts.policy import May as Accounts
from portal.accounts.sources import account_path
from portal.accounts.views.pages import head
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may, what_may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.notices.actions import read_thing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.references import actions, queries, wording
from workspaces.references.models import Reference, ReferenceRequest
from workspaces.references.policy import May
from workspaces.references.schemas import Answer, Inviting, Saying, Seeking

pages = Blueprint("references", __name__)
Page = str | tuple[str, int] | Response


@pages.get("/accounts/<ref:account>/references")
@guarded(account=Accounts.READ_ACCOUNT)
def find_references(actor: Actor, account: Account) -> str:
    """Whom somebody of this account could talk to, and what was asked so far."""
    industry, tag = request.args.get("industry", "").strip()[:80], request.args.get("tag", "").strip()[:40]
    here = f"{account_path(account)}/references"
    industries, tags = queries.choices(actor, account)
    asked = {name: value for name, value in (("industry", industry), ("tag", tag)) if value}

    def url(**change: str) -> str:
        told = {name: value for name, value in (asked | change).items() if value}
        return here + (f"?{urlencode(told)}" if told else "")

    return render_template(
        "references/find.html",
        lines=queries.found(actor, account, industry=industry, tag=tag)[: queries.A_PAGE],
        asked=asked,
        url=url,
        industries=industries,
        tags=tags,
        requests=queries.requests(actor, account),
        may_seek=may(actor, May.SEEK_REFERENCE, account),
        called=wording.talk,
        **head(actor, account, "references"),
    )


@pages.get("/accounts/<ref:account>/references/ask")
@guarded(account=May.SEEK_REFERENCE)
def ask(actor: Actor, account: Account) -> Page:
    return _ask(actor, account, request.args.get("whom", ""))


@pages.post("/accounts/<ref:account>/references/ask")
@guarded(account=May.SEEK_REFERENCE)
def seek(actor: Actor, account: Account) -> Page:
    try:
        told = read_form(Seeking, request.form)
        row = actions.seek_reference(
            actor,
            account,
            reference=queries.reference_named(actor, told.reference),
            contact=queries.contact_named(actor, account, told.contact),
            words=told.words,
            agreed=told.agreed,
        )
    except Invalid as wrong:
        actor.session.rollback()
        return _ask(actor, account, request.form.get("reference", ""), wrong)
    said = _("%(name)s is asked. %(company)s hears of nothing before a yes.", name=row.reference.person.name, company=account.name)
    return back_to(f"{account_path(account)}/references#asked", said)


@pages.get("/accounts/<ref:account>/people/<ref:contact>/reference")
@guarded(account=Accounts.READ_ACCOUNT, contact=Accounts.READ_CONTACT)
def show_contact(actor: Actor, account: Account, contact: Contact) -> str:
    return _contact(actor, account, contact)


@pages.post("/accounts/<ref:account>/people/<ref:contact>/reference")
@guarded(account=Accounts.READ_ACCOUNT, contact=May.INVITE_REFERENCE)
def invite(actor: Actor, account: Account, contact: Contact) -> Page:
    try:
        actions.invite_reference(actor, contact, words=read_form(Inviting, request.form).words)
    except Invalid as wrong:
        actor.session.rollback()
        return _contact(actor, account, contact, wrong), 422
    return back_to(f"{account_path(account)}/people/{contact.id}/reference", _("%(name)s is asked.", name=contact.name))


@pages.get("/references/said/<ref:reference>")
@guarded(reference=May.READ_REFERENCE)
def go_to_reference(actor: Actor, reference: Reference) -> Response:
    """One's own settings, or for ours the page of the contact."""
    if not actor.is_staff:
        return redirect(wording.HERE)
    contact, path = queries.contact_of(actor, reference), f"{account_path(reference.account)}/people"
    return redirect(f"{path}/{contact.id}/reference" if contact else path)


@pages.get(wording.HERE)
@guarded(May.BE_REFERENCE)
def show_own(actor: Actor) -> str:
    return _own(actor)


@pages.post(wording.HERE)
@guarded(May.BE_REFERENCE)
def say(actor: Actor) -> Page:
    try:
        row = actions.say(actor, **read_form(Saying, request.form).model_dump())
    except Invalid as wrong:
        actor.session.rollback()
        return _own(actor, wrong), 422
    read_thing(actor, thing=f"reference:{row.id}")
    said = _("Saved. You are named to nobody.") if row.terms == "no" else _("Thank you. Before anybody is told of you, you are asked.")
    return back_to(wording.HERE, said)


@pages.get("/references/<ref:reference_request>")
@guarded(reference_request=May.READ_REFERENCE_REQUEST)
def show_request(actor: Actor, reference_request: ReferenceRequest) -> str:
    return _request(actor, reference_request)


@pages.post("/references/<ref:reference_request>/answer")
@guarded(reference_request=May.ANSWER_REFERENCE_REQUEST)
def answer(actor: Actor, reference_request: ReferenceRequest) -> Page:
    try:
        agrees = read_form(Answer, request.form).agrees
        actions.answer_request(actor, reference_request, agrees=agrees)
    except Invalid as wrong:
        actor.session.rollback()
        return _request(actor, reference_request, wrong), 422
    read_thing(actor, thing=f"reference_request:{reference_request.id}")
    who = reference_request.asked_by.name
    words = _("%(name)s hears that you would like to.", name=who) if agrees else _("%(name)s hears that you would rather not.", name=who)
    return back_to(reference_request.path, words)


@pages.post("/references/<ref:reference_request>/introduce")
@guarded(reference_request=May.MAKE_REFERENCE)
def introduce(actor: Actor, reference_request: ReferenceRequest) -> Page:
    try:
        actions.make_reference(actor, reference_request)
    except Invalid as wrong:
        actor.session.rollback()
        return _request(actor, reference_request, wrong), 422
    return back_to(reference_request.path, _("They are introduced: each gets a letter with how to reach the other."))


@pages.post("/references/<ref:reference_request>/withdraw")
@guarded(reference_request=May.WITHDRAW_REFERENCE_REQUEST)
def withdraw(actor: Actor, reference_request: ReferenceRequest) -> Response:
    actions.withdraw_request(actor, reference_request)
    return back_to(f"{account_path(reference_request.account)}/references#asked", _("Taken back."))


def _ask(actor: Actor, account: Account, whom: str, wrong: Invalid | None = None) -> Page:
    lines = queries.found(actor, account, whom=whom) if whom else []
    if not lines:
        return back_to(f"{account_path(account)}/references", _("Choose somebody who agreed to be a reference."))
    page = render_template(
        "references/ask.html",
        line=lines[0],
        contacts=[(each.id, ", ".join(filter(None, (each.name, each.title)))) for each in queries.could_talk(actor, account)],
        told=request.form,
        errors=errors_of(wrong),
        **head(actor, account, "references"),
    )
    return (page, 422) if wrong else page


def _contact(actor: Actor, account: Account, contact: Contact, wrong: Invalid | None = None) -> str:
    row = queries.of_contact(actor, contact)
    return render_template(
        "references/contact.html",
        contact=contact,
        row=row,
        times=queries.times_asked(actor, [row.pk]).get(row.pk) if row else None,
        terms=wording.terms(row) if row else "",
        may_invite=may(actor, May.INVITE_REFERENCE, contact) and (row is None or (row.terms in ("", "no") and not row.waits)),
        told=request.form,
        errors=errors_of(wrong),
        **head(actor, account, "references"),
    )


def _own(actor: Actor, wrong: Invalid | None = None) -> str:
    return render_template(
        "references/mine.html",
        row=queries.of_oneself(actor),
        requests=queries.asked_of_me(actor),
        told=request.form,
        errors=errors_of(wrong),
    )


def _request(actor: Actor, row: ReferenceRequest, wrong: Invalid | None = None) -> str:
    can: dict[str, Any] = {"answer": May.ANSWER_REFERENCE_REQUEST, "make": May.MAKE_REFERENCE, "withdraw": May.WITHDRAW_REFERENCE_REQUEST}
    return render_template(
        "references/talk.html",
        row=row,
        called=wording.talk(row),
        can=what_may(actor, row, can),
        account_url=account_path(row.account) if actor.is_staff else "",
        errors=errors_of(wrong),
    )

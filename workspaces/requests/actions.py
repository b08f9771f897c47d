"""Somebody asks to be let in, from outside or through a colleague; those who run the workspace answer. The only writers of requests."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind
from portal.kernel.words import gettext as _
from portal.notices.actions import take_back
from portal.people.models import Person
from workspaces.requests import queries
from workspaces.requests.events import ACCEPTED, ALLOWED, ASKED, DECLINED, PROPOSED
from workspaces.requests.models import LASTS, EntryRequest
from workspaces.requests.policy import May
from workspaces.rooms import actions as rooms
from workspaces.rooms.actions.invitations import own_company, refuse_here
from workspaces.rooms.actions.members import membership_of
from workspaces.rooms.actions.workspaces import note, only_account
from workspaces.rooms.models import Invitation, Workspace

MOST_WAITING = 50  # in one workspace: whoever floods a team is stopped here
AT_ONCE = 200  # looked at in one run of the worker


@action(open="anybody may ask; the worker alone finds out whether there is such a workspace")
def ask_to_come_in(actor: Actor, *, name: str, email: str, at: str = "", told_by: str = "", words: str = "") -> EntryRequest:
    """One row, whatever is asked for, and nothing is looked up: neither the answer nor the time it takes tells what there is."""
    row = EntryRequest(name=name, email=email, at=at, told_by=told_by, words=words, expires_at=now() + LASTS)
    actor.session.add(row)
    actor.session.flush()
    return row


@action(May.PROPOSE_COLLEAGUE)
def propose_colleague(actor: Actor, workspace: Workspace, *, name: str, email: str, words: str = "") -> EntryRequest:
    """Ask that a colleague is let in. Raises Invalid for who is of another company, is here, was invited, or waits already."""
    wanted = rooms.Wanted(email, "member", name=name)
    account = own_company(actor, workspace, wanted)
    refuse_here(actor, workspace, wanted, actor.session.scalar(select(Person).where(Person.email == email)))
    if _barred(actor.session, workspace, email):
        raise Invalid(("email", _("Those who run this workspace have decided about %(email)s. Ask them.", email=email)))
    if _asked_already(actor.session, workspace, email):
        raise Invalid(("email", _("%(email)s waits for an answer already.", email=email)))
    if _is_full(actor.session, workspace):
        raise Invalid(("email", _("Too many people wait for an answer here. Write to those who run this workspace.")))
    more = {"workspace_pk": workspace.pk, "account_pk": account.pk, "proposed_by_pk": actor.pk, "expires_at": now() + LASTS}
    row = EntryRequest(name=name, email=email, words=words, **more)
    actor.session.add(row)
    actor.session.flush()
    _note(actor, PROPOSED, row)
    return row


@action(open="the worker; what nobody was meant by is forgotten at once")
def match_requests(actor: Actor) -> int:
    """Find out which workspace each means who asked from outside, and tell its trail. How many were found."""
    session, found = actor.session, 0
    fresh = select(EntryRequest).where(EntryRequest.workspace_pk.is_(None)).order_by(EntryRequest.pk).limit(AT_ONCE)
    for row in session.scalars(fresh).all():
        workspace = queries.meant_by(session, row)
        if workspace is None or _is_idle(actor, workspace, row):
            session.delete(row)
            session.flush()
            continue
        found += 1
        company = queries.company_of(session, row.email)
        row.workspace_pk = workspace.pk
        row.account_pk = company if company in {account.pk for account in workspace.accounts} else None
        session.flush()
        _note(actor, ASKED, row)
    return found


@action(open="the worker; a refusal for good stays")
def forget_requests(actor: Actor) -> int:
    """What was asked and is over is kept by the trail alone. How many were forgotten."""
    old = select(EntryRequest).where(EntryRequest.expires_at <= now(), EntryRequest.never.is_(False))
    rows = actor.session.scalars(old).all()
    for row in rows:
        take_back(actor.session, row)
        actor.session.delete(row)
    return len(rows)


@action(May.ANSWER_REQUEST)
def accept_request(actor: Actor, request: EntryRequest, *, role: str = "member", account: Account | None = None) -> Invitation:
    """Invite them as anybody is invited, by the same rules. Raises Invalid where those are against it."""
    workspace = request.workspace
    company = account or (request.account if request.account in workspace.accounts else None)
    wanted = rooms.Wanted(request.email, role, name=request.name, account=company)
    [(invitation, _token)] = rooms.invite_people(actor, workspace, wanted=[wanted])
    request.accepted_at, request.answered_by_pk = now(), actor.pk
    _note(actor, ACCEPTED, request)
    return invitation


@action(May.ANSWER_REQUEST)
def decline_request(actor: Actor, request: EntryRequest, *, answer: str = "", never: bool = False) -> None:
    """They are not let in. Who asked from outside hears nothing; a colleague who proposed them reads the answer."""
    request.declined_at, request.answered_by_pk, request.answer, request.never = now(), actor.pk, answer, never
    _note(actor, DECLINED, request, reason=answer)


@action(May.ALLOW_AGAIN)
def allow_again(actor: Actor, request: EntryRequest) -> None:
    """What they ask from now on is shown again."""
    request.never = False
    _note(actor, ALLOWED, request)


def _is_idle(actor: Actor, workspace: Workspace, row: EntryRequest) -> bool:
    """Nobody needs to look at it: they are in already, wait, or are not to be shown again; or too many wait."""
    person = actor.session.scalar(select(Person).where(Person.email == row.email))
    inside = person is not None and membership_of(actor, workspace, person) is not None
    session = actor.session
    return inside or _barred(session, workspace, row.email) or _asked_already(session, workspace, row.email) or _is_full(session, workspace)


def _barred(session: Session, workspace: Workspace, email: str) -> bool:
    for_good = (EntryRequest.workspace_pk == workspace.pk, EntryRequest.email == email, EntryRequest.never.is_(True))
    return session.scalar(select(EntryRequest.pk).where(*for_good).limit(1)) is not None


def _asked_already(session: Session, workspace: Workspace, email: str) -> bool:
    return session.scalar(_waiting(workspace).where(EntryRequest.email == email).limit(1)) is not None


def _is_full(session: Session, workspace: Workspace) -> bool:
    return (session.scalar(_waiting(workspace).with_only_columns(func.count())) or 0) >= MOST_WAITING


def _waiting(workspace: Workspace):  # type: ignore[no-untyped-def]
    open_ = (EntryRequest.accepted_at.is_(None), EntryRequest.declined_at.is_(None), EntryRequest.expires_at > now())
    return select(EntryRequest.pk).where(EntryRequest.workspace_pk == workspace.pk, *open_)


def _note(actor: Actor, of: EventKind, row: EntryRequest, **facts: str) -> None:
    actor.session.flush()
    actor.session.refresh(row, ["workspace", "account"])
    told = {"name": row.name, "title": row.workspace.title, "request": row.id, **facts}
    note(actor, of, row.workspace, row.account or only_account(row.workspace), team=True, **told)

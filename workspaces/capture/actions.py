"""Addresses are made and renewed; what comes is kept before anything else is done with it; what is held is let in or refused."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel import outbox
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.events import EventKind, record
from portal.kernel.outbox import Task
from workspaces.capture.events import ADDRESS_MADE, HELD_BACK, LET_IN, TURNED_AWAY
from workspaces.capture.models import DROP, HELD, MAIL, REFUSED, TAKEN, WAITING, CaptureAddress, Captured, CapturedThing
from workspaces.capture.policy import May
from workspaces.rooms.models import Workspace

TOPIC = "capture"
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # servers do not tell capitals from small letters; what is read aloud is not mistaken


@dataclass(frozen=True)
class Arrival:
    """What came, once its bytes are durable."""

    name: str
    sha256: str
    size: int
    message_id: str
    digest: str
    sender: str = ""
    proven: str = ""
    at: datetime | None = None


@action(May.CAPTURE_FOR)
def make_address(actor: Actor, account: Account) -> CaptureAddress:
    """A new address of the account. The one before ends at once."""
    return _address(actor, "acc", CaptureAddress(account_pk=account.pk), account.audience_pk, account)


@action(May.CAPTURE_INTO)
def make_workspace_address(actor: Actor, workspace: Workspace) -> CaptureAddress:
    """A new address of the workspace. The one before ends at once."""
    return _address(actor, "ws", CaptureAddress(workspace_pk=workspace.pk), workspace.team_audience_pk, _only(workspace), workspace.pk)


@action(May.CAPTURE_FOR)
def drop(actor: Actor, account: Account, *, arrival: Arrival) -> Captured:
    """Keep a file that somebody of the team dropped, and have it read; the same file again is the one that is there."""
    return _kept(actor, Captured(account_pk=account.pk, place=account.id, audience_pk=account.audience_pk, way=DROP), arrival)


@action(open="the letter came to a secret address; whether its sender may is asked when it is read")
def receive(actor: Actor, address: CaptureAddress, *, arrival: Arrival) -> Captured:
    """Keep a letter that came to an address, and have it read; the same letter again is the one that is there."""
    where = address.account or address.workspace
    assert where is not None
    audience_pk = where.audience_pk if isinstance(where, Account) else where.team_audience_pk
    of = {"account_pk": address.account_pk, "workspace_pk": address.workspace_pk, "audience_pk": audience_pk}
    return _kept(actor, Captured(place=where.id, way=MAIL, **of), arrival)


@action(open="by the worker, of what it has read")
def hold(actor: Actor, captured: Captured, *, reason: str) -> None:
    """Leave it until somebody of the team has looked at it. `reason` is a word of ours in English."""
    captured.state, captured.reason = HELD, reason[:300]
    _record(actor, HELD_BACK, captured)


@action(open="by the worker, of what it has read")
def keep_made(actor: Actor, captured: Captured, *, made: list[tuple[str, str]]) -> None:
    """These (kind, id) were made of it, or were there already and say the same."""
    known = {(thing.kind, thing.thing_id) for thing in captured.things}
    new = [each for each in dict.fromkeys(made) if each not in known]
    captured.things += [CapturedThing(kind=kind, thing_id=id) for kind, id in new]


@action(open="by the worker, of what it has read")
def settle(actor: Actor, captured: Captured) -> None:
    """All of it was read."""
    captured.state, captured.reason = TAKEN, ""


@action(May.DECIDE_CAPTURED)
def let_in(actor: Actor, captured: Captured) -> None:
    """It is read as if one of the team had sent it."""
    captured.state, captured.reason, captured.by_pk = WAITING, "", actor.pk
    _record(actor, LET_IN, captured)
    outbox.enqueue(actor.session, TOPIC, Task(captured.place, {"captured": captured.pk}))


@action(May.DECIDE_CAPTURED)
def turn_away(actor: Actor, captured: Captured) -> None:
    """Nothing comes of it, and its bytes are forgotten; the line stays, so that the same letter does not come again."""
    captured.state, captured.by_pk, captured.sha256, captured.size = REFUSED, actor.pk, "", 0
    _record(actor, TURNED_AWAY, captured)


def _address(
    actor: Actor, kind: str, made: CaptureAddress, audience_pk: int, account: Account | None, workspace_pk: int | None = None
) -> CaptureAddress:
    mine = (CaptureAddress.account_pk == made.account_pk) if made.account_pk else (CaptureAddress.workspace_pk == made.workspace_pk)
    for old in actor.session.scalars(select(CaptureAddress).where(mine, CaptureAddress.ended_at.is_(None))):
        old.ended_at = now()
    actor.session.flush()
    made.local, made.made_by_pk = f"{kind}-{''.join(secrets.choice(ALPHABET) for _ in range(20))}", actor.pk
    actor.session.add(made)
    record(actor, ADDRESS_MADE, made, audience_pk=audience_pk, account=account, workspace_pk=workspace_pk)
    return made


def _kept(actor: Actor, made: Captured, came: Arrival) -> Captured:
    known = select(Captured).where(Captured.place == made.place, Captured.message_id == came.message_id, Captured.digest == came.digest)
    there = actor.session.scalar(known)
    if there is not None:
        return there
    made.name, made.sender, made.proven, made.at = came.name[:200], came.sender[:254], came.proven, came.at
    made.sha256, made.size, made.message_id, made.digest = came.sha256, came.size, came.message_id, came.digest
    made.by_pk = actor.pk or None
    actor.session.add(made)
    actor.session.flush()
    outbox.enqueue(actor.session, TOPIC, Task(made.place, {"captured": made.pk}))
    return made


def _only(workspace: Workspace) -> Account | None:
    return workspace.accounts[0] if len(workspace.accounts) == 1 else None


def _record(actor: Actor, of: EventKind, captured: Captured) -> None:
    account = captured.account or (_only(captured.workspace) if captured.workspace is not None else None)
    facts = {"sender": captured.sender or captured.name}
    record(actor, of, captured, audience_pk=captured.audience_pk, account=account, workspace_pk=captured.workspace_pk, facts=facts)

"""Who may capture for an account or into a workspace, and who sees what came: the team there, never a client."""

from sqlalchemy import and_

from portal.accounts.models import Account
from portal.accounts.policy import read_account
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.policy import Condition, Verbs, rule
from workspaces.capture.models import HELD, Captured
from workspaces.rooms.models import SHELF, Workspace


class May(Verbs):
    """Verbs of capturing."""

    CAPTURE_FOR = "Capture for an account, see its address and make a new one: its team, its owner's deputy and the managers above"
    CAPTURE_INTO = "Capture into a workspace, see its address and make a new one: staff of an open workspace"
    READ_CAPTURED = "See a letter or file as it came: the team of its account or workspace"
    DECIDE_CAPTURED = "Let in or refuse what is held: the team of its account or workspace"


@rule(May.CAPTURE_FOR, Account)
def capture_for(actor: Actor) -> Condition | bool:
    return read_account(actor)


@rule(May.CAPTURE_INTO, Workspace)
def capture_into(actor: Actor) -> Condition | bool:
    if not actor.is_staff:
        return False
    return and_(held(actor, Workspace.team_audience_pk), Workspace.archived_at.is_(None), Workspace.kind != SHELF)


@rule(May.READ_CAPTURED, Captured, reads=True)
def read_captured(actor: Actor) -> Condition | bool:
    return held(actor, Captured.audience_pk) if actor.is_staff else False


@rule(May.DECIDE_CAPTURED, Captured, refusal="This was decided already.")
def decide_captured(actor: Actor) -> Condition | bool:
    return and_(held(actor, Captured.audience_pk), Captured.state == HELD) if actor.is_staff else False

"""A handover is taken back, step by step from its end. What has changed meanwhile is left as it is, and named."""

from datetime import date

from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.actions.deputies import end_deputy, name_deputy
from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now, rfc3339
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.people import actions as people
from search.handover.actions.carrying_out import tell
from search.handover.events import TAKEN_BACK
from search.handover.models import ACCESS, ACCOUNT, DEPUTY, DRAFTS, FOLLOWS, ROOM, STEPS, TEAM, Handover, HandoverItem
from search.handover.policy import May
from workspaces.forums.actions import handing_over as forums
from workspaces.plan import actions as plan
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

CHANGED, GONE = "changed", "gone"  # why something is left: somebody has moved it on; who had it has no access


@action(May.REVERSE_HANDOVER)
def take_back(actor: Actor, handover: Handover) -> Handover:
    """Everything as it was, all or nothing; `left` of an item says what was not given back, and why."""
    moved = [item for item in handover.items if not item.left]
    for item in (item for item in moved if item.kind == ACCESS):
        _let_in(actor, handover, item)
    given = {item.account_pk for item in moved if item.kind == ACCOUNT and not _give_back(actor, handover, item)}
    for item in reversed(moved):
        if item.kind not in (ACCESS, ACCOUNT):
            item.left = CHANGED if item.account_pk in given else _BACK[item.kind](actor, handover, item)
    for account in {item.account_pk: item.account for item in moved if item.account is not None}.values():
        tell(actor, TAKEN_BACK, handover, account)
    handover.reversed_at, handover.reversed_by_pk = now(), actor.pk or None
    actor.session.flush()
    return handover


def _let_in(actor: Actor, handover: Handover, item: HandoverItem) -> None:
    """Access comes back where it was this handover that ended it; tokens stay revoked."""
    leaver = handover.leaver
    if leaver.suspended_at is None or rfc3339(leaver.suspended_at) != item.facts["at"]:
        item.left = CHANGED
        return
    people.restore_person(actor, leaver)


def _give_back(actor: Actor, handover: Handover, item: HandoverItem) -> bool:
    account = _account(item)
    owner = accounts.owner_of(actor, account)
    if handover.leaver.suspended_at is not None:
        item.left = GONE
    elif owner is None or owner.person_pk != handover.to_pk or not may(actor, Accounts.GIVE_ACCOUNT, account):
        item.left = CHANGED
    else:
        accounts.give_back(actor, account, to=handover.leaver, stays=item.facts["on_team"])
    return not item.left


def _team(actor: Actor, handover: Handover, item: HandoverItem) -> str:
    account, leaver, to = _account(item), handover.leaver, handover.successor
    if leaver.suspended_at is not None:
        return GONE
    if not may(actor, Accounts.GIVE_ACCOUNT, account):
        return CHANGED
    accounts.join_team(actor, account, person=leaver)
    owner = accounts.owner_of(actor, account)
    if not item.facts["there"] and (owner is None or owner.person_pk != to.pk):
        accounts.leave_team(actor, account, person=to)
    return ""


def _deputy(actor: Actor, handover: Handover, item: HandoverItem) -> str:
    account = _account(item)
    if not may(actor, Accounts.GIVE_ACCOUNT, account):
        return CHANGED
    if item.facts["named"]:
        end_deputy(actor, account, person=handover.successor)
    begins, until = (date.fromisoformat(item.facts[name]) for name in ("begins", "until"))
    try:
        name_deputy(actor, account, person=handover.leaver, begins=begins, until=until)
    except Invalid:  # its last day is over, somebody else acts by now, or they have no access
        return CHANGED
    return ""


def _room(actor: Actor, handover: Handover, item: HandoverItem) -> str:
    workspace = actor.session.scalars(select(Workspace).where(Workspace.id == item.thing)).one()
    if handover.leaver.suspended_at is not None:
        return GONE
    was, own, gave = (_standing(item, name) for name in ("was", "own", "gave"))
    back = rooms.give_back_room(actor, workspace, handover.leaver, handover.successor, was=was, own=own, left=gave)
    return "" if back else CHANGED


def _steps(actor: Actor, handover: Handover, item: HandoverItem) -> str:
    plan.give_back_steps(actor, item.facts["ids"], handover.leaver, handover.successor, both=item.facts["both"])
    return ""


def _follows(actor: Actor, handover: Handover, item: HandoverItem) -> str:
    forums.stop_following(actor, item.facts["ids"], handover.successor)
    return ""


def _drafts(actor: Actor, handover: Handover, item: HandoverItem) -> str:
    back = forums.give_back_drafts(actor, item.facts["ids"], handover.leaver, handover.successor)
    return "" if len(back) == len(item.facts["ids"]) else CHANGED


_BACK = {TEAM: _team, DEPUTY: _deputy, ROOM: _room, STEPS: _steps, FOLLOWS: _follows, DRAFTS: _drafts}


def _account(item: HandoverItem) -> Account:
    if item.account is None:
        raise RuntimeError("this part of a handover is about an account")
    return item.account


def _standing(item: HandoverItem, name: str) -> rooms.Standing | None:
    kept = item.facts[name]
    return rooms.Standing(kept["role"], tuple(kept["groups"])) if kept else None

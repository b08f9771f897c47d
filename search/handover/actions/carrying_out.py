"""All steps of a handover, in one transaction: access is cut first, then everything moves or nothing does. Each step writes down what it
found, so that it can be taken back."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.actions.deputies import end_deputy, name_deputy
from portal.accounts.models import Account, Assignment, Deputy
from portal.accounts.policy import acting
from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.history import current
from portal.people import actions as people
from portal.people.models import Person
from portal.people.queries import vendor
from search.handover.events import ANNOUNCED, HANDED_OVER
from search.handover.models import ACCESS, ACCOUNT, DEPUTY, DRAFTS, FOLLOWS, ROOM, STEPS, TEAM, Handover, HandoverItem
from search.handover.queries.holdings import Held, followed, holdings, open_steps, rooms_of
from workspaces.forums.actions import handing_over as forums
from workspaces.rooms import actions as rooms
from workspaces.rooms.actions.workspaces import note
from workspaces.rooms.models import Workspace


@dataclass(frozen=True)
class Hand:
    """What every step needs."""

    actor: Actor
    handover: Handover

    @property
    def leaver(self) -> Person:
        return self.handover.leaver

    @property
    def to(self) -> Person:
        return self.handover.successor

    def keep(self, kind: str, account: Account | None = None, *, thing: str = "", left: str = "", **facts: Any) -> None:
        account_pk = account.pk if account is not None else None
        item = HandoverItem(handover_pk=self.handover.pk, account_pk=account_pk, kind=kind, thing=thing, left=left, facts=facts)
        self.actor.session.add(item)
        self.actor.session.flush()


def carry_out(actor: Actor, handover: Handover) -> None:
    """For `hand_over` and `approve`, which have found it to be right."""
    hand = Hand(actor, handover)
    if handover.leaves and hand.leaver.suspended_at is None:
        people.suspend_person(actor, hand.leaver)
        hand.keep(ACCESS, at=rfc3339(hand.leaver.suspended_at) if hand.leaver.suspended_at else "")
    held = holdings(actor, hand.leaver)
    wanted = [each for each in held.accounts if not handover.chosen or each.account.id in handover.chosen]
    for each in wanted:
        _move_account(hand, each)
    if not handover.chosen:
        for room in held.rooms:
            _move_room(hand, room.workspace, None)
            _move_drafts(hand, [room.workspace], None)
    actor.session.refresh(handover, ["items"])


def _move_account(hand: Hand, held: Held) -> None:
    account = held.account
    if not held.may_give:
        hand.keep(held.how, account, left="not_ours")
        return
    own = [(room, _standings(hand, room)) for room in rooms_of(hand.actor, account)]
    if held.how == ACCOUNT:
        _give(hand, account)
    elif held.how == TEAM:
        _change_places(hand, account)
    else:
        _pass_on_deputy(hand, account)
    for room, before in own:
        if held.how == ACCOUNT:
            _keep_room(hand, room, account, before)
        else:
            _move_room(hand, room, account)
    _move_drafts(hand, [room for room, _before in own], account)
    for room, _before in own:
        if hand.handover.announce and held.how == ACCOUNT and not room.archived:
            note(hand.actor, ANNOUNCED, room, account, was=hand.leaver.name, now=hand.to.name, handover=hand.handover.id)
    tell(hand.actor, HANDED_OVER, hand.handover, account)


def _give(hand: Hand, account: Account) -> None:
    """The owner changes, and with the account its workspaces, open steps and what was followed, which those below pass on themselves."""
    actor, leaver, to = hand.actor, hand.leaver, hand.to
    on_team = _is_on_team(actor, account, to)
    steps, theirs = open_steps(actor, account, leaver), open_steps(actor, account, to)
    follows = followed(actor, account, to)
    accounts.give_account(actor, account, to=to)
    hand.keep(ACCOUNT, account, on_team=on_team)
    if steps:
        hand.keep(STEPS, account, ids=steps, both=[id for id in steps if id in theirs])
    if gained := sorted(followed(actor, account, to) - follows):
        hand.keep(FOLLOWS, account, ids=gained)


def _change_places(hand: Hand, account: Account) -> None:
    """On the team in their place; who is there already stays as what they are."""
    there = _is_on_team(hand.actor, account, hand.to)
    if not there:
        accounts.join_team(hand.actor, account, person=hand.to)
    accounts.leave_team(hand.actor, account, person=hand.leaver)
    hand.keep(TEAM, account, there=there)


def _pass_on_deputy(hand: Hand, account: Account) -> None:
    """To the same last day, unless the successor owns the account anyway."""
    actor = hand.actor
    theirs = select(Deputy).where(Deputy.account_pk == account.pk, Deputy.person_pk == hand.leaver.pk, acting())
    deputy = actor.session.scalars(theirs).first()
    if deputy is None:
        return
    zone = ZoneInfo(vendor(actor).timezone or "UTC")
    begins, until = deputy.begins_at.astimezone(zone).date(), deputy.last_day.astimezone(zone).date()
    end_deputy(actor, account, person=hand.leaver)
    owner = accounts.owner_of(actor, account)
    named = owner is not None and owner.person_pk != hand.to.pk
    if named:
        try:
            name_deputy(actor, account, person=hand.to, begins=begins, until=until)
        except Invalid:  # its last day is over at this moment
            named = False
    hand.keep(DEPUTY, account, begins=begins.isoformat(), until=until.isoformat(), named=named)


Standings = tuple[rooms.Standing | None, rooms.Standing | None]


def _standings(hand: Hand, workspace: Workspace) -> Standings:
    return rooms.standing_of(hand.actor, workspace, hand.leaver), rooms.standing_of(hand.actor, workspace, hand.to)


def _move_room(hand: Hand, workspace: Workspace, account: Account | None) -> None:
    before = _standings(hand, workspace)
    if before[0] is None:
        return
    rooms.pass_on_room(hand.actor, workspace, hand.leaver, hand.to)
    _keep_room(hand, workspace, account, before)


def _keep_room(hand: Hand, workspace: Workspace, account: Account | None, before: Standings) -> None:
    after = _standings(hand, workspace)
    if after == before:
        return
    was, own, left = (each.kept if each else None for each in (*before, after[1]))
    hand.keep(ROOM, account, thing=workspace.id, was=was, own=own, gave=left)


def _move_drafts(hand: Hand, workspaces: list[Workspace], account: Account | None) -> None:
    if passed := forums.pass_on_drafts(hand.actor, workspaces, hand.leaver, hand.to):
        hand.keep(DRAFTS, account, ids=[draft.id for draft in passed])


def _is_on_team(actor: Actor, account: Account, person: Person) -> bool:
    there = select(Assignment.pk).where(Assignment.account_pk == account.pk, Assignment.person_pk == person.pk, current(Assignment))
    return actor.session.scalar(there) is not None


def tell(actor: Actor, of: EventKind, handover: Handover, account: Account) -> None:
    """On the account's trail, for its team."""
    facts = {"was": handover.leaver.name, "now": handover.successor.name, "handover": handover.id}
    record(actor, of, account, audience_pk=account.audience_pk, account=account, facts=facts)

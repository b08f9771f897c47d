"""What is done with the plan. The only writers of its rows."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.history import change, current, end
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Topic
from workspaces.plan import events
from workspaces.plan.models import DOING, DONE, MILESTONE, OPEN, STEP, PlanDue, PlanItem
from workspaces.plan.outlines import Outline
from workspaces.plan.policy import May
from workspaces.rooms.actions import account_of
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

MOST = 500  # items in one plan
TOLD = {DONE: events.DONE, DOING: events.STARTED, OPEN: events.REOPENED}


@action(Rooms.TAKE_PART)
def add_item(
    actor: Actor,
    workspace: Workspace,
    *,
    title: str,
    kind: str = STEP,
    due: date | None = None,
    owners: Sequence[Person] = (),
    milestone: PlanItem | None = None,
) -> PlanItem:
    """A step, or a milestone that steps lead to. Raises Invalid where a milestone were to lead to another, or the plan is full."""
    if kind == MILESTONE and milestone is not None:
        raise Invalid(("milestone", _("A milestone stands by itself; steps lead to it.")))
    session = actor.session
    there = select(PlanItem.pk).where(PlanItem.workspace_pk == workspace.pk, PlanItem.removed_at.is_(None))
    if len(session.scalars(there.limit(MOST)).all()) == MOST:
        raise Invalid(("title", _("A plan holds at most %(n)s steps. Remove what is not needed any more.", n=MOST)))
    item = PlanItem(
        workspace_pk=workspace.pk,
        account_pk=account_of(actor, workspace),
        audience_pk=workspace.open_audience_pk,
        kind=kind,
        title=title,
        state=OPEN,
        milestone=milestone,
        owners=list(owners),
        added_by_pk=actor.pk,
    )
    session.add(item)
    session.flush()
    if due is not None:
        session.add(PlanDue(item_pk=item.pk, day=due))
    _record(actor, events.ADDED, item, due=due.isoformat() if due else None)
    return item


@action(May.TICK_PLAN_ITEM)
def set_state(actor: Actor, item: PlanItem, *, state: str) -> None:
    """To do, doing or done."""
    if state == item.state:
        return
    item.state, item.done_at = state, now() if state == DONE else None
    _record(actor, TOLD[state], item)


@action(May.CHANGE_PLAN_ITEM)
def rename_item(actor: Actor, item: PlanItem, *, title: str) -> None:
    if title == item.title:
        return
    was, item.title = item.title, title
    _record(actor, events.RENAMED, item, was=was)


@action(May.CHANGE_PLAN_ITEM)
def move_due(actor: Actor, item: PlanItem, *, due: date | None) -> None:
    """Another day, or none; the day it was stays readable."""
    session = actor.session
    fact = session.scalar(select(PlanDue).where(PlanDue.item_pk == item.pk, current(PlanDue)))
    was = fact.day if fact is not None else None
    if was == due:
        return
    if fact is None:
        session.add(PlanDue(item_pk=item.pk, day=due))
    elif due is None:
        end(session, fact)
    else:
        change(session, fact, day=due)
    _record(actor, events.DUE_CHANGED, item, due=due.isoformat() if due else None, due_was=was.isoformat() if was else None)


@action(May.CHANGE_PLAN_ITEM)
def set_owners(actor: Actor, item: PlanItem, *, owners: Sequence[Person]) -> None:
    """Who does it: people of both sides, or nobody yet."""
    if {person.pk for person in owners} == {person.pk for person in item.owners}:
        return
    before, item.owners = [person.id for person in item.owners], list(owners)
    _record(actor, events.OWNERS_CHANGED, item, owners=[person.name for person in owners], owners_were=before)


@action(May.CHANGE_PLAN_ITEM)
def put_under(actor: Actor, item: PlanItem, *, milestone: PlanItem | None) -> None:
    """Which milestone a step leads to. Raises Invalid for a milestone itself."""
    if milestone is item.leads_to:
        return
    if item.is_milestone:
        raise Invalid(("milestone", _("A milestone stands by itself; steps lead to it.")))
    item.milestone = milestone
    _record(actor, events.GROUPED, item, place=milestone.title if milestone else None)


@action(May.CHANGE_PLAN_ITEM)
def remove_item(actor: Actor, item: PlanItem) -> None:
    """Take it from the plan. The steps of a removed milestone stay, and are under it again when it comes back."""
    item.removed_at, item.removed_by_pk = now(), actor.pk or None
    _record(actor, events.REMOVED, item)


@action(May.RESTORE_PLAN_ITEM)
def restore_item(actor: Actor, item: PlanItem) -> None:
    item.removed_at = item.removed_by_pk = None
    _record(actor, events.RESTORED, item)


@action(May.READ_PLAN_ITEM)
def discuss_item(actor: Actor, item: PlanItem, *, forum: Forum, body: str) -> Topic:
    """Begin to talk about it: a topic of that forum, which the item names from then on. Who may start one there is asked by forums."""
    linked = f"{_('About this step of our plan:')} [{_plain(item.title)}]({item.path})\n\n{body}"
    topic = forums.start_topic(actor, forum, title=item.title, body=linked)
    item.topic = topic
    return topic


@action(Rooms.RUN_WORKSPACE)
def start_plan(actor: Actor, workspace: Workspace, *, outline: Outline, first: date) -> list[PlanItem]:
    """Fill the plan from a template or from another plan, counted from a first day; a step is under the milestone before it."""
    made: list[PlanItem] = []
    milestone = None
    for each in outline.lines:
        due = first + timedelta(days=each.days) if each.days is not None else None
        item = add_item(
            actor,
            workspace,
            title=each.title,
            kind=MILESTONE if each.milestone else STEP,
            due=due,
            milestone=None if each.milestone else milestone,
        )
        milestone = item if each.milestone else milestone
        made.append(item)
    return made


def pass_on_steps(actor: Actor, account: Account, before: Person | None, after: Person) -> None:
    """Who takes over an account takes over what their predecessor had still to do in its plans.

    For `portal.accounts.actions.ON_GIVEN`, so the change of owner was found to be right.
    """
    if before is None:
        return
    theirs = select(PlanItem).where(
        PlanItem.account_pk == account.pk,
        PlanItem.state != DONE,
        PlanItem.removed_at.is_(None),
        PlanItem.owners.any(Person.pk == before.pk),
    )
    for item in actor.session.scalars(theirs.order_by(PlanItem.pk)).all():
        kept = [person for person in item.owners if person.pk not in (before.pk, after.pk)]
        item.owners = [*kept, after]
        _record(actor, events.OWNERS_CHANGED, item, owners=[person.name for person in item.owners])


def give_back_steps(actor: Actor, ids: Sequence[str], before: Person, after: Person, *, both: Sequence[str]) -> None:
    """Steps that `before` handed over to `after` are theirs again, where `after` still has them to do; `both`: those that both had.

    For `search.handover`, which has found it to be right.
    """
    found = select(PlanItem).where(
        PlanItem.id.in_(ids), PlanItem.state != DONE, PlanItem.removed_at.is_(None), PlanItem.owners.any(Person.pk == after.pk)
    )
    for item in actor.session.scalars(found.order_by(PlanItem.pk)).all():
        stay = [person for person in item.owners if person.pk not in (before.pk, after.pk)]
        item.owners = [*stay, before, *([after] if item.id in both else [])]
        _record(actor, events.OWNERS_CHANGED, item, owners=[person.name for person in item.owners])


def _record(actor: Actor, of: EventKind, item: PlanItem, **facts: Any) -> None:
    account = actor.session.get(Account, item.account_pk) if item.account_pk else None
    record(
        actor,
        of,
        item,
        audience_pk=item.audience_pk,
        account=account,
        workspace_pk=item.workspace_pk,
        facts={"title": item.title, **facts},
    )
    actor.session.expire(item, ["due", "dues"])


def _plain(title: str) -> str:
    """A title as the text of a Markdown link."""
    return "".join(f"\\{c}" if c in "\\[]`*_<>" else c for c in title)

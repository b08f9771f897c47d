"""What waits for a member of staff: questions without an answer, and what was agreed and is due."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import Account, Assignment
from portal.accounts.policy import May as Accounts
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.history import current
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared, present
from portal.people.models import Person
from portal.people.queries import today_of
from search.today.models import STEP, TOPIC, Snooze
from search.trail.standing import unanswered
from workspaces.forums.models import Topic
from workspaces.plan.models import PlanDue, PlanItem, PlanOwner
from workspaces.plan.queries import open_until, shown
from workspaces.plan.wording import Said, said
from workspaces.rooms.policy import open_for_writing, run_by

MOST = 100  # of each kind on the page; how many there are is said
LATE = timedelta(days=1)
SOON = timedelta(days=7)  # one's own steps are shown so long before they are due, everybody's from their day on


@dataclass(frozen=True)
class Question:
    """A topic whose last word is a client's."""

    topic: Topic
    late: bool
    company: str  # of whoever spoke last: in a community not always that of whoever asked
    until: datetime | None  # put off until


@dataclass(frozen=True)
class Due:
    """A step of a plan that is due, and how that is said."""

    item: PlanItem
    words: Said
    until: datetime | None


@dataclass
class Waits:
    """What waits, and how much of it there is in all."""

    questions: list[Question] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    all_questions: int = 0
    all_due: int = 0


@dataclass
class OfAccount:
    """What waits of one account; without one, in communities."""

    account: Any  # None: what our side opened in a community
    path: str  # where the reader may go
    waits: Waits
    since: date  # of what waits longest


def waiting(actor: Actor) -> tuple[Waits, Waits]:
    """What waits, and what of it was put off: questions longest first, steps by day; in workspaces that the reader runs, and of accounts
    they look after. Two questions for all of it, however many accounts that is."""
    asked: Any = _questions(actor).all()
    today = today_of(actor)
    steps: Any = _due(actor, today=today, soon=today + SOON).unique().all()
    words = said(actor, [item for item, *_more in steps])
    here, away = Waits(), Waits()
    for topic, company, asleep, number, until in asked:
        waits = away if asleep else here
        waits.questions.append(Question(topic, _is_late(topic), company or "", until))
        waits.all_questions = number
    for item, asleep, number, until in steps:
        waits = away if asleep else here
        waits.due.append(Due(item, words[item.pk], until))
        waits.all_due = number
    return here, away


def by_account(actor: Actor, waits: Waits) -> list[OfAccount]:
    """The same by account, the one first where something waits longest; a company of a community leads nowhere where its account is not
    the reader's to see."""
    found: dict[int, OfAccount] = {}
    for each in waits.questions:
        since = each.topic.unanswered_since
        _of(found, each.topic.account, since.date() if since else date.max).waits.questions.append(each)
    for due in waits.due:
        _of(found, due.item.account, due.item.due or date.max).waits.due.append(due)
    readable = allowed(actor, Accounts.READ_ACCOUNT).where(Account.pk.in_([pk for pk in found if pk])).with_only_columns(Account.pk)
    for pk in set(actor.session.scalars(readable)):
        found[pk].path = account_path(found[pk].account)
    return sorted(found.values(), key=lambda of: of.since)


def _of(found: dict[int, OfAccount], account: Account | None, since: date) -> OfAccount:
    of = found.setdefault(account.pk if account else 0, OfAccount(account, "", Waits(), since))
    of.since = min(of.since, since)
    return of


def mine(actor: Actor) -> Any:
    """The accounts the reader looks after; a manager's are those of everybody below, too."""
    if actor.person.is_manager:
        return allowed(actor, Accounts.READ_ACCOUNT).with_only_columns(Account.pk)
    return select(Assignment.account_pk).where(Assignment.person_pk == actor.pk, current(Assignment))


def _is_late(topic: Topic) -> bool:
    return topic.unanswered_since is not None and now() - topic.unanswered_since > LATE


@prepared
def _questions(actor: Actor) -> Any:
    ours = or_(run_by(actor, Topic.workspace_pk), Topic.account_pk.in_(mine(actor)))
    found = unanswered(actor).where(ours).options(joinedload(Topic.last_author), joinedload(Topic.account))
    speaker, company = aliased(Person), aliased(Account)  # who is in a room is known there, and so is their company
    spoke = found.join(speaker, speaker.pk == Topic.last_author_pk).outerjoin(company, company.pk == speaker.account_pk)
    asleep, until = _asleep(actor, TOPIC, Topic.id, Snooze.at >= Topic.last_post_at)
    wanted = spoke.add_columns(company.name, asleep, func.count().over(partition_by=asleep), until)
    return wanted.order_by(asleep, Topic.unanswered_since, Topic.pk).limit(MOST)


@prepared
def _due(actor: Actor, *, today: Any, soon: Any) -> Any:
    own = PlanItem.pk.in_(select(PlanOwner.item_pk).where(PlanOwner.person_pk == actor.pk))
    of_ours = or_(run_by(actor, PlanItem.workspace_pk), PlanItem.account_pk.in_(mine(actor)))
    by_now = PlanItem.pk.in_(select(PlanDue.item_pk).where(current(PlanDue), PlanDue.day <= today))
    found = shown(open_until(actor, soon)).where(or_(own, and_(of_ours, by_now)), open_for_writing(PlanItem.workspace_pk))
    asleep, until = _asleep(actor, STEP, PlanItem.id)
    wanted = found.options(joinedload(PlanItem.account)).add_columns(asleep, func.count().over(partition_by=asleep), until)
    return wanted.order_by(asleep, PlanItem.due, case((own, 0), else_=1), PlanItem.pk).limit(MOST)


def _asleep(actor: Actor, kind: str, id: Any, *more: ColumnElement[bool]) -> tuple[Any, Any]:
    """Whether somebody has put it off until later than now, and until when."""
    put = (Snooze.person_pk == actor.pk, Snooze.kind == kind, Snooze.thing == id, Snooze.until > present(), *more)
    until = select(Snooze.until).where(*put).scalar_subquery()
    return select(Snooze.until).where(*put).exists(), until

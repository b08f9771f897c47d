"""The trail of an account: its events, of those whose audience the actor holds at this moment. Nothing else counts, or is counted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Account, Note
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, held
from portal.kernel.events import KINDS, Event, quiet_kinds
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.kernel.sentences import sentence
from portal.kernel.sources import Citation, cite
from portal.people.models import Person
from search.categories.queries import labels_of, of_category
from search.trail.asked import A_PAGE, GROUPS, Asked
from search.trail.wording import in_facts, said_without_title
from workspaces.forums.models import Post
from workspaces.forums.policy import May as Forums
from workspaces.rooms.models import Workspace

# A topic's start and its first post are one act and one line: the post's.
FOLDED = "topic.created"
WRITTEN = ("post.created", "note.created")  # what a category is of
GONE = {"removed", "hidden"}
BACK = {"restored", "shown"}
AFTER = {"forgotten"}  # what becomes later of what is gone is said as it is, too


@dataclass(frozen=True)
class Gone:
    """That a thing was taken away: when, by whom, and whether it was its author's own doing, or a moderator hid it."""

    at: datetime
    name: str
    own: bool
    hidden: bool


@dataclass(frozen=True)
class Line:
    """One thing that happened, as it reads on the trail."""

    event: Event
    actor: Person | None
    workspace: Workspace | None
    started: bool = False  # a post that began its topic
    source: Citation | None = None
    gone: Gone | None = None  # what it speaks of was taken away
    team: bool = False  # in a shared room, yet only staff see it
    categories: tuple[str, ...] = ()  # what the message is taken to be

    @cached_property
    def sentence(self) -> str:
        name = self.actor.name if self.actor else "Mainstay"
        said = said_without_title(KINDS[FOLDED], self.event, name) if self.started else sentence(self.event, name)
        return said[:1].upper() + said[1:]

    @property
    def group(self) -> str:
        return KINDS[self.event.kind].group

    @property
    def icon(self) -> str:
        return KINDS[self.event.kind].icon


@dataclass(frozen=True)
class Counts:
    """How much happened: by group until the day looked at, and by day over all time, with what kinds of day they were."""

    groups: dict[str, int]
    days: dict[date, int]
    owners: frozenset[date]  # days on which the owner changed

    @property
    def everything(self) -> int:
        return sum(self.groups.values())


def events(actor: Actor, account: Account, asked: Asked) -> Select[Any]:
    """The events asked for, as a select of Event to refine."""
    found = select(Event).where(*_seen(actor, account), *_matching(actor, asked))
    if asked.group:
        found = found.where(Event.kind.in_(_of_group(asked.group)))
    found = found.where(Event.kind.in_(asked.kinds) if asked.kinds else Event.kind.not_in(quiet_kinds()))
    if asked.until:
        found = found.where(Event.at < asked.until)
    return found if not asked.nothing else found.where(Event.pk.is_(None))


def lines(actor: Actor, account: Account, asked: Asked, *, after: str = "", limit: int = A_PAGE) -> tuple[list[Line], str | None]:
    """The newest lines asked for, and from which event the older ones go on. `after` is the id of the last line seen."""
    found = events(actor, account, asked).where(Event.kind != FOLDED)
    if is_id(after) and (last := actor.session.scalar(found.where(Event.id == after))) is not None:
        found = found.where(or_(Event.at < last.at, and_(Event.at == last.at, Event.pk < last.pk)))
    rows = list(actor.session.execute(with_people(found).limit(limit + 1)))
    following = rows[limit - 1][0].id if len(rows) > limit else None
    return told(actor, rows[:limit]), following


def of_events(actor: Actor, found: list[Event]) -> list[Line]:
    """These events as lines, newest first."""
    return newest(actor, select(Event).where(Event.pk.in_([event.pk for event in found])), len(found))


def newest(actor: Actor, found: Select[Any], limit: int) -> list[Line]:
    """The newest of a select of events as lines."""
    return told(actor, actor.session.execute(with_people(found).limit(limit)))


def latest(actor: Actor, account: Account, limit: int) -> list[Line]:
    """The last few lines."""
    return lines(actor, account, Asked(), limit=limit)[0]


def with_people(found: Select[Any]) -> Select[Any, Any, Any, Any, Any]:
    """Who did it, where, whether a post began its topic (then the event before it in the chain says so), whether only staff see it."""
    before = aliased(Event)
    return (
        found.with_only_columns(Event, Person, Workspace, before.pk.is_not(None), Audience.staff_only)
        .join(Audience, Audience.pk == Event.audience_pk)
        .outerjoin(Person, Person.pk == Event.actor_pk)
        .outerjoin(Workspace, Workspace.pk == Event.workspace_pk)
        .outerjoin(
            before,
            and_(Event.kind == "post.created", before.chain == Event.chain, before.seq == Event.seq - 1, before.kind == FOLDED),
        )
        .order_by(Event.at.desc(), Event.pk.desc())
    )


def told(actor: Actor, rows: Iterable[Any]) -> list[Line]:
    """Events with their sources, of what the actor may read now; of what was taken away only that it was."""
    rows = list(rows)
    keys = {(row[0].subject_kind, row[0].subject_id) for row in rows}
    cited = cite(actor, keys)
    gone = _gone(actor, keys)
    made = []
    for event, person, workspace, started, team in rows:
        key = (event.subject_kind, event.subject_id)
        away = _away(event, *gone[key]) if key in gone and _ending(event) not in GONE | BACK | AFTER else None
        silent = away or (actor.system and key in gone)  # the system could read what was taken away; it is told for others
        made.append(Line(event, person, workspace, started, None if silent else cited.get(key), away, team))
    return made


def categorised(actor: Actor, lines: list[Line]) -> list[Line]:
    """The same lines, those of messages and notes that can be read with what they are taken to be; for staff."""
    if not actor.is_staff:
        return lines
    written = {line.event.subject_id for line in lines if line.source and line.event.kind in WRITTEN}
    of = labels_of(actor.session, written) if written else {}
    return [replace(line, categories=of.get(line.event.subject_id, ())) if line.event.kind in WRITTEN else line for line in lines]


def counts(actor: Actor, account: Account, asked: Asked) -> Counts:
    """What the chips and the bars say: the same filters, but for the group and the day. One query."""
    day = func.date(Event.at)
    inside = func.sum(case((Event.at < asked.until, 1), else_=0)) if asked.until else func.count()
    matching = (*_seen(actor, account), *_matching(actor, asked), Event.kind.not_in([FOLDED, *quiet_kinds()]))
    found = select(Event.kind, day, func.count(), inside).where(*matching).group_by(Event.kind, day)
    groups, days, owners = dict.fromkeys(GROUPS, 0), {}, set()  # type: dict[str, int], dict[date, int], set[date]
    for kind, told_day, number, seen in actor.session.execute(found):
        when = told_day if isinstance(told_day, date) else date.fromisoformat(told_day)
        groups[KINDS[kind].group] += seen or 0
        days[when] = days.get(when, 0) + number
        if kind == "owner.changed":
            owners.add(when)
    return Counts(groups, dict(sorted(days.items())), frozenset(owners))


def people_on(actor: Actor, account: Account) -> list[Person]:
    """Who has done something on the trail, by name: the choices of its filter."""
    acted = select(Event.actor_pk).where(*_seen(actor, account))
    return list(actor.session.scalars(select(Person).where(Person.pk.in_(acted)).order_by(Person.name, Person.pk)))


def _seen(actor: Actor, account: Account) -> tuple[ColumnElement[bool], ...]:
    return Event.account_pk == account.pk, held(actor, Event.audience_pk), Event.kind.in_(KINDS)


def _matching(actor: Actor, asked: Asked) -> list[ColumnElement[bool]]:
    """The filters that hold for the chips' counts too."""
    conditions: list[ColumnElement[bool]] = []
    if asked.who:
        conditions.append(Event.actor_pk.in_(select(Person.pk).where(Person.id == asked.who)))
    if asked.workspace:
        conditions.append(Event.workspace_pk.in_(select(Workspace.pk).where(Workspace.id == asked.workspace)))
    if asked.since:
        conditions.append(Event.at >= asked.since)
    if asked.before:
        conditions.append(Event.at < asked.before)
    if asked.category:
        conditions.append(of_category(actor, asked.category, Event.subject_kind, Event.subject_id))
        conditions.append(Event.kind.in_(WRITTEN))
    return conditions + [_says(actor, word) for word in asked.q.split()[:8]]


def _says(actor: Actor, word: str) -> ColumnElement[bool]:
    """The word stands in what happened, in who did it, or in the words of a post or note that can still be read."""

    def like(column: Any) -> ColumnElement[bool]:
        return func.lower(column).contains(word.lower(), autoescape=True)

    posts = allowed(actor, Forums.READ_POST).where(Post.removed_at.is_(None), Post.hidden_at.is_(None), like(Post.body))
    notes = allowed(actor, Accounts.READ_NOTE).where(like(Note.body))
    return or_(
        in_facts(Event.facts, word),
        Event.actor_pk.in_(select(Person.pk).where(like(Person.name))),
        and_(Event.subject_kind == "post", Event.subject_id.in_(posts.with_only_columns(Post.id))),
        and_(Event.subject_kind == "note", Event.subject_id.in_(notes.with_only_columns(Note.id))),
    )


def _of_group(group: str) -> list[str]:
    return [name for name, of in KINDS.items() if of.group == group]


def _gone(actor: Actor, keys: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[Event, Person | None]]:
    """Of these things, those that were taken away and not brought back: the event that says so, and whose act it was."""
    ends = [name for name in KINDS if _last_half(name) in GONE | BACK]
    if not keys or not ends:
        return {}
    found: Any = _endings(actor, tuple(ends), kinds=sorted({kind for kind, _id in keys}), ids=sorted({id for _kind, id in keys}))
    last = {(event.subject_kind, event.subject_id): (event, person) for event, person in found}
    return {key: said for key, said in last.items() if key in keys and key[0] != "workspace" and _ending(said[0]) in GONE}


@prepared
def _endings(actor: Actor, ends: tuple[str, ...], *, kinds: Any, ids: Any) -> Any:
    return (
        select(Event, Person)
        .outerjoin(Person, Person.pk == Event.actor_pk)
        .where(Event.subject_kind.in_(kinds), Event.subject_id.in_(ids), Event.kind.in_(ends), held(actor, Event.audience_pk))
        .order_by(Event.at, Event.pk)
    )


def _away(event: Event, end: Event, by: Person | None) -> Gone:
    return Gone(end.at, by.name if by else "", end.actor_pk == event.actor_pk, _ending(end) == "hidden")


def _ending(event: Event) -> str:
    return _last_half(event.kind)


def _last_half(kind: str) -> str:
    return kind.rsplit(".", 1)[-1]

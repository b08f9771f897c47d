"""What the home of a workspace shows: what happened since the reader was here, whom to ask, who can see this, first steps."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, false, func, or_, select

from portal.accounts.models import OWNER as ACCOUNT_OWNER
from portal.accounts.models import Account, Assignment
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.clock import now
from portal.kernel.events import KINDS, Event
from portal.kernel.history import current
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.kernel.sentences import sentence
from portal.kernel.sources import SOURCES, Citation, cite
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.notices.models import Level
from portal.people.models import Person, name_of
from workspaces.rooms.consent import seen
from workspaces.rooms.models import ONE_VISIT, OWNER, Invitation, Membership, Visit, Workspace, WorkspaceAccount

MOST_NEWS = 7
MOST_COMPANIONS = 6
LOOKED_AT = 200  # events; more than a reader who was long away would want to be told one by one
# Kinds of event; what was added to the plan is one piece of news, as a template adds much at once.
NEWS = (
    "topic.created",
    "post.created",
    "answer.chosen",
    "file.added",
    "file.version",
    "plan.added",
    "plan.done",
    "plan.due_changed",
    "member.joined",
)
JOINED, SEEN = "member.joined", "member.seen"
REPLIES: dict[str, Callable[[Actor, Workspace], dict[int, timedelta]]] = {}  # how long each of ours usually takes to answer, by pk
STEPS = ("file", "welcome", "invite")


@dataclass
class News:
    """One thing that has news: its newest event, and how many of each kind there are. `label` says what happened to it."""

    event: Event
    by: Person | None
    cited: Citation | None
    words: str  # the event in a sentence
    kinds: Counter[str]

    @property
    def icon(self) -> str:
        return KINDS[self.event.kind].icon

    @property
    def label(self) -> str:
        replies, versions = self.kinds["post.created"], self.kinds["file.version"]
        if self.kinds["topic.created"]:
            answers = replies - 1  # the first message is the discussion's own
            return (
                ngettext("New discussion, %(num)d reply", "New discussion, %(num)d replies", answers)
                if answers > 0
                else _("New discussion")
            )
        if replies:
            return ngettext("New reply", "%(num)d new replies", replies)
        if self.kinds["file.added"]:
            return _("New file")
        if versions:
            return ngettext("New version", "%(num)d new versions", versions)
        if self.kinds["answer.chosen"]:
            return _("Answered")
        return self._of_the_plan() if self.event.kind.startswith("plan.") else _("New here")

    def _of_the_plan(self) -> str:
        if self.kinds["plan.done"]:
            return _("Done")
        if self.kinds["plan.due_changed"]:
            return _("Another date")
        return ngettext("New on the plan", "%(num)d new on the plan", self.kinds["plan.added"])


def since(actor: Actor, workspace: Workspace) -> tuple[datetime | None, str]:
    """When the reader was here before this visit, None on the first, and how much they hear of the workspace: one question for both.
    Without scripts no visit is told: the last act counts then."""
    mine = (
        Event.workspace_pk == workspace.pk,
        Event.actor_pk == actor.pk,
        Event.kind.not_in([JOINED, SEEN, "member.unseen", "workspace.opened"]),
    )
    acted = select(func.max(Event.at)).where(*mine).scalar_subquery()
    asked = (
        select(Visit, Level.level, case((Visit.last.is_(None), acted), else_=None))
        .select_from(Person)
        .outerjoin(Visit, and_(Visit.person_pk == Person.pk, Visit.workspace_pk == workspace.pk))
        .outerjoin(Level, and_(Level.person_pk == Person.pk, Level.thing == f"workspace:{workspace.id}"))
        .where(Person.pk == actor.pk)
    )
    visit, level, at = actor.session.execute(asked).first() or (None, None, None)  # none where the client's view is looked at
    if visit is not None:
        return (visit.last if now() - visit.last > ONE_VISIT else visit.before), level or ""
    return at, level or ""


def news(actor: Actor, workspace: Workspace, after: datetime) -> list[News]:
    """What others did since then, grouped by thing, newest first; only what the reader may see now."""
    events: Any = _news(actor, workspace=workspace.pk, after=after).all()
    cited = cite(actor, {(event.subject_kind, event.subject_id) for event, _by in events if event.kind != JOINED})
    things: dict[str, News] = {}
    for event, by in events:
        citation = cited.get((event.subject_kind, event.subject_id))
        if citation is None:
            continue  # removed since, or not for this reader; who joined comes below
        thing = "plan" if event.kind == "plan.added" else citation.url.partition("#")[0].partition("?")[0]
        if thing in things:
            things[thing].kinds[event.kind] += 1
        else:
            things[thing] = News(event, by, citation, sentence(event, by.name if by else "Mainstay"), Counter([event.kind]))
    joined = [event for event, _by in events if event.kind == JOINED]
    if workspace.is_community and not actor.is_staff:
        joined = _shown_since(actor, workspace, after)
    arrived = _arrived(actor, workspace, joined)
    return sorted([*things.values(), *arrived], key=lambda one: one.event.at, reverse=True)[:MOST_NEWS]


@prepared
def _news(actor: Actor, *, workspace: Any, after: Any) -> Any:
    return (
        select(Event, Person)
        .outerjoin(Person, Person.pk == Event.actor_pk)
        .where(
            Event.workspace_pk == workspace,
            Event.at > after,
            Event.kind.in_(NEWS),
            or_(Event.kind == JOINED, func.coalesce(Event.actor_pk, 0) != actor.pk),
            held(actor, Event.audience_pk),
        )
        .order_by(Event.at.desc(), Event.pk.desc())
        .limit(LOOKED_AT)
    )


def _shown_since(actor: Actor, workspace: Workspace, after: datetime) -> list[Event]:
    """Who agreed to be seen in a community is new there for the clients of others; they do not hear who joined."""
    shown = select(Event).where(Event.workspace_pk == workspace.pk, Event.at > after, Event.kind == SEEN)
    return list(actor.session.scalars(shown.order_by(Event.pk.desc()).limit(LOOKED_AT)))


def _arrived(actor: Actor, workspace: Workspace, joined: list[Event]) -> list[News]:
    """Who came, is still here and seen by the reader, themselves aside, as one piece of news."""
    if not joined:
        return []
    ids = {str(event.facts.get("person")): event for event in reversed(joined)}
    here = (
        select(Person)
        .join(Membership, and_(Membership.person_pk == Person.pk, Membership.workspace_pk == workspace.pk, current(Membership)))
        .where(Person.id.in_(ids), Person.pk != actor.pk, Person.suspended_at.is_(None))
    ).where(seen(actor, Person.pk, workspace.pk))
    people = sorted(actor.session.scalars(here), key=lambda person: ids[person.id].at, reverse=True)
    if not people:
        return []
    newest = ids[people[0].id]
    return [
        News(newest, people[0] if len(people) == 1 else None, None, _names_joined([person.name for person in people]), Counter([JOINED]))
    ]


def _names_joined(names: list[str]) -> str:
    if len(names) == 1:
        return _("%(name)s joined", name=names[0])
    if len(names) == 2:
        return _("%(name)s and %(other)s joined", name=names[0], other=names[1])
    return ngettext("%(names)s and %(num)d other joined", "%(names)s and %(num)d others joined", len(names) - 2, names=", ".join(names[:2]))


def your_people(actor: Actor, workspace: Workspace) -> list[Person]:
    """Whom to ask on our side: the account's owner first, then who else of the staff works here. Managers above do not."""
    return list(_our_people(actor, workspace.is_community, workspace=workspace.pk).scalars())


def usual_replies(actor: Actor, workspace: Workspace) -> dict[int, str]:
    """In words how soon each of ours usually answers, by pk; of who has answered too little to say, nothing."""
    took = {pk: each for find in REPLIES.values() for pk, each in find(actor, workspace).items()}
    return {pk: _within(each) for pk, each in took.items()}


def _within(took: timedelta) -> str:
    """Rounded up, so that nobody is promised more than was so."""
    hours = math.ceil(took / timedelta(hours=1))
    if hours <= 1:
        return _("usually answers within an hour")
    if hours < 24:
        return ngettext("usually answers within %(num)d hour", "usually answers within %(num)d hours", hours)
    return ngettext("usually answers within a day", "usually answers within %(num)d days", math.ceil(hours / 24))


@prepared
def _our_people(actor: Actor, is_community: bool, *, workspace: Any) -> Any:
    owner = (
        select(Assignment.person_pk)
        .join(WorkspaceAccount, WorkspaceAccount.account_pk == Assignment.account_pk)
        .where(WorkspaceAccount.workspace_pk == workspace, Assignment.role == ACCOUNT_OWNER, current(Assignment))
    )
    here = select(Membership.person_pk).where(Membership.workspace_pk == workspace, current(Membership))
    mine = here if is_community else owner.union(here)
    running = here.where(Membership.role == OWNER)
    found = select(Person).where(Person.pk.in_(mine), Person.is_staff.is_(True), Person.suspended_at.is_(None))
    first = Person.pk.in_(owner).desc(), Person.pk.in_(running).desc()
    return found.order_by(*first, Person.name, Person.pk).limit(4)


def companions(actor: Actor, workspace: Workspace) -> list[tuple[Person, str]]:
    """Some of the clients in a community whom the reader sees, those of other companies first, with their company."""
    own = actor.person.account_pk or 0
    here = (
        select(Person, Account.name)
        .join(Membership, and_(Membership.person_pk == Person.pk, Membership.workspace_pk == workspace.pk, current(Membership)))
        .join(Account, Account.pk == Membership.account_pk)
        .where(Person.pk != actor.pk, Person.suspended_at.is_(None), seen(actor, Person.pk, workspace.pk))
        .order_by(Account.pk == own, Membership.pk.desc())
    )
    return [(person, company) for person, company in actor.session.execute(here.limit(MOST_COMPANIONS))]


def last_seen(actor: Actor, workspace: Workspace) -> list[tuple[Person, datetime]]:
    """Who of the clients was here when, latest first: for the team."""
    visits = (
        select(Person, Visit.last)
        .join(Visit, Visit.person_pk == Person.pk)
        .join(Membership, and_(Membership.person_pk == Person.pk, Membership.workspace_pk == Visit.workspace_pk, current(Membership)))
        .where(Visit.workspace_pk == workspace.pk, Person.is_staff.is_(False), Person.suspended_at.is_(None))
        .order_by(Visit.last.desc())
    )
    return [(person, last) for person, last in actor.session.execute(visits.limit(5))]


def first_steps(actor: Actor, workspace: Workspace) -> list[dict[str, Any]] | None:
    """Add a file, write a welcome, invite: what is done of it; None once all is."""
    done: Any = _done(actor, workspace=workspace.pk).one()
    return None if all(done) else [{"key": key, "done": bool(is_done)} for key, is_done in zip(STEPS, done, strict=True)]


@prepared
def _done(actor: Actor, *, workspace: Any) -> Any:
    """Of each of STEPS, whether it is."""
    invited = select(Invitation.pk).where(Invitation.workspace_pk == workspace)
    clients = select(Membership.pk).where(Membership.workspace_pk == workspace, Membership.account_pk.is_not(None))
    return select(_any(actor, workspace, "file"), _any(actor, workspace, "topic"), or_(invited.exists(), clients.exists()))


def needs_name(actor: Actor) -> bool:
    """Whether the reader is still called after their mailbox, and that is one word: anna@, not anna.berg@."""
    name = actor.person.name
    return not actor.is_staff and " " not in name and name == name_of(actor.person.email)


def _any(actor: Actor, workspace: Any, kind: str) -> Any:
    """The condition that the reader may see something of this kind here."""
    of = SOURCES.get(kind)
    return allowed(actor, of.verb).where(of.model.workspace_pk == workspace).exists() if of else false()

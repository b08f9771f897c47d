"""What a community's pages ask: who is to be introduced, who has been, and where newcomers are welcomed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, people_in
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.history import current
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.communities.models import Introduction, Welcome
from workspaces.communities.policy import May
from workspaces.forums.models import ANNOUNCEMENT, QUESTION, Forum, Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.rooms.models import Membership, Workspace

MOST = 50  # introductions on a page
QUIET = timedelta(days=14)  # a forum in which nobody wrote for so long
MOST_WAITING = 10


def introductions(actor: Actor, workspace: Workspace) -> list[Introduction]:
    """Those that the reader may know of, the latest first."""
    found = allowed(actor, May.READ_INTRODUCTION).where(Introduction.workspace_pk == workspace.pk).options(*loading())
    return list(actor.session.scalars(found.order_by(Introduction.pk.desc()).limit(MOST)))


def asked_of_me(actor: Actor, workspace: Workspace) -> list[Introduction]:
    """What the reader is asked about and has not answered, the first first."""
    found = allowed(actor, May.ANSWER_INTRODUCTION).where(Introduction.workspace_pk == workspace.pk).options(*loading())
    return list(actor.session.scalars(found.order_by(Introduction.pk)))


def introduced(actor: Actor, workspace: Workspace, person: Person, *, or_declined: bool = False) -> bool:
    """Whether somebody has been introduced here; with `or_declined` also whether they said that they do not want to be."""
    own = select(Introduction.pk).where(Introduction.workspace_pk == workspace.pk, Introduction.one_pk == person.pk)
    made = Introduction.made_at.is_not(None)
    said = or_(made, Introduction.one_says.is_(False)) if or_declined else made
    return actor.session.scalar(own.where(Introduction.other_pk.is_(None), said).limit(1)) is not None


def has_spoken(actor: Actor, workspace: Workspace) -> bool:
    """Whether the actor has written here: the others know them by it."""
    mine = select(Post.pk).where(Post.workspace_pk == workspace.pk, Post.author_pk == actor.pk)
    return actor.session.scalar(mine.limit(1)) is not None


def clients_here(actor: Actor, workspace: Workspace) -> list[tuple[Person, str, bool | None]]:
    """The clients of a community with their company and whether they let others see them, by company: for who runs it."""
    here = (
        select(Person, Account.name, Membership.shown)
        .join(Membership, and_(Membership.person_pk == Person.pk, Membership.workspace_pk == workspace.pk, current(Membership)))
        .join(Account, Account.pk == Membership.account_pk)
        .where(Person.suspended_at.is_(None), Person.is_staff.is_(False))
        .order_by(Account.name, Person.name, Person.pk)
    )
    return [(person, company, shown) for person, company, shown in actor.session.execute(here)]


def client_named(actor: Actor, workspace: Workspace, id: str, field: str) -> Person:
    """A client of the community by their id. Raises Invalid at the field where there is none."""
    found = {person.id: person for person, _company, _shown in clients_here(actor, workspace)} if is_id(id) else {}
    if id not in found:
        raise Invalid((field, _("Choose somebody who is in this community for a company.")))
    return found[id]


def welcome_of(actor: Actor, workspace: Workspace) -> Topic | None:
    """Where newcomers are introduced, while the reader may write there."""
    found = allowed(actor, Forums.POST_MESSAGE).join(Welcome, Welcome.topic_pk == Topic.pk)
    topic: Topic | None = actor.session.scalar(found.where(Welcome.workspace_pk == workspace.pk, Topic.workspace_pk == workspace.pk))
    return topic


def welcomes(actor: Actor, workspace: Workspace) -> list[Topic]:
    """Discussions that could welcome newcomers: those that everyone in the community reads, the pinned first."""
    found = allowed(actor, Forums.POST_MESSAGE).join(Forum, Forum.pk == Topic.forum_pk).join(Audience, Audience.pk == Topic.audience_pk)
    for_all = (Audience.kind == "workspace", Audience.staff_only.is_(False), Topic.workspace_pk == workspace.pk)
    order = Topic.pinned_at.is_(None), Topic.last_post_at.desc(), Topic.pk.desc()
    return list(actor.session.scalars(found.where(*for_all).order_by(*order).limit(MOST)))


def forums_for(actor: Actor, workspace: Workspace, people: Iterable[Person]) -> list[Forum]:
    """The forums in which the actor may start a discussion that all of these people read."""
    pks = {person.pk for person in people}
    found = allowed(actor, Forums.START_TOPIC).where(Forum.workspace_pk == workspace.pk).order_by(Forum.position, Forum.pk)
    return [forum for forum in actor.session.scalars(found) if pks <= people_in(actor.session, forum.open_audience_pk)]


def waiting(actor: Actor, workspace: Workspace) -> list[Topic]:
    """Questions without a chosen answer, and what nobody answered at all, the longest waiting first; what nobody answered before it."""
    unanswered = Topic.post_count <= 1
    asked = and_(Topic.kind == QUESTION, Topic.accepted_post_pk.is_(None))
    found = allowed(actor, Forums.READ_TOPIC).where(Topic.workspace_pk == workspace.pk, Topic.locked_at.is_(None), or_(unanswered, asked))
    found = found.where(Topic.kind != ANNOUNCEMENT).options(joinedload(Topic.author))
    return list(actor.session.scalars(found.order_by(unanswered.desc(), Topic.created_at, Topic.pk).limit(MOST_WAITING)))


def quiet_forums(actor: Actor, workspace: Workspace) -> list[tuple[Forum, datetime | None]]:
    """Forums in which nobody wrote for two weeks, or ever, with when somebody last did."""
    last = select(func.max(Topic.last_post_at)).where(Topic.forum_pk == Forum.pk, Topic.removed_at.is_(None)).correlate(Forum)
    found = allowed(actor, Forums.READ_FORUM).where(Forum.workspace_pk == workspace.pk).order_by(Forum.position, Forum.pk)
    rows = actor.session.execute(found.add_columns(last.scalar_subquery())).all()
    return [(forum, at) for forum, at in rows if at is None or at < now() - QUIET]


def not_spoken(actor: Actor, workspace: Workspace) -> list[tuple[Person, str]]:
    """The clients who have not written anything here that stands, with their company."""
    wrote = select(Post.author_pk).where(Post.workspace_pk == workspace.pk, Post.removed_at.is_(None))
    spoke = set(actor.session.scalars(wrote.distinct()))
    return [(person, company) for person, company, _shown in clients_here(actor, workspace) if person.pk not in spoke]


def loading() -> tuple[Any, ...]:
    return (
        joinedload(Introduction.one),
        joinedload(Introduction.other),
        joinedload(Introduction.asked_by),
        joinedload(Introduction.workspace),
    )

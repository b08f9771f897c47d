"""The list of a workspace's discussions."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.people.models import Person
from workspaces.forums.models import Draft, Following, Forum, Post, Topic
from workspaces.forums.policy import May
from workspaces.forums.queries.tags import as_kept, tagged
from workspaces.forums.queries.unread import counted, with_news
from workspaces.rooms.consent import company_seen
from workspaces.rooms.models import Workspace

SHOWS = ("all", "unread", "unanswered", "mine")
PAGE = 30


@dataclass(frozen=True)
class Row:
    """A discussion in a list."""

    topic: Topic
    unread: int
    company: str | None  # of its author, where the reader sees them
    draft_pk: int | None


def topic_rows(
    actor: Actor, workspace: Workspace, *, show: str = "all", forum: Forum | None = None, tag: str = "", page: int = 1, limit: int = PAGE
) -> tuple[list[Row], bool]:
    """A page of discussions, pinned ones first, then by the last message; and whether there are older ones. One query."""
    values: dict[str, Any] = {"workspace": workspace.pk, "first": (page - 1) * limit, "most": limit + 1}
    if forum is not None:
        values["forum"] = forum.pk
    if tag:
        values["like"] = as_kept(tag)
    asked: Any = _asked(actor, show, **values)
    rows = [Row(*row) for row in asked]
    return rows[:limit], len(rows) > limit


@prepared
def _asked(actor: Actor, show: str, *, workspace: Any, first: Any, most: Any, forum: Any = None, like: Any = None) -> Any:
    news = select(func.count()).select_from(Post).where(Post.topic_pk == Topic.pk, counted(actor)).correlate(Topic)
    return (
        allowed(actor, May.READ_TOPIC)
        .where(Topic.workspace_pk == workspace, *_filter(actor, show, forum, like))
        .join(Person, Person.pk == Topic.author_pk)
        .outerjoin(Account, Account.pk == Person.account_pk)
        .outerjoin(Draft, (Draft.person_pk == actor.pk) & (Draft.place == "topic:" + Topic.id))
        .add_columns(news.scalar_subquery(), company_seen(actor, Topic.workspace_pk), Draft.pk)
        .order_by(Topic.pinned_at.is_(None), Topic.last_post_at.desc(), Topic.pk.desc())
        .options(joinedload(Topic.last_author))
        .offset(first)
        .limit(most)
    )


def _filter(actor: Actor, show: str, forum: Any, like: Any) -> list[Any]:
    wanted: list[Any] = [Topic.forum_pk == forum] if forum is not None else []
    if like is not None:
        wanted.append(tagged(like))
    if show == "unread":
        wanted.append(Topic.pk.in_(with_news(actor)))
    elif show == "unanswered":
        wanted.append(Topic.unanswered_since.is_not(None))
    elif show == "mine":
        wrote = select(Post.topic_pk).where(Post.author_pk == actor.pk)
        follows = select(Following.topic_pk).where(Following.person_pk == actor.pk, Following.muted.is_(False))
        wanted.append(or_(Topic.pk.in_(wrote), Topic.pk.in_(follows)))
    return wanted


def followings(actor: Actor, topics: list[Topic]) -> dict[int, bool]:
    """topic pk -> whether the actor muted it, for those that they follow or muted."""
    mine = select(Following.topic_pk, Following.muted).where(
        Following.person_pk == actor.pk, Following.topic_pk.in_([topic.pk for topic in topics])
    )
    return dict(actor.session.execute(mine).all())


def followed(actor: Actor) -> Select[Any]:
    """The discussions that the actor follows or muted, as far as they may read them still."""
    mine = select(Following.topic_pk).where(Following.person_pk == actor.pk)
    return allowed(actor, May.READ_TOPIC).where(Topic.pk.in_(mine))

"""What is done in forums: topics started, posts written."""

from typing import Any

from sqlalchemy import func, select

from portal.kernel import markdown
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.policy import require
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.forums.events import FORUM_MADE, POST_WRITTEN, TOPIC_STARTED
from workspaces.forums.models import DISCUSSION, Following, Forum, Mention, Post, PostRevision, ReadMark, Topic
from workspaces.forums.policy import May
from workspaces.rooms.actions import membership_of, only_account, place_audiences
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.policy import May as Rooms


@action(Rooms.RUN_WORKSPACE)
def make_forum(actor: Actor, workspace: Workspace, *, title: str, description: str = "", audience: str | Group = "everyone") -> Forum:
    """A forum for everyone, the staff, or a group. Raises Invalid where the title is taken in this workspace."""
    if actor.session.scalar(select(Forum.pk).where(Forum.workspace_pk == workspace.pk, Forum.title == title)):
        raise Invalid(("title", _("There is a forum of this name already.")))
    shared, team = place_audiences(actor, workspace, audience)
    last = actor.session.scalar(select(func.max(Forum.position)).where(Forum.workspace_pk == workspace.pk)) or 0
    forum = Forum(
        workspace_pk=workspace.pk,
        title=title,
        description=description,
        position=last + 1,
        open_audience_pk=shared.pk,
        team_audience_pk=team.pk,
    )
    actor.session.add(forum)
    actor.session.flush()
    record(
        actor,
        FORUM_MADE,
        forum,
        audience_pk=shared.pk,
        account=only_account(workspace),
        workspace_pk=workspace.pk,
        facts={"title": title},
    )
    return forum


@action(May.START_TOPIC)
def start_topic(actor: Actor, forum: Forum, *, title: str, body: str, kind: str = DISCUSSION, tags: tuple[str, ...] = ()) -> Topic:
    """A new topic with its first post. In a community it belongs to its author's company, or to none where staff start it."""
    topic = Topic(
        workspace_pk=forum.workspace_pk,
        account_pk=_account_of(actor, forum.workspace),
        forum_pk=forum.pk,
        audience_pk=forum.open_audience_pk,
        team_audience_pk=forum.team_audience_pk,
        author_pk=actor.pk,
        title=title,
        kind=kind,
        tags=list(tags),
        last_post_at=now(),
        last_author_pk=actor.pk,
    )
    actor.session.add(topic)
    actor.session.flush()
    _record(actor, TOPIC_STARTED, topic, topic, words=title)
    _write(actor, topic, body, team=False, reply_to=None)
    return topic


@action(May.READ_TOPIC)
def post_message(actor: Actor, topic: Topic, *, body: str, reply_to: Post | None = None, team: bool = False) -> Post:
    """A post of a topic, or with `team` a team note, which nothing ever turns public. Raises Invalid where it answers a post of
    another topic, or shares what only the team may see."""
    require(actor, May.WRITE_TEAM_NOTE if team else May.POST_MESSAGE, topic)
    if reply_to is not None and (reply_to.topic_pk != topic.pk or reply_to.team and not team):
        raise Invalid(("reply_to", _("This answers a message that is not here.")))
    return _write(actor, topic, body, team=team, reply_to=reply_to)


def _write(actor: Actor, topic: Topic, body: str, *, team: bool, reply_to: Post | None) -> Post:
    session = actor.session
    audience_pk = topic.team_audience_pk if team else topic.audience_pk
    post = Post(
        topic_pk=topic.pk,
        workspace_pk=topic.workspace_pk,
        account_pk=topic.account_pk if actor.is_staff else _account_of(actor, topic.workspace),
        audience_pk=audience_pk,
        author_pk=actor.pk,
        seq=_next_seq(actor, topic, audience_pk),
        team=team,
        body=body,
        html=markdown.render(body),
        reply_to_pk=reply_to.pk if reply_to else None,
    )
    session.add(post)
    session.flush()
    _mention(actor, post)
    if not team:
        _count(actor, topic, post)
    _follow(actor, topic)
    session.merge(ReadMark(person_pk=actor.pk, topic_pk=topic.pk, audience_pk=audience_pk, seq=post.seq, at=now()))
    event = _record(actor, POST_WRITTEN, topic, post, words=body)
    session.add(PostRevision(post_pk=post.pk, event_id=event.id, at=event.at, by_pk=actor.pk, body=body))
    session.flush()
    return post


def _count(actor: Actor, topic: Topic, post: Post) -> None:
    topic.post_count += 1
    topic.last_post_at, topic.last_author_pk = post.created_at or now(), actor.pk
    if actor.is_staff:
        topic.unanswered_since = None
    elif topic.unanswered_since is None:
        topic.unanswered_since = now()


def _next_seq(actor: Actor, topic: Topic, audience_pk: int) -> int:
    last = select(func.max(Post.seq)).where(Post.topic_pk == topic.pk, Post.audience_pk == audience_pk)
    return (actor.session.scalar(last) or 0) + 1


def _mention(actor: Actor, post: Post) -> None:
    """Remember who is named, of those who can read it: naming somebody else tells them nothing."""
    ids = markdown.mentioned_ids(post.body)[:50]
    named = actor.session.scalars(select(Person.pk).where(Person.id.in_(ids))).all() if ids else []
    readers = people_in(actor.session, post.audience_pk) if named else set()
    actor.session.add_all(Mention(post_pk=post.pk, person_pk=pk) for pk in named if pk in readers)


def _follow(actor: Actor, topic: Topic) -> None:
    if actor.session.get(Following, (topic.pk, actor.pk)) is None:
        actor.session.add(Following(topic_pk=topic.pk, person_pk=actor.pk))


def _account_of(actor: Actor, workspace: Workspace) -> int | None:
    """The account whose trail holds this: the workspace's one account, in a community the author's company."""
    if (account := only_account(workspace)) is not None:
        return account.pk
    membership = membership_of(actor, workspace, actor.person)
    return membership.account_pk if membership else None


def _record(actor: Actor, of: EventKind, topic: Topic, subject: Any, *, words: str | None = None, **facts: Any) -> Any:
    from portal.accounts.models import Account

    account = actor.session.get(Account, subject.account_pk) if subject.account_pk else None
    return record(
        actor,
        of,
        subject,
        audience_pk=subject.audience_pk,
        account=account,
        workspace_pk=topic.workspace_pk,
        facts={"title": topic.title, **facts},
        words=words,
    )

"""Posts written, changed, removed and hidden."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from portal.kernel import markdown
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.events import EventKind
from portal.kernel.policy import require
from portal.kernel.words import gettext as _
from portal.notices.models import MENTIONS
from portal.notices.queries import level_at
from portal.people.models import Person
from workspaces.forums.actions.picking import sent_with
from workspaces.forums.actions.reading import drop_draft, keep_draft, note_receipt
from workspaces.forums.actions.recording import record_about
from workspaces.forums.attachments import PORT
from workspaces.forums.events import ANSWER_WITHDRAWN, POST_EDITED, POST_HIDDEN, POST_REMOVED, POST_RESTORED, POST_SHOWN, POST_WRITTEN
from workspaces.forums.holding import refuse_unseen
from workspaces.forums.models import Draft, Following, Mention, Post, PostRevision, ReadMark, Topic
from workspaces.forums.policy import May
from workspaces.rooms.actions import account_of

SILENT = timedelta(minutes=15)  # a slip mended this soon is not called an edit
MOST_MENTIONS = 50


@action(May.READ_TOPIC)
def post_message(
    actor: Actor,
    topic: Topic,
    *,
    body: str,
    reply_to: Post | None = None,
    team: bool = False,
    received: list[Any] | None = None,
    file_ids: list[str] | None = None,
    picked: list[str] | None = None,
    waited: bool = False,
) -> Post:
    """A post of a topic, or with `team` a team note, which nothing ever turns public; `waited`: it was sent a while ago. Raises Invalid
    where it answers a post of another topic, shares what only the team may see, or has to wait for a look."""
    require(actor, May.WRITE_TEAM_NOTE if team else May.POST_MESSAGE, topic)
    refuse_unseen(actor, topic.workspace)
    refuse_astray(topic, reply_to, team=team)
    body, kept = sent_with(actor, topic.workspace, picked or [], body) if picked else (body, [])
    post = write(actor, topic, body, team=team, reply_to=reply_to, received=[*(received or []), *kept], waited=waited)
    PORT.attach_ids(actor, post, file_ids or [])
    return post


@action(May.EDIT_POST)
def edit_post(actor: Actor, post: Post, *, body: str) -> Post:
    """Other words; what it said before stays in its history. Called edited where more than 15 minutes have passed."""
    return _say_otherwise(actor, post, body)


@action(May.TICK_TASK)
def tick_task(actor: Actor, post: Post, *, number: int, done: bool) -> Post:
    """Say of one of its tasks, counted from 0, that it is done or not; in its history as any other change. Raises Invalid for none."""
    body = markdown.ticked(post.body, number, done)
    if body is None:
        raise Invalid(("number", _("There is no such task in this message any more.")))
    return _say_otherwise(actor, post, body)


@action(May.REMOVE_POST)
def remove_post(actor: Actor, post: Post) -> None:
    """Take the words away and leave a tombstone; who removed it may bring it back."""
    post.removed_at, post.removed_by_pk = now(), actor.pk or None
    _after_moderation(actor, POST_REMOVED, post)


@action(May.REMOVE_POST)
def take_back_post(actor: Actor, post: Post) -> bool:
    """Undo of sending, by its author: the words are a draft again, unless one was begun meanwhile. Whether it was soon enough to leave
    no line."""
    if post.author_pk != actor.pk:
        raise Forbidden(_("Only who wrote a message can take it back."))
    remove_post(actor, post)
    place = f"topic:{post.topic.id}"
    if actor.session.scalar(select(Draft.pk).where(Draft.person_pk == actor.pk, Draft.place == place)) is None:
        keep_draft(actor, place=place, body=post.body, team=post.team)
    return post.taken_back


@action(May.RESTORE_POST)
def restore_post(actor: Actor, post: Post) -> None:
    """It stands again. A post that was not removed stays as it is."""
    if post.removed_at is None:
        return
    post.removed_at = post.removed_by_pk = None
    _after_moderation(actor, POST_RESTORED, post)


@action(May.HIDE_POST)
def hide_post(actor: Actor, post: Post, *, reason: str) -> None:
    """Hide it from all but its author and moderators; the author reads why."""
    if post.hidden_at is not None:
        return
    post.hidden_at, post.hidden_by_pk, post.hidden_reason = now(), actor.pk or None, reason
    _after_moderation(actor, POST_HIDDEN, post, reason=reason)


@action(May.HIDE_POST)
def show_post(actor: Actor, post: Post) -> None:
    """Show a hidden post again."""
    if post.hidden_at is None:
        return
    post.hidden_at = post.hidden_by_pk = None
    post.hidden_reason = ""
    _after_moderation(actor, POST_SHOWN, post)


def refuse_astray(topic: Topic, reply_to: Post | None, *, team: bool = False) -> None:
    """Raise Invalid where a message answers one of another topic, or shares what only the team may see."""
    if reply_to is not None and (reply_to.topic_pk != topic.pk or (reply_to.team and not team)):
        raise Invalid(("reply_to", _("This answers a message that is not here.")))


def write(
    actor: Actor,
    topic: Topic,
    body: str,
    *,
    team: bool = False,
    reply_to: Post | None = None,
    received: list[Any] | None = None,
    waited: bool = False,
) -> Post:
    """The post itself; for the actions that have found it to be right. Where it has waited, its author is not here now: what they have
    not read and what they have begun since stay so."""
    session = actor.session
    audience_pk = topic.team_audience_pk if team else topic.audience_pk
    post = Post(
        topic_pk=topic.pk,
        workspace_pk=topic.workspace_pk,
        account_pk=topic.account_pk if actor.is_staff else account_of(actor, topic.workspace),
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
    if not waited or _had_read(actor, post):
        _have_read(actor, topic, post)
    if session.get(Following, (topic.pk, actor.pk)) is None and level_at(actor, f"topic:{topic.id}") != MENTIONS:
        session.add(Following(topic_pk=topic.pk, person_pk=actor.pk))
    if not waited:
        drop_draft(actor, place=f"topic:{topic.id}")
    _keep_revision(actor, POST_WRITTEN, post)
    PORT.attach(actor, post, received or [])
    return post


def recount(actor: Actor, topic: Topic) -> None:
    """Derive the topic's counts anew from the shared posts that stand."""
    standing = (
        select(Post.created_at, Post.author_pk, Person.is_staff)
        .join(Person, Person.pk == Post.author_pk)
        .where(Post.topic_pk == topic.pk, Post.team.is_(False), Post.removed_at.is_(None), Post.hidden_at.is_(None))
        .order_by(Post.pk)
    )
    topic.post_count, topic.unanswered_since = 0, None
    topic.last_post_at, topic.last_author_pk = topic.created_at, topic.author_pk
    for at, author_pk, is_staff in actor.session.execute(standing):
        topic.post_count += 1
        topic.last_post_at, topic.last_author_pk = at, author_pk
        topic.unanswered_since = None if is_staff else topic.unanswered_since or at


def _count(actor: Actor, topic: Topic, post: Post) -> None:
    topic.post_count += 1
    topic.last_post_at, topic.last_author_pk = post.created_at, actor.pk
    if actor.is_staff:
        topic.unanswered_since = None
    elif topic.unanswered_since is None:
        topic.unanswered_since = post.created_at


def _next_seq(actor: Actor, topic: Topic, audience_pk: int) -> int:
    last = select(func.max(Post.seq)).where(Post.topic_pk == topic.pk, Post.audience_pk == audience_pk)
    return (actor.session.scalar(last) or 0) + 1


def _had_read(actor: Actor, post: Post) -> bool:
    """Whether its author has read all that stands before it."""
    mark = select(ReadMark.seq).where(ReadMark.topic_pk == post.topic_pk, ReadMark.audience_pk == post.audience_pk)
    return (actor.session.scalar(mark.where(ReadMark.person_pk == actor.pk)) or 0) >= post.seq - 1


def _have_read(actor: Actor, topic: Topic, post: Post) -> None:
    """Whoever writes has read up to here."""
    where = {"person_pk": actor.pk, "topic_pk": topic.pk, "audience_pk": post.audience_pk}
    further: Any = actor.session.execute(update(ReadMark).filter_by(**where).values(seq=post.seq, at=now()))
    if not further.rowcount:
        actor.session.add(ReadMark(**where, seq=post.seq, at=now()))
    note_receipt(actor, topic)


def _mention(actor: Actor, post: Post) -> None:
    """Remember who is named, of those who can read it: naming somebody else tells them nothing."""
    ids = markdown.mentioned_ids(post.body)[:MOST_MENTIONS]
    named = actor.session.scalars(select(Person.pk).where(Person.id.in_(ids))).all() if ids else []
    readers = people_in(actor.session, post.audience_pk) if named else set()
    actor.session.add_all(Mention(post_pk=post.pk, person_pk=pk) for pk in named if pk in readers)


def _say_otherwise(actor: Actor, post: Post, body: str) -> Post:
    if body == post.body:
        return post
    post.body, post.html = body, markdown.render(body)
    if now() - post.created_at > SILENT:
        post.edited_at = now()
    actor.session.execute(delete(Mention).where(Mention.post_pk == post.pk))
    _mention(actor, post)
    _keep_revision(actor, POST_EDITED, post)
    return post


def _keep_revision(actor: Actor, of: EventKind, post: Post) -> None:
    event = record_about(actor, of, post.topic, post, words=post.body)
    actor.session.add(PostRevision(post_pk=post.pk, event_id=event.id, at=event.at, by_pk=actor.pk, body=post.body))
    actor.session.flush()


def _after_moderation(actor: Actor, of: EventKind, post: Post, **facts: Any) -> None:
    topic = post.topic
    if not post.stands and topic.accepted_post_pk == post.pk:
        topic.accepted_post_pk = topic.accepted_by_pk = None
        record_about(actor, ANSWER_WITHDRAWN, topic, topic)
    record_about(actor, of, topic, post, **facts)
    recount(actor, topic)

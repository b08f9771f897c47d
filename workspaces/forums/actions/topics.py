"""Topics started, renamed, pinned, closed, answered and removed."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from workspaces.forums.actions.picking import sent_with
from workspaces.forums.actions.posts import write
from workspaces.forums.actions.reading import drop_draft
from workspaces.forums.actions.recording import record_about
from workspaces.forums.attachments import PORT
from workspaces.forums.events import (
    ANSWER_CHOSEN,
    ANSWER_WITHDRAWN,
    TOPIC_CHANGED,
    TOPIC_LOCKED,
    TOPIC_PINNED,
    TOPIC_REMOVED,
    TOPIC_RESTORED,
    TOPIC_STARTED,
    TOPIC_TAGGED,
)
from workspaces.forums.holding import refuse_unseen
from workspaces.forums.models import ANNOUNCEMENT, DISCUSSION, Forum, Post, Topic
from workspaces.forums.policy import May
from workspaces.rooms.actions import account_of
from workspaces.rooms.policy import May as Rooms


@action(May.START_TOPIC)
def start_topic(
    actor: Actor,
    forum: Forum,
    *,
    title: str,
    body: str,
    kind: str = DISCUSSION,
    tags: tuple[str, ...] = (),
    receipts: bool = False,
    received: list[Any] | None = None,
    picked: list[str] | None = None,
    waited: bool = False,
    about: str = "",
) -> Topic:
    """A new topic with its first post, and what files came with it. In a community it belongs to its author's company, or to
    none where staff start it. With `receipts` it asks who has read it. `waited` as in post_message. Raises Invalid for an announcement
    by somebody who does not moderate, for anything else that asks so, and where it has to wait for a look."""
    refuse_unseen(actor, forum.workspace)
    refuse_announcing(actor, forum, kind, receipts=receipts)
    topic = Topic(
        workspace_pk=forum.workspace_pk,
        account_pk=account_of(actor, forum.workspace),
        forum_pk=forum.pk,
        audience_pk=forum.open_audience_pk,
        team_audience_pk=forum.team_audience_pk,
        author_pk=actor.pk,
        title=title,
        kind=kind,
        tags=list(tags),
        receipts=receipts,
        last_post_at=now(),
        last_author_pk=actor.pk,
    )
    actor.session.add(topic)
    actor.session.flush()
    record_about(actor, TOPIC_STARTED, topic, topic, words=title)
    body, kept = sent_with(actor, forum.workspace, picked, body) if picked else (body, [])
    write(actor, topic, body, received=[*(received or []), *kept], waited=waited)
    if about:
        PORT.about(actor, topic, about)
    if not waited:
        drop_draft(actor, place=f"workspace:{forum.workspace.id}")
    return topic


def refuse_announcing(actor: Actor, forum: Forum, kind: str, *, receipts: bool) -> None:
    """Raise Invalid where somebody announces who does not moderate, or asks of anything else who has read it."""
    if kind == ANNOUNCEMENT and not may(actor, Rooms.MODERATE, forum.workspace):
        raise Invalid(("kind", _("Only moderators announce. Choose a discussion or a question.")))
    if receipts and kind != ANNOUNCEMENT:
        raise Invalid(("receipts", _("Who has read it can be asked of an announcement alone.")))


@action(May.CHANGE_TOPIC)
def change_topic(actor: Actor, topic: Topic, *, title: str | None = None, tags: tuple[str, ...] | None = None) -> Topic:
    """Another title, other tags; the title it had stays on the trail."""
    if title is not None and title != topic.title:
        was, topic.title = topic.title, title
        record_about(actor, TOPIC_CHANGED, topic, topic, words=title, was=was)
    if tags is not None and list(tags) != topic.tags:
        topic.tags = list(tags)
        record_about(actor, TOPIC_TAGGED, topic, topic, tags=topic.tags)
    return topic


@action(May.MODERATE_TOPIC)
def pin_topic(actor: Actor, topic: Topic, *, pinned: bool = True) -> None:
    """Keep it on top of the list, or no longer."""
    if (topic.pinned_at is not None) == pinned:
        return
    topic.pinned_at = now() if pinned else None
    record_about(actor, TOPIC_PINNED, topic, topic, what=later("pinned") if pinned else later("unpinned"))


@action(May.MODERATE_TOPIC)
def lock_topic(actor: Actor, topic: Topic, *, locked: bool = True) -> None:
    """Close it for new messages, or open it again."""
    if (topic.locked_at is not None) == locked:
        return
    topic.locked_at, topic.locked_by_pk = (now(), actor.pk or None) if locked else (None, None)
    record_about(actor, TOPIC_LOCKED, topic, topic, what=later("closed") if locked else later("opened again"))


@action(May.ACCEPT_ANSWER)
def accept_answer(actor: Actor, topic: Topic, *, post: Post) -> None:
    """Choose the post that answers. Raises Invalid for a post of another topic, a team note, or what no longer stands."""
    if post.topic_pk != topic.pk or post.team or not post.stands:
        raise Invalid(("accepted_post", _("This message cannot be the answer.")))
    if topic.accepted_post_pk == post.pk:
        return
    was = _answer_of(actor, topic)
    topic.accepted_post_pk, topic.accepted_by_pk = post.pk, actor.pk or None
    record_about(actor, ANSWER_CHOSEN, topic, topic, post=post.id, was=was)


@action(May.ACCEPT_ANSWER)
def withdraw_answer(actor: Actor, topic: Topic) -> None:
    """No post is the answer any more."""
    if topic.accepted_post_pk is None:
        return
    was = _answer_of(actor, topic)
    topic.accepted_post_pk = topic.accepted_by_pk = None
    record_about(actor, ANSWER_WITHDRAWN, topic, topic, was=was)


def _answer_of(actor: Actor, topic: Topic) -> str | None:
    """The id of the post that answers it now."""
    found: str | None = actor.session.scalar(select(Post.id).where(Post.pk == topic.accepted_post_pk))
    return found


@action(May.MODERATE_TOPIC)
def remove_topic(actor: Actor, topic: Topic) -> None:
    """Take it away with all its posts, for everybody; `restore_topic` brings it back."""
    topic.removed_at, topic.removed_by_pk = now(), actor.pk or None
    record_about(actor, TOPIC_REMOVED, topic, topic)


@action(May.RESTORE_TOPIC)
def restore_topic(actor: Actor, topic: Topic) -> None:
    """It is there again, as it was."""
    topic.removed_at = topic.removed_by_pk = None
    record_about(actor, TOPIC_RESTORED, topic, topic)

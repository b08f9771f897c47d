"""Forums, topics and posts."""

from typing import Any

from flask import Response, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Gone, NotFound
from portal.kernel.policy import allowed, fetch, may
from portal.kernel.words import gettext as _
from portal.web.api import answer, body, limit_asked, listed
from portal.web.described import described
from portal.web.endpoint import guarded
from portal.web.pace import count_writing
from workspaces.forums import actions, queries
from workspaces.forums.api.frame import api
from workspaces.forums.holding import HOLD, HeldJson
from workspaces.forums.models import Forum, Post, Topic
from workspaces.forums.policy import May
from workspaces.forums.schemas import (
    ForumPatch,
    NewForum,
    NewPost,
    NewTopic,
    PostPatch,
    PostsAsked,
    TopicPatch,
    TopicsAsked,
)
from workspaces.forums.shapes import (
    ForumJson,
    PostJson,
    ReceiptsJson,
    RevisionJson,
    TopicJson,
    forums_json,
    new_post_json,
    posts_json,
    receipts_json,
    revision_json,
    topic_json,
)
from workspaces.rooms.api.readers import changed, list_readers
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries.places import audience_chosen
from workspaces.rooms.schemas import PreviewAsked
from workspaces.rooms.shapes import ReaderJson

# --- Forums -------------------------------------------------------------------------------------------------------------


@api.get("/workspaces/<workspace>/forums")
@described("Forums that the caller may see", lists=ForumJson)
@guarded(workspace=Rooms.READ_WORKSPACE)
def list_forums(actor: Actor, workspace: Workspace) -> Response:
    found = allowed(actor, May.READ_FORUM).where(Forum.workspace_pk == workspace.pk)
    return listed(actor, found, [Forum.position, Forum.pk], lambda rows: forums_json(actor, rows))


@api.post("/workspaces/<workspace>/forums")
@described("Make a forum", takes=NewForum, makes=ForumJson)
@guarded(workspace=Rooms.RUN_WORKSPACE)
def make_forum(actor: Actor, workspace: Workspace) -> Response:
    told = body(NewForum)
    audience = audience_chosen(actor, workspace, told.audience)
    forum = actions.make_forum(actor, workspace, title=told.title, description=told.description, audience=audience)
    return answer(forums_json(actor, [forum])[0], 201)


@api.get("/forums/<forum>")
@described("A forum", gives=ForumJson)
@guarded(forum=May.READ_FORUM)
def show_forum(actor: Actor, forum: Forum) -> Response:
    return answer(forums_json(actor, [forum])[0])


@api.patch("/forums/<forum>")
@described("Change a forum; who then sees it can be asked first", asks=PreviewAsked, takes=ForumPatch, gives=ForumJson)
@guarded(forum=May.CHANGE_FORUM)
def change_forum(actor: Actor, forum: Forum) -> Response:
    told, meant = body(ForumPatch), None
    title = forum.title if told.title is None else told.title
    actions.change_forum(actor, forum, title=title, description=forum.description if told.description is None else told.description)
    if told.audience is not None:
        audience = audience_chosen(actor, forum.workspace, told.audience)
        meant = actions.change_forum_audience(actor, forum, audience=audience, from_now_on=told.from_now_on)
    return changed(actor, forums_json(actor, [forum])[0], meant)


@api.get("/forums/<forum>/readers")
@described("Who can see what is written in a forum from now on", lists=ReaderJson)
@guarded(forum=May.READ_FORUM)
def list_forum_readers(actor: Actor, forum: Forum) -> Response:
    return list_readers(actor, forum.workspace, forum.open_audience_pk)


@api.delete("/forums/<forum>")
@described("Remove an empty forum")
@guarded(forum=May.CHANGE_FORUM)
def remove_forum(actor: Actor, forum: Forum) -> Response:
    actions.remove_forum(actor, forum)
    return Response(status=204)


# --- Topics -------------------------------------------------------------------------------------------------------------


@api.get("/forums/<forum>/topics")
@described("Discussions, the latest first", asks=TopicsAsked, lists=TopicJson)
@guarded(forum=May.READ_FORUM)
def list_topics(actor: Actor, forum: Forum) -> Response:
    found = allowed(actor, May.READ_TOPIC).where(Topic.forum_pk == forum.pk)
    if tag := request.args.get("tag"):
        found = found.where(queries.tagged(queries.as_kept(tag)))
    order: list[Any] = [Topic.last_post_at, Topic.pk]
    return listed(actor, found, order, lambda rows: [topic_json(row) for row in rows], descending=True)


@api.post("/forums/<forum>/topics")
@described("Start a discussion; 202 where what a client writes first waits", takes=NewTopic, makes=TopicJson, holds=HeldJson)
@guarded(forum=May.START_TOPIC)
def start_topic(actor: Actor, forum: Forum) -> Response:
    told = body(NewTopic)
    count_writing(actor)
    start = HOLD.topic if HOLD.due(actor, forum.workspace) else actions.start_topic
    topic = start(
        actor,
        forum,
        title=told.title,
        body=told.body,
        kind=told.kind,
        tags=queries.as_known(actor, forum.workspace, told.tags),
        receipts=told.receipts,
    )
    return answer(topic_json(topic), 201) if isinstance(topic, Topic) else answer(HOLD.shown(topic), 202)


@api.get("/topics/<topic>")
@described("A discussion; of one that was merged, what it is part of now", gives=TopicJson)
@guarded(topic=May.SEE_WHERE)
def show_topic(actor: Actor, topic: Topic) -> Response:
    return answer(topic_json(queries.where_now(actor, topic)))


@api.get("/topics/<topic>/readers")
@described("Who can see a discussion, its team notes aside", lists=ReaderJson)
@guarded(topic=May.READ_TOPIC)
def list_topic_readers(actor: Actor, topic: Topic) -> Response:
    return list_readers(actor, topic.workspace, topic.audience_pk)


@api.get("/topics/<topic>/receipts")
@described("Who has read an announcement that asks for it", gives=ReceiptsJson)
@guarded(topic=May.SEE_RECEIPTS)
def list_receipts(actor: Actor, topic: Topic) -> Response:
    return answer(receipts_json(queries.receipts(actor, topic)))


@api.patch("/topics/<topic>")
@described("Change a discussion: each field by whom it is given to", takes=TopicPatch, gives=TopicJson)
@guarded(topic=May.READ_TOPIC)
def change_topic(actor: Actor, topic: Topic) -> Response:
    told = body(TopicPatch)
    if told.title is not None or told.tags is not None:
        tags = queries.as_known(actor, topic.workspace, told.tags) if told.tags is not None else None
        actions.change_topic(actor, topic, title=told.title, tags=tags)
    if told.pinned is not None:
        actions.pin_topic(actor, topic, pinned=told.pinned)
    if told.locked is not None:
        actions.lock_topic(actor, topic, locked=told.locked)
    if told.forum is not None:
        actions.move_topic(actor, topic, forum=queries.forum_named(actor, topic.workspace, told.forum))
    if told.accepted_post is not None:
        actions.accept_answer(actor, topic, post=fetch(actor, May.READ_WORDS, told.accepted_post))
    elif "accepted_post" in told.model_fields_set:
        actions.withdraw_answer(actor, topic)
    actor.session.flush()
    actor.session.refresh(topic)
    return answer(topic_json(topic))


@api.delete("/topics/<topic>")
@described("Remove a discussion")
@guarded(topic=May.MODERATE_TOPIC)
def remove_topic(actor: Actor, topic: Topic) -> Response:
    actions.remove_topic(actor, topic)
    return Response(status=204)


# --- Posts --------------------------------------------------------------------------------------------------------------


@api.get("/topics/<topic>/posts")
@described("Messages, oldest first; the first is the topic's own body", asks=PostsAsked, lists=PostJson)
@guarded(topic=May.SEE_WHERE)
def list_posts(actor: Actor, topic: Topic) -> Response:
    topic, limit = queries.where_now(actor, topic), limit_asked()
    posts = queries.posts_after(actor, topic, request.args.get("after", request.args.get("cursor")), limit + 1)
    following = posts[limit - 1].id if len(posts) > limit else None
    return answer({"items": posts_json(actor, posts[:limit]), "next": following})


@api.post("/topics/<topic>/posts")
@described("Write a message, or a team note; 202 where what a client writes first waits", takes=NewPost, makes=PostJson, holds=HeldJson)
@guarded(topic=May.READ_TOPIC)
def post_message(actor: Actor, topic: Topic) -> Response:
    told = body(NewPost)
    reply_to = fetch(actor, May.READ_WORDS, told.reply_to) if told.reply_to is not None else None
    count_writing(actor)
    send = HOLD.message if HOLD.due(actor, topic.workspace) else actions.post_message
    post = send(actor, topic, body=told.body, reply_to=reply_to, team=told.team, file_ids=told.attachments)
    if not isinstance(post, Post):
        return answer(HOLD.shown(post), 202)
    return answer(new_post_json(actor, post, files=bool(told.attachments)), 201)


@api.get("/posts/<post>")
@described("A message", gives=PostJson, also=(410,))
@guarded(post=May.READ_POST)
def show_post(actor: Actor, post: Post) -> Response:
    _refuse_silenced(actor, post)
    return answer(posts_json(actor, [post])[0])


@api.patch("/posts/<post>")
@described("Change a message", takes=PostPatch, gives=PostJson, also=(410,))
@guarded(post=May.EDIT_POST)
def edit_post(actor: Actor, post: Post) -> Response:
    actions.edit_post(actor, post, body=body(PostPatch).body)
    return answer(posts_json(actor, [post])[0])


@api.delete("/posts/<post>")
@described("Remove a message; a tombstone stays", also=(410,))
@guarded(post=May.READ_POST)
def remove_post(actor: Actor, post: Post) -> Response:
    _refuse_silenced(actor, post)
    actions.remove_post(actor, post)
    return Response(status=204)


@api.get("/posts/<post>/revisions")
@described("What a message said before", lists=RevisionJson, paged=False, also=(403, 410))
@guarded(post=May.READ_POST)
def list_revisions(actor: Actor, post: Post) -> Response:
    _refuse_silenced(actor, post)
    fetch(actor, May.READ_HISTORY, post.id)
    return answer({"items": [revision_json(revision, by) for revision, by in queries.revisions_of(actor, post)], "next": None})


@api.put("/posts/<post>/reactions/<emoji>")
@described("React to a message: `helpful`, or one of the few emoji", gives=PostJson, also=(410, 422))
@guarded(post=May.READ_POST)
def react(actor: Actor, post: Post, emoji: str) -> Response:
    _refuse_silenced(actor, post)
    actions.react(actor, post, emoji=emoji)
    actor.session.flush()
    return answer(posts_json(actor, [post])[0])


@api.delete("/posts/<post>/reactions/<emoji>")
@described("Take back one's reaction", also=(410,))
@guarded(post=May.READ_POST)
def take_back_reaction(actor: Actor, post: Post, emoji: str) -> Response:
    _refuse_silenced(actor, post)
    actions.take_back(actor, post, emoji=emoji)
    return Response(status=204)


def _refuse_silenced(actor: Actor, post: Post) -> None:
    """That something was removed may be known; what it said is gone."""
    if post.removed_at is not None:
        raise Gone(_("This message was removed."))
    if not may(actor, May.READ_WORDS, post):
        raise NotFound

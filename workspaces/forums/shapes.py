"""Forums, topics and posts as the API has them."""

from typing import Annotated, Literal, NotRequired

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.models import Person
from portal.people.shapes import NamedJson, named
from workspaces.forums import queries
from workspaces.forums.attachments import PORT, AttachmentJson
from workspaces.forums.models import MERGED, MOVED, SPLIT, Forum, Post, PostRevision, Topic, Transfer
from workspaces.forums.reactions import EMOJI
from workspaces.rooms.shapes import AudienceJson, ChangeJson, audiences_json


class ForumJson(TypedDict):
    """A place for discussions."""

    id: str
    workspace: str
    title: str
    description: str
    audience: Annotated[AudienceJson, means("Whom it is for; what is written there from now on has it too.")]
    created_at: Moment
    change: NotRequired[ChangeJson]


class TopicJson(TypedDict):
    """A discussion. Counts and times are of its shared posts alone."""

    id: str
    workspace: str
    forum: str
    title: str
    kind: Annotated[str, one_of("discussion", "question", "announcement")]
    tags: list[str]
    author: NamedJson
    at: Moment
    receipts: Annotated[bool, means("Whether this announcement asks who has read it.")]
    pinned: bool
    locked: bool
    accepted_post: Annotated[str | None, means("The id of the post that answers the question.")]
    post_count: int
    last_post_at: Moment
    url: str


class ReactionJson(TypedDict):
    """A sign on a message, and whose."""

    emoji: Annotated[str, one_of(*EMOJI)]
    people: list[NamedJson]


class PostJson(TypedDict):
    """A message."""

    id: str
    topic: str
    author: NamedJson
    at: Moment
    edited_at: Moment | None
    body: Annotated[str, means("Markdown, as it was written.")]
    html: Annotated[str, means("Safe HTML of it.")]
    reply_to: str | None
    attachments: list[AttachmentJson]
    reactions: list[ReactionJson]
    audience: Annotated[Literal["shared", "team"], means("`team` is a team note, which clients never see.")]


class ReceiptJson(TypedDict):
    """Whether somebody has read an announcement."""

    person: NamedJson
    read_at: Annotated[Moment | None, means("When first; null: not yet.")]


class ReceiptsJson(TypedDict):
    """Who has read an announcement, of those who can; its author aside."""

    readers: int
    read: int
    people: Annotated[list[ReceiptJson], means("Whom the caller sees; in a community who has not agreed to it is counted and not named.")]


class SubscriptionJson(TypedDict):
    """How much one hears of a discussion, or of a workspace."""

    kind: Annotated[str, one_of("topic", "workspace")]
    id: Annotated[str, means("That of the discussion or workspace.")]
    title: str
    url: str
    how: Annotated[
        str,
        one_of("follow", "mute", "neither", "all", "mentions", "muted"),
        means(
            "Of a discussion `follow`: every message; `mute`: none; `neither`: mentions and answers to oneself. "
            "Of a workspace `all`, `mentions` or `muted`."
        ),
    ]


class RevisionJson(TypedDict):
    """What a post said before."""

    id: str
    at: Moment
    by: NamedJson
    body: str


class TagJson(TypedDict):
    """A tag, and how many discussions have it."""

    tag: str
    topics: int


class TransferJson(TypedDict):
    """That messages went elsewhere; its id takes it back."""

    id: str
    kind: Annotated[str, one_of(MOVED, MERGED, SPLIT)]
    at: Moment
    topic: Annotated[str, means("Where they were.")]
    into: Annotated[str, means("Where they are.")]


def forums_json(actor: Actor, forums: list[Forum]) -> list[ForumJson]:
    """Forums with whom they are for; one query for the groups of all of them."""
    audiences = audiences_json(actor, forums)
    return [
        {
            "id": forum.id,
            "workspace": forum.workspace.id,
            "title": forum.title,
            "description": forum.description,
            "audience": audiences[forum.open_audience_pk],
            "created_at": rfc3339(forum.created_at),
        }
        for forum in forums
    ]


def topic_json(topic: Topic) -> TopicJson:
    """A topic; counts and times are of its shared posts alone."""
    return {
        "id": topic.id,
        "workspace": topic.workspace.id,
        "forum": topic.forum.id,
        "title": topic.title,
        "kind": topic.kind,
        "tags": topic.tags,
        "author": named(topic.author),
        "at": rfc3339(topic.created_at),
        "receipts": topic.receipts,
        "pinned": topic.pinned_at is not None,
        "locked": topic.locked_at is not None,
        "accepted_post": topic.accepted_post.id if topic.accepted_post else None,
        "post_count": topic.post_count,
        "last_post_at": rfc3339(topic.last_post_at),
        "url": topic.path,
    }


def receipts_json(found: queries.Receipts) -> ReceiptsJson:
    """Who has read an announcement, those who have not yet first."""
    people: list[ReceiptJson] = [
        {"person": named(one.person), "read_at": rfc3339(found.at[one.person.pk]) if one.person.pk in found.at else None}
        for one in (*found.waiting, *found.done)
    ]
    return {"readers": found.readers, "read": found.read, "people": people}


def posts_json(actor: Actor, posts: list[Post]) -> list[PostJson]:
    """Posts whose words the actor may read, with their files and reactions; those of all of them in two queries."""
    files = PORT.of_posts(actor, posts)
    signs = queries.signs_on(actor, posts)
    return [_post_json(post, files.get(post.pk, []), signs.get(post.pk, [])) for post in posts]


def new_post_json(actor: Actor, post: Post, *, files: bool) -> PostJson:
    """A post that was just written: nobody can have put a sign on it, and it has files only where some came with it."""
    return _post_json(post, PORT.of_posts(actor, [post]).get(post.pk, []) if files else [], [])


def silenced_json(post: Post) -> PostJson:
    """A post that was removed or hidden: that it is there, and nothing of what it said."""
    return {**_post_json(post, [], []), "body": "", "html": ""}


def subscriptions_json(actor: Actor, topics: list[Topic]) -> list[SubscriptionJson]:
    """How the actor is told of each; one query for all of them."""
    muted = queries.followings(actor, topics)
    how = {None: "neither", True: "mute", False: "follow"}
    return [{"kind": "topic", "id": topic.id, "title": topic.title, "url": topic.path, "how": how[muted.get(topic.pk)]} for topic in topics]


def transfer_json(transfer: Transfer) -> TransferJson:
    """A merge or a split, without the messages: there may be team notes among them."""
    return {
        "id": transfer.id,
        "kind": transfer.kind,
        "at": rfc3339(transfer.at),
        "topic": transfer.topic.id,
        "into": transfer.into.id,
    }


def revision_json(revision: PostRevision, by: Person) -> RevisionJson:
    return {"id": revision.id, "at": rfc3339(revision.at), "by": named(by), "body": revision.body}


def _post_json(post: Post, files: list[AttachmentJson], signs: list[queries.Sign]) -> PostJson:
    return {
        "id": post.id,
        "topic": post.topic.id,
        "author": named(post.author),
        "at": rfc3339(post.created_at),
        "edited_at": rfc3339(post.edited_at) if post.edited_at else None,
        "body": post.body,
        "html": post.html,
        "reply_to": post.reply_to.id if post.reply_to and post.answers_here else None,
        "attachments": files,
        "reactions": [{"emoji": sign.emoji, "people": [{"id": id, "name": name} for id, name in sign.people]} for sign in signs],
        "audience": "team" if post.team else "shared",
    }

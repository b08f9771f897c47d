"""Shape and bounds of what is written in forums."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from portal.kernel.schemas import Schema, line, text
from portal.kernel.shapes import means
from workspaces.rooms.schemas import OfGroup

Kind = Literal["discussion", "question", "announcement"]
BODY, TITLE, TAG, TAGS, REASON, POSTS = 20_000, 160, 30, 8, 300, 500


def _split(value: object) -> object:
    """Tags in a form are one line, with commas."""
    if not isinstance(value, str):
        return value
    return list(dict.fromkeys(" ".join(tag.split()) for tag in value.split(",") if tag.strip()))


class TopicForm(Schema):
    """A new topic, from a form."""

    title: line(TITLE, 1)
    body: text(BODY, 1)
    kind: Kind = "discussion"
    forum: str
    tags: Annotated[list[line(TAG, 1)], BeforeValidator(_split), Field(max_length=TAGS)] = []
    receipts: bool = False
    picked: Annotated[list[str], Field(max_length=50)] = []  # files kept with the draft
    about: line(60) = ""  # the file that it is about, as the library names it


class NewTopic(Schema):
    """A new topic, from JSON."""

    title: line(TITLE, 1)
    body: text(BODY, 1)
    kind: Kind = "discussion"
    tags: Annotated[list[line(TAG, 1)], Field(max_length=TAGS)] = []
    receipts: bool = False  # of an announcement: its author and the team see who has read it, and its readers are told so


class TopicPatch(Schema):
    """What may be changed of a topic; what is absent stays."""

    title: line(TITLE, 1) | None = None
    tags: Annotated[list[line(TAG, 1)], Field(max_length=TAGS)] | None = None
    pinned: bool | None = None
    locked: bool | None = None
    forum: str | None = None
    accepted_post: str | None = None  # null: no answer any more


class Renaming(Schema):
    """Title and tags, from a form."""

    title: line(TITLE, 1)
    tags: Annotated[list[line(TAG, 1)], BeforeValidator(_split), Field(max_length=TAGS)] = []


class Choosing(Schema):
    """What is done to discussions chosen in a list; of an undo their ids come in one line, with commas."""

    act: Literal["read", "move", "close", "open", "pin", "unpin", "tag", "untag"]
    topics: Annotated[list[str], Field(max_length=100)] = []
    tag: line(TAG) = ""
    forum: str = ""
    seen: str = ""


class TagRename(Schema):
    """Another name for a tag; none takes it away."""

    tag: line(TAG, 1)
    name: line(TAG) = ""


class SplitForm(Schema):
    """Messages that become a topic of their own, from a form."""

    title: line(TITLE, 1)
    posts: Annotated[list[str], Field(max_length=POSTS)] = []


class Splitting(Schema):
    """The same from JSON: `posts` are ids."""

    title: line(TITLE, 1)
    posts: Annotated[list[str], Field(min_length=1, max_length=POSTS)]


class Merging(Schema):
    """The topic to merge into."""

    into: str


class SightAsked(TypedDict, total=False):
    """Another place: a forum to move to, or a discussion to merge into."""

    forum: Annotated[str, means("The id of a forum of the same workspace.")]
    into: Annotated[str, means("The id of a discussion of the same workspace.")]


class Message(Schema):
    """A post, from the composer."""

    body: text(BODY, 1)
    reply_to: str | None = None
    team: bool = False
    forum: str | None = None  # where the writer saw the topic: who reads it may be others by now
    picked: Annotated[list[str], Field(max_length=50)] = []  # files kept with the draft


class NewPost(Schema):
    """A post, from JSON."""

    body: text(BODY, 1)
    reply_to: str | None = None
    team: bool = False
    attachments: Annotated[list[str], Field(max_length=50)] = []


class Subscribing(Schema):
    """How to be told of a discussion: of every message, or of none."""

    how: Literal["follow", "mute"]


class TopicsAsked(TypedDict, total=False):
    """Which discussions."""

    tag: Annotated[str, means("Those that have this tag.")]


class PostsAsked(TypedDict, total=False):
    """Where in a discussion."""

    after: Annotated[str, means("The id of the last message that is known; those after it are told.")]


class Ticking(Schema):
    """A task of a message, counted from 0."""

    number: Annotated[int, Field(ge=0, le=10_000)]
    done: bool = False


class PostPatch(Schema):
    """Other words."""

    body: text(BODY, 1)


class Hiding(Schema):
    """Why a post is hidden; its author reads it."""

    reason: line(REASON, 1)


class DraftForm(Schema):
    """What is being written."""

    place: line(60, 1)
    title: line(TITLE) = ""
    body: text(BODY) = ""
    team: bool = False


class NewForum(Schema):
    """A new forum, from JSON."""

    title: line(80, 1)
    description: line(300) = ""
    audience: Literal["everyone", "staff"] | OfGroup = "everyone"


class ForumForm(Schema):
    """A new forum, from a form: the audience is 'everyone', 'staff', or a group's id."""

    title: line(80, 1)
    description: line(300) = ""
    audience: line(22, 1) = "everyone"


class ForumPatch(Schema):
    """What may be changed of a forum. With `from_now_on` another audience is only for discussions started after this."""

    title: line(80, 1) | None = None
    description: line(300) | None = None
    audience: Literal["everyone", "staff"] | OfGroup | None = None
    from_now_on: bool = False

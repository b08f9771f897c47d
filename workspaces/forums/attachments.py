"""The port through which the composer takes files. The library, which stands above forums, puts its answer here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from sqlalchemy import false
from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.shapes import means
from portal.kernel.words import gettext as _
from workspaces.forums.models import DraftFile, Post, Topic
from workspaces.rooms.models import Workspace


class AttachmentJson(TypedDict):
    """A file that came with a message."""

    id: str
    name: str
    size: Annotated[int, means("In bytes.")]
    mime: str
    version: int
    url: str
    picture: Annotated[str | None, means("Where it can be looked at, if it is a picture.")]


def _no_files(actor: Actor, post: Post, file_ids: list[str]) -> None:
    if file_ids:
        raise Invalid(("attachments", _("There is no such file.")))


@dataclass
class AttachmentPort:
    """What forums ask of the library."""

    # (house, the Flask request) -> the files of a multipart request, stored but belonging to nobody yet; runs before the transaction.
    receive: Callable[[House, Any], list[Any]] = lambda house, request: []
    # In the transaction: make received files the post's. Raises Invalid at the field 'files'.
    attach: Callable[[Actor, Post, list[Any]], None] = lambda actor, post, received: None
    # The same for files named by id in JSON. Raises Invalid at the field 'attachments'.
    attach_ids: Callable[[Actor, Post, list[str]], None] = _no_files
    # In the transaction, of what is kept before it is a post's: raises TooLarge where the workspace has no room for it.
    refuse_full: Callable[[Actor, Workspace, list[Any]], None] = lambda actor, workspace, received: None
    # The condition that a post, by the column of its pk, came with files: those of the others are not asked for.
    any_of: Callable[[Any], Any] = lambda post_pk: false()
    # Files of this workspace named by id, as `attach` takes them. Raises Invalid at the field 'attachments'.
    named: Callable[[Actor, Workspace, list[str]], list[Any]] = lambda actor, workspace, file_ids: []
    # A file that was kept (of a draft, or of what waits), as `attach` takes it, and where it can be looked at once it is a post's here.
    picked: Callable[[Workspace, Any], tuple[Any, str]] = lambda workspace, file: (None, "")
    # The bytes of such a file as an answer: a picture to look at, all else to keep.
    serve: Callable[[Actor, Any], Any] = lambda actor, file: None
    # Whether a page can show it.
    picture: Callable[[DraftFile], bool] = lambda file: False
    # post pk -> its files, for one page in one query.
    of_posts: Callable[[Actor, Iterable[Post]], dict[int, list[AttachmentJson]]] = lambda actor, posts: {}
    # Outside of any transaction: (house, name, bytes) of a file from elsewhere -> JSON values that name what was stored. Raises Refused.
    take: Callable[[House, str, bytes], dict[str, Any]] = lambda house, name, data: {}
    # In the transaction of an import: make what `take` gave the post's files, at the post's own time; how many there are.
    attach_past: Callable[[Actor, Post, list[dict[str, Any]]], list[Any]] = lambda actor, post, taken: []
    # In the transaction in which a discussion is started: what it is about, as the address of the form said it.
    about: Callable[[Actor, Topic, str], None] = lambda actor, topic, told: None
    # In the transaction of a move: give the topic's files their posts' new audiences.
    moved: Callable[[Actor, Topic], None] = lambda actor, topic: None
    ready: bool = False  # whether the composer offers files


PORT = AttachmentPort()

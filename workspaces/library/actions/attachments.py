"""Files attached to posts: they have their post's audience, account and workspace, and go where it goes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, Refused
from portal.kernel.ids import new_id
from portal.kernel.policy import fetch
from portal.kernel.words import gettext as _
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.library.actions.files import record_file, write_file
from workspaces.library.events import FILE_MOVED
from workspaces.library.models import File
from workspaces.library.policy import May
from workspaces.library.receiving import Received

MOST_ATTACHED = 20  # to one post


@action(Forums.EDIT_POST)
def attach_files(actor: Actor, post: Post, *, received: Iterable[Received]) -> list[File]:
    """Make received files the post's own. Raises Invalid at `files` for too many."""
    coming = list(received)
    _refuse_many(actor, post, len(coming), "files")
    return [write_file(actor, _prepared(post, each.name, each.id), each) for each in coming]


@action(Forums.EDIT_POST)
def attach_copies(actor: Actor, post: Post, *, file_ids: Iterable[str]) -> list[File]:
    """Attach files of the same workspace that the actor may read: copies that share the bytes. Raises Invalid at `attachments`."""
    wanted = list(dict.fromkeys(file_ids))
    _refuse_many(actor, post, len(wanted), "attachments")
    return [write_file(actor, _prepared(post, each.name), each) for each in named(actor, post.workspace_pk, wanted)]


@action(Forums.EDIT_POST)
def attach_past(actor: Actor, post: Post, taken: list[dict[str, Any]]) -> list[File]:
    """The files that came with an imported post, as old as it is; no more than a post may have."""
    made = []
    for each in taken[:MOST_ATTACHED]:
        file = _prepared(post, each["name"])
        file.created_at = post.created_at
        made.append(write_file(actor, file, Received(**each), at=post.created_at))
    return made


@action(open="whoever moved the discussion, which may be a removed one, was found to be allowed")
def follow_topic(actor: Actor, topic: Topic) -> None:
    """After a topic was moved: its posts' files have their posts' audience again."""
    posts = select(Post).where(Post.topic_pk == topic.pk)
    audiences = {post.pk: post.audience_pk for post in actor.session.scalars(posts)}
    for file in actor.session.scalars(select(File).where(File.post_pk.in_(audiences))):
        if file.audience_pk != audiences[file.post_pk or 0]:
            file.audience_pk = audiences[file.post_pk or 0]
            record_file(actor, FILE_MOVED, file, place=topic.forum.title)


def named(actor: Actor, workspace_pk: int, file_ids: Iterable[str]) -> list[Received]:
    """Files of the workspace that the actor may read, as if they had just come. Raises Invalid at `attachments`."""
    return [_again(actor, workspace_pk, id) for id in dict.fromkeys(file_ids)]


def _again(actor: Actor, workspace_pk: int, id: str) -> Received:
    try:
        original: File = fetch(actor, May.READ_FILE, id)
    except Refused:
        original = None  # type: ignore[assignment]
    if original is None or original.workspace_pk != workspace_pk:
        raise Invalid(("attachments", _("There is no such file.")))
    version = original.version
    return Received(original.name, version.sha256, version.size, version.mime)


def _prepared(post: Post, name: str, id: str = "") -> File:
    return File(
        id=id or new_id(),
        workspace_pk=post.workspace_pk,
        account_pk=post.account_pk,
        audience_pk=post.audience_pk,
        post_pk=post.pk,
        name=name,
    )


def _refuse_many(actor: Actor, post: Post, coming: int, field: str) -> None:
    there = len(list(actor.session.scalars(select(File.pk).where(File.post_pk == post.pk, File.removed_at.is_(None)))))
    if there + coming > MOST_ATTACHED:
        raise Invalid((field, _("Attach at most %(n)s files to one message.", n=MOST_ATTACHED)))

"""What of the library is found: files by their name and what was said of their versions."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.kernel.indexing import Findable, FindableKind, findable
from workspaces.forums.models import Post, Topic
from workspaces.library.models import File, Folder
from workspaces.library.policy import May

POST_COMES_OR_GOES = frozenset({"post.removed", "post.restored", "post.hidden", "post.shown"})
FOLDER_COMES_OR_GOES = frozenset({"folder.removed", "folder.restored", "folder.audience"})
TOPIC_COMES_OR_GOES = frozenset({"topic.removed", "topic.restored"})


def made(file: File) -> Findable | None:
    """A file as the index takes it; nothing where it, or what it is in, is removed or hidden."""
    if not stands(file):
        return None
    notes = [version.note for version in reversed(file.versions) if version.note]
    return Findable(
        kind="file",
        id=file.id,
        pk=file.pk,
        audience_pk=file.audience_pk,
        account_pk=file.account_pk or 0,
        workspace_pk=file.workspace_pk,
        author_pk=file.uploaded_by_pk,
        at=file.version.created_at,
        title=file.name,
        body=" · ".join(notes),
    )


def affected(session: Session, event: Any) -> Iterable[str]:
    """The files to index again: the one it is about, or those of the folder, post or topic that it takes away or brings back."""
    if event.kind == "file.opened":
        return []
    if event.subject_kind == "file":
        return [event.subject_id]
    if event.kind in FOLDER_COMES_OR_GOES:
        inside = select(File.id).join(Folder, Folder.pk == File.folder_pk).where(Folder.id == event.subject_id)
        return list(session.scalars(inside))
    attached = select(File.id).join(Post, Post.pk == File.post_pk)
    if event.kind in POST_COMES_OR_GOES:
        return list(session.scalars(attached.where(Post.id == event.subject_id)))
    if event.kind in TOPIC_COMES_OR_GOES:
        return list(session.scalars(attached.join(Topic, Topic.pk == Post.topic_pk).where(Topic.id == event.subject_id)))
    return []


def stands(file: File) -> bool:
    """Whether neither it nor what it is in is removed or hidden."""
    post = file.post
    gone = post and (post.removed_at or post.hidden_at or post.topic.removed_at)
    return not (file.removed_at or (file.folder and file.folder.removed_at) or gone)


def _options() -> tuple[Any, ...]:
    return (
        joinedload(File.workspace),
        joinedload(File.folder),
        joinedload(File.post).joinedload(Post.topic),
        joinedload(File.version),
        selectinload(File.versions),
    )


findable(FindableKind("file", 5, May.READ_FILE, made, affected, (File.name,), _options))

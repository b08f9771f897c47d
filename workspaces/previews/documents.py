"""What is found of pages: their words. A page is shown as a part of its file, and who may see that has been asked."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.kernel.indexing import Findable, FindableKind, findable
from workspaces.forums.models import Post
from workspaces.library import documents as files
from workspaces.library.models import File
from workspaces.previews.models import FilePage, PreviewPage
from workspaces.previews.policy import May

AS_BEFORE = frozenset(
    {"file.added", "file.version", "file.current", "file.renamed"}
)  # what these change of pages is listed when they are read


def made(row: FilePage) -> Findable | None:
    file = row.file
    if not files.stands(file):
        return None
    return Findable(
        kind="page",
        id=row.id,
        pk=row.pk,
        audience_pk=file.audience_pk,
        account_pk=file.account_pk or 0,
        workspace_pk=file.workspace_pk,
        author_pk=row.version.by_pk,
        at=row.version.created_at,
        title="",  # the file answers to its name; its pages to their words
        body=row.page.text,
        of=file.id,
    )


def affected(session: Session, event: Any) -> Iterable[str]:
    """The pages of the files that an event touches."""
    if event.kind in AS_BEFORE or not (ids := list(files.affected(session, event))):
        return []
    return list(session.scalars(select(FilePage.id).join(File, File.pk == FilePage.file_pk).where(File.id.in_(ids))))


def _options() -> tuple[Any, ...]:
    file = joinedload(FilePage.file)
    return (
        file.joinedload(File.workspace),
        file.joinedload(File.folder),
        file.joinedload(File.post).joinedload(Post.topic),
        joinedload(FilePage.version),
        joinedload(FilePage.page),
    )


_text = select(PreviewPage.text).where(PreviewPage.pk == FilePage.page_pk).correlate(FilePage).scalar_subquery()
findable(FindableKind("page", 8, May.READ_PAGE, made, affected, (_text,), _options, shown_as="file"))

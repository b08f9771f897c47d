"""What is remembered of files that were read. The system alone writes it: it is made of what people wrote, and no writing of theirs."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.ids import new_id
from portal.kernel.indexing import index_again
from workspaces.library.models import KEPT, File, FileVersion
from workspaces.moderation.models import HeldFile
from workspaces.previews.models import DONE, REFUSED, WAITING, FilePage, Preview, PreviewPage
from workspaces.previews.queries import held_files
from workspaces.previews.running import Answer, Page

READER = 2  # raised when a better reader should read everything again
MOST_PAGES = 5000  # unlisted at a time
TRIES = 2  # of a file that takes too much or fells the child


@action(open="the system reads what is stored")
def begin(actor: Actor, *, sha256: str, again: bool = False) -> int:
    """Note that these bytes are about to be read, before they can do harm; the number of tries with this one."""
    preview = actor.session.scalar(select(Preview).where(Preview.sha256 == sha256))
    if preview is None:
        preview = Preview(sha256=sha256, tries=0)
        actor.session.add(preview)
    if preview.made_by != READER or (again and preview.state != WAITING):
        preview.made_by, preview.tries, preview.state = READER, 0, WAITING
    preview.tries += 1
    return preview.tries


@action(open="the system reads what is stored")
def keep_text(actor: Actor, *, sha256: str, answer: Answer) -> None:
    """What reading came to. Pages that were there before go, with what is found by them."""
    session = actor.session
    preview = session.scalars(select(Preview).where(Preview.sha256 == sha256)).one()
    old = select(PreviewPage.pk).where(PreviewPage.preview_pk == preview.pk)
    _unlist(actor, select(FilePage).where(FilePage.page_pk.in_(old)))
    session.execute(delete(PreviewPage).where(PreviewPage.preview_pk == preview.pk))
    pages = [] if answer.why else answer.pages
    if pages:
        session.execute(insert(PreviewPage), [{"preview_pk": preview.pk, "number": page.number, "text": page.text} for page in pages])
    preview.state, preview.why = (REFUSED, answer.why) if answer.why else (DONE, "")
    preview.pages, preview.cut, preview.pictured, preview.read_at = len(pages), answer.cut, False, now()


@action(open="the system pictures what is stored")
def keep_pictures(actor: Actor, *, sha256: str, pictures: Sequence[tuple[Page, str]], whole: bool) -> None:
    """(page, SHA-256 of its picture). An image, which has no words, gets its one page by this. `whole`: there are no more."""
    session = actor.session
    preview = session.scalars(select(Preview).where(Preview.sha256 == sha256)).one()
    known = {page.number: page for page in session.scalars(select(PreviewPage).where(PreviewPage.preview_pk == preview.pk))}
    for page, picture in pictures:
        row = known.get(page.number)
        if row is None:
            row = PreviewPage(preview_pk=preview.pk, number=page.number, text="")
            session.add(row)
        row.picture, row.size, row.width, row.height = picture, len(page.picture), page.width, page.height
    preview.pages = max([preview.pages, *(page.number for page, _picture in pictures)])
    preview.pictured = preview.pictured or whole


@action(open="what the scanner holds back is read no more")
def hold(actor: Actor, *, sha256: str) -> None:
    """Nothing of these bytes is read, shown or found, nor what was of them before."""
    begin(actor, sha256=sha256, again=True)
    actor.session.flush()
    keep_text(actor, sha256=sha256, answer=Answer(why="held"))
    actor.session.scalars(select(Preview).where(Preview.sha256 == sha256)).one().pictured = True


@action(open="the system reads what is stored")
def list_pages(actor: Actor, *, sha256: str) -> None:
    """Have the pages of all files found whose present version these bytes are; what is found of them anew is their old pages no more."""
    session = actor.session
    preview = session.scalar(select(Preview).where(Preview.sha256 == sha256))
    found = select(File.pk, FileVersion.pk).join(FileVersion, FileVersion.pk == File.version_pk).where(FileVersion.sha256 == sha256)
    its_pages = select(PreviewPage.pk, PreviewPage.number).where(
        PreviewPage.preview_pk == (preview.pk if preview else 0), PreviewPage.text != ""
    )
    pages = session.execute(its_pages.order_by(PreviewPage.number)).all()
    for file_pk, version_pk in session.execute(found).all():
        there = {row.number: row for row in session.scalars(select(FilePage).where(FilePage.file_pk == file_pk))}
        if {row.page_pk for row in there.values()} == {pk for pk, _number in pages} and all(
            row.version_pk == version_pk for row in there.values()
        ):
            continue
        _unlist(actor, select(FilePage).where(FilePage.file_pk == file_pk))
        rows = [
            {"id": new_id(), "created_at": now(), "file_pk": file_pk, "version_pk": version_pk, "page_pk": pk, "number": number}
            for pk, number in pages
        ]
        if rows:
            session.execute(insert(FilePage), rows)
            index_again(session, "page", [row["id"] for row in rows])  # type: ignore[misc]


@action(open="what nobody names any more is nobody's")
def forget(actor: Actor, *, most: int = 500) -> int:
    """Forget what was made of bytes that are no version of a file any more, or of forgotten ones alone; how many there were."""
    session = actor.session
    _unlist(actor, select(FilePage).join(File, File.pk == FilePage.file_pk).where(File.version_pk.is_(None)).limit(MOST_PAGES))
    kept = select(FileVersion.pk).where(FileVersion.sha256 == Preview.sha256, KEPT)
    listed = select(FilePage.pk).join(PreviewPage, PreviewPage.pk == FilePage.page_pk).where(PreviewPage.preview_pk == Preview.pk)
    waits = held_files().where(HeldFile.sha256 == Preview.sha256)
    pks = list(session.scalars(select(Preview.pk).where(~kept.exists(), ~listed.exists(), ~waits.exists()).limit(most)))
    if pks:
        session.execute(delete(PreviewPage).where(PreviewPage.preview_pk.in_(pks)))
        session.execute(delete(Preview).where(Preview.pk.in_(pks)))
    return len(pks)


def _unlist(actor: Actor, found: object) -> None:
    """These pages are found no more."""
    rows = actor.session.execute(found.with_only_columns(FilePage.pk, FilePage.id)).all()  # type: ignore[attr-defined]
    if rows:
        actor.session.execute(delete(FilePage).where(FilePage.pk.in_([pk for pk, _id in rows])))
        index_again(actor.session, "page", [id for _pk, id in rows])

"""What screens ask of previews. Each is asked of a version that was fetched by its own verb."""

import csv
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.kernel.prepared import prepared
from workspaces.library.models import KEPT, FileVersion
from workspaces.moderation.models import Held, HeldFile
from workspaces.previews.models import DONE, Preview, PreviewPage

SHEET = "spreadsheet"
HIGHEST = 10**6  # of a page
ROWS = 500  # of a table on a page
Bits = list[tuple[str, bool]]  # (text, whether it is marked)


@dataclass(frozen=True)
class Shown:
    """A page as it is shown; `page` is None where there is nothing to be seen, `preview` where it waits."""

    version: FileVersion
    number: int
    preview: Preview | None
    page: PreviewPage | None

    @property
    def count(self) -> int:
        return self.preview.pages if self.preview else 0

    @property
    def waits(self) -> bool:
        """Whether there may be more to see in a moment."""
        return self.preview is None or self.preview.state not in (DONE, "refused") or not (self.preview.pictured or self.page)

    @property
    def why(self) -> str:
        return self.preview.why if self.preview else ""

    @property
    def playable(self) -> str:
        """`audio` or `video` where a browser can play it."""
        kind = self.version.mime.partition("/")[0]
        return kind if kind in ("audio", "video") else ""


def shown(actor: Actor, version: FileVersion, number: int = 1) -> Shown:
    """What there is of a page. Raises NotFound for a number that is none."""
    if not 1 <= number <= HIGHEST:
        raise NotFound
    found: Any = _page(actor, sha256=version.sha256, number=number)
    preview, page = found.one_or_none() or (None, None)
    return Shown(version, number, preview, page)


@prepared
def _page(actor: Actor, *, sha256: Any, number: Any) -> Any:
    its = (PreviewPage.preview_pk == Preview.pk) & (PreviewPage.number == number)
    return select(Preview, PreviewPage).outerjoin(PreviewPage, its).where(Preview.sha256 == sha256)


def mime_of(session: Session, sha256: str) -> str | None:
    """What these bytes are, of a version or of a file that came with a first message that waits; None where they are neither."""
    version = select(FileVersion.mime).where(FileVersion.sha256 == sha256, KEPT).limit(1)
    waits = held_files().where(HeldFile.sha256 == sha256).with_only_columns(HeldFile.mime).limit(1)
    return session.scalar(version) or session.scalar(waits)


def held_files() -> Select[Any]:
    """Files of first messages that wait for a moderator: they are looked through before somebody decides."""
    return select(HeldFile).join(Held, Held.pk == HeldFile.held_pk).where(Held.outcome == "")


def words_known(sha256: Any) -> ColumnElement[bool]:
    """The condition that bytes, by the column of their SHA-256, were read to their end and have words."""
    words = (
        select(PreviewPage.pk).where(PreviewPage.preview_pk == Preview.pk, PreviewPage.text != "").correlate_except(PreviewPage).exists()
    )
    read = select(Preview.pk).where(Preview.sha256 == sha256, Preview.state == DONE, Preview.cut.is_(False), words)
    return read.correlate_except(Preview).exists()


def words_of(actor: Actor, version: FileVersion, most: int) -> list[str] | None:
    """The words of such a version, page by page; None where there are more characters than that, or it is none."""
    its = select(PreviewPage).join(Preview, Preview.pk == PreviewPage.preview_pk)
    its = its.where(Preview.sha256 == version.sha256, words_known(version.sha256))
    length = actor.session.scalar(its.with_only_columns(func.sum(func.length(PreviewPage.text))))
    if length is None or length > most:
        return None
    return list(actor.session.scalars(its.with_only_columns(PreviewPage.text).order_by(PreviewPage.number)))


def picture_of(actor: Actor, version: FileVersion, number: int) -> PreviewPage:
    """The page, which has a picture. Raises NotFound."""
    page = shown(actor, version, number).page
    if page is None or not page.picture:
        raise NotFound
    return page


def looks(name: str, version: FileVersion) -> str:
    """What the words of a file are shown as: `table`, `markdown` or `text`."""
    if SHEET in version.mime or (version.mime == "text/plain" and name.lower().endswith((".csv", ".tsv"))):
        return "table"
    return "markdown" if version.mime == "text/plain" and name.lower().endswith((".md", ".markdown")) else "text"


def cells(text: str) -> list[list[str]]:
    """The rows of a table: between tabs where there are some, else as the commonest of the signs that part cells."""
    head = text[:2000]
    sign = "\t" if "\t" in head else max(",;|", key=head.count)
    try:
        rows = list(csv.reader(text.splitlines()[:ROWS], delimiter=sign))
    except csv.Error:
        rows = [line.split(sign) for line in text.splitlines()[:ROWS]]
    return [row for row in rows if row]


def bits(text: str, marked: list[str]) -> Bits:
    """A text in pieces, the whole words that are to be marked by themselves."""
    if not marked:
        return [(text, False)]
    wanted = "|".join(re.escape(word) for word in sorted(marked, key=len, reverse=True))
    parts = re.split(rf"(?<!\w)({wanted})(?!\w)", text, flags=re.IGNORECASE)
    return [(part, n % 2 == 1) for n, part in enumerate(parts) if part]


def words_asked(told: str) -> list[str]:
    """The words to be marked, as an address names them: a few, and short ones."""
    return [word[:60] for word in told[:500].split()][:8]

"""What was made of files so that they can be read here and found: by their bytes, once, whoever has them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified
from workspaces.library.models import File, FileVersion

WAITING, DONE, REFUSED = "waiting", "done", "refused"


class Preview(Created, Base):
    """What became of reading some bytes. Where there is none yet, they wait."""

    __tablename__ = "preview"

    pk: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    why: Mapped[str] = mapped_column(String(10), default="")  # of REFUSED: kind, locked, broken, large, slow, crashed
    made_by: Mapped[int] = mapped_column(default=0)  # the reader's number, so that a better one reads again
    tries: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    cut: Mapped[bool] = mapped_column(default=False)  # there is more than was kept
    pictured: Mapped[bool] = mapped_column(default=False)  # its pictures were made, or there are none to be made
    read_at: Mapped[datetime | None]


class PreviewPage(Base):
    """A page of them: its words, and its picture where it has one."""

    __tablename__ = "preview_page"
    __table_args__ = (UniqueConstraint("preview_pk", "number"),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    preview_pk: Mapped[int] = mapped_column(ForeignKey("preview.pk"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    picture: Mapped[str | None] = mapped_column(String(64), index=True)  # SHA-256 of a WebP
    size: Mapped[int] = mapped_column(default=0)  # its bytes
    width: Mapped[int] = mapped_column(default=0)  # pixels
    height: Mapped[int] = mapped_column(default=0)

    preview: Mapped[Preview] = relationship()


class FilePage(Identified, Created, Base):
    """A page of a file as it is searched: that of the present version, as soon as it was read."""

    __tablename__ = "file_page"
    __kind__ = "page"
    __table_args__ = (UniqueConstraint("file_pk", "number"),)

    file_pk: Mapped[int] = mapped_column(ForeignKey("file.pk"))
    version_pk: Mapped[int] = mapped_column(ForeignKey("file_version.pk"), index=True)
    page_pk: Mapped[int] = mapped_column(ForeignKey("preview_page.pk"), index=True)
    number: Mapped[int]

    file: Mapped[File] = relationship()
    version: Mapped[FileVersion] = relationship()
    page: Mapped[PreviewPage] = relationship()

    @property
    def path(self) -> str:
        return f"{self.file.path}/page/{self.number}?v={self.version.number}"

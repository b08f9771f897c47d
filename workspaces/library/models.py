"""The file library: folders, files and their versions; the bytes are in storage by their SHA-256."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, UniqueConstraint, false, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.accounts.models import Account
from portal.kernel.content import Content
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.forums.models import Post, Topic
from workspaces.rooms.models import STANDS, InWorkspace, Pin, Place, Workspace


class Folder(Identified, Created, Place, Base):
    """A place for files. A folder inside another has an audience of its own; `name` is unique among its siblings that stand."""

    __tablename__ = "folder"
    __kind__ = "folder"
    __table_args__ = (
        Index(
            "uq_folder_name",
            "workspace_pk",
            text("coalesce(parent_pk, 0)"),
            "name",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    parent_pk: Mapped[int | None] = mapped_column(ForeignKey("folder.pk"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    removed_at: Mapped[datetime | None]

    workspace: Mapped[Workspace] = relationship()
    parent: Mapped["Folder | None"] = relationship(remote_side="Folder.pk")

    @property
    def path(self) -> str:
        return f"{self.workspace.path}files/{self.id}"


class File(InWorkspace, Content, Base):
    """A document: in a folder with its audience, or attached to a post with the post's audience."""

    __tablename__ = "file"
    __kind__ = "file"
    __table_args__ = (
        InWorkspace.one_of_its_accounts(),
        Index(
            "uq_file_name",
            "folder_pk",
            "name",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )

    folder_pk: Mapped[int | None] = mapped_column(ForeignKey("folder.pk"), index=True)
    post_pk: Mapped[int | None] = mapped_column(ForeignKey("post.pk"), index=True)
    uploaded_by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    name: Mapped[str] = mapped_column(String(255))
    version_pk: Mapped[int | None] = mapped_column(ForeignKey("file_version.pk", use_alter=True))  # the current one; none: forgotten
    must_read: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # everybody it is for was asked to
    removed_at: Mapped[datetime | None]
    removed_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))

    folder: Mapped[Folder | None] = relationship(overlaps="workspace")
    post: Mapped[Post | None] = relationship()
    workspace: Mapped[Workspace] = relationship()
    account: Mapped[Account | None] = relationship(primaryjoin="foreign(File.account_pk) == Account.pk", viewonly=True)
    uploaded_by: Mapped[Person] = relationship(foreign_keys=uploaded_by_pk)
    version: Mapped["FileVersion"] = relationship(foreign_keys=version_pk, post_update=True)
    versions: Mapped[list["FileVersion"]] = relationship(
        back_populates="file", foreign_keys="FileVersion.file_pk", order_by="FileVersion.number"
    )

    if TYPE_CHECKING:
        pinned: Any  # whether it is under "Start here"
        placed: Any  # whether it comes from the shelf; said of all files by workspaces.shelf

    @property
    def path(self) -> str:
        return f"{self.workspace.path}files/f/{self.id}"


_stands_first = select(Pin.kind).where(Pin.kind == "file", Pin.thing == File.id).correlate_except(Pin).exists()
File.pinned = column_property(_stands_first)


class TopicFile(Base):
    """What a discussion was started about: a file, or one version or page of it. Who may read both sees that they belong together."""

    __tablename__ = "topic_file"

    topic_pk: Mapped[int] = mapped_column(ForeignKey("topic.pk"), primary_key=True)
    file_pk: Mapped[int] = mapped_column(ForeignKey("file.pk"), index=True)
    number: Mapped[int | None]  # of the version; none: of the file, whatever it is
    page: Mapped[int | None]


class FileVersion(Identified, Created, Base):
    """What a file was at one time. Never changed, never thinned out."""

    __tablename__ = "file_version"
    __kind__ = "file_version"
    __table_args__ = (UniqueConstraint("file_pk", "number"),)

    file_pk: Mapped[int] = mapped_column(ForeignKey("file.pk"), index=True)
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(120))  # by content, not by name
    note: Mapped[str] = mapped_column(String(300), default="")  # what changed, in one line
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))

    file: Mapped[File] = relationship(back_populates="versions", foreign_keys=file_pk)
    by: Mapped[Person] = relationship()

    if TYPE_CHECKING:
        held: Any  # whether the virus check holds it back


# Of a version: that its bytes are kept. What was removed and rested its time has no version that it is; its name and its history stay.
KEPT = select(File.pk).where(File.pk == FileVersion.file_pk, File.version_pk.is_not(None)).correlate_except(File).exists()


class FileView(Identified, Created, Base):
    """Who opened which version, and when."""

    __tablename__ = "file_view"
    __kind__ = "file_view"

    version_pk: Mapped[int] = mapped_column(ForeignKey("file_version.pk"), index=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)

    version: Mapped[FileVersion] = relationship()
    person: Mapped[Person] = relationship()


class FileReading(Base):
    """How long somebody had a version, or a page of it, before them; kept only where the workspace measures it, and they are told."""

    __tablename__ = "file_reading"

    version_pk: Mapped[int] = mapped_column(ForeignKey("file_version.pk"), primary_key=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True, index=True)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: the whole
    seconds: Mapped[int]
    beat_at: Mapped[datetime]  # the last


class Scan(Created, Base):
    """That bytes were looked through for viruses, and what was found; nobody is handed what holds one."""

    __tablename__ = "scan"

    pk: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    threat: Mapped[str] = mapped_column(String(200), default="")


class Upload(Identified, Created, Base):
    """A file on its way in by pieces, into a folder or as a new version; until it is whole its bytes are in the scratch folder."""

    __tablename__ = "upload"
    __kind__ = "upload"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    folder_pk: Mapped[int | None] = mapped_column(ForeignKey("folder.pk"))
    of_pk: Mapped[int | None] = mapped_column(ForeignKey("file.pk"))  # the file that gets a version
    name: Mapped[str] = mapped_column(String(255))
    note: Mapped[str] = mapped_column(String(300), default="")
    both: Mapped[bool] = mapped_column(Boolean, default=False)  # beside one of the same name, not as its version
    size: Mapped[int] = mapped_column(BigInteger)  # bytes that it will be
    received: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes that are on the disk for good
    expires_at: Mapped[datetime] = mapped_column(index=True)
    file_pk: Mapped[int | None] = mapped_column(ForeignKey("file.pk"))  # what it became

    folder: Mapped[Folder | None] = relationship()
    of: Mapped[File | None] = relationship(foreign_keys=of_pk)
    file: Mapped[File | None] = relationship(foreign_keys=file_pk)


# Known with the version itself, so that no page offers what nobody is handed.
_threat = select(Scan.pk).where(Scan.sha256 == FileVersion.sha256, Scan.threat != "").correlate_except(Scan).exists()
FileVersion.held = column_property(_threat)

# Known with the topic itself, so that only those that are about a file ask for it. Last, as it sets up what stands above.
_about = select(TopicFile.file_pk).where(TopicFile.topic_pk == Topic.pk).correlate_except(TopicFile).scalar_subquery()
Topic.about_file = column_property(_about)

"""Shape and bounds of what is said about files and folders."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from portal.kernel.schemas import Schema, line
from portal.kernel.shapes import means
from workspaces.rooms.schemas import OfGroup

NOTE = 300  # characters of "What changed?"


class Adding(Schema):
    """The fields beside uploaded files; `same` says what becomes of a name that is there already."""

    note: line(NOTE) = ""
    same: Literal["version", "both"] = "version"


class Uploading(Schema):
    """What `Upload-Metadata` says of an upload: where it goes, and what it is called there."""

    folder: line(22) = ""
    file: line(22) = ""
    filename: line(500) = ""
    note: line(NOTE) = ""
    same: Literal["version", "both"] = "version"


class Choosing(Schema):
    """The number of a version."""

    number: Annotated[int, Field(ge=1, le=10**9)]


class Beat(Schema):
    """That a version, or a page of it, is being read."""

    number: Annotated[int, Field(ge=1, le=10**9)]
    page: Annotated[int, Field(ge=0, le=100_000)] = 0


class Noting(Schema):
    """The field beside a new version."""

    note: line(NOTE) = ""


class ContentAsked(TypedDict, total=False):
    """Which bytes."""

    v: Annotated[int, means("The number of an older version.")]


class SpaceForm(Schema):
    """How much room files may take, as an admin writes it."""

    limit: line(20) = ""


class SpaceBody(Schema):
    """The same as the API takes it: bytes, 0 for no limit, null for that of the installation."""

    limit: Annotated[int, Field(ge=0, le=10**15)] | None


class NewFolder(Schema):
    """A folder as a form makes it; `audience` is 'everyone', 'staff' or a group's id."""

    name: line(120, 1)
    parent: line(22) = ""
    audience: line(22) = "everyone"


class FolderBody(Schema):
    """A folder as the API makes it."""

    name: line(120, 1)
    parent: str | None = None
    audience: Literal["everyone", "staff"] | OfGroup = "everyone"


class Naming(Schema):
    """Another name for a folder."""

    name: line(120, 1)


class FolderPatch(Schema):
    """What the API changes of a folder. With `from_now_on` another audience is only for files added after this."""

    name: line(120, 1) | None = None
    audience: Literal["everyone", "staff"] | OfGroup | None = None
    from_now_on: bool = False
    parent: str | None = None


class FolderMoving(Schema):
    """The folder that a folder goes into; none is the top."""

    parent: line(22) = ""


class SeveralFiles(Schema):
    """What is done to files chosen in a list; of an undo their ids come in one line, with commas."""

    act: Literal["move", "remove", "restore", "zip"]
    files: Annotated[list[str], Field(max_length=100)] = []
    folder: line(22) = ""
    confirm: bool = False


class FileNaming(Schema):
    """Another name for a file."""

    name: line(255, 1)


class Moving(Schema):
    """Another folder; `confirm` says that more people may see it there."""

    folder: line(22, 1)
    confirm: bool = False


class FilePatch(Schema):
    """What the API changes of a file; what is not sent stays."""

    name: line(255, 1) | None = None
    folder: str | None = None
    confirm: bool = False
    pinned: bool | None = None
    must_read: bool | None = None
    version: Annotated[int, Field(ge=1, le=10**9)] | None = None

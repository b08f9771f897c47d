"""Shape and bounds of what is said about files and folders."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from portal.kernel.schemas import Schema, line

NOTE = 300  # characters of "What changed?"


class Adding(Schema):
    """The fields beside uploaded files; `same` says what becomes of a name that is there already."""

    note: line(NOTE) = ""  # type: ignore[valid-type]
    same: Literal["version", "both"] = "version"


class Noting(Schema):
    """The field beside a new version."""

    note: line(NOTE) = ""  # type: ignore[valid-type]


class NewFolder(Schema):
    """A folder as a form makes it; `audience` is 'everyone', 'staff' or a group's id."""

    name: line(120, 1)  # type: ignore[valid-type]
    parent: line(22) = ""  # type: ignore[valid-type]
    audience: line(22) = "everyone"  # type: ignore[valid-type]


class OfGroup(BaseModel):
    """{"group": ID}."""

    model_config = ConfigDict(extra="forbid")
    group: str


class FolderBody(Schema):
    """A folder as the API makes it."""

    name: line(120, 1)  # type: ignore[valid-type]
    parent: str | None = None
    audience: Literal["everyone", "staff"] | OfGroup = "everyone"


class Naming(Schema):
    """Another name for a folder."""

    name: line(120, 1)  # type: ignore[valid-type]


class FileNaming(Schema):
    """Another name for a file."""

    name: line(255, 1)  # type: ignore[valid-type]


class Moving(Schema):
    """Another folder; `confirm` says that more people may see it there."""

    folder: line(22, 1)  # type: ignore[valid-type]
    confirm: bool = False


class FilePatch(Schema):
    """What the API changes of a file; what is not sent stays."""

    name: line(255, 1) | None = None  # type: ignore[valid-type]
    folder: str | None = None
    confirm: bool = False
    pinned: bool | None = None

"""How much room the files of a workspace may take, and how much they do: every version with its size, also of what was removed and rests.

The same bytes twice are counted twice. That they are stored once is nobody's to see: a number that grew less than a file is large would
say that somebody here, or in another workspace, has it already.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, TooLarge
from portal.kernel.locks import take_turn, writing
from portal.kernel.words import filesize
from portal.kernel.words import gettext as _
from workspaces.library.models import File, FileVersion, Folder, Upload
from workspaces.rooms.models import Workspace

SAID = re.compile(r"(\d{1,15}(?:[.,]\d{1,3})?) ?(KB|MB|GB|TB|)", re.IGNORECASE)
UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
MOST = 10**15  # bytes that a limit can be
NEARLY = 0.8  # of the limit: from here on a folder's page tells the team


@dataclass(frozen=True)
class Room:
    """Bytes that a workspace's files take, and may take; 0 for as many as come."""

    used: int
    limit: int

    @property
    def nearly_full(self) -> bool:
        return bool(self.limit) and self.used >= self.limit * NEARLY


def said(limit: str) -> int | None:
    """A limit as people write it: "5 GB"; "0" for none; nothing for that of the installation. Raises Invalid."""
    if not limit:
        return None
    found = SAID.fullmatch(limit)
    size = int(Decimal(found[1].replace(",", ".")) * UNITS[found[2].upper()]) if found else MOST + 1
    if size > MOST:
        raise Invalid(("limit", _("Write a size such as 500 MB or 5 GB, 0 for no limit, or nothing for that of the installation.")))
    return size


def written(limit: int) -> str:
    """A limit so that `said` makes the very same of it: as people write it where that is exact, else in bytes."""
    words = filesize(limit)
    return words if SAID.fullmatch(words) and said(words) == limit else str(limit)


def limit_of(session: Session, workspace: Workspace) -> int:
    """Its own limit, or that of the installation; 0 for none."""
    told: int = session.info.get("workspace_quota", 0) if workspace.quota is None else workspace.quota
    return told


def room_of(session: Session, workspace: Workspace) -> Room:
    """What it takes and may take, whoever may see which of it."""
    return Room(_size_of(session, workspace), limit_of(session, workspace))


def used_by_each() -> Select[int, int]:
    """workspace_pk, used: what the files of each take that has any."""
    used = select(File.workspace_pk, func.sum(FileVersion.size).label("used")).join(FileVersion, FileVersion.file_pk == File.pk)
    return used.where(File.version_pk.is_not(None)).group_by(File.workspace_pk)


def refuse_full(actor: Actor, workspace: Workspace, *, name: str, size: int, begins: bool = False) -> None:
    """Raises TooLarge where there is no room for a file. One that `begins` to come finds what is on its way in there already."""
    if not limit_of(actor.session, workspace) or not size:
        return
    take_turn(actor.session, writing("workspace", workspace.pk))  # two at once would both find the same room
    room = room_of(actor.session, workspace)
    if _taken(actor, workspace, room, begins) + size > room.limit:
        raise TooLarge(_words(actor, room, name, size))


def _taken(actor: Actor, workspace: Workspace, room: Room, begins: bool) -> int:
    """What is there already, and what is on its way in. Of what others have a client may find out, by trying what still fits, no more
    than a rough number: it is rounded up to the next hundredth of the limit. What they added themselves is not, or adding and trying by
    turns would tell the rest; stored and on its way are rounded apart, as only what is stored costs whoever tries its bytes."""
    session = actor.session
    stored, coming = room.used, _under_way(session, workspace) if begins else 0
    if actor.is_staff:
        return stored + coming
    own = _size_of(session, workspace, FileVersion.by_pk == actor.pk)
    own_coming = _under_way(session, workspace, Upload.person_pk == actor.pk) if begins else 0
    return own + _about(stored - own, room.limit) + own_coming + _about(coming - own_coming, room.limit)


def _about(size: int, limit: int) -> int:
    step = max(limit // 100, 1)
    return -(-size // step) * step


def _size_of(session: Session, workspace: Workspace, *which: Any) -> int:
    found = used_by_each().where(File.workspace_pk == workspace.pk, *which).with_only_columns(func.sum(FileVersion.size))
    return int(session.scalar(found) or 0)


def _under_way(session: Session, workspace: Workspace, *which: Any) -> int:
    into = select(Folder.pk).where(Folder.workspace_pk == workspace.pk)
    of = select(File.pk).where(File.workspace_pk == workspace.pk)
    open_ = select(func.coalesce(func.sum(Upload.size), 0)).where(Upload.file_pk.is_(None), Upload.expires_at > now(), *which)
    return int(session.scalar(open_.where(or_(Upload.folder_pk.in_(into), Upload.of_pk.in_(of)))) or 0)


def _words(actor: Actor, room: Room, name: str, size: int) -> str:
    """A client is not told what all files take: some of them are for others."""
    told = {"name": name, "size": filesize(size), "limit": filesize(room.limit)}
    if not actor.is_staff:
        return _("There is no room for %(name)s (%(size)s): all files here may take %(limit)s. Ask who runs this workspace.", **told)
    return _(
        "There is no room for %(name)s (%(size)s): the files here may take %(limit)s, and %(used)s are used. An admin can allow more.",
        used=filesize(room.used),
        **told,
    )

"""Files that came: stored by their hash, named by no row yet. What no action makes a row of is swept later."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.kernel.errors import Busy
from portal.kernel.house import House
from portal.kernel.storage import Storage, Stored
from portal.kernel.words import gettext as _
from workspaces.library.content_types import type_of
from workspaces.library.names import clean_name


@dataclass(frozen=True)
class Received:
    """Durable bytes with the name they came under; `size` in bytes, `mime` by content. `id` is what the file will be known by, where
    words name it already."""

    name: str
    sha256: str
    size: int
    mime: str
    id: str = ""


def receive(house: House, request: Any) -> list[Received]:
    """All files of a multipart request, in their order; for `before=`, outside of any transaction. Raises TooLarge, Busy."""
    files = [file for _field, file in request.files.items(multi=True) if file.filename]
    return [named(house.storage, file.filename, file.stream.settle()) for file in files]


def take(storage: Storage, name: str, chunks: Iterable[bytes], limit: int) -> Received:
    """The same for bytes that come another way: a letter, an import, a story. Raises TooLarge past `limit` bytes, Busy."""
    return named(storage, name, storage.put(chunks, limit))


def named(storage: Storage, name: str, stored: Stored) -> Received:
    """Stored bytes under a name, with their type. Raises Busy where they cannot be read."""
    try:
        mime = type_of(stored.head, lambda: storage.open(stored.sha256))
    except OSError as error:
        raise Busy(_("This cannot be stored at the moment. Nothing was saved; try again soon.")) from error
    return Received(clean_name(name), stored.sha256, stored.size, mime)

"""`python -I -m workspaces.previews.child text TYPE`, `… pictures TYPE FIRST LAST`, `… pdf TYPE PROGRAM SCRATCH` or `… walls`, with the
file as standard input."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import BinaryIO

from workspaces.previews.child import office, pictures, printing, text
from workspaces.previews.child.confine import confine
from workspaces.previews.child.printing import ODF, OOXML
from workspaces.previews.child.telling import Unreadable, end, tell

READERS: dict[str, Callable[[BinaryIO], Iterator[str]]] = {
    "application/pdf": pictures.words,
    OOXML + "wordprocessingml.document": office.document,
    OOXML + "spreadsheetml.sheet": office.table,
    OOXML + "presentationml.presentation": office.slides,
    "application/epub+zip": office.book,
    "application/zip": office.listing,
    "application/x-ole-storage": office.old,
    "text/plain": text.read,
    "application/octet-stream": text.read,
}


def main(act: str, mime: str = "", first: str = "1", last: str = "1") -> None:
    walls = confine() if act != "pdf" else []  # who prints puts up higher ones, as soon as it has a folder to write into
    file: BinaryIO = open(0, "rb")  # noqa: SIM115 - it is open as long as the process lives
    try:
        if act == "walls":
            end(walls=walls)
        elif act == "text":
            _read(file, mime)
        elif act == "pdf":
            printing.in_pdf(file, mime, first, last)
        elif mime == "application/pdf":
            pictures.of_pages(file, int(first), int(last))
        else:
            pictures.of_image(file)
    except Unreadable as why:
        end(refused=str(why))
    except MemoryError:
        end(refused="large")
    except Exception as error:  # whatever the bytes made of a reader: it is one bad file
        end(refused="broken", error=f"{type(error).__name__}: {error}"[:300])
    if act == "pdf":
        os._exit(0)  # LibreOffice has threads that never end


def _read(file: BinaryIO, mime: str) -> None:
    reader = office.opendocument if mime.startswith(ODF) else READERS.get(mime)
    if reader is None:
        raise Unreadable("kind")
    tell(reader(file))


if __name__ == "__main__":
    main(*sys.argv[1:])

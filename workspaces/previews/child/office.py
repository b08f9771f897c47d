"""Office documents, which are archives of XML: only their words are read, by a parser that follows no reference and unfolds nothing."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.handler import ContentHandler

from defusedxml import sax

from workspaces.previews.child.telling import Unreadable, parted

MEMBERS = 20_000  # most of an archive
UNFOLDED = 128 << 20  # bytes of all that is read of one
ROWS, CELLS = 20_000, 200  # most of a table
WORDS = {"t"}  # elements whose characters are words: Word, PowerPoint, Excel
FLOWING = {"p", "h"}  # OpenDocument: words are anywhere within
PAGED = {"lastRenderedPageBreak", "soft-page-break", "page"}
NUMBERED = re.compile(r"(\d+)\.xml$")


class Archive:
    """A zip whose members are read within bounds."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self.zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Unreadable("broken") from error
        if len(self.zip.infolist()) > MEMBERS:
            raise Unreadable("large")
        self.left = UNFOLDED
        self.names = self.zip.namelist()

    def read(self, name: str) -> bytes:
        """A member. An encrypted one is locked; what is longer than it says, or than may be, is not read."""
        info = self.zip.getinfo(name)
        if info.flag_bits & 1:
            raise Unreadable("locked")
        self.left -= info.file_size
        if self.left < 0:
            raise Unreadable("large")
        with self.zip.open(info) as member:
            return member.read(info.file_size)

    def like(self, pattern: str) -> list[str]:
        """Names in the order of their numbers."""
        found = [name for name in self.names if re.fullmatch(pattern, name)]
        return sorted(found, key=lambda name: int(m[1]) if (m := NUMBERED.search(name)) else 0)


class _Walk(ContentHandler):
    """Gathers words; each break of page begins another."""

    def __init__(self, *, flowing: bool) -> None:
        super().__init__()
        self.flowing, self.within = flowing, 0
        self.pages: list[list[str]] = [[]]

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - named by xml.sax
        local = name.rpartition(":")[2]
        if local in (FLOWING if self.flowing else WORDS):
            self.within += 1
        if local in PAGED or (local == "br" and "page" in dict(attrs).values()):  # type: ignore[call-overload]
            self.pages.append([])
        elif local in ("br", "line-break"):
            self.pages[-1].append("\n")
        elif local == "tab":
            self.pages[-1].append("\t")
        elif local == "s":
            self.pages[-1].append(" ")

    def endElement(self, name: str) -> None:  # noqa: N802
        local = name.rpartition(":")[2]
        if local in (FLOWING if self.flowing else WORDS):
            self.within -= 1
        if local in ("p", "h", "tr", "table-row", "si"):
            self.pages[-1].append("\n")
        elif local in ("tc", "table-cell"):
            self.pages[-1].append("\t")

    def characters(self, content: str) -> None:
        if self.within > 0:
            self.pages[-1].append(content)


def words_of(data: bytes, *, flowing: bool = False) -> list[str]:
    """The pages of a part, not counting empty ones."""
    walk = _Walk(flowing=flowing)
    sax.parse(io.BytesIO(data), walk, forbid_dtd=False)
    return [said for page in walk.pages if (said := _tidy("".join(page)))]


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]*\n[ \t]*(?=\t)|\t(?=\n)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"\t+", "\t", text)).strip()


def document(file: BinaryIO) -> Iterator[str]:
    """Word: the pages as it last broke them, then headers, notes and comments."""
    archive = Archive(file)
    body = words_of(archive.read("word/document.xml"))
    yield from body if len(body) > 1 else parted("\n".join(body))
    beside = archive.like(r"word/(header|footer|footnotes|endnotes|comments)\d*\.xml")
    if said := "\n".join(dict.fromkeys(words for name in beside for words in words_of(archive.read(name)))):
        yield from parted(said)


def slides(file: BinaryIO) -> Iterator[str]:
    """PowerPoint: a slide is a page, its notes below it."""
    archive = Archive(file)
    for name in archive.like(r"ppt/slides/slide\d+\.xml"):
        notes = name.replace("slides/slide", "notesSlides/notesSlide")
        parts = [name, notes] if notes in archive.names else [name]
        yield "\n\n".join(words for part in parts for words in words_of(archive.read(part)))


def opendocument(file: BinaryIO) -> Iterator[str]:
    archive = Archive(file)
    if "content.xml" not in archive.names:
        raise Unreadable("broken")
    if "META-INF/manifest.xml" in archive.names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Unreadable("locked")
    pages = words_of(archive.read("content.xml"), flowing=True)
    yield from pages if len(pages) > 1 else parted("\n".join(pages))


def book(file: BinaryIO) -> Iterator[str]:
    """An e-book: its chapters as they lie in it."""
    from workspaces.previews.child.text import decoded, without_markup

    archive = Archive(file)
    for name in archive.names:
        if name.endswith((".xhtml", ".html", ".htm", ".xml")) and not name.startswith(("META-INF/", "__MACOSX/")):
            yield from parted(without_markup(decoded(archive.read(name))))


def listing(file: BinaryIO) -> Iterator[str]:
    """Of any other archive, what is in it. Nothing is unpacked."""
    archive = Archive(file)
    if "META-INF/container.xml" in archive.names:
        return book(file)
    return parted("\n".join(f"{info.filename}\t{info.file_size}" for info in archive.zip.infolist() if not info.is_dir()))


def old(file: BinaryIO) -> Iterator[str]:
    """The Office of before 2007, and what later ones lock, which lies in the same wrapping."""
    raise Unreadable("locked" if "EncryptedPackage".encode("utf-16-le") in file.read(1 << 20) else "kind")


def table(file: BinaryIO) -> Iterator[str]:
    """Excel: sheet after sheet, rows as lines, cells between tabs; what was computed, not the formulas."""
    from openpyxl import load_workbook

    archive = Archive(file)
    if sum(info.file_size for info in archive.zip.infolist()) > UNFOLDED:
        raise Unreadable("large")
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheets = [(each.title, _rows(each)) for each in book.worksheets]
    except (MemoryError, Unreadable):
        raise
    except Exception:  # it gives up on what Excel itself would open; the shared words are there all the same
        found = [words for name in archive.like(r"xl/sharedStrings\.xml") for words in words_of(archive.read(name))]
        if not found:
            raise
        yield from parted("\n".join(found))
        return
    for title, rows in sheets:
        yield from parted("\n".join([title, "", *rows]))


def _rows(sheet: object) -> list[str]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # what a file says of its size need not be so
    told = []
    for number, row in enumerate(sheet.iter_rows(values_only=True)):  # type: ignore[attr-defined]
        if number >= ROWS:
            break
        line = "\t".join("" if value is None else str(value) for value in row[:CELLS]).rstrip("\t")
        if line:
            told.append(line)
    return told

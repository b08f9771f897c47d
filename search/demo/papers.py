"""The story's documents, made from plain text: PDF, DOCX, PNG; CSV and Markdown are text already. Same words, same bytes."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from search.demo.script import STORY, Calendar

PAPERS = STORY / "papers"
WIDTH, HEIGHT, MARGIN = 595, 842, 64  # points of an A4 page
NARROW, WIDE = set("iljtf.,:;!'|()[] "), set("mwMW%@—")


def paper(name: str, source: str, calendar: Calendar) -> bytes:
    """The bytes of a document by the ending of its name; `source` is a file of the story's papers."""
    words = calendar.fill((PAPERS / source).read_text())
    return MAKERS.get(Path(name).suffix, str.encode)(words)


def pdf(words: str) -> bytes:
    """Pages are parted by a line of dashes. "# " is a heading, lines that begin with spaces keep their columns."""
    pages = [list(_set_page(page)) for page in words.split("\n---\n")]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), b" ".join(b"%d 0 R" % (6 + 2 * n) for n in range(len(pages)))),
        *(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % face
            for face in (b"Helvetica", b"Helvetica-Bold", b"Courier")
        ),
    ]
    for n, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> >>" % (WIDTH, HEIGHT, 7 + 2 * n)
        )
        drawn = b"\n".join(page)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    return _bound(objects)


def _set_page(words: str) -> Iterator[bytes]:
    y = HEIGHT - MARGIN
    for line in words.strip("\n").split("\n"):
        font, size, lead = (b"F2", 16, 26) if line.startswith("# ") else (b"F3", 9, 13) if line.startswith("  ") else (b"F1", 11, 16)
        for part in [line] if font == b"F3" else _wrapped(line.removeprefix("# "), WIDTH - 2 * MARGIN, size):
            y -= lead
            text = part.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            yield b"BT /%s %d Tf %d %d Td (%s) Tj ET" % (font, size, MARGIN, y, text)


def _wrapped(line: str, width: float, size: int) -> Iterator[str]:
    """Lines of at most `width` points, by what Helvetica's letters take on average."""
    kept = ""
    for word in line.split():
        longer = f"{kept} {word}".strip()
        if sum(0.28 if c in NARROW else 0.85 if c in WIDE else 0.55 for c in longer) * size > width:
            yield kept
            longer = word
        kept = longer
    yield kept


def _bound(objects: list[bytes]) -> bytes:
    """Numbered objects with their table of offsets."""
    file, offsets = io.BytesIO(), []
    file.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for n, each in enumerate(objects, 1):
        offsets.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (n, each))
    table = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return file.getvalue()


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OPEN = "http://schemas.openxmlformats.org/"
MEMBERS = {
    "[Content_Types].xml": f'<Types xmlns="{OPEN}package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{OPEN}package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{OPEN}officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
}


def docx(words: str) -> bytes:
    """One paragraph a line; "# " is bold and large."""
    paragraphs = "".join(_paragraph(line) for line in words.strip().split("\n"))
    body = f'<w:document xmlns:w="{OPEN}wordprocessingml/2006/main"><w:body>{paragraphs}</w:body></w:document>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (MEMBERS | {"word/document.xml": body}).items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), XML + content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _paragraph(line: str) -> str:
    looks = '<w:rPr><w:b/><w:sz w:val="32"/></w:rPr>' if line.startswith("# ") else ""
    return f'<w:p><w:r>{looks}<w:t xml:space="preserve">{escape(line.removeprefix("# "))}</w:t></w:r></w:p>'


PAPER, INK, BAR, PEAK, RULE = b"\xff\xff\xff", b"\x10\x26\x2d", b"\x0b\x55\x66", b"\xa0\x19\x5a", b"\xd3\xde\xdf"
TALL, BAR_WIDTH, GAP, EDGE = 300, 22, 8, 30  # pixels


def png(words: str) -> bytes:
    """A column chart: one number a line; those marked with * stand out."""
    rows = [line.split()[-1] for line in words.strip().split("\n") if not line.startswith("#")]
    values = [(float(row.strip("*")), row.endswith("*")) for row in rows]
    highest = max(value for value, _ in values)
    wide = 2 * EDGE + len(values) * (BAR_WIDTH + GAP)
    lines = []
    for y in range(TALL + 2 * EDGE):
        from_base = TALL + EDGE - y
        ground = PAPER if from_base % 60 or not 0 < from_base <= TALL else RULE
        line = bytearray((INK if from_base == 0 else ground) * wide)
        for n, (value, marked) in enumerate(values):
            if 0 < from_base <= value / highest * TALL:
                start = 3 * (EDGE + n * (BAR_WIDTH + GAP))
                line[start : start + 3 * BAR_WIDTH] = (PEAK if marked else BAR) * BAR_WIDTH
        lines.append(b"\0" + bytes(line))
    header = struct.pack(">IIBBBBB", wide, len(lines), 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


MAKERS: dict[str, Callable[[str], bytes]] = {".pdf": pdf, ".docx": docx, ".png": png}

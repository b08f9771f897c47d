"""Files made to harm who reads them: name -> (bytes, type, what is asked, the reasons it may be refused for; "" is read all the same)."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, EXCEL = OFFICE + "wordprocessingml.document", OFFICE + "spreadsheetml.sheet"


def archive(members: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in members.items():
            into.writestr(name, content)
    return made.getvalue()


def _word(xml: str | bytes) -> bytes:
    return archive({"[Content_Types].xml": "<Types/>", "word/document.xml": xml})


def blown_up() -> bytes:
    """A few hundred KB that open to 200 MiB."""
    start, end = b"<w:document xmlns:w='w'><w:p><w:r><w:t>", b"</w:t></w:r></w:p></w:document>"
    return _word(start + b"a" * (200 << 20) + end)


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return _word(f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]><w:document xmlns:w="w"><w:t>&l9;</w:t></w:document>')


def reads_a_file() -> bytes:
    return _word('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:t>&x;</w:t></w:document>')


def deep() -> bytes:
    return _word("<w:p>" * 200_000 + "</w:p>" * 200_000)


def shared_strings() -> bytes:
    words = b"<sst>" + b"<si><t>aaaaaaaa</t></si>" * 6_000_000 + b"</sst>"
    return archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": words})


def wide_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 65_000, 65_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def deep_pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 500_000 + b"]" * 500_000 + b"\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"


def in_itself() -> bytes:
    """Archives in archives, six deep."""
    inner = b"0" * (10 << 20)
    for _ in range(6):
        inner = archive({f"{n}.zip": inner for n in range(4)})
    return inner


def locked_zip() -> bytes:
    content = bytearray(_word("<w:document/>"))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = -1
        while (found := content.find(mark, found + 1)) >= 0:
            content[found + at] |= 1
    return bytes(content)


def nested_letter() -> bytes:
    start = b"From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\n"
    return start + b"Content-Type: message/rfc822\n\n" * 3000 + b"end"


BOMBS: dict[str, tuple[Callable[[], bytes], str, str, set[str]]] = {
    "a ratio of a thousand": (blown_up, WORD, "text", {"large"}),
    "billion laughs": (billion_laughs, WORD, "text", {"broken"}),
    "an entity that reads a file": (reads_a_file, WORD, "text", {"broken"}),
    "deep XML": (deep, WORD, "text", {"", "broken", "large"}),
    "shared strings": (shared_strings, EXCEL, "text", {"large", "broken"}),
    "a picture of 65,000 by 65,000": (wide_png, "image/png", "pictures", {"large"}),
    "a deep PDF": (deep_pdf, "application/pdf", "text", {"broken", "crashed"}),
    "a cut PDF": (lambda: b"%PDF-1.7\n1 0 obj\n<<", "application/pdf", "text", {"broken"}),
    "archives in archives": (in_itself, "application/zip", "text", {""}),
    "a locked archive": (locked_zip, WORD, "text", {"locked"}),
    "packed text": (lambda: gzip.compress(b"a" * (50 << 20)), "application/gzip", "text", {"kind"}),
    "letters in letters": (nested_letter, "application/octet-stream", "text", {"", "broken"}),
    "not an archive": (lambda: b"PK\x03\x04" + b"\xff" * 5000, WORD, "text", {"broken"}),
    "nothing": (lambda: b"", "text/plain", "text", {""}),
}

"""What bytes are, told by the bytes. A name proves nothing; what a browser could run is never called by its type."""

import re
from collections.abc import Callable
from os import SEEK_END
from typing import BinaryIO

import puremagic

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # the only types ever shown inline
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # .doc, .xls, .ppt, .msg
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
OOXML = "application/vnd.openxmlformats-officedocument."
OFFICE = (
    (b"word/document.xml", OOXML + "wordprocessingml.document"),
    (b"xl/workbook.", OOXML + "spreadsheetml.sheet"),
    (b"ppt/presentation.xml", OOXML + "presentationml.presentation"),
)
HARMLESS = re.compile(r"(audio|video)/[a-z0-9.+-]+|image/(tiff|bmp|x-ms-bmp|heic|heif|avif|vnd\.dwg)")  # of what puremagic tells
SURE = 0.6
MARKUP = re.compile(rb"<[a-z!?/]", re.IGNORECASE)
EDGE = 64 * 1024  # bytes at either end of an archive that are looked through


def type_of(head: bytes, opened: Callable[[], BinaryIO]) -> str:
    """The media type by the first 4 KiB and, for archives, by the names at both ends of the file, which is opened only then."""
    for start, mime in SIGNATURES:
        if head.startswith(start):
            return mime
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(head, opened)
    if _is_text(head):
        return UNKNOWN if MARKUP.search(head) else TEXT
    return _guessed(head)


def _archive(head: bytes, opened: Callable[[], BinaryIO]) -> str:
    if head[30:38] == b"mimetype" and (named := re.match(rb"application/(vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip)", head[38:120])):
        return named[0].decode()
    ends = _both_ends(opened)
    if b"[Content_Types].xml" in ends:
        for member, mime in OFFICE:
            if member in ends:
                return mime
    return "application/zip"


def _both_ends(opened: Callable[[], BinaryIO]) -> bytes:
    with opened() as file:
        first = file.read(EDGE)
        size = file.seek(0, SEEK_END)
        file.seek(max(len(first), size - EDGE))
        return first + file.read(EDGE)


def _is_text(head: bytes) -> bool:
    """UTF-8 (the last character may be cut) without control characters."""
    if b"\0" in head:
        return False
    try:
        told = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or len(head) < 4096:
            return False
        told = head[: error.start].decode()
    return not re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", told)


def _guessed(head: bytes) -> str:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, IndexError):
        return UNKNOWN
    sure = (each.mime_type for each in found if each.confidence >= SURE and each.mime_type)
    mime = next(sure, "")
    return mime if HARMLESS.fullmatch(mime) else UNKNOWN

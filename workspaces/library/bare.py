"""Pictures without what a camera or a program wrote beside the image: where it was taken, with what, by whom. The pixels are sent as
they are; of a photo stays which way is up. What cannot be followed is left as it is: it is the sender's own, and no browser shows it."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

Part = bytes | tuple[int, int]  # bytes of ours, or where (offset, length) in the file
PIECE = 1 << 16
TOLD = frozenset({0xE1, 0xED, 0xFE})  # segments of a JPEG: Exif and XMP, IPTC, comments
CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})  # of a PNG
APPLICATIONS = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"})  # of a GIF: how often it runs, its colours
UP = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"  # Exif with the orientation alone


def parts(file: BinaryIO, mime: str, size: int) -> list[Part]:
    """What is sent of a picture, in order."""
    walk = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}.get(mime)
    found = list(walk(file, size)) if walk else [(0, size)]
    return _joined([part if isinstance(part, bytes) else (part[0], max(min(part[1], size - part[0]), 0)) for part in found])


def length(found: list[Part]) -> int:
    return sum(len(part) if isinstance(part, bytes) else part[1] for part in found)


def read(file: BinaryIO, found: list[Part]) -> Iterator[bytes]:
    """The bytes; closes the file at the end."""
    with file:
        for part in found:
            if isinstance(part, bytes):
                yield part
                continue
            file.seek(part[0])
            left = part[1]
            while left and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                yield piece


def _jpeg(file: BinaryIO, size: int) -> Iterator[Part]:
    yield (0, 2)
    at = 2
    while True:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xDA, 0xD9):
            break  # the image itself, and what comes after
        long = 2 + int.from_bytes(head[2:], "big")
        if head[1] == 0xE1 and (turned := _turned(file.read(min(long - 4, PIECE)))) > 1:
            yield UP % turned
        if head[1] not in TOLD:
            yield (at, long)
        at += long
    yield (at, size - at)


def _turned(exif: bytes) -> int:
    """The orientation that an Exif segment tells; 0 for none."""
    if not exif.startswith(b"Exif\0\0") or exif[6:8] not in (b"MM", b"II"):
        return 0
    order = ">" if exif[6:8] == b"MM" else "<"
    try:
        (first,) = struct.unpack_from(f"{order}I", exif, 10)
        (count,) = struct.unpack_from(f"{order}H", exif, 6 + first)
        for n in range(min(count, 100)):
            tag, _kind, _many, value = struct.unpack_from(f"{order}HHIH", exif, 8 + first + 12 * n)
            if tag == 0x0112:
                return int(value) if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _png(file: BinaryIO, size: int) -> Iterator[Part]:
    yield (0, 8)
    at = 8
    while at < size:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or not head[4:].isalpha():
            break
        long = 12 + int.from_bytes(head[:4], "big")
        if head[4:] not in CHUNKS:
            yield (at, long)
        at += long
    yield (at, size - at)


def _webp(file: BinaryIO, size: int) -> Iterator[Part]:
    kept: list[Part] = []
    at = 12
    while at < size:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            break
        long = 8 + int.from_bytes(head[4:], "little")
        long += long % 2
        if head[:4] == b"VP8X":
            flags = file.read(long - 8)
            kept.append(head + bytes([flags[0] & ~0x0C]) + flags[1:])  # no Exif, no XMP
        elif head[:4] not in (b"EXIF", b"XMP "):
            kept.append((at, min(long, size - at)))
        at += long
    yield b"RIFF" + struct.pack("<I", 4 + length(kept)) + b"WEBP"
    yield from kept


def _gif(file: BinaryIO, size: int) -> Iterator[Part]:
    file.seek(10)
    at = 13 + _table(file.read(1))
    yield (0, at)
    while at < size:
        file.seek(at)
        head = file.read(14)
        if head[:1] == b";":
            yield (at, 1)  # what comes after its end is no image
            return
        if head[:1] == b",":
            begins = 11 + _table(head[9:10])
        elif head[:1] == b"!":
            begins = 2
        else:
            break
        long = begins + _blocks(file, at + begins, size)
        if head[:1] == b"," or head[1:2] == b"\xf9" or (head[1:2] == b"\xff" and head[3:] in APPLICATIONS):
            yield (at, long)
        at += long
    yield (at, size - at)


def _table(flags: bytes) -> int:
    """How long the table of colours is that these flags tell of."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _blocks(file: BinaryIO, at: int, size: int) -> int:
    """How long the blocks of a GIF from here to the empty one are, each with its length before it."""
    end = at
    while end < size:
        file.seek(end)
        long = file.read(1)
        end += 1 + (long[0] if long else 0)
        if long in (b"", b"\0"):
            break
    return end - at


def _joined(found: list[Part]) -> list[Part]:
    """Neighbours in one."""
    told: list[Part] = []
    for part in found:
        last = told[-1] if told else b""
        if not isinstance(part, bytes) and not isinstance(last, bytes) and last[0] + last[1] == part[0]:
            told[-1] = (last[0], last[1] + part[1])
        elif not isinstance(part, bytes) and part[1] == 0:
            continue
        else:
            told.append(part)
    return told

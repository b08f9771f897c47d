"""The mails of an mbox or a folder, one at a time. An mbox is read as a stream: it may be uploaded, and be larger than memory."""

from collections.abc import Iterator

from portal.imports.registry import Source

LARGEST = 60 * 1024 * 1024  # bytes of one mail


def messages_of(source: Source) -> Iterator[tuple[str, bytes | None]]:
    """(where it is, its bytes); None in place of one that is too large."""
    if source.path is not None and source.path.is_dir():
        for path in sorted(each for each in source.path.rglob("*") if each.suffix.lower() in (".eml", ".msg", "")):
            if path.is_file():
                yield str(path.relative_to(source.path)), path.read_bytes() if path.stat().st_size <= LARGEST else None
        return
    yield from _of_mbox(source)


def _of_mbox(source: Source) -> Iterator[tuple[str, bytes | None]]:
    """A line that begins with “From ” after an empty one begins a mail (RFC 4155); “>From ” in a mail was “From ”. A file without
    such lines is one mail."""
    with source.open() as file:
        lines: list[bytes] = []
        size, start, offset, blank = 0, 0, 0, True
        for line in file:
            if blank and line.startswith(b"From ") and (size or offset == 0):
                if size:
                    yield f"@{start}", b"".join(lines) if size <= LARGEST else None
                lines, size, start = [], 0, offset
            else:
                size += len(line)
                if size <= LARGEST:
                    lines.append(line[1:] if line.lstrip(b">").startswith(b"From ") and line.startswith(b">") else line)
            offset += len(line)
            blank = line in (b"\n", b"\r\n")
        if b"".join(lines).strip():
            yield f"@{start}", b"".join(lines) if size <= LARGEST else None

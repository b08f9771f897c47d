"""Text, and what is text inside: pages of the web, letters, boxes of letters."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import BinaryIO

from workspaces.previews.child.telling import Unreadable, parted

MOST = 16 << 20  # bytes of a text that are read
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
HEADERS = re.compile(rb"(?:[\x21-\x39\x3b-\x7e]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){3}")
OF_MAIL = re.compile(rb"^(from|received|date|message-id|mime-version|subject|to|return-path|delivered-to):", re.IGNORECASE | re.MULTILINE)
MARKUP = re.compile(rb"<([!?][a-z-]|[a-z][a-z0-9:]*[\s>/])", re.IGNORECASE)  # at the very start
PAGE = re.compile(r"<(!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)  # further on
SILENT = {"script", "style", "template", "noscript", "head", "svg", "math", "object"}
BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table", "ul", "ol", "blockquote", "pre"}
LETTERS = 500  # of a box


def read(file: BinaryIO) -> Iterator[str]:
    """The pages of what may be text."""
    data = file.read(MOST)
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{\\rtf"):
        raise Unreadable("kind")
    if data.startswith(b"From ") and HEADERS.match(data[data.find(b"\n") + 1 :]):
        return letters(data)
    if is_letter(data):
        return parted(letter(data))
    text = decoded(data)
    if MARKUP.match(start) or PAGE.search(text[:2000]):
        return parted(without_markup(text))
    return parted(text.replace("\r\n", "\n").replace("\r", "\n"))


def decoded(data: bytes) -> str:
    """By its mark, as UTF-8, or as it most likely is. Raises Unreadable for what is no text."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "")
    if not encoding:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            cut = error.start > len(data) - 4 and len(data) == MOST
            text = data[: error.start].decode() if cut else _guessed(data)
    else:
        text = data.decode(encoding, "replace")
    if len(BINARY.findall(text[:20_000])) > len(text[:20_000]) // 500:
        raise Unreadable("kind")
    return text


def _guessed(data: bytes) -> str:
    if b"\0" in data[:4096]:
        raise Unreadable("kind")
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 1 << 16]).best()
    if best is None:
        raise Unreadable("kind")
    return data.decode(best.encoding, "replace")


class _Words(HTMLParser):
    """The words of markup, with the breaks that a reader would see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = ""
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if self.silent:
            self.depth += tag == self.silent
        elif tag in SILENT:
            self.silent, self.depth = tag, 1
        elif tag in BREAKS:
            self.found.append("\n")
        elif tag in ("td", "th"):
            self.found.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.depth -= 1
            self.silent = self.silent if self.depth else ""
        elif tag in BREAKS and not self.silent:
            self.found.append("\n")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag in BREAKS and not self.silent:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent or self.silent == "head":
            self.found.append(re.sub(r"\s+", " ", data))


def without_markup(text: str) -> str:
    words = _Words()
    words.feed(text)
    words.close()
    told = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(words.found))
    return re.sub(r"\n{3,}", "\n\n", told).strip()


def is_letter(data: bytes) -> bool:
    return bool(HEADERS.match(data[:8192])) and len(OF_MAIL.findall(data[:8192])) >= 2


def letters(data: bytes) -> Iterator[str]:
    """A box of letters: each begins a page."""
    for one in re.split(rb"(?:^|\n)From [^\n]*\n", data)[1 : LETTERS + 1]:
        yield from parted(letter(one))


def letter(data: bytes) -> str:
    """What a reader sees of a letter: who, when, about what, the words, the names of what came with it."""
    read_as: EmailMessage = message_from_bytes(data, policy=policy.default)
    told = [f"{name}: {_header(read_as, name)}" for name in ("From", "To", "Cc", "Date", "Subject") if _header(read_as, name)]
    return "\n".join([*told, "", *_inside(read_as, 0)])


def _header(read_as: EmailMessage, name: str) -> str:
    try:
        return str(read_as.get(name, ""))
    except Exception:  # the parser of headers gives up in many ways
        return ""


def _inside(read_as: EmailMessage, depth: int) -> Iterator[str]:
    if depth > 20:
        return
    body = read_as.get_body(("plain", "html")) if not read_as.is_attachment() else None
    if body is not None:
        yield _body(body)  # type: ignore[arg-type]
    for part in read_as.iter_attachments():
        name = part.get_filename() or part.get_content_type()
        yield f"[{name}]"
        if part.get_content_type() == "message/rfc822":
            for inner in part.iter_parts():
                yield f"Subject: {_header(inner, 'Subject')}"  # type: ignore[arg-type]
                yield from _inside(inner, depth + 1)  # type: ignore[arg-type]


def _body(part: EmailMessage) -> str:
    try:
        text = str(part.get_content())
    except (LookupError, ValueError, KeyError):
        text = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")  # type: ignore[union-attr]
    return without_markup(text) if part.get_content_subtype() == "html" else text.strip()

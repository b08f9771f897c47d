"""What a mail says: its headers, its words, what was attached. Whatever the charset, and however it was mended by the servers between."""

import hashlib
import html
import re
from dataclasses import dataclass, field
from datetime import UTC
from email import policy
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.parser import BytesParser
from email.utils import getaddresses

from portal.imports.reading import likeliest
from portal.imports.values import moment
from portal.kernel.errors import Invalid
from portal.kernel.schemas import clean
from portal.kernel.words import gettext as _

IDS = re.compile(r"<([^<>\s]{1,500})>")
MOST_REFS = 30
MOST_PARTS, MOST_PEOPLE = 300, 100
HEADER = 20_000  # characters of a header that are read
LONGEST = 1_000_000  # characters of markup's words: more than any message may have
BREAKS = frozenset(("p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "br", "pre", "table", "ul", "ol"))
UNSEEN = frozenset(("script", "style", "head", "title"))
OPENS = "\0"  # a block begins: a new line, where there is something on this one
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")


class Unreadable(Exception):
    """It cannot become a message; the words say why."""


@dataclass
class Attached:
    """A file that came with a mail."""

    name: str
    data: bytes


@dataclass
class Parsed:
    """A mail. `when` is an ISO time in UTC; `refs` the ids of what it answers, the nearest last."""

    id: str
    refs: list[str]
    subject: str
    email: str
    name: str
    when: str
    body: str
    files: list[Attached] = field(default_factory=list)
    people: list[tuple[str, str]] = field(default_factory=list)  # whom it went to: (name, address)


def parsed(raw: bytes) -> Parsed:
    """Raises Unreadable for what has no sender or no date, or is made of more parts than letters are."""
    try:
        return _parsed(BytesParser(policy=policy.compat32).parsebytes(raw))
    except RecursionError:
        raise Unreadable(_("It is too deeply nested.")) from None


def _parsed(mail: Mail) -> Parsed:
    sender = addresses_of(mail, "From") or addresses_of(mail, "Sender")
    name, email = next(((name, email) for name, email in sender if email or name), ("", ""))
    if "@" not in email:
        raise Unreadable(_("Nothing says who sent it."))
    try:
        when = moment(header_of(mail, "Date")).astimezone(UTC).isoformat()
    except (Invalid, OverflowError):
        raise Unreadable(_("It has no date that can be read.")) from None
    words, files = _content(mail)
    subject = header_of(mail, "Subject")
    id = next(iter(IDS.findall(header_of(mail, "Message-ID"))), "") or _made_up(email, when, subject, words)
    refs = list(dict.fromkeys([*IDS.findall(header_of(mail, "References")), *IDS.findall(header_of(mail, "In-Reply-To"))]))[-MOST_REFS:]
    return Parsed(id, refs, subject, email.strip().lower(), clean(name).strip(), when, words, files, _people(mail))


def _people(mail: Mail) -> list[tuple[str, str]]:
    """Whom it went to openly, each once."""
    told = [*addresses_of(mail, "To"), *addresses_of(mail, "Cc")]
    found = {email.strip().lower(): name[:120] for name, email in told if "@" in email and len(email) <= 254}
    return [(name, email) for email, name in found.items()][:MOST_PEOPLE]


def addresses_of(mail: Mail, header: str) -> list[tuple[str, str]]:
    """(name, address) of each in a header. What stands in an encoded name, a comma or an address too, is of the name."""
    try:
        told = getaddresses([str(each)[:HEADER] for each in mail.get_all(header, [])[:MOST_PEOPLE]])
    except RecursionError:  # comments within comments
        return []
    return [(_decoded_line(name), email) for name, email in told if name or email]


def header_of(mail: Mail, name: str) -> str:
    """A header on one line, decoded where that can be done."""
    told = mail.get(name)
    if told is None:
        return ""
    return _decoded_line(str(told)[:HEADER])


def _decoded_line(told: str) -> str:
    try:
        return " ".join(clean(str(make_header(decode_header(told)))).split())
    except (LookupError, UnicodeError, ValueError):
        return " ".join(clean(told).split())


def _made_up(*parts: str) -> str:
    """A mail without an id is known by what it says."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest() + "@made-up"


def _content(mail: Mail) -> tuple[str, list[Attached]]:
    """The words, of a plain part if there is one, and the files."""
    plain: list[str] = []
    rich: list[str] = []
    files: list[Attached] = []
    for number, part in enumerate(mail.walk()):
        if number > MOST_PARTS:
            raise Unreadable(_("It is made of too many parts."))
        if part.is_multipart():
            if part.get_content_type() == "message/rfc822":
                files.append(Attached("message.eml", b"".join(each.as_bytes() for each in part.get_payload()[:1])))  # type: ignore[union-attr,index]
            continue
        data = part.get_payload(decode=True)
        data = data if isinstance(data, bytes) else b""
        name = _file_name(part)
        if part.get_content_type() == "text/calendar":
            files.append(Attached(name or "invitation.ics", data))
        elif name or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            if data:
                files.append(Attached(name or f"attachment.{part.get_content_subtype()[:20]}", data))
        elif part.get_content_subtype() == "html":
            rich.append(words_of_markup(_decoded(part, data)))
        else:
            plain.append(_decoded(part, data))
    words = "\n\n".join(each.strip() for each in plain if each.strip()) or "\n\n".join(each.strip() for each in rich if each.strip())
    return clean(words), files


def _file_name(part: Mail) -> str:
    try:
        told = part.get_filename() or ""
        return clean(str(make_header(decode_header(told)))) if told else ""
    except (LookupError, UnicodeError, ValueError):
        return "attachment"


def _decoded(part: Mail, data: bytes) -> str:
    """The text of a part: as it says, else as UTF-8, else as is likeliest."""
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return data.decode(str(charset)) if charset else data.decode()
        except (LookupError, UnicodeError):
            continue
    return data.decode(likeliest(data), errors="replace")


def words_of_markup(rich: str) -> str:
    """The words of HTML: from one tag to the next, never looking back, so that it takes the same time for whatever somebody has written."""
    low, made, at, size, fresh = rich.lower(), list[str](), 0, 0, True
    while size < LONGEST:
        begins = rich.find("<", at)
        words = rich[at:] if begins < 0 else rich[at:begins]
        made.append(re.sub(r"\s+", " ", words))  # lines of the source are no lines of the text
        size += len(words)
        fresh = fresh and not words.strip()
        if begins < 0:
            break
        at, shown = _after(rich, low, begins)
        if shown != OPENS or not fresh:
            made.append(shown if shown != OPENS else "\n")
            fresh = shown.endswith("\n") or shown == OPENS or (fresh and not shown)
    text = html.unescape("".join(made))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.splitlines()))


def _after(rich: str, low: str, begins: int) -> tuple[int, str]:
    """Where what begins here ends, and what is seen of it."""
    if rich.startswith("<!--", begins):
        end = rich.find("-->", begins)
        return (end + 3 if end >= 0 else len(rich)), ""
    tag = TAG.match(rich, begins)
    if tag is None and not rich.startswith(("<!", "<?", "</"), begins):
        return begins + 1, "<"
    end = rich.find(">", begins)
    if end < 0:
        return len(rich), ""
    name = tag[2].lower() if tag else ""
    if name in UNSEEN and not (tag and tag[1]):
        closed = low.find(f"</{name}", end)
        end = low.find(">", closed) if closed >= 0 else -1
        return (end + 1 if end >= 0 else len(rich)), ""
    if name in BREAKS and name != "br" and not (tag and tag[1]):
        return end + 1, OPENS
    return end + 1, "\n______\n" if name == "hr" else "\n" if name in BREAKS else ""

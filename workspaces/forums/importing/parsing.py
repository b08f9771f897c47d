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


def parsed(raw: bytes) -> Parsed:
    """Raises Unreadable for what has no sender or no date."""
    mail = BytesParser(policy=policy.compat32).parsebytes(raw)
    sender = getaddresses([_header(mail, "From") or _header(mail, "Sender")])
    name, email = next(((name, email) for name, email in sender if email or name), ("", ""))
    if "@" not in email:
        raise Unreadable(_("Nothing says who sent it."))
    try:
        when = moment(_header(mail, "Date")).astimezone(UTC).isoformat()
    except (Invalid, OverflowError):
        raise Unreadable(_("It has no date that can be read.")) from None
    words, files = _content(mail)
    subject = _header(mail, "Subject")
    id = next(iter(IDS.findall(_header(mail, "Message-ID"))), "") or _made_up(email, when, subject, words)
    refs = list(dict.fromkeys([*IDS.findall(_header(mail, "References")), *IDS.findall(_header(mail, "In-Reply-To"))]))[-MOST_REFS:]
    return Parsed(id, refs, subject, email.strip().lower(), clean(name).strip(), when, words, files)


def _header(mail: Mail, name: str) -> str:
    told = mail.get(name)
    if told is None:
        return ""
    try:
        return " ".join(clean(str(make_header(decode_header(str(told))))).split())
    except (LookupError, UnicodeError, ValueError):
        return " ".join(clean(str(told)).split())


def _made_up(*parts: str) -> str:
    """A mail without an id is known by what it says."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest() + "@made-up"


def _content(mail: Mail) -> tuple[str, list[Attached]]:
    """The words, of a plain part if there is one, and the files."""
    plain: list[str] = []
    rich: list[str] = []
    files: list[Attached] = []
    for part in mail.walk():
        if part.is_multipart():
            if part.get_content_type() == "message/rfc822":
                files.append(Attached("message.eml", b"".join(each.as_bytes() for each in part.get_payload()[:1])))  # type: ignore[union-attr,index]
            continue
        data = part.get_payload(decode=True)
        data = data if isinstance(data, bytes) else b""
        name = _file_name(part)
        if name or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            if data:
                files.append(Attached(name or f"attachment.{part.get_content_subtype()[:20]}", data))
        elif part.get_content_subtype() == "html":
            rich.append(_without_markup(_decoded(part, data)))
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


def _without_markup(rich: str) -> str:
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", "", rich)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^>]*>", "\n", text)
    text = html.unescape(re.sub(r"(?s)<[^>]*>", "", text))
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", "\n".join(line.strip() for line in text.splitlines()))

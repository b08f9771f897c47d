"""What was said in a meeting, and who was invited to one: transcripts as WebVTT or plain text, invitations as iCalendar."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from icalendar import Calendar

from portal.imports.reading import likeliest
from portal.kernel.schemas import clean
from portal.kernel.words import gettext as _
from workspaces.capture.forwarded import ADDRESS

LONGEST = 200_000  # characters of a transcript
MOST_EVENTS, MOST_GUESTS = 20, 100
LARGEST = 5_000_000  # bytes of a transcript or an invitation
TIMES = re.compile(r"^\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->")
VOICE = re.compile(r"<v(?:\.[^\s>]{1,40})?\s+([^>]{1,120})>")
MARKUP = re.compile(r"</?[^<>]{0,200}>")
SPEAKER = re.compile(r"^\s*([^\W\d_][\w .,'’()-]{0,60}?)\s?:\s+(\S.*)$")


class NoMeeting(Exception):
    """It cannot be read as what its name says; the words say why."""


@dataclass
class Meeting:
    """What becomes a note: its words, when it was (if that is said), and whom it names with their addresses."""

    words: str
    at: datetime | None = None
    people: list[tuple[str, str]] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)


def text_of(data: bytes) -> str:
    """Bytes of a text file, in whatever it was written."""
    for charset in ("utf-8-sig", likeliest(data[:100_000])):
        try:
            return clean(data.decode(charset))
        except (LookupError, UnicodeError):
            continue
    return clean(data.decode("utf-8", "replace"))


def transcript(data: bytes, *, captions: bool) -> Meeting:
    """Who said what, one line for each turn. Raises NoMeeting where nobody says anything."""
    text = text_of(data[:LARGEST])
    if captions and not text.lstrip().startswith("WEBVTT"):
        raise NoMeeting(_("This is no WebVTT file: its first line says so."))
    turns = _turns(_cues(text) if captions else text.split("\n"))
    words = "\n\n".join(f"**{name}:** {said}" if name else said for name, said in turns)
    if not words.strip():
        raise NoMeeting(_("There are no words in it."))
    return Meeting(words[:LONGEST], None, [], list(dict.fromkeys(name for name, _said in turns if name)))


def _cues(text: str) -> list[str]:
    """The words of the cues, `Name: words` where a voice is named."""
    lines, made, inside = text.split("\n"), list[str](), False
    for line in lines:
        if TIMES.match(line):
            inside = True
        elif not line.strip():
            inside = False
        elif inside:
            voice = VOICE.search(line[:1000])
            said = MARKUP.sub("", line).strip()
            made.append(f"{' '.join(voice[1].split())}: {said}" if voice and said else said)
    return made


def _turns(lines: list[str]) -> list[tuple[str, str]]:
    """(who, what they said): lines of one speaker in a row are one turn."""
    turns: list[tuple[str, list[str]]] = []
    for line in lines:
        told = SPEAKER.match(line[:5000])
        name, said = (told[1], told[2]) if told else ("", line.strip())
        if told is None and not said:
            turns.append(("", []))
        elif turns and (name == turns[-1][0] or not name):
            turns[-1][1].append(said)
        else:
            turns.append((name, [said]))
    return [(name, " ".join(said)) for name, said in turns if said]


def invitation(data: bytes) -> Meeting:
    """What an invitation says: what, when, where, who. Raises NoMeeting."""
    try:
        calendar = Calendar.from_ical(text_of(data[:LARGEST]).replace("\n", "\r\n"))
        cancelled = str(calendar.get("METHOD", "")).upper() == "CANCEL"
        told = [_event(event, cancelled) for event in calendar.walk("VEVENT")[:MOST_EVENTS]]
    except Exception as wrong:  # the library says in many ways that something is broken
        raise NoMeeting(_("This is no invitation that can be read.")) from wrong
    if not told:
        raise NoMeeting(_("There is no meeting in it."))
    people = list(dict.fromkeys(each for meeting in told for each in meeting.people))
    return Meeting("\n\n".join(meeting.words for meeting in told)[:LONGEST], told[0].at, people[:MOST_GUESTS])


def _event(event: object, cancelled: bool) -> Meeting:
    get = event.get  # type: ignore[attr-defined]
    title = _line(get("SUMMARY")) or _("(no subject)")
    begins = getattr(get("DTSTART"), "dt", None)
    guests = get("ATTENDEE", [])
    people = [found for each in [get("ORGANIZER"), *(guests if isinstance(guests, list) else [guests])] if (found := _guest(each))]
    said = [f"**{_('Cancelled')}: {title}**" if cancelled else f"**{_('Invitation')}: {title}**"]
    said += [f"{_('When')}: {_when(begins)}"] if begins is not None else []
    said += [f"{_('Where')}: {place}"] if (place := _line(get("LOCATION"))) else []
    said += [f"{_('Who')}: {', '.join(name or email for name, email in people[:MOST_GUESTS])}"] if people else []
    about = clean(str(get("DESCRIPTION", "")))[:20_000].strip()
    at = begins.astimezone(UTC) if isinstance(begins, datetime) and begins.tzinfo else None
    return Meeting("  \n".join(said) + (f"\n\n{about}" if about else ""), at, people)


def _when(begins: date) -> str:
    if not isinstance(begins, datetime):
        return begins.isoformat()
    return begins.strftime("%Y-%m-%d %H:%M %Z").strip()


def _guest(told: object) -> tuple[str, str] | None:
    """(name, address) of an organiser or a guest."""
    address = ADDRESS.search(str(told or ""))
    if address is None:
        return None
    name = _line(getattr(told, "params", {}).get("CN", ""))[:120]
    return "" if ADDRESS.fullmatch(name) else name, address[0].lower()


def _line(told: object) -> str:
    return " ".join(clean(str(told or "")).split())[:300]

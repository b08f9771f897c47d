"""An exchange that somebody forwards, or answers below, taken apart into the letters it is made of, where their headers are plain:
as Gmail, Outlook and Apple Mail write them. What cannot be told apart stays whole."""

import re
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from email.utils import getaddresses

from dateutil import parser as dates

from portal.imports.values import moment
from portal.kernel.errors import Invalid
from workspaces.capture.folding import CLOSED, DATED, MARKER, VERB, is_attribution

MOST = 50  # letters in one
HEADERS = 12  # lines of headers at most
FORWARD = re.compile(r"^\s*(?:(?:re|aw|antw|sv|vs|rv|fw|fwd|wg|tr|i)\s*:\s*)*(?:fw|fwd|wg|tr|rv|i|enc)\s*:", re.IGNORECASE)
BEGINS = re.compile(
    r"\s*(?:Begin forwarded message|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|Début du message (?:réexpédié|transféré)|"
    r"Inizio messaggio inoltrato|Comienzo del mensaje reenviado|Begin doorgestuurd bericht)\s?:\s*$",
    re.IGNORECASE,
)
FIELD = re.compile(r"\s*\*?([A-Za-zÀ-ÿ -]{1,20}?)\s?:\*?\s*(.*)$")
NAMES = {
    "from": ("from", "von", "de", "da", "van", "fra", "från"),
    "date": ("date", "sent", "gesendet", "datum", "envoyé", "fecha", "enviado", "enviado el", "data",
             "inviato", "verzonden", "dato", "sendt"),
    "to": ("to", "an", "à", "para", "a", "aan", "til", "till"),
    "cc": ("cc", "kopie", "copie à"),
    "subject": ("subject", "betreff", "objet", "asunto", "oggetto", "onderwerp", "emne", "ämne"),
    "other": ("reply-to", "antwort an", "bcc", "importance", "priorität", "attachments", "anlagen"),
}  # fmt: skip
FIELDS = {name: key for key, names in NAMES.items() for name in names}
DAY = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d\d\b")  # a date that leaves nothing to be guessed has its year
MAILTO = re.compile(r"<?\[?mailto:[^\s>\]]*[>\]]?", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
TIMED = re.compile(
    r"(?:\s*(?:On|Am|Le|El|Il|Op|Den|Em)\s)?"
    r"(.{1,80}?\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?(?:Uhr|[A-Z]{2,4}|[+-]\d{4}))?)(?![:.\d])(.*)$"
)
MONTHS = {
    "januar": "January", "jänner": "January", "februar": "February", "märz": "March", "mai": "May", "juni": "June", "juli": "July",
    "oktober": "October", "dezember": "December", "janvier": "January", "février": "February", "mars": "March", "avril": "April",
    "juin": "June", "juillet": "July", "août": "August", "septembre": "September", "octobre": "October", "novembre": "November",
    "décembre": "December", "enero": "January", "febrero": "February", "marzo": "March", "abril": "April", "mayo": "May",
    "junio": "June", "julio": "July", "agosto": "August", "septiembre": "September", "octubre": "October", "noviembre": "November",
    "diciembre": "December", "gennaio": "January", "febbraio": "February", "aprile": "April", "maggio": "May", "giugno": "June",
    "luglio": "July", "settembre": "September", "ottobre": "October", "dicembre": "December", "mär": "Mar", "okt": "Oct", "dez": "Dec",
}  # fmt: skip
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "BST": 3600, "CET": 3600, "CEST": 7200, "MEZ": 3600, "MESZ": 7200, "EET": 7200, "EST": -18000,
    "EDT": -14400, "CST": -21600, "CDT": -18000, "MST": -25200, "MDT": -21600, "PST": -28800, "PDT": -25200,
}  # fmt: skip


@dataclass
class Piece:
    """One letter of an exchange, as its headers or an attribution tell of it."""

    name: str
    email: str
    when: datetime
    subject: str = ""
    body: str = ""
    people: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Split:
    """Where a letter within a letter begins: the first line of its head, the first of its body, and what the head says."""

    begins: int
    body: int
    piece: Piece
    quoted: bool  # each of its lines is marked with >


def is_forward(subject: str, body: str) -> bool:
    """Whether somebody passes on what others wrote: says so in the subject, or in a line of their program's."""
    return FORWARD.match(subject) is not None or any(
        BEGINS.match(line) or (MARKER.match(line) and re.search(r"forward|weiter|transf|réexp|reenv|inolt|doorg", line, re.IGNORECASE))
        for line in body[:200_000].split("\n")
        if len(line) < 120
    )


def take_apart(text: str, zone: tzinfo) -> tuple[str, list[Piece]]:
    """What stands above the first letter within it, and the letters, the newest first. Times without a zone are of `zone`.
    Without any that is plain: the text, and none."""
    lines = text.split("\n")
    above, pieces = "", list[Piece]()
    while len(pieces) < MOST:
        split = _next(lines, zone)
        if split is None:
            break
        before = "\n".join(lines[: split.begins])
        if pieces:
            pieces[-1].body = before
        else:
            above = before
        pieces.append(split.piece)
        lines = lines[split.body :]
        if split.quoted:
            lines = [re.sub(r"^> ?", "", line) for line in lines]
    if not pieces:
        return text, []
    pieces[-1].body = "\n".join(lines)
    return above, pieces


def _next(lines: list[str], zone: tzinfo) -> Split | None:
    plain = max((at for at, line in enumerate(lines) if line.strip() and not line.startswith(">")), default=-1)
    for index, line in enumerate(lines):
        if len(line) > 1000:
            continue
        if (found := _headed(lines, index, zone) or _attributed(lines, index, zone, plain)) is not None:
            return found
    return None


def _headed(lines: list[str], index: int, zone: tzinfo) -> Split | None:
    """Headers begin at this line: From, a date that can be read, and To or Subject."""
    quoted = lines[index].startswith(">")
    told = FIELD.match(_bare(lines[index], quoted))
    if told is None or FIELDS.get(told[1].strip().lower()) != "from" or not told[2].strip():
        return None
    said: dict[str, str] = {}
    at, last = index, ""
    while at < len(lines) and at < index + HEADERS:
        line = _bare(lines[at], quoted)
        if not line.strip():
            break
        match = FIELD.match(line)
        name = FIELDS.get(match[1].strip().lower(), "") if match else ""
        if match and name and name not in said:
            said[name], last = match[2].strip(), name
        elif last in ("to", "cc", "subject", "from") and not name and {"from", "date"} <= said.keys() | {last}:
            said[last] = f"{said[last]} {line.strip()}"  # it goes on
        else:
            break
        at += 1
    when = _moment(said.get("date", ""), zone)
    if when is None or not ({"to", "subject"} & said.keys()):
        return None
    name, email = _person(said["from"])
    if not name and not email:
        return None
    piece = Piece(name, email, when, said.get("subject", "")[:300], "", _people(said.get("to", ""), said.get("cc", "")))
    return Split(_from_the_marker(lines, index), at, piece, quoted)


def _from_the_marker(lines: list[str], index: int) -> int:
    """Headers may have a line above them that says what follows."""
    above = index
    while above and not lines[above - 1].lstrip("> ").strip():
        above -= 1
    told = lines[above - 1] if above else ""
    is_marker = MARKER.match(told) or BEGINS.match(told.lstrip("> ")) or re.fullmatch(r"[>\s]*[_-]{5,}\s*", told)
    return above - 1 if is_marker else index


def _attributed(lines: list[str], index: int, zone: tzinfo, plain: int) -> Split | None:
    """This line, with those it goes on in, says who wrote what is quoted below: and nothing else comes after the quote. `plain` is
    the last line that is no quote."""
    whole = lines[index].strip()
    if lines[index].startswith(">") or DATED.search(whole) is None:
        return None
    last = index
    while not is_attribution(whole) and last + 1 < len(lines) and last - index < 4 and lines[last + 1].strip():
        last += 1
        whole = f"{whole} {lines[last].strip()}"
    if not is_attribution(whole) or not CLOSED.search(whole):
        return None
    if plain > last or not any(line.strip() for line in lines[last + 1 : last + 5]):
        return None
    told = _told_by(whole, zone)
    if told is None:
        return None
    return Split(index, last + 1, told, True)


def _told_by(line: str, zone: tzinfo) -> Piece | None:
    """Name, address and time of “On Mon, 5 Jan 2026 at 10:00, Anna Weber <anna@calder.example> wrote:”."""
    address = ADDRESS.search(line)
    if address is None:
        return None
    before = line[: address.start()].rstrip(" <(\"'[")
    parts = TIMED.match(before)
    if parts is None:
        return None
    when = _moment(parts[1], zone)
    name = VERB.sub("", parts[2]).strip(" ,:;\"'<>-")
    return Piece(name[:120], address[0].lower(), when) if when is not None else None


def _bare(line: str, quoted: bool) -> str:
    return re.sub(r"^> ?", "", line) if quoted else line


def _person(told: str) -> tuple[str, str]:
    """Name and address, of which one may be missing."""
    said = told.replace("*", "")
    address = ADDRESS.search(said)
    bare = MAILTO.sub(" ", said[: address.start()] if address else said)
    name = " ".join(bare.split()).strip(" <>[]()\"',;")
    return name[:120], address[0].lower() if address else ""


def _people(*told: str) -> list[tuple[str, str]]:
    found = getaddresses([MAILTO.sub("", each).replace(";", ",")[:5000] for each in told if each])
    return [(" ".join(name.split())[:120], email.lower()) for name, email in found if ADDRESS.fullmatch(email)][:MOST]


def _moment(told: str, zone: tzinfo) -> datetime | None:
    """The moment that a program wrote for people."""
    said = " ".join(told.replace("\u202f", " ").replace("‎", "").split())[:80]
    if DAY.search(said) is None:
        return None
    words = [MONTHS.get(word.strip(".,").lower(), word) for word in said.split(" ")]
    said = re.sub(r"\b(?:um|at|Uhr|à|de|del|alle|kl\.?|om|ore|den)\b", " ", " ".join(words), flags=re.IGNORECASE)
    said = re.sub(r"([ap])\.m\.", r"\1m", said, flags=re.IGNORECASE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = dates.parse(said, fuzzy=True, tzinfos=ZONES, dayfirst=re.match(r"\D*\d{1,2}\.\d{1,2}\.", said) is not None)
    except (ValueError, OverflowError, TypeError):
        try:
            found = moment(said)
        except Invalid:
            return None
    if not 1990 <= found.year <= 2200:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)

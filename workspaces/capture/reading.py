"""What came, read: the letters of a file and the exchange within each, a transcript, an invitation. Outside of any transaction."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo

from portal.imports.registry import Source
from portal.kernel.words import gettext as _
from workspaces.capture import forwarded, meetings
from workspaces.capture.folding import fold, is_attribution
from workspaces.capture.forwarded import Piece
from workspaces.capture.meetings import Meeting, NoMeeting
from workspaces.forums.importing.mailbox import messages_of
from workspaces.forums.importing.parsing import Parsed, Unreadable, parsed

LETTERS, CAPTIONS, WORDS, INVITATIONS = (".eml", ".mbox", ".mbx"), (".vtt",), (".txt", ".md"), (".ics",)
KNOWN = (*LETTERS, *CAPTIONS, *WORDS, *INVITATIONS)
FORWARDED = 20  # letters that are attached to one


@dataclass
class Letter:
    """One letter: its own words, what else there is of the exchange (the newest first), and invitations that came with it."""

    mail: Parsed
    body: str
    forward: bool
    pieces: list[Piece] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def people(self) -> list[tuple[str, str]]:
        """Everybody whom it went to, or who is invited."""
        told = [*self.mail.people, *(each for piece in self.pieces for each in piece.people)]
        return [*told, *(each for meeting in self.meetings for each in meeting.people)]


def ending(name: str) -> str:
    """The ending of a file's name that says how it is read; '' for any other."""
    found = re.search(r"\.\w+$", name.lower())
    return found[0] if found and found[0] in KNOWN else ""


def digest_of(raw: bytes) -> tuple[str, str]:
    """(Message-ID, what the letter says): the same however it travelled. Of what cannot be read its bytes alone."""
    try:
        mail = parsed(raw)
    except Unreadable:
        whole = hashlib.sha256(raw).hexdigest()
        return f"{whole}@unreadable", whole
    files = (hashlib.sha256(each.data).hexdigest() for each in mail.files)
    told = "\0".join((mail.email, mail.when, mail.subject, "".join(mail.body.split()), *files))
    return mail.id[:200], hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def letter(raw: bytes, zone: tzinfo) -> Letter:
    """One letter, taken apart. Raises Unreadable."""
    mail = parsed(raw)
    forward = forwarded.is_forward(mail.subject, mail.body)
    above, pieces = forwarded.take_apart(mail.body, zone)
    made = Letter(mail, "", forward, [_tidied(piece) for piece in pieces if piece.body.strip()])
    made.body = _own_words(mail.body, above, forward, bool(made.pieces))
    for each in mail.files:
        if each.name.lower().endswith(INVITATIONS):
            try:
                made.meetings.append(meetings.invitation(each.data))
            except NoMeeting:
                continue  # it stays a file
    made.body = "\n\n".join(part for part in (made.body, *(meeting.words for meeting in made.meetings)) if part)
    return made


def attached(made: Letter, zone: tzinfo) -> list[Letter]:
    """The letters that were attached to it whole, which then are no files of it."""
    found: list[Letter] = []
    for each in list(made.mail.files):
        if each.name.lower().endswith(".eml") and len(found) < FORWARDED:
            try:
                found.append(letter(each.data, zone))
            except Unreadable:
                continue  # it stays a file
            made.mail.files.remove(each)
    return found


def letters(source: Source, zone: tzinfo) -> Iterator[tuple[Letter | None, str]]:
    """The letters of a file, or why one of them cannot be read."""
    for _where, each in messages_of(source):
        try:
            if each is None:
                raise Unreadable(_("This mail is too large."))
            yield letter(each, zone), ""
        except Unreadable as why:
            yield None, str(why)


def _own_words(whole: str, above: str, forward: bool, apart: bool) -> str:
    """What whoever sent it wrote themselves. A forwarded exchange that could not be taken apart stays with it."""
    if apart:
        return fold(above).kept
    return whole.strip("\n") if forward else fold(whole).kept or whole.strip("\n")


def _tidied(piece: Piece) -> Piece:
    """Without its signature; with whatever else of the exchange could not be told apart."""
    told = fold(piece.body)
    quotes = any(line.startswith(">") or is_attribution(line) for line in told.folded.split("\n"))
    piece.body = piece.body.strip("\n") if quotes or not told.kept else told.kept
    return piece

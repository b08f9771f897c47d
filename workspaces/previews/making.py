"""Reading stored bytes and picturing their pages: outside of any transaction, by the child, some pages at a time."""

from typing import Any

import structlog
from sqlalchemy import select

from portal.kernel.actor import the_system
from portal.kernel.house import House
from portal.kernel.scanner import scan
from workspaces.library import actions as library
from workspaces.library.models import Scan
from workspaces.previews import actions, queries
from workspaces.previews.models import DONE, REFUSED, WAITING, Preview
from workspaces.previews.printing import Printed, prints, together
from workspaces.previews.running import Answer, Page, ask

PDF = "application/pdf"
IMAGES = frozenset({"image/png", "image/jpeg", "image/webp", "image/tiff", "image/bmp", "image/x-ms-bmp"})
SOUND = ("audio/", "video/", "image/")  # what has no words
MOST = 200  # pages of which there are pictures
STEP = 20  # of them at a time
log = structlog.get_logger(__name__)


class Again(Exception):
    """The bytes took too much, or felled the child: to be tried once more, later."""


def make(house: House, sha256: str, *, again: bool = False) -> None:
    """Everything that is to be made of these bytes, `again` even what was. Raises Again; OSError where they cannot be had."""
    with house.db.reading() as session:
        mime = queries.mime_of(session, sha256)
        known = session.scalar(select(Preview).where(Preview.sha256 == sha256))
        state, reader, pictured = (known.state, known.made_by, known.pictured) if known else (WAITING, 0, False)
    if mime is None:
        return
    if _held(house, sha256):
        return
    printed = Printed(house, sha256, mime)
    if again or state == WAITING or reader != actions.READER:
        pictured = False
        state = _read(printed, again)
    with house.db.writing() as session:
        actions.list_pages(the_system(session), sha256=sha256)
    if not pictured:
        _picture(printed, pictures=state != REFUSED)


def _held(house: House, sha256: str) -> bool:
    """Whether the virus scanner, which sees it first, holds it back. Where the scanner is away it waits: OSError."""
    with house.db.reading() as session:
        threat = session.scalar(select(Scan.threat).where(Scan.sha256 == sha256))
    if threat is None and house.settings.clamd_url:
        with house.storage.open(sha256) as file:
            threat = scan(house.settings.clamd_url, file)
        with house.db.writing() as session:
            library.note_scan(the_system(session), sha256=sha256, threat=threat)
            if threat:
                log.warning("previews.held", sha256=sha256, threat=threat)
                actions.hold(the_system(session), sha256=sha256)
    elif threat:
        with house.db.writing() as session:
            library.note_held(the_system(session), sha256=sha256)
    return bool(threat)


def _read(printed: Printed, again: bool) -> str:
    """What came of it: its state."""
    house, sha256, mime = printed.house, printed.sha256, printed.mime
    with house.db.writing() as session:
        tries = actions.begin(the_system(session), sha256=sha256, again=again)
    if mime.startswith(SOUND):
        answer = Answer()
    elif tries > actions.TRIES:
        answer = Answer(why="crashed")  # the worker itself did not survive it
    else:
        answer = _ask(house, sha256, "text", mime)
        if answer.again and tries < actions.TRIES:
            raise Again(f"{sha256}: {answer.why}")
        if answer.why == "kind" or (not answer.why and prints(mime)):
            answer = _as_printed(printed, answer)
    with house.db.writing() as session:
        actions.keep_text(the_system(session), sha256=sha256, answer=answer)
    log.info("previews.read", sha256=sha256, mime=mime, pages=len(answer.pages), why=answer.why, error=answer.error)
    return REFUSED if answer.why else DONE


def _as_printed(printed: Printed, answer: Answer) -> Answer:
    """The pages as they are printed, where they can be; else the answer that there is."""
    pdf = printed.pdf()
    told = ask(pdf, printed.house.settings.uploads_dir, "text", PDF) if pdf else Answer(why=printed.why)
    if told.why:
        return answer if not answer.why else told
    words = together([page.text for page in answer.pages], [page.text for page in told.pages], printed.mime)
    return Answer([Page(number, text) for number, text in enumerate(words, 1)], cut=answer.cut or told.cut)


def _picture(printed: Printed, *, pictures: bool) -> None:
    """Pictures, a few pages at a time so that the first are there soon. What cannot be pictured has none."""
    house, mime = printed.house, printed.mime
    as_pdf = pictures and printed.wanted and printed.pdf() is not None
    paged = as_pdf or (pictures and mime == PDF)
    last, first, whole = MOST if paged else 1 if pictures and mime in IMAGES else 0, 1, False
    while not whole:
        words = ("pictures", PDF if paged else mime, str(first), str(min(first + STEP - 1, last)))
        if as_pdf and (pdf := printed.pdf()):
            answer = ask(pdf, house.settings.uploads_dir, *words)
        else:
            answer = _ask(house, printed.sha256, *words) if last else Answer()
        made: list[Any] = [
            (page, house.storage.put([page.picture], 10**8).sha256)
            for page in answer.pages
            if page.picture and first <= page.number <= last
        ]
        first += STEP
        whole = first > min(last, answer.count) or bool(answer.why)
        with house.db.writing() as session:
            actions.keep_pictures(the_system(session), sha256=printed.sha256, pictures=made, whole=whole)


def _ask(house: House, sha256: str, *words: str) -> Answer:
    with house.storage.open(sha256) as file:
        return ask(file, house.settings.uploads_dir, *words)

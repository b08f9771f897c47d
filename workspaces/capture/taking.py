"""What was read goes onto the trail: letters as topics and posts that only the team sees, meetings as notes. The worker's part."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from portal.accounts.actions import add_contact, write_note
from portal.accounts.importing.matching import SHARED
from portal.imports.models import ImportRun
from portal.imports.registry import Plan, Row, Source
from portal.imports.work import Work
from portal.kernel.actor import Actor, the_system
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, Refused
from portal.kernel.house import House
from portal.kernel.policy import may
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from portal.people.actions.installation import installation
from portal.people.models import Person, name_of
from workspaces.capture import actions, reading
from workspaces.capture.meetings import Meeting, NoMeeting, invitation, transcript
from workspaces.capture.models import MAIL, WAITING, Captured
from workspaces.capture.policy import May
from workspaces.capture.reading import Letter
from workspaces.forums.attachments import PORT
from workspaces.forums.importing.authors import authors
from workspaces.forums.importing.mail import key_of, title_of
from workspaces.forums.importing.places import Place, Places
from workspaces.forums.importing.writing import Message, checked, write_messages
from workspaces.forums.models import Post, Topic

LARGEST = 60 * 2**20  # bytes that are read at once
LARGEST_BOX = 2**30  # bytes of a box of letters, which is read one by one
AT_ONCE = 20  # letters in one transaction
NEAR = timedelta(days=2)  # programs tell times to the minute and without their zone
MOST_PEOPLE = 30


@dataclass
class Taken:
    """A message on its way, by what it is called where it comes from; `files` are stored."""

    key: str
    refs: tuple[str, ...]
    name: str
    email: str
    when: str
    subject: str
    body: str
    files: tuple[dict[str, Any], ...] = ()
    team: bool = False  # what somebody of ours says to the team about an exchange: it answers nobody


def take(house: House, captured_pk: int) -> None:
    """Read what came, and write what is in it. What cannot be taken is held, and says why."""
    with house.db.reading() as session:
        captured = session.get(Captured, captured_pk)
        if captured is None or captured.state != WAITING:
            return
        sha256, size, name, way, zone = captured.sha256, captured.size, captured.name, captured.way, _zone_of(session, captured)
        reason = _not_from_the_team(house, session, captured) if way == MAIL and captured.by_pk is None else ""
    end = ".eml" if way == MAIL else reading.ending(name)
    if reason or size > (LARGEST_BOX if end in reading.LETTERS else LARGEST):
        _hold(house, captured_pk, reason or later("It is too large to be read."))
        return
    try:
        if end in reading.LETTERS:
            _take_letters(house, captured_pk, Source(name, lambda: house.storage.open(sha256), None, size), zone)
        else:
            with house.storage.open(sha256) as file:
                raw = file.read()
            _take_meeting(house, captured_pk, _meeting(raw, end))
    except (NoMeeting, Refused) as why:
        _hold(house, captured_pk, str(why) or later("It cannot be stored."))


def _meeting(raw: bytes, end: str) -> Meeting:
    return invitation(raw) if end in reading.INVITATIONS else transcript(raw, captions=end in reading.CAPTIONS)


def _take_letters(house: House, captured_pk: int, source: Source, zone: ZoneInfo) -> None:
    found = reading.letters(source, zone)
    read, wrong = 0, ""
    while batch := list(islice(found, AT_ONCE)):
        wrong = next((why for made, why in batch if made is None), wrong)
        whole = [each for made, _wrong in batch if made is not None for each in (*reading.attached(made, zone), made)]
        alone = not read and len(whole) == 1
        stored = [tuple(PORT.take(house, file.name, file.data) for file in each.mail.files) for each in whole]
        with house.db.writing() as session:
            captured = session.get_one(Captured, captured_pk)
            _write_letters(house, captured, sorted(zip(whole, stored, strict=True), key=lambda of: of[0].mail.when), alone)
        read += len(whole)
    if not read:
        raise NoMeeting(wrong or later("There are no letters in it."))
    with house.db.writing() as session:
        actions.settle(the_system(session), session.get_one(Captured, captured_pk))


def _write_letters(house: House, captured: Captured, found: list[tuple[Letter, Any]], alone: bool) -> None:
    """Raises Invalid where a single letter says something else than one of the same Message-ID that is there."""
    session = object_session(captured)
    assert session is not None
    system = the_system(session)
    work = Work(house, system, ImportRun(dry=False), Plan(), set())
    places = Places(work)
    place = places.of_account(captured.account.id) if captured.account else places.of(captured.place, "")
    messages: list[Taken] = []
    for letter, files in found:
        answers = work.known("post", [key_of(place, ref) for ref in letter.mail.refs])
        messages += _messages(place, letter, files, letter.forward or (alone and not answers))
    if alone and _is_another(work, place, found[0][0], messages[-1]):
        if captured.by_pk is None:
            raise Invalid(("", _("Another letter with the same Message-ID is here already.")))
        messages[-1].key = key_of(place, f"{captured.digest}@another")  # somebody of the team has seen it, and wants it
    write_messages(work, [_message(place, each) for each in _not_there_yet(work, place, messages)])
    authors(work, _named(house, session, found, place))
    work.bulk.settle()
    ids = work.known("post", [each.key for each in messages])
    actions.keep_made(system, captured, made=[("post", id) for id in ids.values()])


def _messages(place: Place, letter: Letter, files: Any, apart: bool) -> list[Taken]:
    """What one letter says, the oldest first: the exchange within it, then its own words where it has any."""
    mail, made = letter.mail, list[Taken]()
    outer = tuple(key_of(place, ref) for ref in reversed(mail.refs))
    for number, piece in reversed(list(enumerate(letter.pieces if apart else ()))):
        told = "\0".join((piece.email or piece.name, piece.when.isoformat()[:16], "".join(piece.body.split())))
        # Programs name the letter that is forwarded as what is answered
        id = mail.refs[-1] if number == 0 and letter.forward and mail.refs else f"{hashlib.sha256(told.encode()).hexdigest()}@within"
        refs = (made[-1].key,) if made else outer
        own_files = files if letter.forward and number == 0 else ()  # who forwards sends what came with it
        made.append(Taken(key_of(place, id), refs, piece.name, piece.email, piece.when.isoformat(), mail.subject, piece.body,
                          tuple(own_files)))  # fmt: skip
    rest = () if made and letter.forward else files
    if letter.body.strip() or rest or not made:
        refs = (made[-1].key, *outer) if made else outer
        made.append(Taken(key_of(place, mail.id), refs, mail.name, mail.email, mail.when, mail.subject, letter.body, tuple(rest),
                          bool(made) and letter.forward))  # fmt: skip
    return made


def _message(place: Place, each: Taken) -> Message:
    """Raises Invalid where it can be no post."""
    return checked(
        Message(
            row=Row(0), place=place, key=each.key, refs=each.refs, title=title_of(" ".join(each.subject.split())), named_topic=False,
            email=each.email, name=each.name, when=each.when, body=each.body, replies=True, files=each.files,
            team=each.team,
        )
    )  # fmt: skip


def _is_another(work: Work, place: Place, letter: Letter, last: Taken) -> bool:
    """Whether something else came under this Message-ID before: neither says what the other does."""
    key = key_of(place, letter.mail.id)
    id = work.known("post", [key]).get(key)
    post = work.session.scalar(select(Post).where(Post.id == id)) if id and last.key == key else None
    if post is None or post.edited_at is not None:
        return False
    there, here = _bare(post.body), _bare(last.body)
    return not (there in here or here in there)


def _not_there_yet(work: Work, place: Place, messages: list[Taken]) -> list[Taken]:
    """Without what is on the trail already: by its Message-ID, or because the same person wrote the same at that time."""
    known = work.known("post", [each.key for each in messages])
    new = []
    for each in messages:
        if each.key in known:
            continue
        if (there := _twin(work, place, each)) is not None:
            work.remember("post", [(each.key, there.id)])  # from here on it is known by this name too
        else:
            new.append(each)
    return new


def _twin(work: Work, place: Place, each: Taken) -> Post | None:
    """A post of the same person that says the same."""
    message = _message(place, each)
    near = select(Post).join(Topic, Topic.pk == Post.topic_pk).join(Person, Person.pk == Post.author_pk)
    near = near.where(Topic.forum_pk == place.forum.pk, Person.email == message.address, Post.removed_at.is_(None))
    near = near.where(Post.created_at.between(message.at - NEAR, message.at + NEAR)).limit(200)
    return next((post for post in work.session.scalars(near) if _bare(post.body) == _bare(message.body)), None)


def _named(house: House, session: Session, found: list[tuple[Letter, Any]], place: Place) -> list[tuple[str, str, Place]]:
    """Those whom the letters went to, who become contacts: nobody of ours, and no address of ours."""
    ours = _our_domains(house, session)
    told = {email: name for letter, _files in found for name, email in letter.people if email.partition("@")[2] not in ours}
    return [(email, name, place) for email, name in islice(told.items(), MOST_PEOPLE)]


def _take_meeting(house: House, captured_pk: int, meeting: Meeting) -> None:
    with house.db.writing() as session:
        captured = session.get_one(Captured, captured_pk)
        account, by = captured.account, captured.by
        if account is None or by is None:
            raise NoMeeting(later("A meeting belongs to an account."))
        at = captured.at or (meeting.at if meeting.at is not None and meeting.at < now() else now())
        note = write_note(Actor(session, by), account, body=meeting.words, kind="meeting", at=at)
        for name, email in meeting.people[:MOST_PEOPLE]:
            if email.partition("@")[2] not in _our_domains(house, session):
                with suppress(Invalid):  # who is a contact already
                    add_contact(the_system(session), account, name=name or name_of(email), email=email)
        actions.keep_made(the_system(session), captured, made=[("note", note.id)])
        actions.settle(the_system(session), captured)


def _our_domains(house: House, session: Session) -> set[str]:
    """Nobody there is a contact."""
    staff = session.scalars(select(Person.email).where(Person.is_staff.is_(True)))
    return {email.partition("@")[2] for email in staff} - SHARED | {house.settings.capture_domain}


def _not_from_the_team(house: House, session: Session, captured: Captured) -> str:
    """Why a letter is not taken as one of the team's; '' where it is."""
    person = session.scalar(select(Person).where(Person.email == captured.sender, Person.is_staff.is_(True), Person.suspended_at.is_(None)))
    where: Any = captured.account or captured.workspace
    verb = May.CAPTURE_FOR if captured.account is not None else May.CAPTURE_INTO
    if person is None or not may(Actor(session, person), verb, where):
        return later("It was not sent by one of the team.")
    if captured.proven == "fail" or (house.settings.inbound_authserv and captured.proven != "pass"):
        return later("Nothing proves that it was sent from this address.")
    return ""


def _zone_of(session: Session, captured: Captured) -> ZoneInfo:
    """Of whoever sent or dropped it: programs write times in the zone of who forwards."""
    person = captured.by or session.scalar(select(Person).where(Person.email == captured.sender))
    name = (person.timezone if person else "") or installation(session).timezone or "UTC"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def _hold(house: House, captured_pk: int, reason: str) -> None:
    with house.db.writing() as session:
        actions.hold(the_system(session), session.get_one(Captured, captured_pk), reason=reason)


def _bare(text: str) -> str:
    return "".join(text.split())

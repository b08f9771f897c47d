"""Files that are dropped on an account's page: letters, transcripts, invitations."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Contact, Note
from portal.kernel.house import House
from tests.cast import World
from tests.conftest import Door, post
from tests.workings import drain
from tests.workspaces.capture.conftest import came, letter, talk
from workspaces.capture import actions

VTT = b"""WEBVTT

1
00:00:01.000 --> 00:00:03.000
<v Anna Weber>Good morning.</v>

2
00:00:03.000 --> 00:00:05.000
<v Anna Weber>We need 40 sensors.</v>

00:00:06.000 --> 00:00:07.000
<v Rhea Rep>I will send the offer by Friday.</v>
"""
ICS = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
METHOD:REQUEST
BEGIN:VEVENT
UID:1
SUMMARY:Site visit
DTSTART:20260105T100000Z
LOCATION:Hull
ORGANIZER;CN=Rhea Rep:mailto:rhea@tidewell.example
ATTENDEE;CN=Anna Weber:mailto:anna@calder.example
END:VEVENT
END:VCALENDAR
"""


class Dropping:
    def __init__(self, house: House, client: FlaskClient, path: str) -> None:
        self.house, self.client, self.path = house, client, path

    def __call__(self, *files: tuple[str, bytes], **fields: str) -> Any:
        answer = post(self.client, self.path, files=[(io.BytesIO(data), name) for name, data in files], **fields)
        drain(self.house, topics=(actions.TOPIC,))
        return answer


@pytest.fixture
def dropping(house: House, door: Door, world: World) -> Dropping:
    return Dropping(house, door("rhea"), f"/accounts/{world.ids['calder']}/capture")


def box(*letters: Any) -> bytes:
    return b"".join(b"From x Mon Jan  5 10:00:00 2026\n" + each.as_bytes() + b"\n\n" for each in letters)


def test_a_letter_of_a_client_is_on_the_trail(dropping: Dropping, db: Session) -> None:
    told = letter(by="Anna Weber <anna@calder.example>", to="Rhea <rhea@tidewell.example>")
    assert dropping(("offer.eml", told.as_bytes())).status_code == 303
    assert talk(db) == [("Sensors", "anna@calder.example", "We need 40 sensors by March.")]
    assert dropping(("again.eml", told.as_bytes())).status_code == 303
    assert len(talk(db)) == 1


def test_a_mailbox_is_a_conversation(dropping: Dropping, db: Session) -> None:
    one = letter(id="<1@t.example>")
    two = letter("Re: Sensors", "> We need\n\n50 then.", id="<2@c.example>", by="Anna <anna@calder.example>", In_Reply_To="<1@t.example>",
                 date="Tue, 06 Jan 2026 10:00:00 +0100")  # fmt: skip
    dropping(("all.mbox", box(two, one)))
    assert [(title, email.partition("@")[0]) for title, email, _body in talk(db)] == [("Sensors", "rhea"), ("Sensors", "anna")]
    assert len(came(db)[0].things) == 2


def test_a_transcript_is_a_note_of_a_meeting(dropping: Dropping, db: Session) -> None:
    assert dropping(("call.vtt", VTT), at="2026-01-05T10:00").status_code == 303
    note = db.scalars(select(Note)).one()
    assert (note.kind, note.author.email, note.at.isoformat()[:10]) == ("meeting", "rhea@tidewell.example", "2026-01-05")
    assert note.body == "**Anna Weber:** Good morning. We need 40 sensors.\n\n**Rhea Rep:** I will send the offer by Friday."


def test_plain_words_are_a_note_too_and_an_invitation_brings_its_people(dropping: Dropping, db: Session) -> None:
    dropping(("talk.txt", "Anna: Grüße\nRhea: Hello".encode()), ("visit.ics", ICS))
    first, second = db.scalars(select(Note).order_by(Note.pk))
    assert first.body == "**Anna:** Grüße\n\n**Rhea:** Hello"
    assert second.body.startswith("**Invitation: Site visit**")
    assert second.at.isoformat() == "2026-01-05T10:00:00+00:00"
    contact = db.scalars(select(Contact).where(Contact.email == "anna@calder.example")).one()
    assert contact.name == "Anna Weber"
    assert not db.scalars(select(Contact).where(Contact.email == "rhea@tidewell.example")).all()


def test_what_is_wrong_with_a_file_is_said(dropping: Dropping, db: Session) -> None:
    assert dropping().status_code == 422
    assert dropping(("prices.xlsx", b"PK")).status_code == 422
    assert dropping(("empty.eml", b"")).status_code == 422
    assert dropping(("call.vtt", VTT), at="2999-01-01T10:00").status_code == 422
    assert came(db) == []
    assert dropping(("call.vtt", b"no captions"), ("broken.ics", b"nothing"), ("broken.eml", b"nothing of a letter")).status_code == 303
    assert [each.state for each in came(db)] == ["held"] * 3


def test_the_original_is_there_for_the_team_and_shows_nothing_that_runs(dropping: Dropping, db: Session, door: Door) -> None:
    told = letter()
    told.set_content("<p>Words</p><script>alert(1)</script>", subtype="html")
    dropping(("offer.eml", told.as_bytes()))
    path = f"/captured/{came(db)[0].id}"
    page = door("rhea").get(path)
    assert page.status_code == 200
    assert "alert(1)" not in page.get_data(as_text=True)
    kept = door("rhea").get(f"{path}/content")
    assert kept.data == told.as_bytes()
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert kept.mimetype == "application/octet-stream"
    for who in ("petra", "ravi", "ada", "nobody"):
        assert door(who).get(f"{path}/content").status_code in (303, 404)


def test_a_workspace_has_an_address_that_its_staff_make(house: House, door: Door, world: World, db: Session) -> None:
    path = f"/w/{world.ids['room']}/capture"
    assert post(door("petra"), f"{path}/address").status_code == 403
    assert post(door("rhea"), f"{path}/address").status_code == 303
    local = db.scalars(select(actions.CaptureAddress.local)).one()
    page = door("rhea").get(path).get_data(as_text=True)
    assert local in page
    assert "Calder Water" in page
    assert local not in door("petra").get(f"/w/{world.ids['room']}/").get_data(as_text=True)

"""Letters that somebody made to break something: one thing comes of each, and the door stays open."""

import io
import zipfile
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.people.models import Person
from tests.workspaces.capture.conftest import Postman, came, letter, talk
from workspaces.capture import intake, lmtp
from workspaces.forums.models import Post, Topic
from workspaces.library.models import File

HEAD = (
    b"From: Rhea Rep <rhea@tidewell.example>\r\nTo: anna@calder.example\r\nDate: Mon, 05 Jan 2026 10:00:00 +0100\r\n"
    b"Message-ID: <h@t.example>\r\nMIME-Version: 1.0\r\n"
)


def nested(depth: int) -> bytes:
    lines = [HEAD, b"Subject: Deep\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n"]
    lines += [f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n".encode() for n in range(depth)]
    return b"".join([*lines, f"--b{depth}\r\nContent-Type: text/plain\r\n\r\nWords.\r\n".encode()])


def parts(count: int) -> bytes:
    each = b"--b\r\nContent-Type: text/plain\r\n\r\nPart.\r\n"
    return HEAD + b"Subject: Many\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + each * count + b"--b--\r\n"


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(20_000_000))
    return packed.getvalue()


def with_files() -> EmailMessage:
    made = letter("Files", "Look.")
    made.add_attachment(bomb(), maintype="application", subtype="zip", filename="big.zip")
    made.add_attachment(b"x\x9f\x3e\x22" + bytes(100), maintype="application", subtype="ms-tnef", filename="winmail.dat")
    made.add_attachment(b"#!", maintype="application", subtype="x-sh", filename="../../etc/\u202egpj.exe" + "n" * 400)
    return made


HOSTILE = {
    "a header within a header": HEAD + b"Subject: =?utf-8?q?One=0D=0ABcc:_victim@elsewhere.example?=\r\n\r\nWords.\r\n",
    "a header within a name": HEAD.replace(b"Rhea Rep", b"=?utf-8?q?R=0D=0ABcc:_v@e.example?=") + b"Subject: S\r\n\r\nWords.\r\n",
    "nested 200 deep": nested(200),
    "nested 5000 deep": nested(5000),
    "1000 parts": parts(1000),
    "a charset that is none": HEAD + b"Subject: C\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nGr\xfc\xdfe\r\n",
    "bytes that are none of its charset": HEAD + b"Subject: =?utf-8?b?/////w==?=\r\nContent-Type: text/plain; charset=utf-8"
                                          b"\r\n\r\n\xff\xfe\x00\r\n",
    "a script": HEAD + b"Subject: H\r\nContent-Type: text/html\r\n\r\n<p>Words</p><script>alert(1)</script>"
                b"<img src=http://x.example/p.gif onerror=alert(1)>\r\n",
    "markup that is never closed": HEAD + b"Subject: H\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 200_000 + b"<!--" * 1000,
    "a name that runs backwards": HEAD.replace(b"Rhea Rep", "\u202eRhea\u202c".encode() + b"x" * 3000)
                                     + b"Subject: \xe2\x80\xae" + b"S" * 5000 + b"\r\n\r\nWords.\r\n",
    "addresses without end": HEAD + b"Cc: " + b"a@b.example, " * 50_000 + b"\r\nSubject: A\r\n\r\nWords.\r\n",
    "comments within comments": HEAD + b"Cc: " + b"(" * 100_000 + b"\r\nSubject: A\r\n\r\nWords.\r\n",
    "a sender within comments": HEAD.replace(b"Rhea Rep", b"(" * 100_000) + b"Subject: A\r\n\r\nWords.\r\n",
    "encoded words without end": HEAD + b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\nWords.\r\n",
    "files": with_files().as_bytes(),
    "no date": HEAD.replace(b"Date:", b"X-Date:") + b"Subject: N\r\n\r\nWords.\r\n",
    "a date that is none": HEAD.replace(b"05 Jan 2026", b"99 Foo 99999") + b"Subject: N\r\n\r\nWords.\r\n",
    "nothing": HEAD + b"\r\n",
    "quotes without end": HEAD + b"Subject: Q\r\n\r\n" + b"> On Thu, Apr 30, 2020 at 10:07 AM, a <a@b.example> wrote:\r\n>\r\n" * 5000,
    "a broken invitation": HEAD + b"Subject: I\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x\r\n",
    "letters within letters": HEAD + b"Subject: M\r\nContent-Type: message/rfc822\r\n\r\n" * 300,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_one_thing_comes_of_it_and_the_next_letter_is_taken(postman: Postman, db: Session, name: str) -> None:
    assert postman.bring(HOSTILE[name])[0] == 250
    first = came(db)
    assert len(first) == 1
    assert first[0].state in ("taken", "held")
    assert first[0].reason or first[0].state == "taken"
    assert postman.bring(letter("Afterwards", id="<after@t.example>"))[0] == 250
    assert talk(db)[-1][0] == "Afterwards"
    assert "victim" not in "".join(db.scalars(select(Person.email)))
    for post in db.scalars(select(Post)):
        assert "<script" not in post.html
        assert "<img" not in post.html
    for title in db.scalars(select(Topic.title)):
        assert not {"\n", "\r", "\u202e"} & set(title)
    for file in db.scalars(select(File.name)):
        assert not {"/", "\n", "\u202e"} & set(file)
        assert len(file) <= 255


def test_what_is_too_large_is_refused(postman: Postman, house, world, db: Session, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    assert postman.hand(letter(text="x\n" * 50_000))[0] == 250
    postman.ear.stop(no_assert=True)
    monkeypatch.setattr(intake, "LARGEST", 100_000)
    postman.ear = lmtp.ear(house)
    postman.ear.start()
    assert postman.hand(letter(text="x\n" * 100_000, id="<2@t.example>"))[0] == 552
    assert len(came(db)) == 1


def test_a_client_never_learns_of_an_address(postman: Postman, door) -> None:  # type: ignore[no-untyped-def]
    local = postman.address().partition("@")[0]
    room = door("rhea").get(f"/accounts/{postman.world.ids['calder']}/capture")
    assert local in room.get_data(as_text=True)
    for who in ("petra", "ravi", "ada"):
        assert door(who).get(f"/accounts/{postman.world.ids['calder']}/capture").status_code == 404


def test_the_account_shows_its_address_and_what_waits(postman: Postman, door) -> None:  # type: ignore[no-untyped-def]
    address = postman.address()
    postman.bring(letter(by="Anna <anna@calder.example>"))
    page = door("rhea").get(f"/accounts/{postman.world.ids['calder']}").get_data(as_text=True)
    assert address in page
    assert "1 letter is held back" in page

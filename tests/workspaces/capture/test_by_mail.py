"""Letters that come to an address: what is answered at the door, and what is on the trail."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import wsgi
from portal.accounts.models import Contact
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.people.models import Person
from tests.workings import drain
from tests.workspaces.capture.conftest import Postman, came, letter, talk
from workspaces.capture import actions, intake
from workspaces.capture.models import Captured
from workspaces.forums.models import Post
from workspaces.library.models import File

GMAIL = """Please keep.

---------- Forwarded message ---------
From: Anna Weber <anna@calder.example>
Date: Mon, Jan 5, 2026 at 10:00 AM
Subject: Re: Sensors
To: Rhea Rep <rhea@tidewell.example>
Cc: Bo Berg <bo@calder.example>


We need 40 of them.

--
Anna Weber, Calder Water

On Sun, Jan 4, 2026 at 9:12 AM Rhea Rep <rhea@tidewell.example> wrote:

> How many do you need?
>
> On Sat, 3 Jan 2026 at 08:00, Anna Weber <anna@calder.example>
> wrote:
>
>> What does one cost?
"""
OUTLOOK = """Bitte ablegen.

Von: Anna Weber <anna@calder.example>
Gesendet: Donnerstag, 5. März 2026 11:23
An: Rhea Rep <rhea@tidewell.example>
Betreff: AW: Angebot

Danke, das passt.

-----Ursprüngliche Nachricht-----
Von: Rhea Rep [mailto:rhea@tidewell.example]
Gesendet: Mittwoch, 4. März 2026 09:00
An: Anna Weber
Betreff: Angebot

Anbei das Angebot.
"""
APPLE = """
Begin forwarded message:

> From: Anna Weber <anna@calder.example>
> Subject: Visit
> Date: 5 January 2026 at 10:00:00 GMT
> To: Rhea Rep <rhea@tidewell.example>
>
> Come on Friday.
"""


def test_a_letter_in_bcc_is_on_the_trail_as_it_was_sent(postman: Postman, db: Session) -> None:
    assert postman.bring(letter())[0] == 250
    assert talk(db) == [("Sensors", "rhea@tidewell.example", "We need 40 sensors by March.")]
    post = db.scalars(select(Post).where(Post.body.startswith("We need 40"))).one()
    assert post.created_at.isoformat() == "2026-01-05T09:00:00+00:00"
    assert post.topic.for_team
    event = db.scalars(select(Event).where(Event.kind == "post.created", Event.subject_id == post.id)).one()
    assert event.at == post.created_at
    contact = db.scalars(select(Contact).where(Contact.email == "anna@calder.example")).one()
    assert contact.name == "Anna Weber"
    assert [(each.state, each.sender) for each in came(db)] == [("taken", "rhea@tidewell.example")]


def test_a_conversation_is_one_topic_without_its_quotes(postman: Postman, db: Session) -> None:
    postman.bring(letter(id="<1@t.example>"))
    answer = "So 50.\n\nOn Mon, 5 Jan 2026 at 10:00, Rhea Rep <rhea@tidewell.example> wrote:\n\n> We need 40 sensors by March.\n"
    postman.bring(letter("RE: Sensors", answer, id="<2@t.example>", In_Reply_To="<1@t.example>", date="Mon, 05 Jan 2026 12:00:00 +0100"))
    assert [(title, body) for title, _email, body in talk(db)] == [("Sensors", "We need 40 sensors by March."), ("Sensors", "So 50.")]


@pytest.mark.parametrize(
    ("text", "subject", "said"),
    [
        (GMAIL, "Fwd: Sensors", [("anna", "What does one cost?"), ("rhea", "How many do you need?"),
                                     ("anna", "We need 40 of them."), ("rhea", "Please keep.")]),
        (OUTLOOK, "WG: AW: Angebot", [("rhea", "Anbei das Angebot."), ("anna", "Danke, das passt."), ("rhea", "Bitte ablegen.")]),
        (APPLE, "Fwd: Visit", [("anna", "Come on Friday.")]),
    ],
)  # fmt: skip
def test_a_forwarded_exchange_is_taken_apart(postman: Postman, db: Session, text: str, subject: str, said: list[tuple[str, str]]) -> None:
    postman.bring(letter(subject, text, to="", date="Thu, 12 Mar 2026 10:00:00 +0100"))
    found = talk(db)
    assert [(email.partition("@")[0], body) for _title, email, body in found] == said
    assert len({title for title, _email, _body in found}) == 1
    assert all(":" not in title for title, _email, _body in found)


def test_the_people_of_a_forwarded_exchange_become_contacts_and_its_times_are_those_of_then(postman: Postman, db: Session) -> None:
    postman.bring(letter("Fwd: Sensors", GMAIL, date="Thu, 12 Mar 2026 10:00:00 +0100"))
    times = [
        post.created_at.isoformat()[:16] for post in db.scalars(select(Post).where(Post.body.in_(["We need 40 of them.", "Please keep."])))
    ]
    assert sorted(times) == ["2026-01-05T10:00", "2026-03-12T09:00"]
    assert {"anna@calder.example", "bo@calder.example"} <= set(db.scalars(select(Contact.email)))


def test_what_is_said_above_a_forwarded_exchange_answers_nobody(postman: Postman, db: Session) -> None:
    postman.bring(letter("Fwd: Sensors", GMAIL, date="Thu, 12 Mar 2026 10:00:00 +0100"))
    told = {post.body: post for post in db.scalars(select(Post).where(Post.body.in_(["We need 40 of them.", "Please keep."])))}
    assert [told[body].team for body in ("We need 40 of them.", "Please keep.")] == [False, True]
    assert told["Please keep."].topic.post_count == 3


def test_an_exchange_that_is_forwarded_again_adds_only_what_is_new(postman: Postman, db: Session) -> None:
    postman.bring(letter("Fwd: Sensors", GMAIL, id="<a@t.example>", date="Thu, 12 Mar 2026 10:00:00 +0100"))
    again = GMAIL.replace("Please keep.", "Once more.")
    postman.bring(letter("Fwd: Sensors", again, id="<b@t.example>", date="Fri, 13 Mar 2026 10:00:00 +0100"))
    bodies = [body for _title, _email, body in talk(db)]
    assert bodies == ["What does one cost?", "How many do you need?", "We need 40 of them.", "Please keep.", "Once more."]


def test_what_cannot_be_taken_apart_stays_whole(postman: Postman, db: Session) -> None:
    strange = "See:\n\n---------- Forwarded message ---------\nFrom: somebody\nDate: some day\n\nWe need 40.\n"
    postman.bring(letter("Fwd: Sensors", strange))
    assert [body for _title, _email, body in talk(db)] == [strange.strip()]


def test_files_come_with_a_letter(postman: Postman, db: Session) -> None:
    made = letter()
    made.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="../offer.pdf")
    postman.bring(made)
    file = db.scalars(select(File).where(File.name == "offer.pdf")).one()
    assert file.post_pk is not None


def test_the_same_letter_ten_times_is_there_once_and_another_of_its_name_is_held(postman: Postman, house: House, db: Session) -> None:
    for _time in range(10):
        assert postman.bring(letter())[0] == 250
    assert len(talk(db)) == len(came(db)) == 1
    assert postman.bring(letter(text="We need 400."))[0] == 250
    assert len(talk(db)) == 1
    assert [each.state for each in came(db)] == ["taken", "held"]
    assert came(db)[1].reason == "Another letter with the same Message-ID is here already."
    with house.db.writing() as session:
        actions.let_in(postman.world.actor(session, "rhea"), session.get_one(Captured, came(db)[1].pk))
    drain(house, topics=(actions.TOPIC,))
    assert [body for _title, _email, body in talk(db)] == ["We need 40 sensors by March.", "We need 400."]


def test_what_is_acknowledged_is_kept_whatever_happens_then(postman: Postman, house: House, db: Session) -> None:
    assert postman.hand(letter())[0] == 250  # and nothing reads it before the process is gone
    another = wsgi.build_house(house.settings)
    try:
        drain(another, topics=(actions.TOPIC,))
    finally:
        another.close()
    assert len(talk(db)) == 1


@pytest.mark.parametrize("by", ["Anna <anna@calder.example>", "Ravi <ravi@tidewell.example>", "Strange <x@elsewhere.example>"])
def test_a_letter_of_anybody_else_is_held(postman: Postman, db: Session, by: str) -> None:
    assert postman.bring(letter(by=by, id="<2@x.example>"))[0] == 250
    assert talk(db) == []
    assert [(each.state, each.reason) for each in came(db)] == [("held", "It was not sent by one of the team.")]


def test_a_held_letter_is_let_in_or_refused(postman: Postman, house: House, db: Session, acting) -> None:  # type: ignore[no-untyped-def]
    postman.bring(letter(by="Anna Weber <anna@calder.example>", id="<1@c.example>", to="rhea@tidewell.example"))
    postman.bring(letter(by="Anna Weber <anna@calder.example>", id="<2@c.example>", text="Buy pills."))
    first, second = came(db)
    with acting("rhea") as rhea:
        actions.let_in(rhea, rhea.session.get_one(Captured, first.pk))
        actions.turn_away(rhea, rhea.session.get_one(Captured, second.pk))
    drain(house, topics=(actions.TOPIC,))
    assert talk(db) == [("Sensors", "anna@calder.example", "We need 40 sensors by March.")]
    assert [(each.state, bool(each.sha256)) for each in came(db)] == [("taken", True), ("refused", False)]
    assert postman.bring(letter(by="Anna Weber <anna@calder.example>", id="<2@c.example>", text="Buy pills."))[0] == 250
    assert [each.state for each in came(db)] == ["taken", "refused"]


def test_whoever_left_the_team_or_the_house_captures_nothing_more(postman: Postman, house: House, db: Session) -> None:
    assert postman.address()
    with house.db.writing() as session:
        session.execute(Person.__table__.update().where(Person.email == "rhea@tidewell.example").values(suspended_at=intake.now()))
    postman.bring(letter())
    assert [each.state for each in came(db)] == ["held"]


def test_an_address_that_is_none_is_refused_and_so_is_one_that_has_ended(postman: Postman, db: Session) -> None:
    old = postman.address()
    assert postman.hand(letter(), to=old)[0] == 250
    assert postman.hand(letter(), to="acc-nothing@in.tidewell.example")[0] == 550
    assert postman.hand(letter(), to=old.replace("in.tidewell", "tidewell"))[0] == 550
    postman.addresses.clear()
    assert postman.address() != old
    assert postman.hand(letter(), to=old)[0] == 550


def test_a_letter_to_a_workspace_stays_with_its_team(postman: Postman, db: Session) -> None:
    assert postman.bring(letter(), to=postman.address("room"))[0] == 250
    post = db.scalars(select(Post).where(Post.body.startswith("We need 40"))).one()
    assert (post.workspace.title, post.topic.for_team) == ("Leak detection", True)


def test_while_the_database_is_away_the_letter_stays_with_whoever_brings_it(postman: Postman, db: Session, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    address = postman.address()

    def away(*more: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(intake, "address_named", away)
        assert postman.hand(letter(), to=address)[0] == 451
    with monkeypatch.context() as broken:
        broken.setattr(actions, "receive", away)
        assert postman.hand(letter(), to=address)[0] == 451
    assert came(db) == []
    assert postman.hand(letter(), to=address)[0] == 250


def test_no_more_than_some_letters_in_an_hour(postman: Postman, db: Session, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(intake, "MOST_IN_AN_HOUR", 1)
    assert postman.hand(letter(id="<1@t.example>"))[0] == 250
    assert postman.hand(letter(id="<2@t.example>"))[0] == 451


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<talk.example>"}, {"X_Autoreply": "yes"},
        {"by": "acc-x@in.tidewell.example"}, {"by": "mainstay@in.tidewell.example"}, {"envelope": ""},
    ],
)  # fmt: skip
def test_what_no_person_sent_is_taken_and_nothing_comes_of_it(postman: Postman, db: Session, headers: dict[str, str]) -> None:
    envelope = headers.pop("envelope", "rhea@tidewell.example")
    assert postman.bring(letter(**headers), envelope=envelope)[0] == 250
    assert came(db) == talk(db) == []
    assert postman.bring(letter())[0] == 250
    assert len(talk(db)) == 1


def test_a_letter_that_goes_in_a_circle_stops(postman: Postman, db: Session) -> None:
    raw = b"".join(b"Received: from a by b; Mon, 5 Jan 2026 10:00:00 +0000\r\n" for _hop in range(60)) + letter().as_bytes()
    assert postman.bring(raw)[0] == 250
    assert came(db) == []


FORGED = "mx.tidewell.example; dmarc=fail header.from=tidewell.example"
PROVEN = "mx.tidewell.example; dkim=pass header.d=tidewell.example"
OTHERS = "mx.elsewhere.example; dmarc=pass header.from=tidewell.example"
UNALIGNED = "mx.tidewell.example; dkim=pass header.d=elsewhere.example; spf=pass smtp.mailfrom=x@elsewhere.example"


@pytest.mark.parametrize(
    ("named", "told", "state"),
    [
        ("", None, "taken"), ("", FORGED, "held"), ("", PROVEN, "taken"),
        ("mx.tidewell.example", None, "held"), ("mx.tidewell.example", PROVEN, "taken"), ("mx.tidewell.example", FORGED, "held"),
        ("mx.tidewell.example", OTHERS, "held"), ("mx.tidewell.example", UNALIGNED, "held"),
    ],
)  # fmt: skip
def test_a_sender_is_believed_as_far_as_the_mail_server_proves_it(
    postman: Postman, house: House, db: Session, named: str, told: str | None, state: str
) -> None:
    object.__setattr__(house.settings, "inbound_authserv", named)
    postman.bring(letter(**({"Authentication_Results": told} if told else {})))
    assert [each.state for each in came(db)] == [state]

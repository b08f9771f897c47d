"""Mail of invitations that comes back: who sees it, and how the address is corrected."""

from smtplib import SMTPRecipientsRefused

import pytest
from sqlalchemy import select

from portal.kernel.errors import Forbidden, Invalid, NotFound
from tests.conftest import post
from tests.workspaces.rooms.test_api import ask
from workspaces.rooms import actions
from workspaces.rooms.actions import Wanted
from workspaces.rooms.models import Invitation, Workspace

WRONG, RIGHT = "elna@calder.example", "elena@calder.example"


@pytest.fixture
def came_back(acting, world, mailbox):
    """An invitation whose mail came back; its id."""
    send = mailbox.send

    def refusing(message):
        if WRONG in message["To"]:
            raise SMTPRecipientsRefused({WRONG: (550, b"5.1.1 No such user")})
        send(message)

    mailbox.send = refusing
    with acting("rhea") as rhea:
        room = rhea.session.get(Workspace, world.pks["room"])
        [(made, _token)] = actions.invite_people(rhea, room, wanted=[Wanted(WRONG, "member", name="Elena Voss")])
        id = made.id
    mailbox.deliver()
    return id


def correct(actor, id, email=RIGHT):
    return actions.correct_address(actor, actor.session.scalar(select(Invitation).where(Invitation.id == id)), email=email)


def test_the_right_address_is_invited_by_a_link_of_its_own(acting, world, mailbox, came_back, app):
    with acting("rhea") as rhea:
        assert correct(rhea, came_back).email == RIGHT
    token = mailbox.link(RIGHT)
    assert app.test_client().post("/api/v1/invitations/accept", json={"token": token}).json["person"]["email"] == RIGHT


@pytest.mark.parametrize("email", ["petra@calder.example", "someone@elsewhere.example", WRONG])
def test_not_to_whom_could_not_be_invited(acting, came_back, email):
    with acting("rhea") as rhea, pytest.raises(Invalid):
        correct(rhea, came_back, email)


def test_only_where_mail_came_back(acting, world, mailbox):
    with acting("rhea") as rhea:
        room = rhea.session.get(Workspace, world.pks["room"])
        [(made, _token)] = actions.invite_people(rhea, room, wanted=[Wanted(RIGHT, "member")])
        with pytest.raises(Invalid, match="has not come back"):
            correct(rhea, made.id, "other@calder.example")


@pytest.mark.parametrize(("who", "error"), [("petra", NotFound), ("mona", Forbidden), ("otto", NotFound), ("ravi", NotFound)])
def test_who_may_not(acting, came_back, who, error):
    with acting(who) as actor, pytest.raises(error):
        actions.correct_address(actor, actor.session.scalar(select(Invitation).where(Invitation.id == came_back)), email=RIGHT)
    with acting("mark") as mark:
        assert correct(mark, came_back).email == RIGHT


def test_sent_again_it_is_tried_again(acting, came_back, mailbox):
    del mailbox.send  # the mailbox is there now
    with acting("rhea") as rhea:
        actions.send_again(rhea, rhea.session.scalar(select(Invitation).where(Invitation.id == came_back)))
    assert mailbox.to(WRONG)


def test_the_page(door, world, came_back, db):
    url = f"/w/{world.ids['room']}"
    for who in ("rhea", "mark"):
        assert "The mail came back" in door(who).get(f"{url}/people").text
        assert "There is no such mailbox." in door(who).get(f"{url}/people").text
    for who in ("petra", "rolf"):
        assert "came back" not in door(who).get(f"{url}/people").text
    wrong = post(door("rhea"), f"{url}/invitations/{came_back}/address", email="no address")
    assert wrong.status_code == 422
    assert "no address" in wrong.text
    for who, status in (("petra", 404), ("otto", 404)):
        assert post(door(who), f"{url}/invitations/{came_back}/address", email=RIGHT).status_code == status
    assert post(door("rhea"), f"{url}/invitations/{came_back}/address", email=RIGHT).status_code == 303
    assert "came back" not in door("rhea").get(f"{url}/people").text


def test_the_api(door, came_back):
    path = f"/invitations/{came_back}"
    bounced = ask(door("rhea"), "get", path).json["bounced"]
    assert bounced | {"code": "550 5.1.1", "words": "There is no such mailbox.", "said": "5.1.1 No such user"} == bounced
    assert ask(door("rhea"), "patch", path, email="petra@calder.example").status_code == 422
    assert ask(door("otto"), "patch", path, email=RIGHT).status_code == 404
    changed = ask(door("rhea"), "patch", path, email=RIGHT).json
    assert (changed["email"], changed["bounced"]) == (RIGHT, None)

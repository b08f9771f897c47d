"""Coming in by an invitation: the door as a stranger with a phone finds it."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Contact
from portal.kernel import clock
from portal.kernel.history import current
from portal.people import actions as people
from portal.people.models import Person
from tests.conftest import post
from workspaces.rooms import actions
from workspaces.rooms.models import GroupMember, Invitation, Membership, Workspace

ELENA = "elena@calder.example"


@pytest.fixture
def invite(acting, world):
    """`invite(email, who="rhea", **wanted)` -> (id, token of the link that staff see)."""

    def sent(email=ELENA, who="rhea", room="room", **wanted):
        with acting(who) as actor:
            workspace = actor.session.get(Workspace, world.pks[room])
            wanted = actions.Wanted(email, wanted.pop("role", "member"), **wanted)
            [(invitation, token)] = actions.invite_people(actor, workspace, wanted=[wanted])
            return invitation.id, token

    return sent


@pytest.fixture
def suspend(acting, world):
    def end(name):
        with acting("system") as system:
            people.suspend_person(system, system.session.get(Person, world.pks[name]))

    return end


@pytest.fixture
def members(db, world):
    """`members(email)`: the memberships of the room that this address has now."""

    def found(email=ELENA):
        db.rollback()
        here = select(Membership).join(Person, Person.pk == Membership.person_pk)
        return db.scalars(here.where(Person.email == email, Membership.workspace_pk == world.pks["room"], current(Membership))).all()

    return found


def test_one_press_and_in(door, db, invite, mailbox, members):
    invite(name="Elena Voss", note="The survey is here.")
    phone, token = door("nobody"), mailbox.link(ELENA)
    page = phone.get(f"/i/{token}")
    assert page.status_code == 200
    assert len(page.data) < 8192
    for told in (b"Rhea Rep", b"The survey is here.", b"24 V panels", b"Petra Prospect", b"Open the workspace"):
        assert told in page.data
    answer = post(phone, f"/i/{token}")
    assert answer.status_code == 303
    home = phone.get(answer.location)
    assert b"Elena Voss" in home.data
    [membership] = members()
    assert (membership.role, membership.account.name) == ("member", "Calder Water")
    assert membership.person.account_pk == membership.account_pk
    assert db.scalar(select(Contact.name).where(Contact.email == ELENA)) == "Elena Voss"


def test_what_is_named_is_one_press_away_and_nothing_else_is(door, invite, mailbox, world):
    invite()
    phone, token = door("nobody"), mailbox.link(ELENA)
    [path] = re.findall(r'name="to" value="([^"]+)"', phone.get(f"/i/{token}").text)
    answer = post(phone, f"/i/{token}", to=path)
    assert answer.status_code == 303
    assert answer.location == path
    assert b"24 V panels" in phone.get(path).data
    for number, wanted in enumerate((f"{path}x", "https://elsewhere.example/", "/admin")):
        invite(f"e{number}@calder.example")
        other = door("nobody")
        other.get(f"/i/{mailbox.link(f'e{number}@calder.example')}")
        answer = post(other, f"/i/{mailbox.link(f'e{number}@calder.example')}", to=wanted)
        assert answer.location.startswith(f"/w/{world.ids['room']}")
        assert answer.location.count("/") == 3


def test_the_page_tells_only_what_will_be_readable(door, invite, mailbox):
    invite()
    page = door("nobody").get(f"/i/{mailbox.link(ELENA)}").data
    assert b"24 V panels" in page
    for hidden in (b"Margin", b"Backstage", b"discount", b"Noise of"):
        assert hidden not in page
        assert hidden.decode() not in mailbox.text(ELENA)


def test_looking_uses_nothing_up(door, db, invite, mailbox, members):
    id, _token = invite()
    token = mailbox.link(ELENA)
    for _ in range(20):
        door("nobody").get(f"/i/{token}")
        door("nobody").head(f"/i/{token}")
    assert not members()
    assert post(door("nobody"), f"/i/{token}").status_code == 303
    assert len(members()) == 1
    assert db.scalar(select(Invitation).where(Invitation.id == id)).accepted_at


def test_twenty_at_once_make_one_member(app, invite, mailbox, members):
    invite()
    token, answers = mailbox.link(ELENA), []

    def press():
        """As a browser's script does: who is told to come again, on a busy machine, comes again."""
        for _again in range(50):
            status = app.test_client().post("/api/v1/invitations/accept", json={"token": token}).status_code
            if status != 503:
                break
        answers.append(status)

    threads = [threading.Thread(target=press) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [200] + [410] * 19
    assert len(members()) == 1


def test_used_replaced_expired_and_unknown_look_alike(door, acting, invite, mailbox):
    id, _token = invite()
    first = mailbox.link(ELENA)
    with acting("rhea") as rhea:
        actions.send_again(rhea, rhea.session.scalar(select(Invitation).where(Invitation.id == id)))
    second = mailbox.link(ELENA)
    assert post(door("nobody"), f"/i/{second}").status_code == 303
    invite("later@calder.example")
    late = mailbox.link("later@calder.example")
    pages = [door("nobody").get(f"/i/{token}") for token in (first, second, "x" * 43)]
    with clock.standing_at(clock.now() + timedelta(days=15)):
        pages.append(door("nobody").get(f"/i/{late}"))
    assert {page.status_code for page in pages} == {410}
    assert len({page.data.replace(token.encode(), b"") for page, token in zip(pages, (first, second, "x" * 43, late), strict=True)}) <= 4
    assert all(b"This link has run out" in page.data for page in pages)


def test_a_new_link_goes_to_the_same_address_only(door, invite, mailbox, members):
    invite()
    token = mailbox.link(ELENA)
    with clock.standing_at(clock.now() + timedelta(days=15)):
        assert post(door("nobody"), f"/i/{token}").status_code == 410
        real, unknown = post(door("nobody"), f"/i/{token}/again"), post(door("nobody"), f"/i/{'y' * 43}/again")
        assert real.data == unknown.data
        fresh = mailbox.link(ELENA)
        assert fresh != token
        assert post(door("nobody"), f"/i/{fresh}").status_code == 303
    assert len(members()) == 1


def test_who_is_in_already_is_told_to_sign_in(door, invite, mailbox):
    invite()
    token = mailbox.link(ELENA)
    post(door("nobody"), f"/i/{token}")
    post(door("nobody"), f"/i/{token}/again")
    assert "/sign-in" in mailbox.text(ELENA)


def test_revoked_says_by_whom_and_lets_nobody_in(door, acting, invite, mailbox, members):
    id, _token = invite()
    token = mailbox.link(ELENA)
    with acting("rhea") as rhea:
        actions.revoke_invitation(rhea, rhea.session.scalar(select(Invitation).where(Invitation.id == id)))
    page = door("nobody").get(f"/i/{token}")
    assert page.status_code == 410
    assert b"Rhea Rep closed this invitation" in page.data
    assert b"rhea@tidewell.example" in page.data
    assert post(door("nobody"), f"/i/{token}").status_code == 410
    post(door("nobody"), f"/i/{token}/again")
    assert len(mailbox.to(ELENA)) == 1
    assert not members()


def test_not_for_me(door, invite, mailbox, members):
    invite()
    token = mailbox.link(ELENA)
    assert b"Nothing more will come" in post(door("nobody"), f"/i/{token}/decline").data
    assert post(door("nobody"), f"/i/{token}").status_code == 410
    assert "declined" in mailbox.to("rhea@tidewell.example")[-1]["Subject"]
    assert not members()


def test_it_survives_who_sent_it(door, suspend, invite, mailbox, members):
    invite()
    suspend("rhea")
    assert post(door("nobody"), f"/i/{mailbox.link(ELENA)}").status_code == 303
    assert members()


def test_somebody_else_signed_in_chooses_and_joins_as_the_invited(door, invite, mailbox, members):
    invite()
    token, otto = mailbox.link(ELENA), door("otto")
    page = otto.get(f"/i/{token}")
    assert b"You are signed in as Otto Outsider" in page.data
    answer = post(otto, f"/i/{token}")
    assert b"Otto Outsider" not in otto.get(answer.location).data
    assert not members("otto@otway.example")
    assert len(members()) == 1


def test_a_known_client_comes_in_as_themselves(door, world, invite, mailbox, members):
    invite("paul@calder.example", role="reader")
    assert post(door("nobody"), f"/i/{mailbox.link('paul@calder.example')}").status_code == 303
    [membership] = members("paul@calder.example")
    assert (membership.person_pk, membership.role) == (world.pks["paul"], "reader")


def test_a_suspended_person_does_not_come_back_by_it(door, suspend, invite, mailbox, members):
    invite("paul@calder.example")
    token = mailbox.link("paul@calder.example")
    suspend("paul")
    assert post(door("nobody"), f"/i/{token}").status_code == 410
    assert not members("paul@calder.example")


def test_staff_have_to_sign_in_first(door, invite, mailbox, members):
    invite("nora@tidewell.example")
    token = mailbox.link("nora@tidewell.example")
    assert b"Sign in as" in door("nobody").get(f"/i/{token}").data
    assert post(door("nobody"), f"/i/{token}").location.startswith("/sign-in")
    assert door("nobody").post("/api/v1/invitations/accept", json={"token": token}).status_code == 401
    assert post(door("petra"), f"/i/{token}").location.startswith("/sign-in")
    assert not members("nora@tidewell.example")
    assert post(door("nora"), f"/i/{token}").status_code == 303
    [membership] = members("nora@tidewell.example")
    assert membership.account_pk is None


def test_the_groups_of_the_invitation(door, db, world, mailbox, members):
    rhea = door("rhea")
    post(rhea, f"/w/{world.ids['room']}/invitations", emails=ELENA, groups=world.ids["group"])
    post(door("nobody"), f"/i/{mailbox.link(ELENA)}")
    [membership] = members()
    assert membership.person_pk in db.scalars(select(GroupMember.person_pk).where(GroupMember.group_pk == world.pks["group"])).all()


class TestTheLinkThatStaffPassOn:
    def test_it_needs_the_code_of_the_mailbox(self, door, invite, mailbox, members):
        _id, token = invite()
        phone = door("nobody")
        page = phone.get(f"/i/{token}")
        assert b"e\xe2\x80\xa6@calder.example" in page.data
        for inside in (b"24 V panels", b"Petra", b"Leak detection", ELENA.encode()):
            assert inside not in page.data
        code = mailbox.code(ELENA)
        assert post(phone, f"/i/{token}").status_code == 422
        assert post(phone, f"/i/{token}", code="000000" if code != "000000" else "111111").status_code == 422
        assert not members()
        assert post(phone, f"/i/{token}", code=f"{code[:3]} {code[3:]}").status_code == 303
        assert len(members()) == 1

    def test_however_often_it_is_opened_one_code_is_mailed(self, door, invite, mailbox):
        _id, token = invite()
        for _ in range(5):
            door("nobody").get(f"/i/{token}")
        assert len([message for message in mailbox.to(ELENA) if "code" in message["Subject"]]) == 1

    def test_guessing_ends_after_five(self, door, invite, mailbox, members):
        _id, token = invite()
        phone = door("nobody")
        phone.get(f"/i/{token}")
        code = mailbox.code(ELENA)
        for _ in range(5):
            post(phone, f"/i/{token}", code="000000" if code != "000000" else "111111")
        assert post(phone, f"/i/{token}", code=code).status_code == 422
        assert not members()

    def test_guessing_goes_on_for_no_more_than_twenty(self, door, db, invite, mailbox):
        _id, token = invite()
        phone, moment = door("nobody"), clock.now()
        for hour in range(6):
            with clock.standing_at(moment + timedelta(hours=hour)):
                phone.get(f"/i/{token}")
                code = mailbox.code(ELENA)
                for _ in range(5):
                    post(phone, f"/i/{token}", code="000000" if code != "000000" else "111111")
        db.rollback()
        assert db.scalar(select(Invitation.code_tries)) == 20
        assert post(door("nobody"), f"/i/{mailbox.link_of_first(ELENA)}").status_code == 303

    def test_it_declines_nothing(self, door, invite, mailbox):
        _id, token = invite()
        assert post(door("nobody"), f"/i/{token}/decline").status_code == 410
        assert post(door("nobody"), f"/i/{mailbox.link(ELENA)}").status_code == 303


def test_opened_is_told_to_who_invited(door, invite, mailbox):
    invite()
    token = mailbox.link(ELENA)
    assert b"not opened yet" in door("rhea").get(f"/w/{_room(door)}/people").data
    assert post(door("nobody"), f"/i/{token}/opened").status_code == 204
    assert b"Opened the page" in door("rhea").get(f"/w/{_room(door)}/people").data


def test_a_mail_tried_twice_holds_the_same_link(house, invite, mailbox, acting):
    from portal.kernel.actor import the_system
    from workspaces.rooms.mails import invitation_letter

    id, _token = invite()
    with house.db.writing() as session:
        letters = [invitation_letter(house, the_system(session), invitation=id, sending=1) for _ in range(2)]
    assert letters[0].text == letters[1].text
    assert letters[0].key == letters[1].key


def _room(door):
    rooms = door("rhea").get("/api/v1/workspaces").json["items"]
    return next(room["id"] for room in rooms if room["title"] == "Leak detection")

"""Inviting: who may, whom, as what; the box of addresses; withdrawing and sending again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, NotFound, TooMany
from tests.conftest import post
from workspaces.rooms import actions
from workspaces.rooms.actions import Wanted
from workspaces.rooms.models import Invitation, Workspace
from workspaces.rooms.schemas import addresses


def invite(actor, world, *wanted, room="room"):
    return actions.invite_people(actor, actor.session.get(Workspace, world.pks[room]), wanted=list(wanted))


@pytest.mark.parametrize(
    ("box", "read"),
    [
        ("a@x.example", [("a@x.example", "")]),
        ("A@X.example, b@x.example;c@x.example\nd@x.example", [(f"{n}@x.example", "") for n in "abcd"]),
        ("Elena Voss <elena@x.example>", [("elena@x.example", "Elena Voss")]),
        ('"Voss, Elena" <elena@x.example>, b@x.example', [("elena@x.example", "Voss, Elena"), ("b@x.example", "")]),
        (" a@x.example ,, a@x.example\n\n", [("a@x.example", "")]),
    ],
)
def test_the_box_reads_what_people_paste(box, read):
    assert addresses(box) == read


@pytest.mark.parametrize("box", [",", "nobody", "a@", "a@x.example, <b>", "\n".join(f"a{n}@x.example" for n in range(101))])
def test_the_box_says_what_is_no_address(box):
    with pytest.raises(Invalid) as wrong:
        addresses(box)
    assert wrong.value.errors[0][0] == "emails"


@pytest.mark.parametrize(
    ("who", "error"), [("petra", Forbidden), ("rolf", Forbidden), ("mona", Forbidden), ("otto", NotFound), ("ravi", NotFound)]
)
def test_who_may_not(acting, world, who, error):
    with acting("mark") as mark:
        assert invite(mark, world, Wanted("first@calder.example", "member"))
    with acting(who) as actor, pytest.raises(error):
        invite(actor, world, Wanted("new@calder.example", "member"))


def test_members_invite_colleagues_where_the_owner_allows_it(acting, world):
    with acting("rhea") as rhea:
        actions.change_workspace(rhea, rhea.session.get(Workspace, world.pks["room"]), members_invite=True)
    with acting("petra") as petra:
        [(invitation, _token)] = invite(petra, world, Wanted("colleague@calder.example", "member"))
        assert invitation.account_pk == world.pks["calder"]
        with pytest.raises(Invalid, match=r"calder\.example"):
            invite(petra, world, Wanted("friend@elsewhere.example", "member"))
        with pytest.raises(Invalid):
            invite(petra, world, Wanted("chief@calder.example", "moderator"))


def test_one_wrong_address_and_nobody_is_invited(acting, world, db):
    with acting("rhea") as rhea, pytest.raises(Invalid) as wrong:
        invite(
            rhea,
            world,
            Wanted("new@calder.example", "member", at="items.0.email"),
            Wanted("petra@calder.example", "member", at="items.1.email"),
        )
    assert [field for field, _words in wrong.value.errors] == ["items.1.email"]


@pytest.mark.parametrize("email", ["petra@calder.example", "waits@calder.example"])
def test_not_twice(acting, world, email):
    with acting("rhea") as rhea:
        invite(rhea, world, Wanted("waits@calder.example", "member"))
        with pytest.raises(Invalid):
            invite(rhea, world, Wanted(email, "member"))


def test_owners_are_not_invited(acting, world):
    with acting("rhea") as rhea, pytest.raises(Invalid):
        invite(rhea, world, Wanted("new@calder.example", "owner"))


def test_in_a_community_the_company_comes_from_the_address(acting, world):
    from portal.accounts import actions as accounts
    from portal.accounts.models import Account

    with acting("rhea") as rhea:
        calder = rhea.session.get(Account, world.pks["calder"])
        mere = accounts.open_account(rhea, name="Mere Fisheries", domains=("mere.example",))
        community = actions.open_workspace(rhea, title="Sensors at work", accounts=[calder, mere], community=True)
        made = actions.invite_people(
            rhea,
            community,
            wanted=[
                Wanted("a@calder.example", "member"),
                Wanted("b@mere.example", "member"),
                Wanted("c@gmail.example", "member", account=mere),
            ],
        )
        assert [invitation.account_pk for invitation, _token in made] == [calder.pk, mere.pk, mere.pk]
        with pytest.raises(Invalid, match=r"Choose the company"):
            actions.invite_people(rhea, community, wanted=[Wanted("d@gmail.example", "member")])


def test_sending_again_kills_the_link_before_and_waits_a_day(acting, world, mailbox, db):
    with acting("rhea") as rhea:
        [(invitation, _token)] = invite(rhea, world, Wanted("new@calder.example", "member"))
        id = invitation.id
    first = mailbox.link("new@calder.example")
    with acting("rhea") as rhea:
        actions.send_again(rhea, _row(rhea, id))
    assert mailbox.link("new@calder.example") != first
    with acting("rhea") as rhea, pytest.raises(TooMany) as wait:
        actions.send_again(rhea, _row(rhea, id))
    assert 86_000 < wait.value.seconds <= 86_400
    with clock.standing_at(clock.now() + timedelta(days=1, minutes=1)), acting("rhea") as rhea:
        actions.send_again(rhea, _row(rhea, id))


def test_what_was_withdrawn_before_the_mail_went_out_sends_none(acting, world, mailbox):
    with acting("rhea") as rhea:
        [(invitation, _token)] = invite(rhea, world, Wanted("new@calder.example", "member"))
        actions.revoke_invitation(rhea, invitation)
    assert not mailbox.to("new@calder.example")


def test_the_subject_cannot_carry_headers(acting, world, mailbox):
    with acting("rhea") as rhea:
        workspace = rhea.session.get(Workspace, world.pks["room"])
        actions.change_workspace(rhea, workspace, title="Leaks\r\nBcc: everyone@calder.example")
        actions.invite_people(rhea, workspace, wanted=[Wanted("new@calder.example", "member", note="<script>alert(1)</script>")])
    [message] = mailbox.to("new@calder.example")
    assert message["Bcc"] is None
    assert "<script>alert" not in message.get_body(("html",)).get_content()


class TestTheForm:
    def test_it_tells_the_link_once(self, door, world, db):
        page = post(door("rhea"), f"/w/{world.ids['room']}/invitations", emails="new@calder.example", role="reader")
        assert page.status_code == 200
        assert b"this link is shown only now" in page.data
        assert b"/i/" not in door("rhea").get(f"/w/{world.ids['room']}/people").data
        assert db.scalar(select(Invitation.role)) == "reader"

    def test_a_moderating_client_never_sees_the_link(self, door, world):
        answer = post(door("mark"), f"/w/{world.ids['room']}/invitations", emails="new@calder.example")
        assert answer.status_code == 303

    def test_a_new_domain_asks_first(self, door, world, db):
        rhea, url = door("rhea"), f"/w/{world.ids['room']}/invitations"
        page = post(rhea, url, emails="new@elsewhere.example", note="Hello")
        assert b"elsewhere.example is new here" in page.data
        assert b"Hello" in page.data
        assert not _count(db)
        post(rhea, url, emails="new@elsewhere.example, other@third.example", confirmed="elsewhere.example")
        assert not _count(db)
        post(rhea, url, emails="new@elsewhere.example", confirmed="elsewhere.example")
        assert _count(db) == 1

    def test_the_preview_sends_nothing(self, door, world, db):
        page = post(door("rhea"), f"/w/{world.ids['room']}/invitations", emails="new@calder.example", note="See you there", preview="1")
        assert b"Nothing was sent yet" in page.data
        assert b"Margin" not in page.data
        assert not _count(db)

    @pytest.mark.parametrize(
        "fields",
        [
            {"emails": "no address"},
            {"emails": ""},
            {"emails": "a@x.example", "role": "owner"},
            {"emails": "a@calder.example", "note": "x" * 2001},
            {"emails": "a@calder.example", "groups": "x"},
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, door, world, db, fields):
        page = post(door("rhea"), f"/w/{world.ids['room']}/invitations", **fields)
        assert page.status_code == 422
        assert b"There is a problem" in page.data
        assert fields["emails"].encode() in page.data
        assert not _count(db)

    def test_withdraw_and_send_again(self, door, acting, world, db):
        with acting("rhea") as rhea:
            [(invitation, _token)] = invite(rhea, world, Wanted("new@calder.example", "member"))
            id = invitation.id
        url = f"/w/{world.ids['room']}/invitations/{id}"
        for who in ("petra", "otto", "ravi"):
            assert post(door(who), f"{url}/withdraw").status_code in (403, 404)
        assert post(door("rhea"), f"/w/{world.ids['side']}/invitations/{id}/resend").status_code == 404
        assert post(door("mark"), f"{url}/resend").status_code == 303
        assert post(door("mark"), f"{url}/withdraw").status_code == 303
        db.rollback()
        row = db.scalar(select(Invitation).where(Invitation.id == id))
        assert (row.sendings, row.state) == (2, "revoked")


def _row(actor, id):
    return actor.session.scalar(select(Invitation).where(Invitation.id == id))


def _count(db):
    db.rollback()
    return db.scalar(select(func.count()).select_from(Invitation))

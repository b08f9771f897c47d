"""Inviting: who may, whom, as what; the box of addresses; withdrawing and sending again."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, NotFound, TooMany
from tests.conftest import post
from workspaces.rooms import actions
from workspaces.rooms.actions import Wanted
from workspaces.rooms.models import Invitation, Workspace
from workspaces.rooms.pasted import as_box, read_box, read_table


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
    assert [(entry.email, entry.name) for entry in read_box(box)] == read


@pytest.mark.parametrize("box", ["", ",", "\n".join(f"a{n}@x.example" for n in range(201))])
def test_the_box_says_what_is_too_little_or_too_much(box):
    with pytest.raises(Invalid) as wrong:
        read_box(box)
    assert wrong.value.errors[0][0] == "emails"


@pytest.mark.parametrize(
    ("box", "said"), [("nobody", "nobody"), ("a@", "a@"), ("a@x.example, <b>", "<b>"), ("a@x.example\nnobody\nb@x.example", "nobody")]
)
def test_what_is_no_address_is_named(box, said):
    assert [entry.said for entry in read_box(box) if not entry.email] == [said]


LISTS = [
    "name,email\nElena Voss,elena@x.example\nTom Reed,TOM@x.example\n",
    "E-mail;First name;Last name\nelena@x.example;Elena;Voss\ntom@x.example;Tom;Reed\n",
    "Elena\tVoss\telena@x.example\tEngineer\nTom\tReed\ttom@x.example\t\n",
    '"Elena Voss" <elena@x.example>; Tom Reed <tom@x.example>',
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", LISTS[:3])
def test_a_table_is_read_with_headings_or_without(text, encoding):
    read = read_table(BytesIO(text.encode(encoding)))
    assert [(entry.email, entry.name) for entry in read] == [("elena@x.example", "Elena Voss"), ("tom@x.example", "Tom Reed")]


@pytest.mark.parametrize("text", [*LISTS[2:], "Elena Voss, elena@x.example\nTom Reed, tom@x.example"])
def test_a_list_is_read_as_it_is_pasted_and_back_from_what_it_is_written_as(text):
    read = read_box(text)
    assert [(entry.email, entry.name) for entry in read] == [("elena@x.example", "Elena Voss"), ("tom@x.example", "Tom Reed")]
    assert [(entry.email, entry.name) for entry in read_box(as_box(read))] == [(entry.email, entry.name) for entry in read]


def test_outlook_writes_the_family_name_first():
    read = read_box("Voss, Elena <elena@x.example>, Reed, Tom <tom@x.example>")
    assert [entry.email for entry in read] == ["elena@x.example", "tom@x.example"]
    assert [entry.name for entry in read] == ["Elena Voss", "Tom Reed"]


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


def test_each_is_answered_for_itself_and_a_second_time_nobody_is_invited(acting, world, mailbox):
    wanted = [Wanted(email, "member") for email in ("new@calder.example", "petra@calder.example", "new@calder.example")]
    for made in (1, 0):
        with acting("rhea") as rhea:
            outcomes = actions.invite_each(rhea, rhea.session.get(Workspace, world.pks["room"]), wanted=wanted)
            assert sum(outcome.invitation is not None for outcome in outcomes) == made
            assert all(outcome.invitation or outcome.errors for outcome in outcomes)
    assert len(mailbox.to("new@calder.example")) == 1


class TestAList:
    """Nothing goes out before it was looked at."""

    BOX = "Elena Voss <elena@calder.example>\npetra@calder.example\nnobody\nnew@elsewhere.example"

    def test_each_line_says_what_happens(self, door, world, db):
        page = post(door("rhea"), f"/w/{world.ids['room']}/invitations", emails=self.BOX, role="reader", note="Hello")
        assert page.status_code == 200
        for words in (
            "Elena Voss",
            "is here already",
            "This is no address",
            "elsewhere.example is new here",
            "Hello",
            "Nothing was sent yet",
        ):
            assert words in page.text
        assert not _count(db)

    def test_those_that_can_be_are_invited_and_the_others_named(self, door, world, db):
        rhea, url = door("rhea"), f"/w/{world.ids['room']}/invitations"
        answer = post(rhea, url, emails=self.BOX, role="reader", reviewed="1")
        assert answer.status_code == 303
        assert _emails(db) == ["elena@calder.example"]
        told = rhea.get(answer.location).text
        assert "Not invited: petra@calder.example, nobody, new@elsewhere.example" in told
        answer = post(rhea, url, emails=self.BOX, reviewed="1", confirmed="elsewhere.example")
        assert answer.status_code == 303
        assert _emails(db) == ["elena@calder.example", "new@elsewhere.example"]
        again = post(rhea, url, emails=self.BOX, reviewed="1", confirmed="elsewhere.example")
        assert again.status_code == 422
        assert "was invited already" in again.text
        assert _count(db) == 2

    def test_it_may_come_with_a_new_workspace(self, door, world, db):
        rhea = door("rhea")
        told = {"kind": "account", "accounts": world.ids["calder"], "title": "Meters", "emails": self.BOX, "idempotency_key": "k" * 22}
        page = post(rhea, "/w/new", **told)
        assert page.status_code == 200
        assert "Elena Voss" in page.text
        assert "elsewhere.example is new here" in page.text
        assert not _count(db)
        [url] = re.findall(r'action="(/w/[^"]+/)invitations"', page.text)
        assert post(rhea, "/w/new", **told).text == page.text  # a second press opens no second one
        answer = post(rhea, f"{url}invitations", emails=self.BOX, reviewed="1", **{"from": "home"})
        assert answer.location == url
        assert _emails(db) == ["elena@calder.example", "petra@calder.example"]
        home = rhea.get(url).text
        assert "2 invitations sent." in home
        assert "data-upload" in home  # the first file goes in here
        refused = post(rhea, "/w/new", kind="account", accounts=world.ids["calder"], title="Meters 2", emails=" , ")
        assert refused.status_code == 422
        assert "Meters 2" not in rhea.get("/w/").text

    def test_a_list_that_is_too_long_opens_no_workspace(self, door, world, db):
        rhea, told = door("rhea"), {"kind": "account", "accounts": world.ids["calder"], "title": "Meters"}
        line = f"{'n' * 120} <{'{:03}'}@{'d' * 60}.{'d' * 60}.{'d' * 60}.example>"
        box = "\n".join(line.format(n) for n in range(200))
        page = post(rhea, "/w/new", **told, emails=box)
        assert page.status_code == 422
        assert "Write at most 60000 characters." in page.text
        assert "199@" in page.text  # what was typed is shown again
        assert "Meters" not in rhea.get("/w/").text
        short = post(rhea, "/w/new", **told, emails="\n".join(box.splitlines()[:100]))
        assert short.status_code == 200
        assert "Meters" in rhea.get("/w/").text

    def test_a_file(self, door, world, db):
        file = (BytesIO(b"Name;Mail\nElena Voss;elena@calder.example\nTom;tom@calder.example\n"), "people.csv")
        page = post(door("rhea"), f"/w/{world.ids['room']}/invitations", file=file, emails="", role="member")
        assert page.status_code == 200
        assert "2 people would be invited" in page.text
        assert "&#34;Elena Voss&#34; &lt;elena@calder.example&gt;" in page.text
        empty = post(door("rhea"), f"/w/{world.ids['room']}/invitations", file=(BytesIO(b""), "people.csv"), emails="")
        assert empty.status_code == 422

    def test_back_to_the_box(self, door, world, db):
        page = post(door("rhea"), f"/w/{world.ids['room']}/invitations", emails=self.BOX, reviewed="1", edit="1")
        assert "Send the invitation" in page.text
        assert "nobody" in page.text
        assert not _count(db)

    def test_a_client_brings_colleagues_alone(self, door, acting, world, db):
        with acting("rhea") as rhea:
            actions.change_workspace(rhea, rhea.session.get(Workspace, world.pks["room"]), members_invite=True)
        petra, url = door("petra"), f"/w/{world.ids['room']}/invitations"
        page = post(petra, url, emails=self.BOX)
        assert "You can invite colleagues at calder.example" in page.text
        assert post(petra, url, emails=self.BOX, reviewed="1", confirmed="elsewhere.example").status_code == 303
        assert _emails(db) == ["elena@calder.example"]
        for who in ("rolf", "otto", "ravi"):
            assert post(door(who), url, emails=self.BOX).status_code in (403, 404)


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


def _emails(db):
    db.rollback()
    return list(db.scalars(select(Invitation.email).order_by(Invitation.pk)))


def _count(db):
    db.rollback()
    return db.scalar(select(func.count()).select_from(Invitation))

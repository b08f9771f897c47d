"""What is done with accounts: every case of it, through the actions."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts import actions, queries
from portal.accounts.models import Account, AccountFact, Contact, Note, NoteRevision
from portal.kernel import checks
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.kernel.sentences import sentence
from portal.people import actions as people
from portal.people.models import Person
from tests.cast import World
from workspaces.rooms.models import Workspace


def calder(actor, world: World) -> Account:
    return actor.session.get_one(Account, world.pks["calder"])


def person(actor, world: World, name: str) -> Person:
    return actor.session.get_one(Person, world.pks[name])


def kinds(actor, world: World) -> list[str]:
    return list(actor.session.scalars(select(Event.kind).where(Event.account_pk == world.pks["calder"]).order_by(Event.pk)))


def test_a_field_keeps_what_it_said(acting, world):
    with acting("rhea") as rhea:
        before = now()
        actions.change_account(rhea, calder(rhea, world), industry="Water and waste", size="640,000 homes")
    with acting("rhea") as rhea:
        account = calder(rhea, world)
        assert account.industry == "Water and waste"
        assert queries.standing(rhea, account, before).fields["industry"] == "Water utility"
        assert queries.standing(rhea, account, now()).fields["size"] == "640,000 homes"
        facts = select(AccountFact.value).where(AccountFact.account_pk == account.pk, AccountFact.field == "industry", current(AccountFact))
        assert rhea.session.scalars(facts).all() == ["Water and waste"]
        assert kinds(rhea, world)[-2:] == ["field.changed", "field.changed"]
        told = rhea.session.scalars(select(Event).order_by(Event.pk.desc()).limit(2)).all()
        assert sentence(told[1], "Rhea") == "Rhea changed the industry from “Water utility” to “Water and waste”"
        assert sentence(told[0], "Rhea") == "Rhea set the size to “640,000 homes”"


def test_saying_the_same_again_changes_nothing(acting, world):
    with acting("rhea") as rhea:
        before = len(kinds(rhea, world))
        actions.change_account(rhea, calder(rhea, world), industry="Water utility", domains=["calder.example"])
        assert len(kinds(rhea, world)) == before


def test_what_we_knew_then_differs_from_what_was_so_then(acting, world):
    with acting("rhea") as rhea:
        before = now()
        actions.change_account(rhea, calder(rhea, world), rating="A")
        after = now()
        account = calder(rhea, world)
        assert queries.standing(rhea, account, after, known_at=before).fields["rating"] == ""
        assert queries.standing(rhea, account, after).fields["rating"] == "A"
        assert queries.standing(rhea, account, before - timedelta(days=4000)) is None


def test_a_domain_belongs_to_one_account(acting, world):
    with acting("rhea") as rhea:
        actions.change_account(rhea, calder(rhea, world), domains=["calder.example", "calder-water.example"])
        with pytest.raises(Invalid) as wrong:
            actions.change_account(rhea, calder(rhea, world), domains=["otway.example"])
        assert wrong.value.errors[0][0] == "domains"


def test_columns_say_what_their_history_says(acting, world, house):
    with acting("rhea") as rhea:
        actions.change_account(rhea, calder(rhea, world), tags=["water", "pilot"], industry="", region="North")
    assert checks.breaches(house, ["accounts"])["accounts"] == []
    with acting("system") as system:
        calder(system, world).region = "South"
    assert "region" in checks.breaches(house, ["accounts"])["accounts"][0]


@pytest.mark.parametrize("stranger", ["ravi", "ada", "petra", "otto"])
def test_strangers_change_nothing(acting, world, stranger):
    with acting("rhea") as rhea:
        actions.change_account(rhea, calder(rhea, world), region="North")
    with acting(stranger) as outsider:
        with pytest.raises(NotFound):
            actions.change_account(outsider, calder(outsider, world), region="South")
        with pytest.raises(NotFound):
            actions.write_note(outsider, calder(outsider, world), body="Hello")
        with pytest.raises(NotFound):
            actions.add_contact(outsider, calder(outsider, world), name="Eve")


def test_a_manager_above_reads_notes_and_gives(acting, world):
    with acting("mona") as mona:
        account = calder(mona, world)
        assert queries.standing(mona, account, now()) is not None
        with pytest.raises(Forbidden):
            actions.change_account(mona, account, region="North")
        actions.write_note(mona, account, body="Spoke to their director.")
        actions.give_account(mona, account, to=person(mona, world, "nora"))


def test_a_part_in_the_purchase_is_a_fact_with_two_clocks(acting, world):
    with acting("rhea") as rhea:
        account = calder(rhea, world)
        contact = actions.add_contact(rhea, account, name="Petra Prospect", email="petra@calder.example", roles=["initiates", "uses"])
        assert contact.person_pk == world.pks["petra"]
        then = now()
        actions.change_contact(rhea, contact, roles=["decides", "uses"])
        assert actions.roles_of(rhea, contact) == ["uses", "decides"]
        assert queries.contacts(rhea, account, then)[0].roles == ("initiates", "uses")
        assert queries.contacts(rhea, account)[0].roles == ("uses", "decides")
        assert kinds(rhea, world)[-1] == "contact.roles"


def test_two_contacts_of_an_account_share_no_address(acting, world):
    with acting("rhea") as rhea:
        first = actions.add_contact(rhea, calder(rhea, world), name="Ann", email="ann@calder.example")
        with pytest.raises(Invalid):
            actions.add_contact(rhea, calder(rhea, world), name="Anna", email="ann@calder.example")
        other = actions.add_contact(rhea, calder(rhea, world), name="Bob")
        with pytest.raises(Invalid):
            actions.change_contact(rhea, other, email="ann@calder.example")
        assert first.person_pk is None


def test_who_comes_in_is_known_once(acting, world):
    with acting("rhea") as rhea:
        account = calder(rhea, world)
        told = actions.add_contact(rhea, account, name="P. Prospect", email="petra@calder.example")
        assert actions.know_contact(rhea, account, person(rhea, world, "petra")).pk == told.pk
        actions.know_contact(rhea, account, person(rhea, world, "mark"))
        actions.know_contact(rhea, account, person(rhea, world, "mark"))
        assert rhea.session.scalar(select(func.count()).select_from(Contact).where(Contact.account_pk == account.pk)) == 2


def test_a_note_keeps_what_it_said_and_its_digests_hold(acting, world, house):
    with acting("rhea") as rhea:
        note = actions.write_note(rhea, calder(rhea, world), body="They **froze** spending.", kind="meeting")
        assert "<strong>froze</strong>" in note.html
    with acting("rhea") as rhea:
        actions.edit_note(rhea, rhea.session.merge(note), body="They lifted the freeze.")
    with acting("rhea") as rhea:
        said = [row.body for row in rhea.session.scalars(select(NoteRevision).order_by(NoteRevision.pk))]
        assert said == ["They **froze** spending.", "They lifted the freeze."]
    assert checks.breaches(house, ["chains", "words"]) == {"chains": [], "words": []}


def test_a_removed_note_is_a_tombstone_its_author_can_take_back(acting, world):
    with acting("rhea") as rhea:
        note = actions.write_note(rhea, calder(rhea, world), body="Oops")
        actions.remove_note(rhea, note)
        with pytest.raises(NotFound):
            actions.edit_note(rhea, note, body="Again")
        actions.restore_note(rhea, note)
        assert note.removed_at is None
        assert kinds(rhea, world)[-3:] == ["note.created", "note.removed", "note.restored"]


def test_nobody_edits_anothers_note(acting, world):
    with acting("rhea") as rhea:
        actions.join_team(rhea, calder(rhea, world), person=person(rhea, world, "nora"))
        pk = actions.write_note(rhea, calder(rhea, world), body="Mine").pk
    with acting("nora") as nora, pytest.raises(Forbidden):
        actions.edit_note(nora, nora.session.get_one(Note, pk), body="Hers")


def test_a_note_tells_of_the_past(acting, world):
    with acting("rhea") as rhea, pytest.raises(Invalid):
        actions.write_note(rhea, calder(rhea, world), body="To come", at=now() + timedelta(days=3))


def test_an_admin_gives_what_they_cannot_see(acting, world):
    with acting("ada") as ada:
        people.suspend_person(ada, person(ada, world, "rhea"))
        assert [account.name for account in queries.to_be_given(ada, person(ada, world, "rhea"))] == ["Calder Water"]
        actions.give_account(ada, calder(ada, world), to=person(ada, world, "nora"), reason="Rhea has left")
        assert queries.to_be_given(ada, person(ada, world, "rhea")) == []
        assert queries.team(ada, calder(ada, world)).owner.name == "Nora Newrep"
        with pytest.raises(NotFound):
            actions.change_account(ada, calder(ada, world), region="North")


@pytest.mark.parametrize("other", ["ravi", "petra"])
def test_strangers_give_nothing(acting, world, other):
    with acting(other) as outsider, pytest.raises(NotFound):
        actions.give_account(outsider, calder(outsider, world), to=person(outsider, world, "nora"))


def test_clients_and_suspended_people_own_nothing(acting, world):
    with acting("ada") as ada:
        with pytest.raises(Invalid):
            actions.give_account(ada, calder(ada, world), to=person(ada, world, "petra"))
        people.suspend_person(ada, person(ada, world, "nora"))
        with pytest.raises(Invalid):
            actions.give_account(ada, calder(ada, world), to=person(ada, world, "nora"))


def test_the_team_then_is_not_the_team_now(acting, world):
    with acting("ada") as ada:
        then = now()
        actions.give_account(ada, calder(ada, world), to=person(ada, world, "nora"))
        account = calder(ada, world)
        assert queries.team(ada, account, then).owner.name == "Rhea Rep"
        assert queries.team(ada, account).owner.name == "Nora Newrep"


def test_accounts_are_found_by_name_tag_owner_and_domain(acting, world):
    with acting("rhea") as rhea:
        actions.change_account(rhea, calder(rhea, world), tags=["pilot"])
        for asked in (
            {"q": "cald"},
            {"q": "PILOT"},
            {"q": "rhea"},
            {"q": "calder.exa"},
            {"tag": "Pilot"},
            {"owner": "rhea@tidewell.example"},
        ):
            assert [row.name for row in rhea.session.scalars(queries.found(rhea, **asked))] == ["Calder Water"], asked
        for asked in ({"q": "otway"}, {"tag": "pil"}, {"owner": "nora@tidewell.example"}, {"q": "%"}):
            assert rhea.session.scalars(queries.found(rhea, **asked)).all() == [], asked
        assert rhea.session.scalar(select(func.count()).select_from(Workspace)) == 3

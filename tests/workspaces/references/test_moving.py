"""Who moved to another company speaks for that one, and can always say no."""

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.notices.queries import inbox
from portal.people.models import Person
from tests.conftest import post
from tests.workings import drain
from tests.workspaces.references.conftest import of, row
from workspaces.references import actions, queries
from workspaces.references.models import Reference
from workspaces.references.wording import HERE


@pytest.fixture
def move(acting, contact, world):
    """`move()`: Petra goes from Calder Water to Third Water, likewise Rhea's."""

    def moved():
        with acting("rhea") as rhea:
            third = accounts.open_account(rhea, name="Third Water")
            world.keep("third", third)
            accounts.move_contact(rhea, contact(rhea, "petra"), to=third)

    return moved


def petra_at(actor, world, account):
    return next(each for each in queries.could_talk(actor, account) if each.person_pk == world.pks["petra"])


def names(acting, account):
    with acting("rhea") as rhea:
        return [(line.reference.person.name, line.reference.account.name) for line in queries.found(rhea, account(rhea))]


def test_what_they_say_holds_for_the_company_they_are_at_now(acting, both, account, reference, move):
    reference("petra")
    assert names(acting, account) == [("Petra Prospect", "Calder Water")]
    move()
    assert names(acting, account) == []
    with acting("petra") as petra:
        assert queries.of_oneself(petra) is None
    reference("petra")
    assert names(acting, account) == [("Petra Prospect", "Third Water")]


def test_who_is_asked_where_they_are_now_answers_there(acting, both, account, contact, door, house, move, world):
    move()
    with acting("rhea") as rhea:
        id = actions.invite_reference(rhea, petra_at(rhea, world, account(rhea, "third")), words="You said it saved you a summer.").id
    drain(house)
    page = door("petra").get(HERE).get_data(as_text=True)
    assert "Rhea Rep asks you" in page
    assert "You speak for Third Water." in page
    assert post(door("petra"), HERE, terms="no").status_code == 303
    drain(house)
    with acting("rhea") as rhea:
        assert of(rhea, id).terms == "no"
        assert not of(rhea, id).waits
    with acting("petra") as petra:
        assert [group for group in inbox(petra) if group.why == "meet"] == []


def test_who_is_of_two_companies_answers_the_one_that_asks_and_says_no_to_both(acting, both, account, contact, reference, db, world):
    id = reference("petra")
    with acting("rhea") as rhea:
        third = accounts.open_account(rhea, name="Third Water")
        accounts.know_contact(rhea, third, rhea.session.get_one(Person, world.pks["petra"]))
        world.keep("third", third)
    with acting("petra") as petra:
        assert queries.of_oneself(petra).id == id
    with acting("rhea") as rhea:
        other = actions.invite_reference(rhea, petra_at(rhea, world, account(rhea, "third")), words="There too?").id
    assert reference("petra") == other
    assert sorted(names(acting, account)) == [("Petra Prospect", "Calder Water"), ("Petra Prospect", "Third Water")]
    reference("petra", "no")
    assert names(acting, account) == []
    refused = db.scalars(select(Event.account_pk).where(Event.kind == "reference.refused")).all()
    assert sorted(refused) == sorted((world.pks["calder"], world.pks["third"]))


def test_who_left_can_say_no_to_a_talk_they_were_asked_for_and_not_yes(acting, asked, door, move):
    id = asked()
    move()
    page = post(door("petra"), f"/references/{id}/answer", agrees="yes")
    assert page.status_code == 422
    assert "are not there any more" in page.get_data(as_text=True)
    assert post(door("petra"), f"/references/{id}/answer", agrees="no").status_code == 303
    with acting("rhea") as rhea:
        assert row(rhea, id).state == "declined"


def test_a_no_ends_what_was_asked_of_them_at_the_company_before(acting, asked, move, reference):
    id = asked()
    move()
    reference("petra", "no")
    with acting("rhea") as rhea:
        assert row(rhea, id).state == "withdrawn"
        assert {each.terms for each in rhea.session.scalars(select(Reference))} == {"no"}


def test_whom_an_account_knows_who_was_invited_without_one_can_answer(acting, both, account, contact, door, world):
    with acting("rhea") as rhea:
        rhea.session.get_one(Person, world.pks["petra"]).account_pk = None
    with acting("rhea") as rhea:
        actions.invite_reference(rhea, contact(rhea, "petra"), words="Would you?")
    assert "Would you?" in door("petra").get(HERE).get_data(as_text=True)
    assert post(door("petra"), HERE, terms="each").status_code == 303
    assert names(acting, account) == [("Petra Prospect", "Calder Water")]


def test_whoever_left_meanwhile_is_not_asked(acting, both, account, contact, reference, move):
    id = reference("petra")

    def seek(who="otto"):
        with acting("rhea") as rhea:
            told = {"reference": of(rhea, id), "contact": contact(rhea, who), "words": "Go.", "agreed": True}
            with pytest.raises(Invalid) as wrong:
                actions.seek_reference(rhea, account(rhea), **told)
        return wrong.value.errors[0][0]

    assert seek(who="petra") == "contact"  # of another account
    move()
    assert seek() == "reference"


def test_what_was_agreed_is_asked_again_as_it_is_sought(acting, both, account, contact, reference):
    id = reference("petra")
    reference("petra", "no")
    with acting("rhea") as rhea:
        told = {"reference": of(rhea, id), "contact": contact(rhea, "otto"), "words": "Go.", "agreed": True}
        with pytest.raises(Invalid) as wrong:
            actions.seek_reference(rhea, account(rhea), **told)
        assert wrong.value.errors[0][0] == "reference"
    reference("petra")
    with acting("rhea") as rhea:
        told = {"reference": of(rhea, id), "contact": contact(rhea, "otto"), "words": "Go.", "agreed": True}
        assert actions.seek_reference(rhea, account(rhea), **told).state == "asked"

"""The letters about references: to who is asked, and to who asked."""

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.notices.queries import inbox
from portal.people import actions as people
from portal.people.models import Person
from tests.workings import drain
from tests.workspaces.references.conftest import row
from workspaces.references import actions, mails, queries


def letter(acting, house, world, who, thing):
    with acting("system") as system:
        return mails.reference_letter(house, system, person=world.pks[who], thing=thing)


def test_who_is_asked_to_be_one_reads_who_asks_and_who_asked_the_answer(acting, contact, house, world, reference):
    with acting("rhea") as rhea:
        id = actions.invite_reference(rhea, contact(rhea, "petra"), words="You said it saved you a summer.").id
    drain(house)
    told = letter(acting, house, world, "petra", f"reference:{id}")
    assert told.subject == "Would you be a reference?"
    for words in ("Rhea Rep asks whether you would", "saved you a summer", f"/references/said/{id}"):
        assert words in told.text
        assert words in told.html
    reference("petra", "each")
    drain(house)
    assert letter(acting, house, world, "petra", f"reference:{id}") is None  # it is settled
    assert letter(acting, house, world, "rhea", f"reference:{id}").subject == "Petra Prospect as a reference"


def test_who_is_asked_for_a_talk_reads_who_of_which_company_and_why(acting, asked, house, world):
    id = asked()
    drain(house)
    told = letter(acting, house, world, "petra", f"reference_request:{id}")
    for words in ("Otto Outsider of Otway Foods", "how long it took", f"/references/{id}"):
        assert words in told.text
        assert words in told.html
    assert letter(acting, house, world, "otto", f"reference_request:{id}") is None
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=False)
    drain(house)
    assert "There is an answer" in letter(acting, house, world, "rhea", f"reference_request:{id}").text


def colleague(acting, account):
    """Ravi looks after both companies too."""
    with acting("rhea") as rhea:
        ravi = rhea.session.scalars(select(Person).where(Person.name == "Ravi Rep")).one()
        accounts.join_team(rhea, account(rhea, "calder"), person=ravi)


def test_what_a_colleague_takes_back_is_no_answer(acting, asked, account, house, reference, world):
    colleague(acting, account)
    id = asked()
    drain(house)
    with acting("ravi") as ravi:
        actions.withdraw_request(ravi, row(ravi, id))
    drain(house)
    assert letter(acting, house, world, "rhea", f"reference_request:{id}") is None
    with acting("rhea") as rhea:
        assert [group for group in inbox(rhea) if group.thing == f"reference_request:{id}"] == []
    id = asked()
    drain(house)
    reference("petra", "no")
    drain(house)
    assert "There is an answer" in letter(acting, house, world, "rhea", f"reference_request:{id}").text


def agreed(acting, asked):
    id = asked()
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=True)
    return id


def introducing(acting, house, id):
    with acting("system") as system:
        return [mails.introducing_letter(house, system, request=id, side=side) for side in ("reference", "contact")]


def test_the_letters_are_in_the_name_of_who_asked_whoever_presses(acting, asked, account, door, house):
    colleague(acting, account)
    id = agreed(acting, asked)
    assert "a letter in the name of Rhea Rep" in door("ravi").get(f"/references/{id}").get_data(as_text=True)
    with acting("ravi") as ravi:
        actions.make_reference(ravi, row(ravi, id))
    for each in introducing(acting, house, id):
        assert each.from_name.startswith("Rhea Rep via")
        assert "Rhea Rep introduces you to" in each.text


def test_who_has_no_address_but_the_one_they_sign_in_with_is_introduced(acting, asked, contact, house):
    id = agreed(acting, asked)
    with acting("ravi") as ravi:
        accounts.change_contact(ravi, contact(ravi, "otto"), email="")
    with acting("rhea") as rhea:
        actions.make_reference(rhea, row(rhea, id))
    assert {each.to for each in introducing(acting, house, id)} == {"petra@calder.example", "otto@otway.example"}


def left(acting, contact):
    with acting("rhea") as rhea:
        accounts.move_contact(rhea, contact(rhea, "otto"), to=accounts.open_account(rhea, name="Somewhere else"))


def lost(acting, contact):
    with acting("ada") as ada:
        people.suspend_person(ada, contact(ada, "otto").person)


@pytest.mark.parametrize("gone", [left, lost])
def test_the_press_and_the_letters_ask_the_same_whether_somebody_is_there(acting, asked, contact, house, gone):
    id = agreed(acting, asked)
    with acting("rhea") as rhea:
        assert queries.reachable(rhea, row(rhea, id).contact) == "otto@otway.example"
    gone(acting, contact)
    with acting("rhea") as rhea, pytest.raises(Invalid):
        actions.make_reference(rhea, row(rhea, id))
    with acting("rhea") as rhea:
        row(rhea, id).introduced_at = clock.now()  # pressed a moment before
    assert introducing(acting, house, id) == [None, None]

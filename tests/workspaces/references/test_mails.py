"""The letters about references: to who is asked, and to who asked."""

from tests.workings import drain
from tests.workspaces.references.conftest import row
from workspaces.references import actions, mails


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

"""Nobody is named to another company without two yeses of theirs, and a no is final for a while."""

import mailbox
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import KeptApart
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.notices.queries import inbox
from tests.workings import drain
from tests.workspaces.references.conftest import of, row
from workspaces.references import actions, queries


def found(acting, account, who="rhea", **narrowed):
    with acting(who) as actor:
        return [line.reference.person.name for line in queries.found(actor, account(actor), **narrowed)]


def test_who_is_asked_answers_in_one_press_and_is_not_asked_again_soon(acting, contact, house, reference):
    def ask(who="rhea"):
        with acting(who) as actor:
            return actions.invite_reference(actor, contact(actor, "petra"), words="You said it saved you a summer.").id

    id = ask()
    drain(house)
    with acting("petra") as petra:
        assert [group.citation.title for group in inbox(petra) if group.why == "meet"] == ["Would you be a reference?"]
    with pytest.raises(Invalid):
        ask()  # while it is open
    reference("petra", "no")
    drain(house)
    with acting("petra") as petra:
        assert [group for group in inbox(petra) if group.why == "meet"] == []
    with acting("rhea") as rhea:
        assert [group.why for group in inbox(rhea) if group.thing == f"reference:{id}"] == ["meet"]
    with pytest.raises(Invalid):
        ask()
    with clock.standing_at(clock.now() + timedelta(days=181)):
        ask()
    reference("petra", "often", most=3, words="How we dig.")
    with acting("rhea") as rhea:
        assert (of(rhea, id).terms, of(rhea, id).most, of(rhea, id).words) == ("often", 3, "How we dig.")
    with pytest.raises(Invalid):
        ask()  # is one


def test_only_the_accounts_team_asks_and_only_clients_say(acting, contact):
    for who, error in (("mona", Forbidden), ("ravi", NotFound)):
        with acting(who) as actor, pytest.raises(error):
            actions.invite_reference(actor, contact(actor, "petra"), words="Please.")
    with acting("rhea") as rhea, pytest.raises(Forbidden):
        actions.say(rhea, terms="each")


def test_the_finder_names_those_who_agreed_with_why(acting, both, account, reference, world):
    assert found(acting, account) == []
    reference("petra", words="How we dig.")
    reference("mark", "no")
    with acting("rhea") as rhea:
        line, *others = queries.found(rhea, account(rhea))
        assert others == []
        assert (line.reference.person.name, line.industry, line.tags, line.praise) == ("Petra Prospect", True, ["Sensors"], None)
        assert queries.found(rhea, account(rhea, "calder")) == []  # their own people are no references for them
    assert found(acting, account, industry="water UTILITY", tag="pilot") == ["Petra Prospect"]
    assert found(acting, account, tag="other") == []
    assert found(acting, account, "ravi") == []  # he may not know of Calder Water
    reference("petra", "no")
    assert found(acting, account) == []


def test_who_left_the_company_is_no_reference_any_more(acting, both, account, contact, reference):
    reference("petra")
    assert found(acting, account) == ["Petra Prospect"]
    with acting("rhea") as rhea:
        new = accounts.open_account(rhea, name="Somewhere else")
        accounts.move_contact(rhea, contact(rhea, "petra"), to=new)
    assert found(acting, account) == []


def test_a_talk_is_brought_about_after_a_yes_and_never_before(acting, asked, house, settings):
    id = asked()
    drain(house)
    with acting("petra") as petra:
        title = "Petra Prospect and Otto Outsider of Otway Foods"
        assert [group.citation.title for group in inbox(petra) if group.thing == f"reference_request:{id}"] == [title]
    with acting("otto") as otto:
        assert [group for group in inbox(otto) if group.why == "meet"] == []
    for who, error in (("rhea", Forbidden), ("otto", NotFound), ("ravi", NotFound)):
        with acting(who) as actor, pytest.raises(error):
            actions.answer_request(actor, row(actor, id), agrees=True)
    with acting("rhea") as rhea, pytest.raises(Forbidden):
        actions.make_reference(rhea, row(rhea, id))
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=True)
    with acting("petra") as petra, pytest.raises(Forbidden):
        actions.answer_request(petra, row(petra, id), agrees=False)
    with acting("rhea") as rhea:
        actions.make_reference(rhea, row(rhea, id))
    drain(house)
    letters = {each["To"].addresses[0].addr_spec if hasattr(each["To"], "addresses") else each["To"]: each for each in mails(settings)}
    sent = {address: each for address, each in letters.items() if "meet Otto" in str(each["Subject"])}
    assert {(each["To"], each["Reply-To"]) for each in sent.values()} == {
        ("Petra Prospect <petra@calder.example>", "otto@otway.example"),
        ("Otto Outsider <otto@otway.example>", "petra@calder.example"),
    }
    with acting("rhea") as rhea:
        assert row(rhea, id).state == "introduced"
        assert queries.times_asked(rhea, [row(rhea, id).reference_pk])[row(rhea, id).reference_pk].all == 1


def mails(settings):
    return list(mailbox.Maildir(settings.data_dir / "mail", create=True))


def test_a_no_is_told_to_who_asked_alone_and_ends_it(acting, asked, account, contact, world, db):
    id = asked()
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=False)
    with acting("rhea") as rhea:
        assert row(rhea, id).state == "declined"
        line = queries.found(rhea, account(rhea))[0]
        assert line.declined
        assert line.blocked
        again = {"reference": row(rhea, id).reference, "contact": contact(rhea, "otto"), "words": "Again.", "agreed": True}
        with pytest.raises(Invalid):
            actions.seek_reference(rhea, account(rhea), **again)
    told = db.scalars(select(Event).where(Event.kind.startswith("reference."), Event.account_pk == world.pks["otway"])).all()
    assert [event.kind for event in told] == ["reference.sought", "reference.heard"]
    for event in told:  # whoever reads Otway's trail alone learns nothing of who it was
        assert world.ids["petra"] not in str(event.facts)
        assert event.actor_pk != world.pks["petra"]
        assert "Petra" not in str(event.facts)
    theirs = db.scalars(select(Event).where(Event.kind.startswith("reference."), Event.account_pk == world.pks["calder"])).all()
    for name in ("Otto", "Otway"):
        assert not [event for event in theirs if name in str(event.facts)]


def test_they_are_asked_as_often_as_they_like(acting, asked, account, contact, reference, world):
    id = asked(terms="often", most=1)
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=True)
    with acting("rhea") as rhea:
        third = accounts.open_account(rhea, name="Third Foods")
        person = accounts.add_contact(rhea, third, name="Tess Third", email="tess@third.example")
        told = {"reference": row(rhea, id).reference, "contact": person, "words": "Please.", "agreed": True}
        assert queries.found(rhea, third)[0].full
        with pytest.raises(Invalid) as wrong:
            actions.seek_reference(rhea, third, **told)
        assert "as often" in wrong.value.errors[0][1]
        with clock.standing_at(clock.now() + timedelta(days=92)):
            assert actions.seek_reference(rhea, third, **told).state == "asked"


def test_what_was_taken_back_leaves_room_for_another_this_quarter(acting, asked, account, contact):
    id = asked(terms="often", most=1)

    def seek(rhea):
        told = {"reference": row(rhea, id).reference, "contact": contact(rhea, "otto"), "words": "Please.", "agreed": True}
        return actions.seek_reference(rhea, account(rhea), **told)

    with acting("rhea") as rhea:
        assert queries.found(rhea, account(rhea))[0].full
        actions.withdraw_request(rhea, row(rhea, id))
    with acting("rhea") as rhea:
        assert not queries.found(rhea, account(rhea))[0].full
        assert seek(rhea).state == "asked"
    with acting("rhea") as rhea, pytest.raises(Invalid):
        seek(rhea)


def test_what_is_said_again_is_no_news(acting, reference, db):
    def told():
        db.rollback()
        return db.scalars(select(Event.kind).where(Event.kind.startswith("reference."))).all()

    id = reference("petra", "often", most=2, words="How we dig.")
    with acting("petra") as petra:
        said_at = of(petra, id).said_at
    reference("petra", "often", most=2, words="How we dig.")
    assert told() == ["reference.agreed"]
    with acting("petra") as petra:
        assert of(petra, id).said_at == said_at
    reference("petra", "often", most=3, words="How we dig.")
    reference("petra", "no")
    reference("petra", "no")
    assert told() == ["reference.agreed", "reference.agreed", "reference.refused"]


def test_a_no_that_is_asked_about_again_is_an_answer(acting, contact, reference, db):
    id = reference("petra", "no")
    with clock.standing_at(clock.now() + timedelta(days=181)):
        with acting("rhea") as rhea:
            actions.invite_reference(rhea, contact(rhea, "petra"), words="By now?")
        reference("petra", "no")
        with acting("rhea") as rhea:
            assert not of(rhea, id).waits
    assert len(db.scalars(select(Event.kind).where(Event.kind == "reference.refused")).all()) == 2


def test_who_must_not_meet_is_not_asked(acting, both, account, contact, reference, world):
    id = reference("petra")
    low, high = sorted((world.pks["calder"], world.pks["otway"]))
    with acting("rhea") as rhea:
        rhea.session.add(KeptApart(one_pk=low, other_pk=high, reason="Rivals.", by_pk=rhea.pk))
    with acting("rhea") as rhea:
        assert queries.found(rhea, account(rhea))[0].apart == "Rivals."
        with pytest.raises(Invalid) as wrong:
            actions.seek_reference(rhea, account(rhea), reference=of(rhea, id), contact=contact(rhea, "otto"), words="Go.", agreed=True)
        assert "Rivals." in wrong.value.errors[0][1]


def test_who_is_named_has_to_know_and_has_to_be_of_the_company(acting, both, account, contact, reference):
    id = reference("petra")
    with acting("rhea") as rhea:
        told = {"reference": of(rhea, id), "contact": contact(rhea, "otto"), "words": "Go."}
        with pytest.raises(Invalid):
            actions.seek_reference(rhea, account(rhea), agreed=False, **told)
        with pytest.raises(Invalid):
            actions.seek_reference(rhea, account(rhea, "calder"), agreed=True, **told)
    with acting("mona") as mona, pytest.raises(Forbidden):
        actions.seek_reference(mona, account(mona), agreed=True, **told)


def test_taking_the_yes_back_ends_what_was_asked(acting, asked, account, house, reference, db, world):
    id = asked()
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=True)
    drain(house)
    reference("petra", "no")
    drain(house)
    with acting("rhea") as rhea:
        assert queries.found(rhea, account(rhea)) == []
        assert row(rhea, id).state == "withdrawn"
        assert f"reference_request:{id}" in [group.thing for group in inbox(rhea)]
        with pytest.raises(Forbidden):
            actions.make_reference(rhea, row(rhea, id))
    with acting("petra") as petra:
        assert queries.asked_of_me(petra) == []
    ended = db.scalars(select(Event).where(Event.kind == "reference.ended", Event.account_pk == world.pks["otway"])).one()
    assert ended.actor_pk is None


def test_what_is_taken_back_is_shown_to_the_reference_no_more(acting, asked, house):
    id = asked()
    drain(house)
    with acting("rhea") as rhea:
        actions.withdraw_request(rhea, row(rhea, id))
    drain(house)
    with acting("petra") as petra:
        assert queries.asked_of_me(petra) == []
        assert [group for group in inbox(petra) if group.thing == f"reference_request:{id}"] == []
        with pytest.raises(NotFound):
            actions.answer_request(petra, row(petra, id), agrees=True)

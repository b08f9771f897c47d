"""What an old backup must not bring back, and that the finder asks no more where there is more to find."""

from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.kernel import erasing
from portal.kernel.events import Event
from portal.notices.models import Notice
from portal.notices.queries import inbox
from portal.people.models import Person
from tests.counting import counting
from tests.workings import drain
from tests.workspaces.references.conftest import of, row
from workspaces.references import actions, queries
from workspaces.references.models import Reference


def test_a_no_is_written_where_a_restore_looks_and_holds_there(acting, asked, reference, house, world, settings):
    id = asked()
    reference("petra", "no")
    drain(house)
    entries = erasing.read(erasing.kept(settings), erasing.NAME)
    assert [(each.what, each.id, each.within) for each in erasing.standing(entries) if each.what.startswith("reference")] == [
        ("reference.refused", world.ids["petra"], world.ids["calder"])
    ]
    with acting("system") as system:  # as the backup had it
        system.session.execute(Reference.__table__.update().values(terms="each"))
        row(system, id).withdrawn_at = None
    with acting("system") as system:
        count, left = erasing.apply(system.session, entries)
        assert (count, left) == (1, [])
        assert row(system, id).state == "withdrawn"
        assert of(system, reference_id(system)).terms == "no"
    reference("petra", "each")
    drain(house)
    assert [each.what for each in erasing.standing(erasing.read(erasing.kept(settings), erasing.NAME)) if "reference" in each.what] == []


def reference_id(actor):
    return actor.session.scalars(select(Reference.id)).one()


def test_who_is_erased_has_no_words_left(acting, asked, world):
    id = asked(words="How we dig.")
    with acting("system") as system:
        count, left = erasing.apply(system.session, [erasing.Entry("person", world.ids["petra"])])
        assert (count, left) == (1, [])
        gone = row(system, id)
        assert (gone.words, gone.reference.words, gone.reference.terms, gone.state) == ("", "", "no", "withdrawn")
        facts = system.session.scalars(select(Event.facts).where(Event.kind.startswith("reference."))).all()
        assert "Petra" not in str(facts)


def test_who_is_erased_is_sought_for_no_more(acting, asked, account, contact, reference, house, world):
    one = asked()
    with acting("rhea") as rhea:  # known elsewhere by the address alone
        third = accounts.open_account(rhea, name="Third Foods")
        known = accounts.add_contact(rhea, third, name="Otto Outsider", email="otto@otway.example")
        assert known.person_pk is None
        told = {"reference": row(rhea, one).reference, "contact": known, "words": "There he asks too.", "agreed": True}
        other = actions.seek_reference(rhea, third, **told).id
    drain(house)
    with acting("petra") as petra:
        assert {group.thing for group in inbox(petra) if group.why == "meet"} == {f"reference_request:{id}" for id in (one, other)}
    with acting("system") as system:
        assert erasing.apply(system.session, [erasing.Entry("person", world.ids["otto"])]) == (1, [])
        for id in (one, other):
            assert (row(system, id).state, row(system, id).words) == ("withdrawn", "")
        facts = system.session.scalars(select(Event.facts).where(Event.kind.startswith("reference."))).all()
        assert "Otto" not in str(facts)
        assert of(system, reference_id(system)).terms == "each"  # Petra's word stands
    drain(house)
    with acting("petra") as petra:
        assert [group for group in inbox(petra) if group.why == "meet"] == []
        assert petra.session.scalars(select(Notice.pk).where(Notice.why == "meet", Notice.done_at.is_(None))).all() == []


def test_a_no_to_a_talk_stays_one_where_somebody_is_erased(acting, asked, world):
    id = asked()
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=False)
    with acting("system") as system:
        assert erasing.apply(system.session, [erasing.Entry("person", world.ids["otto"])]) == (1, [])
        assert row(system, id).state == "declined"


def test_what_was_forgotten_before_anybody_was_told_is_told_to_nobody(acting, asked, contact, house, world):
    id = asked()
    with acting("rhea") as rhea:
        actions.invite_reference(rhea, contact(rhea, "mark"), words="Would you?")
    with acting("petra") as petra:
        actions.answer_request(petra, row(petra, id), agrees=True)
    with acting("rhea") as rhea:
        actions.make_reference(rhea, row(rhea, id))
    with acting("system") as system:
        erasing.apply(system.session, [erasing.Entry("person", world.ids[name]) for name in ("petra", "mark")])
    drain(house)
    with acting("rhea") as rhea:
        assert [group for group in inbox(rhea) if group.why == "meet"] == []


def test_the_finder_asks_no_more_where_there_is_more(acting, both, account, reference, world, house):
    reference("petra")

    def asked():
        with acting("rhea") as rhea:
            otway = account(rhea)
            with counting(house) as counted:
                return len(queries.found(rhea, otway)), len(counted)

    one = asked()
    reference("mark")
    with acting("rhea") as rhea:
        for n in range(4):
            third = accounts.open_account(rhea, name=f"Account {n}", tags=("sensors", f"tag {n}"))
            person = Person(email=f"one@third{n}.example", name=f"One of {n}", account_pk=third.pk)
            rhea.session.add(person)
            rhea.session.flush()
            accounts.add_contact(rhea, third, name=person.name, email=person.email)
            rhea.session.add(Reference(person_pk=person.pk, account_pk=third.pk, terms="each", words="", asked_words=""))
    many = asked()
    assert (one[0], many[0]) == (1, 6)
    assert many[1] <= one[1] + 1  # SQLAlchemy may ask for tags in one more step

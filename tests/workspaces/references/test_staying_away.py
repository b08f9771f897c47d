"""What an old backup must not bring back, and that the finder asks no more where there is more to find."""

from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.kernel import erasing
from portal.kernel.events import Event
from portal.people.models import Person
from tests.counting import counting
from tests.workings import drain
from tests.workspaces.references.conftest import of, row
from workspaces.references import queries
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

"""What is looked for is found, however much there is beside it."""

from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Contact
from portal.kernel import clock
from portal.people.models import Person
from tests.workspaces.references.conftest import of
from tests.workspaces.references.test_actions import found
from workspaces.references import actions, queries
from workspaces.references.models import Reference


def test_who_fits_is_found_among_more_than_are_looked_at(acting, both, account, contact, reference, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 1)
    monkeypatch.setattr(queries, "A_PAGE", 1)
    first = reference("petra")
    with acting("rhea") as rhea:
        third = accounts.open_account(rhea, name="Third Foods", industry="Bakery")
        person = Person(email="tess@third.example", name="Tess Third", account_pk=third.pk)
        rhea.session.add(person)
        rhea.session.flush()
        accounts.add_contact(rhea, third, name=person.name, email=person.email)
        rhea.session.add(Reference(person_pk=person.pk, account_pk=third.pk, terms="each", said_at=clock.now(), words="", asked_words=""))
    assert found(acting, account) == ["Tess Third"]
    assert found(acting, account, industry="water utility") == ["Petra Prospect"]
    assert found(acting, account, tag="PILOT") == ["Petra Prospect"]
    assert found(acting, account, whom=first) == ["Petra Prospect"]
    with acting("rhea") as rhea:
        assert queries.choices(rhea, account(rhea)) == (["Bakery", "Water utility"], ["Sensors", "pilot"])
        otto = contact(rhea, "otto")
        for id in (first, rhea.session.scalars(select(Reference.id).where(Reference.id != first)).one()):
            actions.seek_reference(rhea, account(rhea), reference=of(rhea, id), contact=otto, words="Go.", agreed=True)
        assert queries.found(rhea, account(rhea), whom=first)[0].open  # though it is not the latest


def test_who_is_asked_for_may_be_the_last_of_many(acting, both, account):
    with acting("rhea") as rhea:
        otway = account(rhea)
        many = [Contact(account_pk=otway.pk, name=f"Ann {n:03}", email=f"{n}@otway.example", tags=[]) for n in range(201)]
        last = Contact(account_pk=otway.pk, name="Zoe", email="zoe@otway.example", tags=[])
        rhea.session.add_all([*many, last])
        rhea.session.flush()
        assert last not in queries.could_talk(rhea, otway)
        assert queries.contact_named(rhea, otway, last.id) is last

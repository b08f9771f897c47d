"""Rhea looks after both companies: Petra of Calder Water could tell Otto of Otway Foods how it is."""

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Account, Contact
from portal.people.models import Person
from workspaces.references import actions
from workspaces.references.models import Reference, ReferenceRequest
from workspaces.references.queries import reference_named


@pytest.fixture
def both(acting, world):
    with acting("ravi") as ravi:
        otway, rhea = ravi.session.get_one(Account, world.pks["otway"]), world.actor(ravi.session, "rhea").person
        accounts.join_team(ravi, otway, person=rhea)
        accounts.change_account(ravi, otway, industry="Water utility", tags=("sensors",))
    with acting("rhea") as rhea:
        accounts.change_account(rhea, rhea.session.get_one(Account, world.pks["calder"]), tags=("Sensors", "pilot"))


@pytest.fixture
def account(world):
    return lambda actor, name="otway": actor.session.get_one(Account, world.pks[name])


@pytest.fixture(autouse=True)
def known(acting, world):
    """Whoever comes by an invitation is among the people of their account."""
    for who, account, names in (("rhea", "calder", ("petra", "mark")), ("ravi", "otway", ("otto",))):
        with acting(who) as actor:
            for name in names:
                person = actor.session.get_one(Person, world.pks[name])
                accounts.add_contact(actor, actor.session.get_one(Account, world.pks[account]), name=person.name, email=person.email)


@pytest.fixture
def contact(world):
    """`contact(actor, "otto")`: as the staff know them."""
    return lambda actor, name: actor.session.scalars(select(Contact).where(Contact.person_pk == world.pks[name])).one()


@pytest.fixture
def reference(acting, world):
    """`reference("petra")` says yes for her company; the id."""

    def says(name, terms="each", **more):
        with acting(name) as actor:
            return actions.say(actor, terms=terms, **more).id

    return says


@pytest.fixture
def asked(acting, both, account, contact, reference):
    """`asked()`: Petra is asked whether Otto may talk with her; the id."""

    def ask(who="rhea", whom="petra", terms="each", **more):
        id = reference(whom, terms, **more)
        with acting(who) as actor:
            row = reference_named(actor, id)
            told = {"contact": contact(actor, "otto"), "words": "He would like to know how long it took."}
            return actions.seek_reference(actor, account(actor), reference=row, agreed=True, **told).id

    return ask


def row(actor, id):
    return actor.session.scalars(select(ReferenceRequest).where(ReferenceRequest.id == id)).one()


def of(actor, id):
    return actor.session.scalars(select(Reference).where(Reference.id == id)).one()

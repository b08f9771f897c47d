"""Whoever takes over an account is told of what goes on in it."""

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.people.models import Person
from workspaces.forums.models import Following


def _give(acting, world):
    with acting("ada") as ada:
        session = ada.session
        accounts.give_account(ada, session.get_one(Account, world.pks["calder"]), to=session.get_one(Person, world.pks["nora"]))


def test_the_successor_follows_what_the_predecessor_followed(acting, db, world):
    assert db.get(Following, (world.pks["topic"], world.pks["rhea"])) is not None
    assert db.get(Following, (world.pks["topic"], world.pks["nora"])) is None
    db.rollback()
    _give(acting, world)
    assert db.get(Following, (world.pks["topic"], world.pks["nora"])) is not None
    assert db.get(Following, (world.pks["other_topic"], world.pks["nora"])) is None


def test_what_the_successor_muted_stays_muted(acting, db, world):
    with acting("nora") as nora:
        nora.session.add(Following(topic_pk=world.pks["topic"], person_pk=world.pks["nora"], muted=True))
    _give(acting, world)
    assert db.get_one(Following, (world.pks["topic"], world.pks["nora"])).muted

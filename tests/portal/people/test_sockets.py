"""Whoever is out hears nothing more: sockets go with the session, the token and the standing they came by."""

import pytest
from sqlalchemy import select

from portal.people import actions, sign_ins
from portal.people.models import Person, SignIn, Token
from tests.conftest import post


@pytest.fixture
def socket(app):
    """`socket(browser)` or `socket(token="…")`: a connection such as a page of ours opens."""

    def opened(browser=None, **auth):
        io = app.extensions["realtime"].io
        return io.test_client(app, flask_test_client=browser, auth=auth or None, headers={"Origin": "http://localhost"})

    return opened


def test_signing_out_ends_it_here_only(door, socket):
    here, there = door("petra"), door("petra")
    mine, other = socket(here), socket(there)
    assert mine.is_connected()
    assert other.is_connected()
    post(here, "/sign-out")
    assert not mine.is_connected()
    assert other.is_connected()


def test_ending_another_sign_in_ends_its_socket(door, socket, house, world):
    here, there = door("petra"), door("petra")
    other = socket(there)
    with house.db.reading() as session:
        last = session.scalars(select(SignIn.id).where(SignIn.person_pk == world.pks["petra"]).order_by(SignIn.pk.desc())).first()
    post(here, f"/me/settings/security/sign-ins/{last}/end")
    assert not other.is_connected()


def test_suspension_ends_all_of_them(door, socket, acting, world):
    with acting("rhea") as rhea:
        secret = actions.make_token(rhea, name="x", scopes=["read"])[1]
    by_cookie, by_token, bystander = socket(door("rhea")), socket(token=secret), socket(door("nora"))
    assert by_cookie.is_connected()
    assert by_token.is_connected()
    with acting("ada") as ada:
        actions.suspend_person(ada, ada.session.get(Person, world.pks["rhea"]))
    assert not by_cookie.is_connected()
    assert not by_token.is_connected()
    assert bystander.is_connected()


def test_revoking_a_token_ends_its_sockets(socket, acting):
    with acting("rhea") as rhea:
        first, second = (actions.make_token(rhea, name=name, scopes=["read"]) for name in "ab")
    ended, stays = socket(token=first[1]), socket(token=second[1])
    assert ended.is_connected()
    with acting("rhea") as rhea:
        actions.revoke_token(rhea, rhea.session.get(Token, first[0].pk))
    assert not ended.is_connected()
    assert stays.is_connected()


def test_the_dead_do_not_come_in(app, socket, house, world):
    with house.db.writing() as session:
        sign_in, token = sign_ins.begin(session, session.get_one(Person, world.pks["petra"]))
    assert socket(token=token).is_connected()
    with house.db.writing() as session:
        sign_ins.end(session, session.get_one(SignIn, sign_in.pk))
    assert not socket(token=token).is_connected()
    assert not socket(token="x").is_connected()
    assert not socket(app.test_client()).is_connected()

"""Passwords: refused where anybody would guess them, checked in the same time for strangers, changed by their owner alone."""

import re

import pytest
from sqlalchemy import select, update

from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.people import passwords
from portal.people.models import Person, SignIn
from portal.people.views.settings import FRESH
from tests.conftest import post
from tests.portal.people.mailing import deliver, texts

GOOD = "sieben graue Otter 🦦"


def with_password(house, world, name, password=GOOD):
    with house.db.writing() as session:
        session.get_one(Person, world.pks[name]).password_hash = passwords.hashed(password)


@pytest.mark.parametrize(
    "password", [GOOD, "x9$kfu3q", "a" * 10 + "sketch of a boat" + "é" * 170, "correct horse battery", "🐟🐳🐙🦀🦐🐚🪸🐠"]
)
def test_good_ones(password):
    passwords.check(password, ["Mainstay", "Tidewell Instruments", "Petra Prospect", "petra"])
    assert passwords.verified(password, passwords.hashed(password))[0]


WORST = """short password Password1! p4ssw0rd qwertyuiop 12345678 87654321 aaaaaaaa abcabcabc letmein123 Iloveyou!! welcome2026
trustno1 mainstay Mainstay2026! tidewell99 petra1990 PetraProspect"""


@pytest.mark.parametrize("password", ["", "x" * 201, *WORST.split()])
def test_bad_ones(password):
    with pytest.raises(Invalid):
        passwords.check(password, ["Mainstay", "Tidewell Instruments", "Petra Prospect", "petra"])


def test_the_same_letters_however_composed():
    assert passwords.verified("Cafe\u0301 noir 88", passwords.hashed("Caf\u00e9 noir 88"))[0]


def test_a_password_lets_in(door, house, world):
    with_password(house, world, "petra")
    browser = door("nobody")
    came = post(browser, "/sign-in/password", email=" Petra@Calder.example ", password=GOOD, next="/me/settings/profile")
    assert came.location == "/me/settings/profile"
    assert "Petra Prospect" in browser.get("/me/settings/profile").text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("petra@calder.example", "wrong one here"),
        ("nobody@calder.example", GOOD),
        ("mark@calder.example", GOOD),
        ("ada@tidewell.example", "x" * 900),
    ],
)
def test_what_does_not_belong_together_is_one_answer(door, house, world, email, password):
    with_password(house, world, "petra")
    page = post(door("nobody"), "/sign-in/password", email=email, password=password)
    assert page.status_code == 422
    assert "do not belong together" in page.text
    assert email in page.text
    assert password not in page.text


def test_a_stranger_costs_a_hash_too(monkeypatch, door, house, world):
    with_password(house, world, "petra")
    compared = []
    real = passwords.verified
    monkeypatch.setattr(passwords, "verified", lambda password, kept: compared.append(kept) or real(password, kept))
    for email in ("petra@calder.example", "nobody@calder.example"):
        post(door("nobody"), "/sign-in/password", email=email, password="wrong one here")
    assert len(compared) == 2


def test_a_better_hash_is_kept(door, house, world):
    from pwdlib.hashers.argon2 import Argon2Hasher

    old = Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1).hash(GOOD)
    with house.db.writing() as session:
        session.get_one(Person, world.pks["petra"]).password_hash = old
    assert post(door("nobody"), "/sign-in/password", email="petra@calder.example", password=GOOD).status_code == 303
    with house.db.reading() as session:
        assert session.get_one(Person, world.pks["petra"]).password_hash != old


def test_the_suspended_stay_out(door, house, world):
    with_password(house, world, "petra")
    with house.db.writing() as session:
        session.get_one(Person, world.pks["petra"]).suspended_at = now()
    assert post(door("nobody"), "/sign-in/password", email="petra@calder.example", password=GOOD).status_code == 422


def test_guessing_is_throttled_by_mailbox_and_says_for_how_long(app, door, house, world):
    app.config["THROTTLE"] = True
    browser = door("nobody")
    answers = [post(browser, "/sign-in/password", email="petra@calder.example", password=f"guess number {n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900


def test_setting_one_after_a_young_sign_in(door, house, world):
    browser, other = door("petra"), door("petra")
    assert post(browser, "/me/settings/security/password", password=GOOD, others="1").status_code == 303
    assert browser.get("/me/settings/security").status_code == 200
    assert other.get("/me/settings/security").status_code == 303
    deliver(house)
    assert "Your password was changed" in texts(house, "petra@calder.example")[-1]
    assert post(door("nobody"), "/sign-in/password", email="petra@calder.example", password=GOOD).status_code == 303


def test_an_old_sign_in_does_not_set_one(door, house, world):
    browser = door("petra")
    with house.db.writing() as session:
        session.execute(update(SignIn).values(created_at=now() - FRESH - FRESH))
    assert "Sign in again" in browser.get("/me/settings/security").text
    refused = post(browser, "/me/settings/security/password", password=GOOD)
    assert refused.status_code == 422
    assert "Sign in once more" in refused.text
    with house.db.reading() as session:
        assert session.get_one(Person, world.pks["petra"]).password_hash is None


def test_changing_needs_the_one_there_is(door, house, world):
    with_password(house, world, "petra")
    browser = door("petra")
    new = "andere Otter schwimmen"
    assert post(browser, "/me/settings/security/password", password=new).status_code == 422
    wrong = post(browser, "/me/settings/security/password", current="not this", password=new)
    assert "not your password" in wrong.text
    weak = post(browser, "/me/settings/security/password", current=GOOD, password="Petra1990")
    assert weak.status_code == 422
    assert re.search(r'id="e-password"', weak.text)
    assert post(browser, "/me/settings/security/password", current=GOOD, password=new).status_code == 303
    with house.db.reading() as session:
        kept = session.scalar(select(Person.password_hash).where(Person.pk == world.pks["petra"]))
    assert passwords.verified(new, kept)[0]

"""In by a mailed link or code: bound to the asking browser, once, for 10 minutes, the newest alone; strangers learn nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.kernel.clock import now
from portal.people import sign_ins
from portal.people.models import Person, SignIn, SignInLink
from tests.conftest import post
from tests.portal.people.mailing import code_in, deliver, link_in, texts


def asked(door, house, email="petra@calder.example", **fields):
    """A browser that asked, and the text of the mail that came."""
    browser = door("nobody")
    assert post(browser, "/sign-in", email=email, **fields).location == "/sign-in/code"
    deliver(house)
    return browser, (texts(house, email) or [""])[-1]


def who(browser):
    """The name of whoever is signed in here, by the settings page; None if nobody."""
    page = browser.get("/me/settings/profile")
    return re.search(r'name="name"[^>]*value="([^"]*)"', page.text)[1] if page.status_code == 200 else None


def test_the_link_lets_the_asking_browser_in_once(door, house):
    browser, mail = asked(door, house)
    shown = browser.get(link_in(mail))
    assert "Sign in as Petra Prospect" in shown.text
    assert post(browser, link_in(mail)).location == "/"
    assert who(browser) == "Petra Prospect"
    assert post(browser, link_in(mail)).status_code == 410


def test_looking_uses_nothing_up(door, house):
    browser, mail = asked(door, house)
    for _ in range(20):
        assert browser.get(link_in(mail)).status_code == 200
        assert browser.head(link_in(mail)).status_code == 200
        assert door("nobody").get(link_in(mail)).status_code == 200
    assert post(browser, link_in(mail)).status_code == 303


def test_another_browser_gets_no_session(door, house):
    browser, mail = asked(door, house)
    other = door("nobody")
    assert "another browser" in other.get(link_in(mail)).text
    assert post(other, link_in(mail)).status_code == 403
    assert who(other) is None
    assert post(browser, "/sign-in/code", code=code_in(mail)).location == "/"
    assert who(browser) == "Petra Prospect"


def test_the_code_goes_with_the_browser(door, house):
    browser, mail = asked(door, house)
    other, _ = asked(door, house, email="mark@calder.example")
    assert post(other, "/sign-in/code", code=code_in(mail)).status_code == 422
    assert who(other) is None
    assert post(browser, "/sign-in/code", code=code_in(mail)).status_code == 303


def test_five_wrong_codes_and_it_is_over(door, house):
    browser, mail = asked(door, house)
    right = code_in(mail)
    wrong = "000 000" if right != "000 000" else "111 111"
    for _ in range(4):
        assert "not the code" in post(browser, "/sign-in/code", code=wrong).text
    assert "works no more" in post(browser, "/sign-in/code", code=wrong).text
    assert post(browser, "/sign-in/code", code=right).status_code == 422
    assert who(browser) is None


@pytest.mark.parametrize("code", ["", "abc", "1" * 500, "१२३४५६", "\x00"])
def test_odd_codes_are_refused_in_words(door, house, code):
    browser, _ = asked(door, house)
    assert post(browser, "/sign-in/code", code=code).status_code == 422


def test_ten_minutes(door, house):
    browser, mail = asked(door, house)
    with house.db.writing() as session:
        left = session.scalar(select(SignInLink.expires_at)) - now()
        assert timedelta(minutes=9) < left <= timedelta(minutes=10)
        session.execute(update(SignInLink).values(expires_at=now() - timedelta(seconds=1)))
    assert browser.get(link_in(mail)).status_code == 410
    assert post(browser, link_in(mail)).status_code == 410
    assert post(browser, "/sign-in/code", code=code_in(mail)).status_code == 422


def test_the_newest_wins(door, house):
    browser, old = asked(door, house)
    again, new = asked(door, house)
    assert post(browser, link_in(old)).status_code == 410
    assert post(browser, "/sign-in/code", code=code_in(old)).status_code == 422
    assert post(again, link_in(new)).status_code == 303


def test_a_changed_address_kills_the_link(door, house, world):
    browser, mail = asked(door, house)
    with house.db.writing() as session:
        session.get_one(Person, world.pks["petra"]).email = "petra@new.example"
    assert post(browser, link_in(mail)).status_code == 410


def test_strangers_learn_nothing(door, house):
    """Same status, same headers, same words, same rows: only the mailbox knows."""
    known, _ = asked(door, house)
    unknown, nothing = asked(door, house, email="nobody@calder.example")
    assert nothing == ""
    for path in ("/sign-in/code",):
        a, b = known.get(path), unknown.get(path)
        assert a.status_code == b.status_code == 200
        assert masked(a.text.replace("petra@", "X@")) == masked(b.text.replace("nobody@", "X@"))
    with house.db.reading() as session:
        assert len(session.scalars(select(SignInLink)).all()) == 2
    for n in range(6):
        a, b = (post(browser, "/sign-in/code", code="x" * 6) for browser in (known, unknown))
        assert a.status_code == b.status_code == 422
        assert masked(a.text.replace("petra@", "X@")) == masked(b.text.replace("nobody@", "X@")), n


def masked(text):
    return re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", text)


def test_the_suspended_get_no_mail_and_no_way_in(door, house, acting, world):
    from portal.people import actions

    browser, mail = asked(door, house)
    with acting("ada") as ada:
        actions.suspend_person(ada, ada.session.get(Person, world.pks["petra"]))
    assert post(browser, link_in(mail)).status_code == 410
    before = len(texts(house, "petra@calder.example"))
    asked(door, house)
    assert len(texts(house, "petra@calder.example")) == before


def test_a_new_session_each_time_and_the_old_one_ends(door, house, world):
    browser = door("petra")
    with browser.session_transaction() as cookie:
        old = cookie["_user_id"]
    post(browser, "/sign-in", email="petra@calder.example")
    deliver(house)
    post(browser, link_in(texts(house, "petra@calder.example")[-1]))
    with browser.session_transaction() as cookie:
        new = cookie["_user_id"]
        assert "asking" not in cookie
    assert new != old
    with house.db.reading() as session:
        assert sign_ins.live_sign_in(session, new) is not None
        assert sign_ins.live_sign_in(session, old) is None


def test_it_goes_on_to_where_one_wanted_to_go(door, house):
    browser, mail = asked(door, house, next="/w/?a=1")
    assert post(browser, link_in(mail)).location == "/w/?a=1"


@pytest.mark.parametrize(
    "next", ["//evil", "//[", "/\\evil", "https:evil", "https://evil/", "javascript:alert(1)", "/\t/evil", "/sign-in?next=x", "evil"]
)
def test_never_to_somebody_elses_page(door, house, next):
    browser, mail = asked(door, house, next=next)
    assert post(browser, link_in(mail)).location == "/"
    signed_in = door("petra")
    assert signed_in.get("/sign-in", query_string={"next": next}).location == "/"


@pytest.mark.parametrize(
    "email", ["", "petra", "a@b", "x" * 300 + "@calder.example", "a@b.example\r\nBcc: x@y.example", "\ud800@x.example"]
)
def test_no_address_is_said_at_the_field(door, email):
    page = post(door("nobody"), "/sign-in", email=email.encode("utf-8", "replace"))
    if page.status_code == 303:  # folded to a fine address with a strange name: nobody has it
        return
    assert page.status_code == 422
    assert "e-email" in page.text


def test_a_commands_link_works_in_any_browser_once(door, house, world):
    with house.db.writing() as session:
        path = sign_ins.make_link(session, session.get_one(Person, world.pks["rhea"]))
    assert "Sign in as Rhea Rep" in door("nobody").get(path).text
    browser = door("nobody")
    assert post(browser, path).location == "/"
    assert who(browser) == "Rhea Rep"
    assert post(door("nobody"), path).status_code == 410


def test_signing_out_ends_the_session_here_and_nowhere_else(door, house, world):
    here, there = door("petra"), door("petra")
    assert who(here) == who(there) == "Petra Prospect"
    left = post(here, "/sign-out")
    assert left.location == "/sign-in"
    assert "storage" in left.headers["Clear-Site-Data"]
    assert who(here) is None
    assert who(there) == "Petra Prospect"
    with house.db.reading() as session:
        ended = session.scalars(select(SignIn).where(SignIn.ended_at.is_not(None))).all()
        assert len(ended) == 1


def test_signing_out_needs_the_token(door):
    browser = door("petra")
    assert browser.post("/sign-out").status_code == 400
    assert who(browser) == "Petra Prospect"


def test_asking_is_throttled_by_mailbox(app, door):
    app.config["THROTTLE"] = True
    browser = door("nobody")
    answers = [post(browser, "/sign-in", email="mark@calder.example").status_code for _ in range(7)]
    assert answers == [303] * 6 + [429]
    assert post(browser, "/sign-in", email="rolf@calder.example").status_code == 303


def test_the_front_door(door):
    assert door("nobody").get("/").location == "/sign-in"
    assert door("rhea").get("/").location == "/today"
    assert door("petra").get("/").location == "/w/"

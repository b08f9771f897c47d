"""One's own settings: saved, refused at the field, nobody else's."""

import pytest
from sqlalchemy import select

from portal.people import actions
from portal.people.models import Person, SignIn, Token
from tests.conftest import post

FORM = {"name": "Petra P.", "title": "Head of networks", "phone": "+49 30 1234", "timezone": "Europe/Berlin", "language": "en"}


def row(house, world, name):
    with house.db.reading() as session:
        return session.get_one(Person, world.pks[name])


def test_profile_is_saved_and_told(door, house, world):
    browser = door("petra")
    assert post(browser, "/me/settings/profile", **FORM).status_code == 303
    petra = row(house, world, "petra")
    assert [getattr(petra, name) for name in FORM] == list(FORM.values())
    page = browser.get("/me/settings/profile").text
    assert "Saved." in page
    assert 'value="Head of networks"' in page


def test_an_empty_field_empties_it(door, house, world):
    browser = door("petra")
    post(browser, "/me/settings/profile", **FORM)
    post(browser, "/me/settings/profile", name="Petra P.", title="", phone="", timezone="", language="")
    assert (row(house, world, "petra").title, row(house, world, "petra").timezone) == ("", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 121), ("title", "x" * 121), ("phone", "1" * 41), ("timezone", "Nowhere"), ("language", "xx")],
)
def test_what_is_wrong_is_said_at_the_field_and_kept(door, house, world, field, value):
    page = post(door("petra"), "/me/settings/profile", **FORM | {field: value})
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.text
    assert row(house, world, "petra").name == "Petra Prospect"
    if field != "title":
        assert "Head of networks" in page.text


def test_nothing_but_the_form_is_taken(door, house, world):
    post(door("petra"), "/me/settings/profile", **FORM, is_staff="1", is_admin="1", email="x@y.example", password_hash="x", pk="1")
    petra = row(house, world, "petra")
    assert (petra.is_staff, petra.is_admin, petra.email, petra.password_hash) == (False, False, "petra@calder.example", None)


def test_names_stay_text_on_every_page(door):
    browser = door("petra")
    post(browser, "/me/settings/profile", **FORM | {"name": '"><script>alert(1)</script>'})
    assert "<script>alert(1)" not in browser.get("/me/settings/profile").text


def test_theme_is_on_the_page_and_kept_for_the_sign_in_page(door, house, world):
    browser = door("petra")
    saved = post(browser, "/me/settings/appearance", theme="dark")
    assert "theme=dark" in saved.headers["Set-Cookie"]
    assert 'data-theme="dark"' in browser.get("/me/settings/appearance").text
    assert 'data-theme="dark"' in browser.get("/sign-in?again=1").text
    assert post(browser, "/me/settings/appearance", theme="pink").status_code == 422
    post(browser, "/me/settings/appearance", theme="")
    assert "data-theme" not in browser.get("/me/settings/appearance").text


def test_a_made_up_theme_cookie_is_no_attribute(door):
    browser = door("nobody")
    browser.set_cookie("theme", '"><b>x')
    assert "data-theme" not in browser.get("/sign-in").text


def test_single_keys_can_be_turned_off(door):
    browser = door("petra")
    assert 'data-keys="off"' not in browser.get("/me/settings/keyboard").text
    post(browser, "/me/settings/keyboard")
    assert 'data-keys="off"' in browser.get("/me/settings/keyboard").text
    post(browser, "/me/settings/keyboard", keys="1")
    assert 'data-keys="off"' not in browser.get("/me/settings/keyboard").text


def test_ending_another_sign_in(door, house, world):
    here, there = door("petra"), door("petra")
    with house.db.reading() as session:
        theirs = session.scalars(select(SignIn).where(SignIn.person_pk == world.pks["petra"]).order_by(SignIn.pk)).all()[-1].id
    assert post(here, f"/me/settings/security/sign-ins/{theirs}/end").status_code == 303
    assert there.get("/me/settings/profile").status_code == 303
    assert here.get("/me/settings/profile").status_code == 200


def test_somebody_elses_sign_in_does_not_exist(door, house, world):
    door("rhea")
    with house.db.reading() as session:
        theirs = session.scalar(select(SignIn.id).where(SignIn.person_pk == world.pks["rhea"]))
    for name in ("petra", "ada", "mona"):
        assert post(door(name), f"/me/settings/security/sign-ins/{theirs}/end").status_code == 404
    with house.db.reading() as session:
        assert session.scalar(select(SignIn.ended_at).where(SignIn.id == theirs)) is None


def test_a_token_is_shown_once_and_works_until_revoked(door, app, house):
    import re

    browser = door("rhea")
    made = post(browser, "/me/settings/security/tokens", name="nightly export", scope="read", days="30")
    secret = re.search(r'value="(mst_[\w-]+)"', made.text)[1]
    asks = {"Authorization": f"Bearer {secret}"}
    assert app.test_client().get("/api/v1/me", headers=asks).json["person"]["name"] == "Rhea Rep"
    listed = browser.get("/me/settings/security").text
    assert "nightly export" in listed
    assert secret not in listed
    with house.db.reading() as session:
        token = session.scalar(select(Token))
        assert secret not in (token.token_hash, token.name)
    assert post(browser, f"/me/settings/security/tokens/{token.id}/revoke").status_code == 303
    assert app.test_client().get("/api/v1/me", headers=asks).status_code == 401


@pytest.mark.parametrize(
    "fields", [{"name": "", "scope": "read"}, {"name": "x", "scope": "admin"}, {"name": "x", "scope": "all"}, {"name": "x", "days": "-1"}]
)
def test_odd_tokens_are_refused(door, house, fields):
    assert post(door("rhea"), "/me/settings/security/tokens", **fields).status_code == 422
    with house.db.reading() as session:
        assert session.scalar(select(Token)) is None


def test_clients_have_no_tokens(door):
    browser = door("petra")
    assert "API tokens" not in browser.get("/me/settings/security").text
    assert post(browser, "/me/settings/security/tokens", name="x", scope="read").status_code == 403


def test_a_token_makes_no_tokens(app, acting):
    with acting("ada") as ada:
        secret = actions.make_token(ada, name="x", scopes=["admin"])[1]
    asks = {"Authorization": f"Bearer {secret}"}
    assert app.test_client().post("/me/settings/security/tokens", data={"name": "y"}, headers=asks).status_code == 403


@pytest.mark.parametrize(
    "path", ["/me", "/me/settings/profile", "/me/settings/appearance", "/me/settings/keyboard", "/me/settings/security"]
)
def test_nobody_is_sent_to_sign_in(door, path):
    sent = door("nobody").get(path)
    assert (sent.status_code, sent.location.split("?")[0]) == (303, "/sign-in")
    assert door("petra").get(path, follow_redirects=True).status_code == 200

"""What stands around every page: headers, nonce, names answered to, cookies, forged requests."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

import wsgi
from portal.kernel.settings import prepared
from portal.people import sign_ins
from portal.people.models import Person, SignIn
from tests.conftest import csrf_of, post

PAGES = [
    "/sign-in",
    "/sign-in/password",
    "/me/settings/security",
    "/admin/people",
    "/nowhere",
    "/api/v1/me",
    "/api/v1/nowhere",
    "/static/x/nothing",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_closed_up(door, path):
    for name in ("ada", "nobody"):
        headers = door(name).get(path).headers
        policy = headers["Content-Security-Policy"]
        for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
            assert part in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "charset=utf-8" in headers["Content-Type"] or headers["Content-Type"].startswith("application/")
        assert "Server" not in headers or "Werkzeug" not in headers["Server"]


def test_private_answers_are_stored_by_nobody(door):
    for path in ("/me/settings/security", "/api/v1/me", "/nowhere", "/sign-in"):
        headers = door("ada").get(path).headers
        assert headers["Cache-Control"] == "no-store, private"
        assert "Cookie" in headers["Vary"]


def test_static_files_are_cached_for_ever_and_set_no_cookie(door):
    page = door("ada").get("/me/settings/profile").text
    styles = re.search(r'href="(/static/[^"]+/app\.css)"', page)[1]
    answer = door("ada").get(styles)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    answer.close()
    for path in ("/static/x/../../wsgi.py", "/static/x/%2e%2e/%2e%2e/wsgi.py", "/static/x//etc/passwd"):
        assert door("ada").get(path).status_code in (308, 404)


def test_the_nonce_is_new_each_time_and_on_every_script(door):
    browser = door("ada")
    nonces = set()
    for _ in range(3):
        answer = browser.get("/admin/people")
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]
        assert re.findall(r"<script[^>]*>", answer.text)
        assert all(f'nonce="{nonce}"' in script for script in re.findall(r"<script[^>]*>", answer.text))
        nonces.add(nonce)
    assert len(nonces) == 3


TEMPLATES = sorted(path for path in Path("templates").rglob("*.html") if path.parts[1] != "mail")


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_has_inline_script_or_style(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all("src=" in script and "nonce=" in script for script in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"(?<!html )(?<!preview )(?<!offline )\|\s*safe", text)  # only what was sanitised when it was written


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "evil.example:8000",
        "[::2]",
        "127.0.0.1@evil.example",
        "x" * 300,
    ],
)
def test_no_foreign_name_is_answered_to(door, host):
    assert door("nobody").get("/sign-in").status_code == 200
    refused = door("nobody").get("/sign-in", headers={"Host": host})
    assert refused.status_code == 400
    assert host not in refused.text
    assert "Set-Cookie" not in refused.headers


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_our_own_names_are(door, host):
    assert door("nobody").get("/sign-in", headers={"Host": host}).status_code == 200


def test_forwarded_headers_of_strangers_count_for_nothing(door, house, world):
    browser = door("nobody")
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "10.9.8.7",
        "Forwarded": "host=evil.example",
    }
    answer = browser.get("/me/settings/profile", headers=forged)
    assert answer.location == "/sign-in?next=/me/settings/profile"
    with house.db.writing() as session:
        path = sign_ins.make_link(session, session.get_one(Person, world.pks["rhea"]))
    entered = browser.post(path, data={"csrf_token": csrf_of(browser)}, headers=forged)
    assert entered.status_code == 303
    assert "10.9.8.7" not in browser.get("/me/settings/security").text
    assert "127.0.0.1" in browser.get("/me/settings/security").text


def secure_app(settings, tmp_path, proxies=0):
    """The same world behind https."""
    house = wsgi.build_house(prepared(replace(settings, base_url="https://portal.tidewell.example", trusted_proxies=proxies)))
    app = wsgi.create_app(house=house)
    app.config.update(TESTING=True, THROTTLE=False)
    return app, house


def test_behind_https_cookies_are_host_secure_and_hsts_is_told(settings, tmp_path):
    app, house = secure_app(settings, tmp_path)
    browser = app.test_client()
    answer = browser.get("/sign-in", base_url="https://portal.tidewell.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-mainstay=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert browser.get("/sign-in", base_url="https://127.0.0.1").status_code == 400
    house.close()


def test_on_loopback_cookies_are_plain_but_hidden_from_scripts(door):
    answer = door("nobody").get("/sign-in")
    assert answer.headers["Set-Cookie"].startswith("mainstay=")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers


def test_a_trusted_proxy_tells_the_visitors_address(settings, tmp_path, world):
    app, house = secure_app(settings, tmp_path, proxies=1)
    with house.db.writing() as session:
        path = sign_ins.make_link(session, session.get_one(Person, world.pks["rhea"]))
    browser = app.test_client()
    asks = {"base_url": "http://portal.tidewell.example", "headers": {"X-Forwarded-Proto": "https", "X-Forwarded-For": "6.6.6.6, 10.1.2.3"}}
    page = browser.get(path, **asks)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    cookie = {"Cookie": page.headers["Set-Cookie"].split(";")[0]}  # the test browser does not know that the proxy speaks https
    entered = browser.post(path, data={"csrf_token": token}, **asks | {"headers": asks["headers"] | cookie})
    assert entered.status_code == 303
    with house.db.reading() as session:
        assert session.scalars(select(SignIn.address).order_by(SignIn.pk.desc())).first() == "10.1.2.3"
    house.close()


@pytest.mark.parametrize(
    "sent",
    [{}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": "IjAwMDAi.aaaaaa.bbbbbb"}],
)
def test_no_form_without_our_token(door, house, world, sent):
    browser = door("petra")
    assert post(browser, "/me/settings/profile", name="Petra One").status_code == 303
    refused = browser.post("/me/settings/profile", data={"name": "Petra Two", **sent})
    assert refused.status_code == 400
    with house.db.reading() as session:
        assert session.get_one(Person, world.pks["petra"]).name == "Petra One"


def test_another_sessions_token_is_no_token(door):
    theirs = csrf_of(door("otto"))
    assert door("petra").post("/me/settings/profile", data={"name": "x", "csrf_token": theirs}).status_code == 400


def test_a_cross_site_post_is_refused_even_with_the_token(door):
    browser = door("petra")
    told = {"name": "x", "csrf_token": csrf_of(browser)}
    assert browser.post("/me/settings/profile", data=told, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert browser.post("/me/settings/profile", data=told, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_the_api_by_cookie_needs_the_header(door, world):
    browser = door("ada")
    path = f"/api/v1/people/{world.ids['ravi']}"
    assert browser.patch(path, json={"title": "x"}).status_code == 400
    assert browser.patch(path, json={"title": "x"}, headers={"X-CSRFToken": csrf_of(browser)}).status_code == 200


@pytest.mark.parametrize("override", [{"X-HTTP-Method-Override": "PATCH"}, {"X-Method-Override": "DELETE"}])
def test_no_method_is_smuggled(door, world, override):
    browser = door("ada")
    headers = override | {"X-CSRFToken": csrf_of(browser)}
    assert browser.post(f"/api/v1/people/{world.ids['ravi']}", json={"title": "x"}, headers=headers).status_code == 405
    assert browser.get("/sign-out?_method=POST", headers=headers).status_code == 405

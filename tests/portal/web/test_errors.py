"""What is refused: as a page with words and a way on, or as problem+json; and the same Idempotency-Key once."""

import io

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.people import actions
from portal.people.models import Person
from portal.web.once import KeptAnswer
from tests.conftest import csrf_of, post


@pytest.fixture
def ada(app, acting):
    """A client that speaks as Ada by an API token."""
    with acting("ada") as actor:
        secret = actions.make_token(actor, name="test", scopes=["admin"])[1]
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def problem(answer):
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    assert answer.json["title"]
    assert answer.json["detail"]
    return answer.status_code


def test_pages_say_so_in_words(door):
    page = door("ada").get("/nowhere")
    assert page.status_code == 404
    assert "<h1>Page not found</h1>" in page.text
    assert "404" not in page.text
    assert 'href="/"' in page.text
    assert "Ada Admin" not in page.text


def test_htmx_gets_a_fragment(door):
    text = door("ada").get("/nowhere", headers={"HX-Request": "true"}).text
    assert "Page not found" in text
    assert "<html" not in text


@pytest.mark.parametrize("by_itself", [{"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}])
def test_a_page_that_asks_by_itself_is_not_sent_to_sign_in(door, world, by_itself):
    """The sign-in page would begin a session, and with it end the form that the person has open in another tab."""
    url = f"/w/{world.ids['room']}/counts"
    assert door("petra").get(url, headers=by_itself).status_code == 200
    assert door("nobody").get(url).location == f"/sign-in?next={url}"
    told = door("nobody").get(url, headers=by_itself)
    assert told.status_code == 401
    assert told.text.startswith("<div")
    assert "Set-Cookie" not in told.headers


def test_hidden_and_random_are_one_answer(door, world):
    rhea = door("rhea")
    hidden, random = (rhea.get(f"/api/v1/people/{id}") for id in (world.ids["petra"], "0" * 22))
    assert (hidden.status_code, hidden.data) == (random.status_code, random.data) == (404, random.data)
    assert {k for k, _ in hidden.headers} == {k for k, _ in random.headers}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1,2", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"a": "\\ud800"}', b"[" * 10_000, b"null x"]
)
def test_wrong_json_is_400(ada, body):
    assert problem(ada.post("/api/v1/people", data=body, content_type="application/json")) == 400


@pytest.mark.parametrize("body", [b"null", b"[]", b"3", b'"x"', b"true", b'{"a": 1e400}'])
def test_json_that_is_no_such_thing_is_422(ada, body):
    assert problem(ada.post("/api/v1/people", data=body, content_type="application/json")) == 422


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data; boundary=x"])
def test_other_kinds_of_body_are_415(ada, kind):
    assert problem(ada.post("/api/v1/people", data=b'{"email": "x@y.example", "name": "X"}', content_type=kind)) == 415


def test_what_is_too_much_is_read_to_its_end(door):
    """Else the answer may be lost on its way to who still sends."""
    sent = io.BytesIO(b"email=" + b"x" * 2_000_000)
    form = "application/x-www-form-urlencoded"
    assert door("nobody").post("/sign-in", input_stream=sent, content_length=2_000_006, content_type=form).status_code == 413
    assert sent.read() == b""


def test_too_much_is_413(ada, door):
    assert problem(ada.post("/api/v1/people", data=b'{"name": "' + b"x" * 2_000_000 + b'"}', content_type="application/json")) == 413
    page = door("petra").post("/me/settings/profile", data={"name": "x" * 2_000_000})
    assert page.status_code == 413
    assert "too large" in page.text


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_verb_not_listed_is_405_and_says_which_are(ada, world, method):
    answer = getattr(ada, method)("/api/v1/people")
    assert problem(answer) == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1e3", "limit=", "cursor=x", "cursor=" + "0" * 22, "cursor=%00"])
def test_odd_lists_are_422(ada, query):
    assert problem(ada.get(f"/api/v1/people?{query}")) == 422


def test_lists_go_on_by_cursor(ada):
    names, cursor = [], ""
    while cursor is not None:
        page = ada.get(f"/api/v1/people?limit=2{cursor and '&cursor=' + cursor}").json
        assert len(page["items"]) <= 2
        names += [item["name"] for item in page["items"]]
        cursor = page["next"]
    assert names == ["Ada Admin", "Mona Manager", "Nora Newrep", "Ravi Rep", "Rhea Rep"]
    assert len(ada.get("/api/v1/people?limit=999999999999").json["items"]) == 5


def test_what_breaks_inside_tells_nothing(app, door, monkeypatch):
    from portal.people import api

    def breaks(*_):
        raise RuntimeError("the secret plan")

    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    monkeypatch.setattr(api.shapes, "oneself", breaks)
    answer = door("ada").get("/api/v1/me")
    assert problem(answer) == 500
    assert "secret plan" not in answer.text
    assert "Reference" in answer.json["detail"]


def test_a_database_that_is_away_is_503_with_a_time(door, monkeypatch):
    from portal.people import api

    def away(*_):
        raise OperationalError("select 1", {}, Exception("database is locked"))

    monkeypatch.setattr(api.shapes, "oneself", away)
    answer = door("ada").get("/api/v1/me")
    assert problem(answer) == 503
    assert answer.headers["Retry-After"] == "5"
    assert "locked" not in answer.text


class TestOnce:
    """Idempotency-Key."""

    told = {"email": "nina@tidewell.example", "name": "Nina New", "roles": ["rep"]}

    def count(self, house):
        with house.db.reading() as session:
            return session.scalar(select(func.count(Person.pk)).where(Person.email == "nina@tidewell.example"))

    def test_the_same_again_is_the_same_answer(self, ada, house):
        first, second = (ada.post("/api/v1/people", json=self.told, headers={"Idempotency-Key": "k1"}) for _ in range(2))
        assert (first.status_code, first.json) == (second.status_code, second.json)
        assert first.status_code == 201
        assert second.headers["Idempotent-Replay"] == "true"
        assert self.count(house) == 1

    def test_another_body_or_path_is_refused(self, ada, world):
        keyed = {"Idempotency-Key": "k1"}
        assert ada.post("/api/v1/people", json=self.told, headers=keyed).status_code == 201
        assert problem(ada.post("/api/v1/people", json=self.told | {"name": "Other"}, headers=keyed)) == 422
        assert problem(ada.post(f"/api/v1/people/{world.ids['ravi']}/suspend", headers=keyed)) == 422

    def test_a_refused_one_may_be_mended(self, ada, house):
        keyed = {"Idempotency-Key": "k1"}
        assert problem(ada.post("/api/v1/people", json=self.told | {"name": ""}, headers=keyed)) == 422
        assert ada.post("/api/v1/people", json=self.told, headers=keyed).status_code == 201

    def test_keys_are_ones_own(self, ada, door, house, world):
        ada.post("/api/v1/people", json=self.told, headers={"Idempotency-Key": "k1"})
        rhea = door("rhea")
        headers = {"Idempotency-Key": "k1", "X-CSRFToken": csrf_of(rhea)}
        assert problem(rhea.post("/api/v1/people", json=self.told, headers=headers)) == 403

    @pytest.mark.parametrize("key", ["x" * 201, "x" * 5000])
    def test_long_keys_are_refused(self, ada, key):
        assert problem(ada.post("/api/v1/people", json=self.told, headers={"Idempotency-Key": key})) == 422

    def test_forms_have_one_too(self, door, house):
        browser = door("ada")
        told = {"email": "nina@tidewell.example", "name": "Nina New", "roles": "rep", "idempotency_key": "k2"}
        first, second = post(browser, "/admin/people/new", **told), post(browser, "/admin/people/new", **told)
        assert first.status_code == second.status_code == 303
        assert first.location == second.location
        assert self.count(house) == 1

    def test_the_answer_is_forgotten_if_it_is_taken_back(self, ada, house):
        ada.post("/api/v1/people", json=self.told | {"name": ""}, headers={"Idempotency-Key": "k1"})
        with house.db.reading() as session:
            assert session.scalar(select(func.count(KeptAnswer.pk))) == 0

"""/me and /people, by session and by token."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.kernel.clock import now
from portal.people import actions
from portal.people.models import Person, Token
from tests.conftest import csrf_of


@pytest.fixture
def token(app, acting):
    """`token("ada", "read")` → a client that sends such a token with every request."""

    def made(name, scope):
        with acting(name) as actor:
            secret = actions.make_token(actor, name="test", scopes=[scope])[1]
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    return made


def is_problem(answer, status):
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= answer.json.keys()
    assert answer.json["status"] == status
    return True


def test_me(token, door, world):
    told = token("rhea", "read").get("/api/v1/me").json
    assert told["person"]["id"] == world.ids["rhea"]
    assert told["person"]["email"] == "rhea@tidewell.example"
    assert told["person"]["side"] == "staff"
    assert told["roles"] == ["rep"]
    assert told["unread"] == {"notifications": 0}
    petra = door("petra").get("/api/v1/me").json
    assert (petra["roles"], petra["person"]["side"]) == ([], "client")


def test_the_directory(token, world):
    items = token("rhea", "read").get("/api/v1/people").json["items"]
    assert [item["name"] for item in items] == ["Ada Admin", "Mona Manager", "Nora Newrep", "Ravi Rep", "Rhea Rep"]
    rhea = items[-1]
    assert (rhea["roles"], rhea["manager"], rhea["suspended_at"]) == (["rep"], world.ids["mona"], None)
    assert "password_hash" not in rhea


def test_clients_and_strangers_see_no_directory(door, app, world):
    assert is_problem(door("petra").get("/api/v1/people"), 403)
    assert is_problem(app.test_client().get("/api/v1/people"), 401)
    assert is_problem(door("petra").get(f"/api/v1/people/{world.ids['rhea']}"), 404)
    assert door("petra").get(f"/api/v1/people/{world.ids['petra']}").json["name"] == "Petra Prospect"
    assert is_problem(door("rhea").get(f"/api/v1/people/{world.ids['petra']}"), 404)


def test_a_new_colleague(token, house, world):
    told = {"email": "Nina@Tidewell.example", "name": "Nina New", "roles": ["rep"], "manager": world.ids["mona"]}
    made = token("ada", "admin").post("/api/v1/people", json=told)
    assert made.status_code == 201
    assert made.json["email"] == "nina@tidewell.example"
    assert made.json["manager"] == world.ids["mona"]
    assert token("rhea", "read").get(f"/api/v1/people/{made.json['id']}").json == made.json


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": "X"}, "email"),
        ({"email": "x", "name": "X"}, "email"),
        ({"email": "rhea@tidewell.example", "name": "X"}, "email"),
        ({"email": "x@y.example", "name": ""}, "name"),
        ({"email": "x@y.example", "name": "x" * 121}, "name"),
        ({"email": "x@y.example", "name": "X", "roles": ["king"]}, "roles.0"),
        ({"email": "x@y.example", "name": "X", "roles": "rep"}, "roles"),
        ({"email": "x@y.example", "name": "X", "manager": "nobody"}, "manager"),
        ({"email": "x@y.example", "name": "X", "is_admin": True}, "is_admin"),
        ({"email": ["x@y.example"], "name": "X"}, "email"),
    ],
)
def test_wrong_colleagues(token, house, told, field):
    refused = token("ada", "admin").post("/api/v1/people", json=told)
    assert is_problem(refused, 422)
    assert field in [each["field"] for each in refused.json["errors"]]
    with house.db.reading() as session:
        assert len(session.scalars(select(Person).where(Person.is_staff.is_(True))).all()) == 5


def test_changing_a_colleague(token, world):
    ada = token("ada", "admin")
    path = f"/api/v1/people/{world.ids['ravi']}"
    changed = ada.patch(path, json={"manager": world.ids["mona"], "title": "Senior rep"})
    assert (changed.status_code, changed.json["manager"], changed.json["title"]) == (200, world.ids["mona"], "Senior rep")
    assert changed.json["roles"] == ["rep"]
    assert ada.patch(path, json={"manager": None}).json["manager"] is None
    assert is_problem(ada.patch(path, json={"name": None}), 422)
    assert is_problem(ada.patch(f"/api/v1/people/{world.ids['mona']}", json={"manager": world.ids["rhea"]}), 422)
    assert is_problem(ada.patch(f"/api/v1/people/{world.ids['ada']}", json={"roles": ["rep"]}), 422)


@pytest.mark.parametrize(("name", "status"), [("rhea", 403), ("mona", 403), ("petra", 404), ("otto", 404), ("nobody", 401)])
def test_only_admins_change_people(door, world, house, name, status):
    browser = door(name)
    headers = {"X-CSRFToken": csrf_of(browser)}
    assert is_problem(browser.patch(f"/api/v1/people/{world.ids['ravi']}", json={"title": "x"}, headers=headers), status)
    made = browser.post("/api/v1/people", json={"email": "x@y.example", "name": "X"}, headers=headers)
    assert is_problem(made, 401 if name == "nobody" else 403)


def test_suspending_ends_tokens_and_sessions_at_once(token, door, world):
    rhea, browser = token("rhea", "write"), door("rhea")
    assert rhea.get("/api/v1/me").status_code == browser.get("/api/v1/me").status_code == 200
    done = token("ada", "admin").post(f"/api/v1/people/{world.ids['rhea']}/suspend")
    assert done.status_code == 200
    assert done.json["suspended_at"]
    assert is_problem(rhea.get("/api/v1/me"), 401)
    assert is_problem(browser.get("/api/v1/me"), 401)


def test_restoring_gives_no_old_token_back(token, world):
    rhea, ada = token("rhea", "write"), token("ada", "admin")
    ada.post(f"/api/v1/people/{world.ids['rhea']}/suspend")
    assert ada.post(f"/api/v1/people/{world.ids['rhea']}/restore").json["suspended_at"] is None
    assert is_problem(rhea.get("/api/v1/me"), 401)
    assert token("rhea", "read").get("/api/v1/me").status_code == 200


def test_who_may_suspend_whom(token, world):
    def suspend(who, whom):
        return token(who, "write").post(f"/api/v1/people/{world.ids[whom]}/suspend").status_code

    assert suspend("mona", "ravi") == 403
    assert suspend("rhea", "nora") == 403
    assert suspend("rhea", "petra") == 404
    assert suspend("ada", "ada") == 403
    assert suspend("mona", "mona") == 403
    assert suspend("mona", "nora") == 200
    assert suspend("ada", "petra") == 200


def test_scopes(token, world):
    ravi = f"/api/v1/people/{world.ids['ravi']}"
    reader, writer, admin = (token("ada", scope) for scope in ("read", "write", "admin"))
    assert reader.get("/api/v1/people").status_code == writer.get("/api/v1/people").status_code == 200
    assert is_problem(reader.post(f"{ravi}/suspend"), 403)
    assert is_problem(writer.patch(ravi, json={"title": "x"}), 403)
    assert admin.patch(ravi, json={"title": "x"}).status_code == 200


def test_a_demoted_admins_token_loses_its_scope(token, house, world):
    admin = token("ada", "admin")
    with house.db.writing() as session:
        session.get_one(Person, world.pks["ada"]).is_admin = False
    assert is_problem(admin.patch(f"/api/v1/people/{world.ids['ravi']}", json={"title": "x"}), 403)


def test_an_expired_token_is_dead(token, house):
    client = token("rhea", "read")
    assert client.get("/api/v1/me").status_code == 200
    with house.db.writing() as session:
        session.execute(update(Token).values(expires_at=now() - timedelta(seconds=1)))
    assert is_problem(client.get("/api/v1/me"), 401)


@pytest.mark.parametrize(
    "told", ["Bearer", "Bearer ", "Bearer x", "Basic cmhlYTp4", "Token abc", "Bearer a b c", "bearer\tx", "Bearer " + "x" * 5000]
)
def test_no_dead_token_is_anybody_even_beside_a_cookie(door, told):
    browser = door("rhea")
    assert browser.get("/api/v1/me").status_code == 200
    assert is_problem(browser.get("/api/v1/me", headers={"Authorization": told}), 401)


def test_a_token_in_the_url_is_nobody(app, acting):
    with acting("rhea") as rhea:
        secret = actions.make_token(rhea, name="x", scopes=["read"])[1]
    assert is_problem(app.test_client().get(f"/api/v1/me?token={secret}&access_token={secret}"), 401)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_when_it_was_last_used(token, house, world, method):
    client = token("ada", "admin")
    more = {"json": {"title": "x"}} if method == "PATCH" else {}
    client.open(f"/api/v1/people/{world.ids['ravi']}", method=method, **more).close()
    with house.db.reading() as session:
        used = session.scalars(select(Token)).one().used_at
    assert used is not None
    client.get("/api/v1/me").close()
    with house.db.reading() as session:
        assert session.scalars(select(Token)).one().used_at == used  # noted every five minutes, not at each request

"""How often the API may be asked, by a token and by a person; what pages do is not counted."""

import os

import pytest
import time_machine

import wsgi
from portal.kernel.clock import now
from portal.kernel.settings import WrongSetting, load
from portal.people import actions as people
from portal.web import allowance
from tests.conftest import csrf_of
from tests.counting import counting

REDIS = os.environ.get("MAINSTAY_TEST_REDIS", "")


@pytest.fixture
def limit(app):
    """`limit(5)`: so many times a minute, from now on; and the clock stands, else a minute may end in between."""

    def set_to(a_minute):
        limiter, _usual = app.extensions["allowance"]
        app.extensions["allowance"] = limiter, a_minute
        app.config["THROTTLE"] = True

    with time_machine.travel(now(), tick=False):
        yield set_to


@pytest.fixture
def token(app, acting):
    def made(name):
        with acting(name) as actor:
            secret = people.make_token(actor, name="script", scopes=["write"])[1]
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client

    return made


def test_a_token_is_refused_before_anything_is_done(limit, token, house):
    rhea, ravi = token("rhea"), token("ravi")
    limit(5)
    assert [rhea.get("/api/v1/me").status_code for _ in range(5)] == [200] * 5
    with counting(house) as queries:
        refused = rhea.get("/api/v1/me")
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 120
    assert refused.headers["RateLimit"].startswith('"token";r=0;t=')
    assert queries == []
    assert rhea.post("/api/v1/accounts", json={"name": "X"}).status_code == 429
    assert ravi.get("/api/v1/me").status_code == 200


def test_answers_tell_what_is_left(limit, token):
    rhea = token("rhea")
    limit(5)
    first, second, third = (rhea.get(f"/api/v1/{path}") for path in ("me", "nothing-here", "me"))
    assert first.headers["RateLimit-Policy"] == '"token";q=5;w=60'
    assert first.headers["RateLimit"].startswith('"token";r=4;')
    assert second.status_code == 404
    assert third.headers["RateLimit"].startswith('"token";r=3;')


def test_the_tokens_of_one_person_count_together(limit, token):
    several = [token("rhea") for _ in range(3)]
    limit(4)
    told = [each.get("/api/v1/me").status_code for each in several for _ in range(3)]
    assert told == [200] * 8 + [429]


def test_who_is_nobody_counts_by_address(limit, app):
    limit(3)
    nobody = app.test_client()
    assert [nobody.get("/api/v1/me").status_code for _ in range(4)] == [401, 401, 401, 429]
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.get("/api/v1/me").status_code == 401


def test_pages_are_not_counted(limit, door):
    petra = door("petra")
    limit(2)
    assert [petra.get("/me/notifications").status_code for _ in range(4)] == [200] * 4
    headers = {"X-CSRFToken": csrf_of(petra)}
    assert petra.get("/api/v1/me", headers=headers).status_code == 200


@pytest.mark.skipif(not REDIS, reason="MAINSTAY_TEST_REDIS names no Redis")
def test_two_processes_count_together_in_redis(app, token):
    rhea = token("rhea")
    app.extensions["allowance"] = allowance.limiter(REDIS), 3
    app.config["THROTTLE"] = True
    told = [rhea.get("/api/v1/me").status_code for _ in range(2)]
    app.extensions["allowance"] = allowance.limiter(REDIS), 3  # another process has counted nothing yet
    assert [*told, *(rhea.get("/api/v1/me").status_code for _ in range(2))] == [200, 200, 200, 429]


def test_while_redis_is_away_everybody_is_answered(app, token):
    rhea = token("rhea")
    app.config["THROTTLE"] = True
    app.extensions["allowance"] = allowance.limiter("redis://127.0.0.1:1/0"), 1
    assert [rhea.get("/api/v1/me").status_code for _ in range(3)] == [200] * 3


def test_the_operator_sets_it(tmp_path):
    assert load({"MAINSTAY_DATA_DIR": str(tmp_path)}).api_limit == 2000
    settings = load({"MAINSTAY_DATA_DIR": str(tmp_path), "MAINSTAY_API_LIMIT": "7"})
    assert wsgi.create_app(settings).extensions["allowance"][1] == 7
    with pytest.raises(WrongSetting, match="API_LIMIT=often"):
        load({"MAINSTAY_DATA_DIR": str(tmp_path), "MAINSTAY_API_LIMIT": "often"})

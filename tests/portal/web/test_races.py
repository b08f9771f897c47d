"""Two at once on PostgreSQL, where writers do not take turns by themselves; a connection that is cut in COMMIT."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

import wsgi
from portal.accounts.models import Account
from portal.kernel.actor import the_system
from portal.people import actions as people
from portal.people.models import Person
from tests import databases
from tests.cutting import Wire
from workspaces.forums.models import Post, Topic

pytestmark = pytest.mark.skipif(not databases.POSTGRESQL, reason="needs PostgreSQL: SQLite's writers take turns")


@pytest.fixture
def bearer(house, world) -> dict[str, str]:
    with house.db.writing() as session:
        rhea = session.get_one(Person, world.pks["rhea"])
        token = people.make_token(the_system(session), name="races", scopes=["write"], person=rhea)[1]
    return {"Authorization": f"Bearer {token}"}


def test_posts_at_once_are_all_stored_and_counted(app, house, world, bearer):
    path = f"/api/v1/topics/{world.ids['topic']}/posts"

    def post(n: int) -> int:
        return app.test_client().post(path, json={"body": f"At once {n}"}, headers=bearer).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(post, range(18))) == {201}
    with house.db.reading() as session:
        topic = session.get_one(Topic, world.pks["topic"])
        shared = session.scalars(select(Post.seq).where(Post.topic_pk == topic.pk, Post.team.is_(False)).order_by(Post.seq)).all()
        assert list(shared) == list(range(1, len(shared) + 1))
        assert topic.post_count == len(shared)


def test_the_same_key_at_once_stores_once(app, house, world, bearer):
    path = f"/api/v1/topics/{world.ids['topic']}/posts"

    def post(n: int) -> str:
        return app.test_client().post(path, json={"body": "The same"}, headers=bearer | {"Idempotency-Key": "same"}).json["id"]

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(post, range(6)))) == 1
    with house.db.reading() as session:
        assert len(session.scalars(select(Post).where(Post.body == "The same")).all()) == 1


def test_the_same_address_at_once_is_one_account_or_is_said(app, house, bearer):
    def make(n: int) -> int:
        told = {"name": f"Rival {n}", "domains": ["rival.example"]}
        return app.test_client().post("/api/v1/accounts", json=told, headers=bearer).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(make, range(6)))
    assert set(answers) <= {201, 422}
    with house.db.reading() as session:
        assert len(session.scalars(select(Account).where(Account.name.like("Rival %"))).all()) == answers.count(201)


def test_a_connection_cut_in_commit_is_not_known_and_the_key_finds_out(settings, world, bearer):
    """What the server took in is there; what the client was told is that nobody knows."""
    parts = urlsplit(settings.database_url)
    wire = Wire(parts.port or 5432)
    through = replace(settings, database_url=settings.database_url.replace(f":{parts.port}/", f":{wire.port}/"))
    house = wsgi.build_house(through)
    app = wsgi.create_app(house=house)
    app.config.update(TESTING=True, THROTTLE=False)
    path = f"/api/v1/topics/{world.ids['topic']}/posts"

    def post():
        return app.test_client().post(path, json={"body": "Cut in two"}, headers=bearer | {"Idempotency-Key": "cut"})

    assert app.test_client().get(path, headers=bearer).status_code == 200
    wire.cut_at = b"COMMIT"
    answer = post()
    assert (answer.status_code, wire.cuts > 0) == (503, True)
    assert "not known" in answer.json["detail"]
    assert "Nothing was saved" not in answer.text
    wire.cut_at = b""
    again = post()
    assert (again.status_code, again.headers.get("Idempotent-Replay")) == (201, "true")
    with house.db.reading() as session:
        assert [each.id for each in session.scalars(select(Post).where(Post.body == "Cut in two"))] == [again.json["id"]]
    house.close()
    wire.close()

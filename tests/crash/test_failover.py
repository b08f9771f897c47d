"""The primary goes for good and its synchronous standby takes over: nothing acknowledged is lost, and nothing of ours is started again.

MAINSTAY_TEST_SCALE=5 does it twenty times.
"""

import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

import wsgi
from portal.cli.examining_servers import postgresql
from portal.kernel import migrations
from portal.kernel.actor import the_system
from portal.kernel.settings import Settings, prepared
from portal.people import actions as people
from portal.people.models import Person
from tests import cast, databases
from tests.crash.servers import INITDB, Postgres
from tests.crash.test_kills import SCALE, Writer
from tests.running import DATABASES, Running
from tests.waiting import eventually
from workspaces.forums.models import Post

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(bool(databases.POSTGRESQL), reason="brings servers of its own, and ran beside SQLite"),
    pytest.mark.skipif(not INITDB, reason="needs the programs of PostgreSQL"),
]

TAKEOVERS = 1 if SCALE == 1 else 4 * SCALE


def test_the_standby_takes_over(tmp_path: Path) -> None:
    primary, standby = Postgres(), Postgres()
    primary.create()
    primary.start()
    data = tmp_path / "data"
    DATABASES[data] = (
        f"postgresql+psycopg://postgres@/postgres?host=127.0.0.1:{primary.port}&host=127.0.0.1:{standby.port}&target_session_attrs=read-write"
    )
    house = wsgi.build_house(prepared(Settings(data_dir=data, database_url=DATABASES[data])))
    server = Running(data)
    stopped = threading.Event()
    try:
        migrations.migrate(house)
        with house.db.writing() as session:
            world = cast.build(session)
            rhea = session.get_one(Person, world.pks["rhea"])
            token = people.make_token(the_system(session), name="failover", scopes=["write"], person=rhea)[1]
        follow(primary, standby)
        assert any("asynchronously" in each.says for each in postgresql(house))
        synchronous(primary)
        assert not any("asynchronously" in each.says for each in postgresql(house))
        server.start()
        family = {each.pid for each in server.family()}
        writers = [Writer(server, f"/api/v1/topics/{world.ids['topic']}/posts", token, n, stopped) for n in range(4)]
        for each in writers:
            each.start()
        for n in range(TAKEOVERS):
            if n:  # what was the primary comes back, empty, as the standby of what took over
                primary, standby = standby, primary
                standby.forget()
                follow(primary, standby)
                synchronous(primary)
            more_than(writers, 12)
            primary.kill()
            killed = time.monotonic()
            standby.promote()
            more_than(writers, 0)
            print(f"take-over {n + 1}: acknowledging again {time.monotonic() - killed:.1f} s after the kill")
            more_than(writers, 12)
        stopped.set()
        for each in writers:
            each.join(60)
        assert [line for each in writers for line in each.odd] == []
        with house.db.reading() as session:
            stored = list(session.scalars(select(Post.body).where(Post.body.like("Message % of writer %"))))
        assert [body for body, times in Counter(stored).items() if times > 1] == []
        assert set(stored) == {body for each in writers for body in each.acknowledged}
        assert {each.pid for each in server.family()} == family
    finally:
        stopped.set()
        server.stop()
        house.close()
        for each in (primary, standby):
            each.stop()


def follow(primary: Postgres, standby: Postgres) -> None:
    standby.copy_of(primary)
    standby.start()
    eventually(lambda: primary.run("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))


def synchronous(primary: Postgres) -> None:
    """From now on nothing is acknowledged that the standby has not."""
    primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.run("SELECT pg_reload_conf()")
    eventually(lambda: primary.run("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))


def more_than(writers: list[Writer], count: int) -> None:
    """Until more than so many messages were acknowledged from now on."""
    before = sum(len(each.acknowledged) for each in writers)
    eventually(lambda: sum(len(each.acknowledged) for each in writers) > before + count)

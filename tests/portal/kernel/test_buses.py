"""What the table and Redis have in common as a bus, and what happens while Redis is away."""

import time
from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import func, select

from portal.kernel.bus import KEPT, Bus, BusRow, RedisBus, TableBus
from portal.kernel.clock import now
from portal.kernel.db import Database
from tests.crash.servers import REDIS, Redis
from tests.waiting import eventually


@pytest.fixture
def redis(tmp_path) -> Iterator[Redis]:
    if not REDIS:
        pytest.skip("needs redis-server")
    made = Redis(tmp_path)
    made.start()
    yield made
    made.go_on()
    made.kill()


@pytest.fixture(params=["table", "redis"])
def two(request, house) -> Iterator[tuple[Bus, Bus]]:
    """The buses of two processes."""
    if request.param == "redis":
        url = request.getfixturevalue("redis").url
        here, there = RedisBus(url), RedisBus(url)
        eventually(lambda: answers(here))
    else:
        here, there = TableBus(house.db), TableBus(Database(house.settings.database_url))
    yield here, there
    for each in (here, there):
        each.close()
    if isinstance(there, TableBus):
        time.sleep(0.3)  # its thread's last look
        there.db.close()


def answers(bus: Bus) -> bool:
    try:
        bus.ping()
    except OSError:
        return False
    return True


def test_each_message_is_heard_once_and_in_order(two):
    here, there = two
    heard: list[dict] = []
    there.listen(heard.append)
    eventually(lambda: not there.deaf)
    said = [{"event": f"e{n}"} for n in range(50)]
    here.publish(said[:1])
    here.publish(said[1:])
    eventually(lambda: len(heard) >= 50)
    assert heard == said


def test_what_was_said_before_is_not_heard(two):
    here, there = two
    here.publish([{"event": "before"}])
    heard: list[dict] = []
    eventually(lambda: not getattr(here, "_outgoing", None) or not here._outgoing.unfinished_tasks)
    there.listen(heard.append)
    eventually(lambda: not there.deaf)
    here.publish([{"event": "after"}])
    eventually(lambda: heard)
    assert heard == [{"event": "after"}]


def test_after_a_long_silence_it_is_heard_again(house):
    bus = TableBus(house.db)
    heard: list[dict] = []
    bus.listen(heard.append)
    bus.publish([{"event": "one"}, {"event": "two"}])
    eventually(lambda: len(heard) == 2)
    with time_machine.travel(now() + 2 * KEPT):
        bus.publish([{"event": "three"}])
    eventually(lambda: len(heard) == 3)
    bus.close()
    with house.db.reading() as session:
        assert session.scalar(select(func.count(BusRow.pk))) == 2, "and what is old goes"


def test_a_row_that_is_committed_after_a_later_one_is_heard(house):
    bus = TableBus(house.db)
    with house.db.writing() as session:
        session.add(BusRow(pk=9010, message='{"event": "ten"}'))
    heard: list[dict] = []
    bus.listen(heard.append)
    with house.db.writing() as session:
        session.add(BusRow(pk=9012, message='{"event": "twelve"}'))
    eventually(lambda: len(heard) == 1)
    with house.db.writing() as session:
        session.add(BusRow(pk=9011, message='{"event": "eleven"}'))
    eventually(lambda: len(heard) == 2)
    bus.close()
    assert heard == [{"event": "twelve"}, {"event": "eleven"}]


@pytest.mark.parametrize("away", ["kill", "pause"])
def test_while_redis_is_away_it_is_deaf_and_nobody_waits(redis, away):
    here, there = RedisBus(redis.url), RedisBus(redis.url)
    heard: list[dict] = []
    assert there.deaf
    eventually(lambda: answers(here))
    there.listen(heard.append)
    eventually(lambda: not there.deaf)
    getattr(redis, away)()
    began = time.process_time()
    here.publish([{"event": f"lost {n}"} for n in range(1000)])
    assert time.process_time() - began < 1
    eventually(lambda: there.deaf)
    eventually(lambda: {"deaf": True} in heard)
    assert not answers(here)
    redis.start() if away == "kill" else redis.go_on()
    eventually(lambda: not there.deaf)
    eventually(lambda: here.publish([{"event": "again"}]) or time.sleep(0.05) or {"event": "again"} in heard)
    here.close()
    there.close()

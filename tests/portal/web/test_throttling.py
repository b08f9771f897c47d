"""Limits are counted by all processes together in Redis; while it is away each counts alone, and nobody waits for it."""

import pytest
from limits import parse

from portal.web.throttle import Counts
from tests.crash.servers import REDIS, Redis
from tests.waiting import eventually

LIMIT = parse("3/minute")


@pytest.fixture
def redis(tmp_path):
    if not REDIS:
        pytest.skip("needs redis-server")
    made = Redis(tmp_path)
    made.start()
    eventually(made.answers)
    yield made
    made.go_on()
    made.kill()


def test_without_redis_it_counts_in_memory():
    counts = Counts("")
    assert [counts.wait(LIMIT, "here") > 0 for _ in range(4)] == [False, False, False, True]


def test_two_processes_count_together(redis):
    one, two = Counts(redis.url), Counts(redis.url)
    assert [each.wait(LIMIT, "here") > 0 for each in (one, two, one, two)] == [False, False, False, True]
    assert 1 <= one.wait(LIMIT, "here") <= 60


@pytest.mark.parametrize("away", ["kill", "pause"])
def test_while_redis_is_away_each_counts_alone(redis, away, monkeypatch):
    counts = Counts(redis.url)
    assert counts.wait(LIMIT, "here") == 0
    getattr(redis, away)()
    assert [counts.wait(LIMIT, "here") > 0 for _ in range(4)] == [False, False, False, True]
    assert counts.again_at > 0, "it is not asked again for each request"
    redis.start() if away == "kill" else redis.go_on()
    eventually(redis.answers)
    monkeypatch.setattr(counts, "again_at", 0.0)
    assert counts.wait(LIMIT, "elsewhere") == 0

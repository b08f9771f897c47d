"""Behind a writer that does not come to an end nobody waits for ever: they are told to try again."""

import threading

import pytest

from portal.kernel import db as databases
from tests.conftest import post


def test_who_gets_no_turn_is_told_so(house, door, world, monkeypatch):
    if not house.db.is_sqlite:
        pytest.skip("PostgreSQL has its own lock_timeout")
    petra = door("petra")
    monkeypatch.setattr(databases, "TURN", 0.2)
    begun, ended = threading.Event(), threading.Event()

    def write_for_long():
        with house.db.writing():
            begun.set()
            ended.wait(10)

    slow = threading.Thread(target=write_for_long)
    slow.start()
    begun.wait(10)
    topic = f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"
    refused = post(petra, f"{topic}/posts", body="Not now.")
    assert refused.status_code == 503
    assert "Nothing was saved" in refused.text
    assert refused.headers["Retry-After"] == "5"
    assert petra.get(topic).status_code == 200
    ended.set()
    slow.join(10)
    assert post(petra, f"{topic}/posts", body="Now.").status_code == 303
    assert "Not now." not in petra.get(topic).text

"""Behind a writer that does not come to an end nobody waits for ever: they are told to try again."""

import sqlite3
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

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


def test_behind_another_process_a_writer_waits_and_is_told_where_it_lasts(house, monkeypatch):
    if not house.db.is_sqlite:
        pytest.skip("PostgreSQL has its own lock_timeout")
    other = sqlite3.connect(house.db.engine.url.database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(databases, "BUSY", 50)
    with pytest.raises(OperationalError, match="locked"), house.db.writing() as session:
        session.execute(text("SELECT 1"))
    monkeypatch.undo()
    ended = threading.Timer(0.1, other.rollback)
    ended.start()
    with house.db.writing() as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == databases.BUSY  # as it is for whatever else waits
        assert session.scalar(text("PRAGMA query_only")) == 0
    ended.join()
    other.close()

"""A house that closes leaves no connection open, whoever still has one in hand."""

import sqlite3
import threading

import psycopg
import pytest
from sqlalchemy import text

from portal.kernel.db import Database


def test_a_connection_in_use_at_closing_time_is_closed_when_it_comes_back(house):
    database = Database(house.db.url)
    reading, closed, driver = threading.Event(), threading.Event(), []

    def read() -> None:
        with database.reading() as session:
            driver.append(session.connection().connection.driver_connection)
            assert session.execute(text("SELECT 1")).scalar_one() == 1
            reading.set()
            closed.wait(10)
            assert session.execute(text("SELECT 2")).scalar_one() == 2

    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(10)
    database.close()
    closed.set()
    thread.join(10)
    refuse(driver[0])


def test_what_is_read_after_closing_leaves_nothing_open_either(house):
    database = Database(house.db.url)
    database.close()
    with database.reading() as session:
        driver = session.connection().connection.driver_connection
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    refuse(driver)


def refuse(driver) -> None:
    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        driver.execute("SELECT 1")

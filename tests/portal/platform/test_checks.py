"""verify: each invariant, shown to be seen when it is broken."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text

from portal.kernel import checks
from portal.kernel.bus import RedisBus
from portal.kernel.checks import EXAMINATIONS
from portal.kernel.house import House
from tests.databases import POSTGRESQL

# What a hand on the disk could do, and the check that says so.
BREAKS: dict[str, str] = {
    "UPDATE event SET kind = 'post.edited' WHERE seq = 3": "chains",
    "DELETE FROM event WHERE pk = (SELECT max(pk) FROM event)": "chains",
    "UPDATE event SET facts = '{}' WHERE facts != '{}' AND seq = 2": "chains",
    "UPDATE chain SET seq = seq - 1": "chains",
    "DELETE FROM reporting WHERE person_pk != holder_pk": "reporting",
    "UPDATE person SET manager_pk = NULL": "reporting",
}


@pytest.mark.parametrize(("statement", "name"), BREAKS.items())
def test_a_break_is_seen(house: House, statement: str, name: str) -> None:
    assert checks.breaches(house, [name]) == {name: []}, "it held before"
    if not house.db.is_sqlite and "facts" in statement:
        statement = statement.replace("facts != '{}'", "facts::text != '{}'")
    with house.db.writing() as session:
        assert session.execute(text(statement)).rowcount > 0  # type: ignore[attr-defined]
    assert checks.breaches(house, [name])[name]


def test_a_row_that_points_nowhere_is_seen(house: House) -> None:
    if not house.db.is_sqlite:
        pytest.skip("PostgreSQL never lets it happen")
    assert checks.breaches(house, ["references"]) == {"references": []}
    with closing(sqlite3.connect(house.settings.data_dir / "mainstay.db")) as connection:  # foreign keys are off by default
        connection.execute("UPDATE post SET author_pk = 999 WHERE pk = 1")
        connection.commit()
    assert checks.breaches(house, ["references"]) == {"references": ["post row 1 points at a row of person that is not there"]}


def test_other_words_than_were_said_are_seen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.kernel import sources
    from workspaces.forums.models import Post
    from workspaces.forums.policy import May

    def said(session: object, event: object) -> str:
        return "something else"

    assert checks.breaches(house, ["words"]) == {"words": []}
    planted = sources.Source("post", Post, May.READ_POST, url=lambda row: "", title=lambda row: "", words=said)
    monkeypatch.setitem(sources.SOURCES, "post", planted)
    assert checks.breaches(house, ["words"])["words"]


@pytest.mark.skipif(not POSTGRESQL, reason="needs PostgreSQL")
def test_doctor_names_a_postgresql_that_may_lose_what_it_acknowledged(house: House) -> None:
    def told() -> list[str]:
        return [f"{each.state}: {each.says}" for each in EXAMINATIONS["postgresql"](house)]

    name = house.settings.database_url.rsplit("/", 1)[1]
    with house.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT", write=True) as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    house.db.engine.dispose()
    assert any(line.startswith("bad: synchronous_commit is off") for line in told())
    with house.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT", write=True) as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET synchronous_commit')
    house.db.engine.dispose()
    assert not any("synchronous_commit" in line for line in told())


def test_doctor_names_a_redis_that_does_not_answer(house: House) -> None:
    assert list(EXAMINATIONS["redis"](house)) == []
    there = replace(house.settings, redis_url="redis://127.0.0.1:1/0")
    away = replace(house, settings=there, bus=RedisBus(there.redis_url))
    assert [each.state for each in EXAMINATIONS["redis"](away)] == ["bad"]


def test_what_is_asked_of_each_row_looks_nothing_through(house: House) -> None:
    """A question that is asked again and again, and each time goes through a table, makes looking take hours once there is much."""
    if not house.db.is_sqlite:
        pytest.skip("reads SQLite's plans")
    asked: dict[str, list[Any]] = {}
    event.listen(house.db.engine, "before_cursor_execute", lambda *told: asked.setdefault(told[2], []).append(told[3]))
    found = checks.breaches(house)
    assert not any(breaches for name, breaches in found.items() if name != "index"), found  # no index was built here
    again = {statement: values for statement, values in asked.items() if len(values) > 2 and statement.startswith("SELECT")}
    assert any("post_revision" in statement for statement in again), "words are looked up one by one"
    with closing(sqlite3.connect(house.settings.data_dir / "mainstay.db")) as connection:
        for statement, values in again.items():
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values[0])]
            assert not [step for step in plan if step.startswith("SCAN")], (statement, plan)

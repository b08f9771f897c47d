"""The database's history: up, down, no drift, and refusals."""

import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

import wsgi
from portal.kernel import events, migrations
from portal.kernel.db import Base
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from tests import databases
from tests.cast import World


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    """A house with an empty database."""
    url = databases.new("empty")
    made = wsgi.build_house(prepared(Settings(data_dir=tmp_path / "data", database_url=url)))
    yield made
    made.close()
    databases.drop(url)


def test_migrated_equals_the_models_and_comes_down_again(empty: House) -> None:
    assert migrations.revision(empty.db) is None
    assert migrations.migrate(empty)
    assert not migrations.migrate(empty), "a second time changes nothing"
    with empty.db.engine.connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(autogenerate skipping|Skipped unsupported)")  # SQLite: indexes on expressions
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata) == []
    migrations.run(empty.db, command.downgrade, "base")
    with empty.db.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    assert migrations.migrate(empty), "and up again"


def test_a_newer_database_is_refused_in_one_line(empty: House) -> None:
    migrations.migrate(empty)
    with empty.db.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (migrations.migrate, migrations.refuse_unfit):
        with pytest.raises(migrations.Unfit, match=r"newer Mainstay.*9999") as refused:
            act(empty)
        assert "\n" not in str(refused.value)


def test_an_older_database_is_copied_first(empty: House, monkeypatch: pytest.MonkeyPatch) -> None:
    if not empty.db.is_sqlite:
        pytest.skip("copies are made of SQLite files")
    migrations.migrate(empty)
    before = migrations.head()
    monkeypatch.setattr(migrations, "head", lambda: "0999")
    monkeypatch.setattr(migrations, "run", lambda *arguments: None)
    assert migrations.migrate(empty)
    copy = empty.settings.data_dir / "mainstay.db.before-0999"
    assert copy.stat().st_mode & 0o777 == 0o600
    kept = wsgi.build_house(prepared(Settings(data_dir=empty.settings.data_dir, database_url=f"sqlite:///{copy}")))
    assert migrations.revision(kept.db) == before
    kept.close()


def test_two_first_starts_at_once_agree(empty: House) -> None:
    houses = [empty, wsgi.build_house(empty.settings)]
    moved: list[bool] = []
    threads = [threading.Thread(target=lambda house=house: moved.append(migrations.migrate(house))) for house in houses]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    houses[1].close()
    assert sorted(moved) == [False, True]


def test_events_are_sealed_anew_by_ids_and_back(house: House) -> None:
    with house.db.reading() as session:
        by_ids = dict(session.execute(text("SELECT id, hash FROM event")).all())
        naming = session.scalar(text("SELECT count(*) FROM event WHERE actor_pk IS NOT NULL OR account_pk IS NOT NULL"))
    migrations.run(house.db, command.stamp, "0002")
    migrations.run(house.db, command.downgrade, "0001")
    with house.db.reading() as session:
        assert len(list(events.breaches(session))) == naming > 20, "sealed by inner keys, nothing that names a row holds as we seal today"
    migrations.run(house.db, command.upgrade, "0002")
    with house.db.reading() as session:
        assert dict(session.execute(text("SELECT id, hash FROM event")).all()) == by_ids
        assert list(events.breaches(session)) == []


def test_sealing_anew_hides_nothing_that_was_wrong(house: House, world: World) -> None:
    migrations.run(house.db, command.stamp, "0002")
    migrations.run(house.db, command.downgrade, "0001")
    with house.db.writing() as session:
        altered, cut = session.execute(text("SELECT pk, seq FROM event WHERE seq IN (2, 5) AND chain = :c ORDER BY seq"), _calder(world))
        session.execute(text("UPDATE event SET at = recorded_at, kind = 'post.edited' WHERE pk = :pk"), {"pk": altered.pk})
        session.execute(text("DELETE FROM event WHERE pk = :pk"), {"pk": cut.pk})
        session.execute(text("UPDATE chain SET seq = seq + 1 WHERE name <> :c"), _calder(world))
    migrations.run(house.db, command.upgrade, "0002")
    with house.db.reading() as session:
        found = list(events.breaches(session))
    name = world.ids["calder"]
    assert [line for line in found if f"{name}: event 2 " in line and line.endswith("was altered")]
    assert f"chain {name}: event 5 is missing" in found
    assert len([line for line in found if "its end was cut or replaced" in line]) == 2, "Otway's and the installation's"
    assert len(found) == 4


def _calder(world: World) -> dict[str, str]:
    return {"c": world.ids["calder"]}

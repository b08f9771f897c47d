"""From one engine to the other and back: nothing is lost, and an index that was left behind is not taken for the present one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import delete

import wsgi
from portal.accounts.models import Account
from portal.kernel.house import House
from portal.kernel.outbox import OutboxRow
from portal.kernel.settings import POSTGRESQL, WHOOSH, Settings
from search.finding.fields import asked
from search.finding.queries import find
from search.indexer import check
from search.indexer.jobs import place
from search.indexer.models import IndexState
from tests.search.both import needs_postgresql
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic


@contextmanager
def _serving(settings: Settings, engine: str) -> Iterator[House]:
    house = wsgi.build_house(replace(settings, search_url=engine))
    yield house
    house.close()


def _say(house: House, world, words: str) -> None:
    with house.db.writing() as session:
        forums.post_message(world.actor(session, "petra"), session.get_one(Topic, world.pks["topic"]), body=words)
    drain(house, topics=("index",))


def _total(house: House, world, words: str) -> int:
    with house.db.reading() as session:
        told = find(world.actor(session, "petra"), house, asked(words))
        return told.total if told.complete else -1


@needs_postgresql
def test_from_whoosh_to_postgresql_and_back(settings, world):
    with _serving(settings, WHOOSH) as house:
        _say(house, world, "A zeppelin over the reservoir.")
        assert _total(house, world, "zeppelin") == 1
    with _serving(settings, POSTGRESQL) as house:
        _say(house, world, "A second zeppelin.")
        assert _total(house, world, "zeppelin") == 2
        assert list(check.differences(house)) == []
    with _serving(settings, WHOOSH) as house:
        drain(house, topics=("index",))
        assert _total(house, world, "zeppelin") == 2
        assert list(check.differences(house)) == []


@needs_postgresql
def test_an_index_that_is_left_from_before_a_restore_is_not_taken(settings, world):
    """A backup leaves the index's state out; a schema of the index may have stayed in the database."""
    with _serving(settings, POSTGRESQL) as house:
        _say(house, world, "A zeppelin over the reservoir.")
    with _serving(settings, POSTGRESQL) as house:
        with house.db.writing() as session:
            session.execute(delete(IndexState))
            session.execute(delete(OutboxRow))
            session.get_one(Account, world.pks["calder"]).about = "as it was restored"
        drain(house, topics=("index",))
        assert list(check.differences(house)) == []


def test_where_an_index_lies_is_told_without_who_may_go_there(settings):
    with _serving(settings, "postgresql+psycopg://me:secret@there:5432/words") as house:
        assert place(house) == "postgresql+psycopg:there:5432/words"


def test_while_the_server_of_the_index_is_away_the_database_is_looked_through(settings, world):
    with _serving(settings, "postgresql+psycopg://nobody@127.0.0.1:1/none") as house, house.db.reading() as session:
        found = find(world.actor(session, "petra"), house, asked("24"))
        assert found.lines
        assert not found.complete
        assert check.status(house)["state"].startswith("away")
        assert "cannot be asked" in next(iter(check.differences(house)))

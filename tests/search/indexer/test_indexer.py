"""From the outbox to the index and back: fresh at the commit, once, and never more than the database has."""

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.kernel import outbox
from portal.kernel.outbox import OutboxRow
from search.engines import IndexDamaged
from search.finding.fields import asked
from search.finding.queries import find
from search.indexer import check, documents, jobs
from search.indexer.tail import tail
from tests.workings import drain


def _found(house, world, person, words):
    with house.db.reading() as session:
        return {line.id for line in find(world.actor(session, person), house, asked(words)).lines}


def test_found_at_the_commit_and_after_indexing(house, world):
    with house.db.reading() as session:
        waiting = tail(session, 0)
    assert any(document.title == "Calder Water" for document in waiting.documents)
    drain(house)
    assert world.ids["calder"] in _found(house, world, "rhea", "calder water")
    assert world.ids["calder"] not in _found(house, world, "ravi", "calder water")
    assert list(check.differences(house)) == []


def test_before_any_index_stands_the_database_is_looked_through(house, world):
    assert world.ids["calder"] in _found(house, world, "rhea", "calder")
    assert len(_found(house, world, "petra", "24 v panels")) == 1, "a topic's title too"
    assert _found(house, world, "petra", "margin") == set()


def test_rows_stay_until_a_checkpoint_and_then_go(house, world):
    drain(house)
    marked = select(func.count()).where(OutboxRow.topic == jobs.TOPIC, OutboxRow.done_at.is_not(None))
    with house.db.reading() as session:
        assert session.scalar(marked) > 0
    jobs._forget(house, house.search.checkpoint())
    with house.db.reading() as session:
        assert session.scalar(marked) == 0


def test_a_lost_index_is_built_anew(house, world, take_index_away):
    drain(house)
    house.search.close()
    take_index_away()
    house.extras.clear()
    assert world.ids["calder"] in _found(house, world, "rhea", "calder")
    drain(house)
    assert list(check.differences(house)) == []
    assert world.ids["calder"] in _found(house, world, "rhea", "calder")


def test_an_index_taken_away_under_the_worker_is_built_anew(house, world, take_index_away):
    drain(house)
    take_index_away()
    assert world.ids["calder"] in _found(house, world, "rhea", "calder")
    jobs._state(house).looked = 0.0
    jobs.tick(house)
    assert list(check.differences(house)) == []


def test_an_index_taken_away_while_it_is_being_built_is_begun_again(house, world, take_index_away, monkeypatch):
    everything, taken = documents.everything, []

    def with_a_hand_in_between(session, position=""):
        for chunk in everything(session, position):
            yield chunk
            if not taken:
                taken.append(take_index_away())

    monkeypatch.setattr(documents, "everything", with_a_hand_in_between)
    with pytest.raises((OSError, IndexDamaged)):
        jobs.tick(house)
    assert taken
    assert world.ids["calder"] in _found(house, world, "rhea", "calder"), "meanwhile the database is looked through"
    jobs.tick(house)
    drain(house)
    assert list(check.differences(house)) == []


def test_a_missed_document_is_named(house, world, acting):
    drain(house)
    with house.db.writing() as session:
        session.get_one(Account, world.pks["calder"]).about = "changed behind the back of the actions"
        for row in outbox.waiting(session, jobs.TOPIC, 100):
            session.delete(row)
    assert [line for line in check.differences(house) if "out of date" in line]


def test_an_operator_asks_the_running_worker_to_rebuild(house, world):
    drain(house)
    with house.db.writing() as session:
        jobs.ask_for_rebuild(session)
    drain(house)
    assert list(check.differences(house)) == []

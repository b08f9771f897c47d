"""What is PostgreSQL's own: equal to Whoosh, exact beyond what a tsvector holds, bounded, harmless to drop."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from search.engines import IndexAway, IndexDamaged, IndexMissing, Query, SearchEngine, parse
from search.engines.postgresql import PostgresqlEngine, schema, view
from tests.conftest import POSTGRESQL
from tests.search.engines.conftest import needs_postgresql, postgresql, schema_of, whoosh
from tests.search.engines.worlds import COMMON, HIDDEN, MINE, NO_TAIL, RARE, SECRET, build, document, found, queries, some_documents

pytestmark = [needs_postgresql, pytest.mark.postgresql]


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Callable[..., list[Any]]]:
    """Run behind the engine's back; {s} is its schema."""
    engine = create_engine(POSTGRESQL, poolclass=NullPool)

    def run(statement: str) -> list[Any]:
        with engine.begin() as connection:
            said = connection.execute(text(statement.format(s=schema_of(tmp_path))))
            return list(said) if said.returns_rows else []

    yield run
    run("DROP SCHEMA IF EXISTS {s} CASCADE")


@pytest.fixture
def engine(sql: object, tmp_path: Path) -> Iterator[SearchEngine]:
    made = build(postgresql(tmp_path))
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(3))
def test_scores_and_answers_equal_those_of_whoosh(engine: SearchEngine, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    documents = some_documents(random, range(1, 250), [*MINE, *HIDDEN], COMMON * 2 + RARE)
    other = build(whoosh(tmp_path / "whoosh"), [documents])
    engine.apply(documents, [])
    for query in queries(random, 150):
        ours, theirs = engine.search(query, MINE, NO_TAIL), other.search(query, MINE, NO_TAIL)
        assert replace(ours, hits=[]) == replace(theirs, hits=[])
        assert [hit.score for hit in ours.hits] == pytest.approx([hit.score for hit in theirs.hits], rel=1e-12)
        assert [(hit.key, hit.at) for hit in ours.hits] == [(hit.key, hit.at) for hit in theirs.hits]
        assert repr(ours.facets) == repr(theirs.facets)
    for prefix in ("pri", "neg", "con", "the", "caf"):
        assert engine.complete(prefix, MINE, NO_TAIL) == other.complete(prefix, MINE, NO_TAIL)
    other.close()


def test_a_long_document_is_exact_beyond_what_a_tsvector_holds(engine: SearchEngine, tmp_path: Path) -> None:
    """Positions above 16,383, and more than 256 of one word."""
    long = "the pump " * 400 + "filler words " * 8_000 + "the fixed price until May it's a\\b " + "the end " * 300
    documents = [document(1, long), document(2, "fixed until price may"), document(3, "the fixed price"), document(4, "price", "fixed")]
    other = build(whoosh(tmp_path / "whoosh"), [documents])
    engine.apply(documents, [])
    for typed in ('"fixed price"', '"price until may"', '"end the"', "the", "pump -end", 'pump -"fixed price"', "it's", "a\\b", "fil*"):
        query = Query(parse(typed))
        ours, theirs = engine.search(query, MINE, NO_TAIL), other.search(query, MINE, NO_TAIL)
        assert [hit.key for hit in ours.hits] == [hit.key for hit in theirs.hits]
        assert [hit.score for hit in ours.hits] == pytest.approx([hit.score for hit in theirs.hits], rel=1e-12)
    assert set(found(engine, '"fixed price"')) == {1, 3}
    other.close()


def test_no_text_is_too_odd_to_be_indexed(engine: SearchEngine) -> None:
    rare = "".join(chr(0x20000 + number) for number in range(42_000))  # a token each, of four bytes
    expanding = "\ufdfa" * 64 + " pump"  # becomes eighteen letters each when folded
    engine.apply([document(1, rare + "\x00 pump " + "'\\:*&|!<->()"), document(2, expanding), document(3, "x" * 200_000)], [])
    assert set(found(engine, "pump")) == {1, 2}
    assert found(engine, rare[0]) == [1]
    engine.verify()


def test_of_very_many_only_the_newest_are_ranked(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "RANKED", 30)
    engine.apply([document(number, "pump " * (100 - number), at=number // 2) for number in range(1, 100)], [])
    results = engine.search(Query(parse("pump"), limit=99, facets=("account",)), MINE, NO_TAIL)
    assert not results.total_is_exact
    assert results.total == len(results.hits) == 30 == results.facets["account"][1]
    assert min(hit.at for hit in results.hits) == 35  # of what is left the newest, and those that tie with the last
    assert results.hits[0].key == "post:70"  # ranked by score among them
    assert engine.search(Query(parse("pump"), until=10), MINE, NO_TAIL).total == 19  # filters come before the cut
    assert engine.search(Query(parse("pump"), until=10), MINE, NO_TAIL).total_is_exact


def test_old_documents_with_every_word_stay_above_many_new_ones_with_any(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "RANKED", 30)
    engine.apply([document(number, "pump") for number in range(10, 100)] + [document(1, "pump valve", at=1)], [])
    assert found(engine, "pump valve")[0] == 1


@pytest.mark.parametrize("loss", ["DROP SCHEMA {s} CASCADE", "DROP TABLE {s}.state", "DELETE FROM {s}.state"])
def test_dropping_it_is_harmless(engine: SearchEngine, sql: Callable[..., Any], loss: str) -> None:
    engine.apply([document(1, "pump")], [])
    sql(loss)
    for ask in (engine.generation, lambda: found(engine, "pump"), lambda: engine.apply([document(2)], [])):
        with pytest.raises(IndexMissing):
            ask()
    engine.close()
    with engine.rebuild() as rebuild:
        rebuild.add([document(1, "pump")])
    assert found(engine, "pump") == [1]


def test_what_is_damaged_is_found(engine: SearchEngine, sql: Callable[..., Any]) -> None:
    engine.apply([document(1, "pump"), document(2, "valve")], [])
    engine.verify()
    sql("UPDATE {s}.lexicon_1 SET documents = documents + 1 WHERE token = 'pump'")
    with pytest.raises(IndexDamaged, match="counts"):
        engine.verify()
    sql("DROP TABLE {s}.lexicon_1")
    for ask in (engine.verify, lambda: found(engine, "pump"), lambda: engine.apply([document(2)], [])):
        with pytest.raises(IndexDamaged):
            ask()


def test_counts_of_deleted_words_are_forgotten(engine: SearchEngine, sql: Callable[..., Any]) -> None:
    engine.apply([document(1, "pump unspeakable"), document(2, "pump", audience=3)], [])
    engine.apply([document(2, "valve")], ["post:1"])
    assert {tuple(row) for row in sql("SELECT token, audience, documents FROM {s}.lexicon_1")} == {("valv", 1, 1), ("=valve", 1, 1)}
    assert sql("SELECT word FROM {s}.words_1") == [("valve",)]
    engine.verify()


def test_old_tables_go_when_a_new_index_is_published(engine: SearchEngine, sql: Callable[..., Any]) -> None:
    with engine.rebuild():
        pass
    assert {name for (name,) in sql("SELECT tablename FROM pg_tables WHERE schemaname = '{s}'")} == {
        "state", "documents_2", "places_2", "lexicon_2", "words_2", "audiences_2",
    }  # fmt: skip
    engine.rebuild().abandon()
    assert not engine.rebuilding()


def test_a_server_that_is_away_is_no_damage() -> None:
    engine = PostgresqlEngine("postgresql+psycopg://postgres@127.0.0.1:1/none", SECRET)
    for ask in (engine.generation, engine.recover, engine.verify, lambda: found(engine, "x"), lambda: engine.apply([document(1)], [])):
        with pytest.raises(IndexAway):
            ask()
    engine.close()


def test_a_lost_connection_is_made_anew(engine: SearchEngine, sql: Callable[..., Any]) -> None:
    engine.apply([document(1, "pump")], [])
    writer: Any = engine._writer  # type: ignore[attr-defined]
    sql(f"SELECT pg_terminate_backend({writer._connection.connection.driver_connection.info.backend_pid}, 5000)")
    with pytest.raises(IndexAway):
        engine.apply([document(2, "pump")], [])
    engine.apply([document(2, "pump")], [])
    assert found(engine, "pump") == [2, 1]


def test_lexemes_are_in_the_order_in_which_the_server_holds_them(engine: SearchEngine, sql: Callable[..., Any]) -> None:
    """Weights are kept beside them by number."""
    engine.apply([document(1, "zz a aa b é ö 東 z's 10 9 pumping " + "y" * 60, "a z")], [])
    ((weights, held),) = sql("SELECT weights, tsvector_to_array(tokens) FROM {s}.documents_1")
    columns, lexemes = schema.row(document(1, "zz a aa b é ö 東 z's 10 9 pumping " + "y" * 60, "a z"))
    assert held == lexemes.counted
    assert dict(zip(held, weights, strict=True))["a"] == 3
    assert columns["whole"]

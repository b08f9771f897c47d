"""What every engine does, whatever it is made of."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search.engines import Document, IndexDamaged, Query, SearchEngine, Tail, fingerprint, parse
from tests.search.engines.worlds import MINE, NO_TAIL, Factory, build, document, found


def test_finds_words_in_any_form_and_case(engine: SearchEngine) -> None:
    engine.apply([document(1, "The client asked about prices"), document(2, "nothing of it")], [])
    assert found(engine, "PRICE") == [1]
    assert found(engine, "asking clients") == [1]
    assert found(engine, "unheard") == []


def test_all_words_come_before_any(engine: SearchEngine) -> None:
    engine.apply([document(1, "pump"), document(2, "valve pump " + "x " * 200), document(3, "valve"), document(4, "tap")], [])
    assert found(engine, "pump valve")[0] == 2
    assert set(found(engine, "pump valve")) == {1, 2, 3}


def test_many_full_matches_need_no_filling(engine: SearchEngine) -> None:
    engine.apply([document(number, "pump valve") for number in range(1, 31)] + [document(99, "pump")], [])
    results = engine.search(Query(parse("pump valve"), limit=100), MINE, NO_TAIL)
    assert (results.total, results.total_is_exact) == (30, True)
    assert len(results.hits) == 30


def test_titles_count_more(engine: SearchEngine) -> None:
    engine.apply([document(1, "pump one two", "x"), document(2, "x one two", "pump"), document(3, "other")], [])
    assert found(engine, "pump") == [2, 1]


def test_phrases_need_their_words_side_by_side(engine: SearchEngine) -> None:
    engine.apply([document(1, "fixed price until May"), document(2, "price fixed"), document(3, "price", "fixed")], [])
    assert found(engine, '"fixed price"') == [1]
    assert found(engine, '"fixed prices until"') == [1]
    assert found(engine, '"price until fixed"') == []
    assert found(engine, '"fixed price" may') == [1]


def test_phrase_of_a_repeated_word(engine: SearchEngine) -> None:
    engine.apply([document(1, "very very good"), document(2, "very good")], [])
    assert found(engine, '"very very good"') == [1]


@pytest.mark.parametrize("typed", ["GX-200", "gx-200/24", "200/24", "petra@acme.example", "acme.example", "1,200.50", "24"])
def test_part_numbers_addresses_and_amounts(engine: SearchEngine, typed: str) -> None:
    engine.apply([document(1, "GX-200/24 for petra@acme.example at 1,200.50"), document(2, "gx 9 200 x 50 petra example")], [])
    assert found(engine, typed)[0] == 1


def test_accents_and_scripts(engine: SearchEngine) -> None:
    engine.apply([document(1, "Café Müller, cafe\u0301"), document(2, "東京タワーの写真"), document(3, "Ελλάδα हिन्दी")], [])
    assert found(engine, "cafe muller") == found(engine, "CAFÉ") == [1]
    assert found(engine, "東京") == [2]
    assert found(engine, "ΕΛΛΆΔΑ") == found(engine, "हिन्दी") == [3]


def test_prefixes(engine: SearchEngine) -> None:
    engine.apply([document(1, "renewal"), document(2, "renewed"), document(3, "rent")], [])
    assert set(found(engine, "renew*")) == {1, 2}
    assert found(engine, "renewa*") == [1]
    assert found(engine, "re*") == []  # too short to be one: a word as typed
    assert found(engine, "ne*al") == []


def test_excluded_words_and_phrases(engine: SearchEngine) -> None:
    engine.apply([document(1, "pump price"), document(2, "pump"), document(3, "pump fixed price")], [])
    assert set(found(engine, "pump -price")) == {2}
    assert set(found(engine, 'pump -"fixed price"')) == {1, 2}
    assert found(engine, "-price") == [2]


def test_filters(engine: SearchEngine) -> None:
    engine.apply(
        [
            document(1, "pump", account=1, workspace=7, author=5, categories=("question", "GX")),
            document(2, "pump", account=2, workspace=8, author=5, kind="file"),
            document(3, "pump", account=3, workspace=8, author=6, categories=("promise",)),
        ],
        [],
    )
    filters: list[tuple[dict[str, Any], set[int]]] = [
        ({"kinds": frozenset({"file"})}, {2}),
        ({"accounts": frozenset({1, 3})}, {1, 3}),
        ({"workspaces": frozenset({8})}, {2, 3}),
        ({"authors": frozenset({5})}, {1, 2}),
        ({"categories": frozenset({"GX", "promise"})}, {1, 3}),
        ({"since": 1_002}, {2, 3}),
        ({"until": 1_002}, {1}),
        ({"authors": frozenset({5}), "workspaces": frozenset({8})}, {2}),
        ({"kinds": frozenset({"no"})}, set()),
    ]
    for given, expected in filters:
        assert set(found(engine, "pump", **given)) == set(found(engine, "", **given)) == expected


def test_facets_count_what_matches(engine: SearchEngine) -> None:
    engine.apply(
        [
            document(1, "pump", account=4, categories=("a", "b")),
            document(2, "pump", account=4, kind="file", categories=("b",), author=0),
            document(3, "pump", account=5),
            document(4, "valve", account=6),
            document(5, "pump", account=7, audience=3),
        ],
        [],
    )
    facets = engine.search(Query(parse("pump"), facets=("kind", "account", "author", "category", "workspace")), MINE, NO_TAIL).facets
    assert facets == {
        "kind": {"post": 2, "file": 1},
        "account": {4: 2, 5: 1},
        "author": {1: 2},
        "category": {"b": 2, "a": 1},
        "workspace": {1: 3},
    }
    assert list(facets["account"]) == [4, 5]


def test_order_pages_and_ties(engine: SearchEngine) -> None:
    engine.apply([document(number, "pump", at=number % 3) for number in range(1, 10)], [])
    expected = sorted(range(1, 10), key=lambda number: (-(number % 3), number))
    assert found(engine, "pump") == found(engine, "pump", order="newest") == found(engine, "") == expected
    pages = [found(engine, "pump", offset=offset, limit=2) for offset in range(0, 10, 2)]
    assert [number for page in pages for number in page] == expected
    assert found(engine, "pump", offset=99) == found(engine, "pump", limit=0) == []


def test_newest_goes_before_score(engine: SearchEngine) -> None:
    engine.apply([document(1, "pump pump pump"), document(2, "pump and much else"), document(3, "pump")], [])
    assert found(engine, "pump", order="newest") == [3, 2, 1]
    assert found(engine, "pump")[0] == 1


@pytest.mark.parametrize("text", ["*:*", ") OR (ws:1", "id:post:1", "NOT x", '"', "-", "***", "a" * 5_000, "\x00\ud800", "AND OR NOT (("])
def test_nothing_typed_is_an_error(engine: SearchEngine, text: str) -> None:
    engine.apply([document(1, "something"), document(2, "secret", audience=3)], [])
    results = engine.search(Query(parse(text)), MINE, NO_TAIL)
    assert {hit.key for hit in results.hits} <= {"post:1"}


def test_only_the_searchers_audiences(engine: SearchEngine) -> None:
    engine.apply(
        [
            document(1, "pump"),
            document(2, "pump", audience=2),
            document(3, "pump", audience=3),
            document(4, "pump", audience=0),
        ],
        [],
    )
    assert set(found(engine, "pump")) == {1, 2}
    assert found(engine, "pump", frozenset({3})) == [3]
    assert found(engine, "pump", frozenset()) == found(engine, "pump", frozenset({0, -1})) == []
    assert found(engine, "", frozenset({9})) == []


def test_did_you_mean(engine: SearchEngine) -> None:
    engine.apply([document(1, "negotiation of prices"), document(2, "classified", audience=3)], [])

    def suggestion(text: str) -> str | None:
        return engine.search(Query(parse(text)), MINE, NO_TAIL).suggestion

    assert suggestion("negotation") == "negotiation"
    assert suggestion('the negotaition "of prices"') == 'the negotiation "of prices"'
    assert suggestion("negotiations") is None
    assert suggestion("classifed") is None


def test_completion(engine: SearchEngine) -> None:
    engine.apply([document(1, "Pricing price"), document(2, "price priest"), document(3, "prison", audience=3)], [])
    assert engine.complete("pri", MINE, NO_TAIL) == ["price", "pricing", "priest"]
    assert engine.complete("PRIC", MINE, NO_TAIL, limit=1) == ["price"]
    assert engine.complete("pr", MINE, NO_TAIL) == engine.complete("", MINE, NO_TAIL) == []


def test_replays_updates_and_deletions(engine: SearchEngine) -> None:
    engine.apply([document(1, "pump"), document(2, "pump")], [])
    for _ in range(3):
        engine.apply([document(1, "pump"), document(2, "valve")], ["post:7"])
    assert found(engine, "pump") == [1]
    assert found(engine, "valve") == [2]
    engine.apply([document(1, "pump")], ["post:1"])  # both: deleted
    assert found(engine, "pump") == []
    assert engine.search(Query(), MINE, NO_TAIL).total == 1


def test_generations_grow_and_are_seen_by_others(make: Factory, engine: SearchEngine, tmp_path: Path) -> None:
    other = make(tmp_path / "index")
    before = other.generation()
    after = engine.apply([document(1, "pump")], [])
    assert after > before
    assert other.generation() == after == engine.generation()
    assert found(other, "pump") == [1]
    assert engine.apply([], []) == after
    other.close()


def test_the_tail_answers_like_the_index(engine: SearchEngine, make: Factory, tmp_path: Path) -> None:
    documents = [document(n, f"pump price {'valve ' * (n % 4)}café", "fixed price" * (n % 2), categories=("a",)) for n in range(1, 30)]
    indexed = build(make(tmp_path / "other"), [documents])
    engine.apply([replace(one, body="stale words", account=9) for one in documents[20:25]] + documents[:20], [])
    engine.apply([document(99, "pump price")], [])
    tail = Tail(documents[20:], ["post:99"])
    for text in ("pump", '"fixed price"', "val*", "pump -valve", "cafe price", "stale", "pricx", ""):
        query = Query(parse(text), facets=("account", "category", "kind"))
        assert repr(engine.search(query, MINE, tail)) == repr(indexed.search(query, MINE, NO_TAIL))
    assert engine.complete("pri", MINE, tail) == indexed.complete("pri", MINE, NO_TAIL)
    indexed.close()


def test_a_tail_on_an_empty_index(engine: SearchEngine) -> None:
    assert found(engine, "pump", tail=Tail([document(1, "pump"), document(2, "pump")], ["post:2"])) == [1]
    assert found(engine, "pump") == []


def test_keys_and_fingerprints(engine: SearchEngine) -> None:
    documents = [document(1, "pump"), document(2, "pump", audience=3)]
    engine.apply([*documents, document(3)], [])
    engine.apply([], ["post:3"])
    assert dict(engine.keys()) == {one.key: fingerprint(one) for one in documents}
    assert fingerprint(documents[0]) != fingerprint(replace(documents[0], audience=2))


def test_a_rebuild_swaps_at_once_and_loses_nothing(engine: SearchEngine) -> None:
    engine.apply([document(1, "pump old"), document(2, "pump")], [])
    before = engine.generation()
    with engine.rebuild() as rebuild:
        engine.apply([document(1, "pump new")], ["post:2"])
        rebuild.add([document(1, "pump old"), document(2, "pump"), document(3, "pump")])  # read before, and stale
        assert set(found(engine, "pump")) == {1}
    assert set(found(engine, "pump")) == {1, 3}
    assert found(engine, "new") == [1]
    assert engine.generation() > before
    engine.verify()


def test_a_failed_rebuild_leaves_the_old_index_and_can_go_on(engine: SearchEngine) -> None:
    engine.apply([document(1, "pump")], [])
    rebuild = engine.rebuild()
    rebuild.add([document(2, "pump")], position="2")
    engine.checkpoint()
    rebuild.__exit__(RuntimeError, RuntimeError(), None)
    assert found(engine, "pump") == [1]
    with engine.rebuild() as rebuild:
        assert rebuild.position == "2"
        rebuild.add([document(3, "pump")])
    assert set(found(engine, "pump")) == {2, 3}


def test_without_an_index(make: Factory, tmp_path: Path) -> None:
    engine = make(tmp_path / "none")
    for ask in (engine.generation, engine.recover, lambda: found(engine, "x"), lambda: engine.apply([document(1)], [])):
        with pytest.raises(IndexDamaged):
            ask()
    engine.close()


def test_deleted_documents_leave_the_files(engine: SearchEngine, tmp_path: Path) -> None:
    engine.apply([document(number, f"word{number}") for number in range(1, 20)], [])
    engine.apply([], ["post:3"])
    assert engine.purge() == 0
    assert found(engine, "word3") == []
    assert found(engine, "word4") == [4]


@pytest.mark.parametrize("fields", [{"audience": -1}, {"audience": 2**32}, {"kind": ""}])
def test_documents_that_can_not_be(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a document"):
        document(1, **fields)


def test_a_large_and_odd_document(engine: SearchEngine) -> None:
    odd = Document(
        "file:" + "k" * 200,
        2**62,
        "file",
        2**32 - 1,
        0,
        0,
        0,
        ("", "ünïcode, with comma"),
        -5,
        "\x00",
        "x" * 300_000 + " pump",
    )
    engine.apply([odd], [])
    results = engine.search(Query(parse("pump"), facets=("category",)), frozenset({2**32 - 1}), NO_TAIL)
    assert [(hit.key, hit.at) for hit in results.hits] == [(odd.key, -5)]
    assert results.facets == {"category": {"ünïcode, with comma": 1}}

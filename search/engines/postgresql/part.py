"""The candidates of one query, read from PostgreSQL as arrays: a part of an answer like any other."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from search.engines.answering.parts import CATEGORIES, COLUMNS, KINDS, NONE, NOWHERE, PLACES, STEMS, WORDS, Array, Postings
from search.engines.postgresql.asking import NEXT_TO, WITH, Condition, side_by_side
from search.engines.postgresql.counts import Counts
from search.engines.postgresql.schema import WORD
from search.engines.postgresql.store import rows

APART = "\x1f"  # between the categories of a document
READ = """
WITH newest AS MATERIALIZED (
    SELECT number FROM {{documents}} WHERE {condition} ORDER BY at DESC FETCH FIRST {most} ROWS WITH TIES
)
SELECT {columns} FROM newest JOIN {{documents}} USING (number), LATERAL (SELECT tsvector_to_array(tokens) AS lexemes OFFSET 0) AS split
"""
WEIGHT = "coalesce(weights[array_position(lexemes, %s)], 0)"
WEIGHTS = "(SELECT coalesce(sum(weight), 0) FROM unnest(lexemes, weights) AS each (lexeme, weight) WHERE lexeme = ANY(%s))"
STANDING = "tokens @@ CASE WHEN whole THEN %s::tsquery ELSE %s::tsquery END"
POSITIONS = """
SELECT number, lexeme, positions::int[] FROM {documents}, unnest(tokens) WHERE number = ANY(%s) AND whole AND lexeme = ANY(%s)
UNION ALL SELECT number, stem, (SELECT array_agg(place + 1) FROM unnest(positions) AS place) FROM {places}
WHERE number = ANY(%s) AND stem = ANY(%s)
"""
NAMES = ("number", *COLUMNS)


class CandidatesPart:
    """Documents that PostgreSQL found, at most so many of the newest and all that tie with the last of them."""

    def __init__(
        self,
        counts: Counts,
        condition: Condition,
        most: int,
        stems: Sequence[str] = (),
        phrases: Sequence[tuple[str, ...]] = (),
        expansions: dict[str, list[str]] | None = None,
    ):
        self._counts, prefixes = counts, expansions or {}
        asked: list[tuple[str, list[object]]] = [(f"array_agg({name})::text", []) for name in NAMES]
        asked += [(f"array_agg({WEIGHT})::text", [stem]) for stem in stems]
        asked += [(f"array_agg({WEIGHTS})::text", [[WORD + word for word in words]]) for words in prefixes.values()]
        asked += [
            (f"array_agg(({STANDING})::int)::text", [side_by_side(phrase, NEXT_TO), side_by_side(phrase, WITH)]) for phrase in phrases
        ]
        asked += [("array_agg(kind)", []), ("array_agg(array_to_string(categories, %s))", [APART])]
        sql = READ.format(condition=condition.sql, most=most, columns=", ".join(column for column, _ in asked))
        values = [*condition.values, *(value for _, given in asked for value in given)]
        (found,) = rows(counts.connection, counts.tables, sql, *values)
        said = iter(found)
        self._columns = {name: _numbers(next(said)) for name in NAMES}
        self._weights = {(STEMS, stem): _postings(_numbers(next(said))) for stem in stems}
        self._weights |= {(WORDS, f"{prefix}*"): _postings(_numbers(next(said))) for prefix in prefixes}
        standing = [np.flatnonzero(_numbers(next(said))) for _ in phrases]
        self.size = len(self._columns["number"])
        self._kinds, self._categories = ([[kind] for kind in next(said) or ()], [(each or "").split(APART) for each in next(said) or ()])
        self._places = self._read_places(np.unique(np.concatenate([NOWHERE, *standing])), sorted({s for p in phrases for s in p}))

    def column(self, name: str) -> Array:
        return self._columns[name]

    def postings(self, field: str, token: str) -> Postings:
        if field in (KINDS, CATEGORIES):
            held = self._kinds if field == KINDS else self._categories
            ids = np.array([number for number, tokens in enumerate(held) if token in tokens], "i4")
            return Postings(ids, np.ones(len(ids), "f4"))
        if (field, token) in self._weights:
            return self._weights[field, token]
        if field == STEMS and token in self._places:  # of a phrase only
            ids = np.unique(self._places[token] >> PLACES).astype("i4")
            return Postings(ids, np.ones(len(ids), "f4"))
        return NONE

    def positions(self, stem: str) -> Array:
        """Of documents in which a phrase of the query stands, or may stand."""
        return self._places.get(stem, NOWHERE)

    def tokens(self, field: str, prefix: str = "") -> list[str]:
        """Kinds and categories; words are counted in the lexicon."""
        held = self._kinds if field == KINDS else self._categories
        return sorted({token for tokens in held for token in tokens if token and token.startswith(prefix)})

    def keys(self, ids: Array) -> list[str]:
        numbers = self._columns["number"][ids].tolist()
        found = dict(map(tuple, rows(self._counts.connection, self._counts.tables, KEYS, numbers)))
        return [found[number] for number in numbers]

    def _read_places(self, ids: Array, stems: list[str]) -> dict[str, Array]:
        if not len(ids):
            return {}
        numbers = self._columns["number"][ids].tolist()
        at = dict(zip(numbers, ids.tolist(), strict=True))
        found: dict[str, list[Array]] = {}
        for number, stem, positions in rows(self._counts.connection, self._counts.tables, POSITIONS, numbers, stems, numbers, stems):
            found.setdefault(stem, []).append((at[number] << PLACES) + np.array(positions, "i8") - 1)
        return {stem: np.sort(np.concatenate(places)) for stem, places in found.items()}


KEYS = "SELECT number, key FROM {documents} WHERE number = ANY(%s)"


def _numbers(told: Any) -> Array:
    """An array of PostgreSQL's, as text: a tenth of the time that lists of numbers take."""
    return np.fromstring(told[1:-1], "i8", sep=",") if told else NOWHERE


def _postings(weights: Array) -> Postings:
    ids = np.flatnonzero(weights)
    return Postings(ids.astype("i4"), weights[ids].astype("f4"))

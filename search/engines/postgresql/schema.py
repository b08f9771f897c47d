"""How a document lies in PostgreSQL.

The engine makes its tables itself, in a schema of its own: an index is a cache with a version, may lie in another database
than the content, and may be dropped at any time. Each index has its tables, numbered, so that a new one grows beside the
one in use; `state` names which is which.
"""

from hashlib import blake2b
from typing import Any, NamedTuple

from search.engines import analysis
from search.engines.analysis import Analysed
from search.engines.interface import Document, fingerprint

LAYOUT = "1"  # raise it with any change below
WORD = "="  # before an unstemmed word, among the lexemes; no stem begins so
LONGEST = 1_000  # bytes of a lexeme; PostgreSQL takes 2,046
ROOM = 900_000  # bytes of all lexemes of a document with what belongs to them; PostgreSQL takes a MiB
FARTHEST, PLACES = 16_000, 250  # position, and positions of a lexeme: what a tsvector holds, less a little

STATE = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    generation bigint NOT NULL DEFAULT 0,
    serial bigint NOT NULL DEFAULT 0,  -- the number of the newest index
    current bigint, seal text NOT NULL DEFAULT '',
    building bigint, building_seal text NOT NULL DEFAULT '', position text NOT NULL DEFAULT ''
);
INSERT INTO {schema}.state DEFAULT VALUES ON CONFLICT DO NOTHING;
"""

# documents.whole: the tsvector has all positions; otherwise it has none, and they are in `places`.
# documents.weights: of the lexemes, in the order in which the tsvector holds them.
# lexicon, audiences: what is counted, for each audience by itself, so that a searcher's counts are sums over theirs.
# words: each unstemmed word once, whoever may see it, to be looked through for one that resembles what was typed.
TABLES = """
CREATE TABLE {documents} (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE, fingerprint text NOT NULL,
    pk bigint NOT NULL, at bigint NOT NULL, audience bigint NOT NULL, account bigint NOT NULL, workspace bigint NOT NULL,
    author bigint NOT NULL, kind text NOT NULL, categories text[] NOT NULL,
    length int NOT NULL, whole boolean NOT NULL, tokens tsvector NOT NULL, weights int[] NOT NULL
);
CREATE TABLE {places} (
    number bigint NOT NULL REFERENCES {documents} ON DELETE CASCADE, stem text COLLATE "C" NOT NULL, positions int[] NOT NULL,
    PRIMARY KEY (number, stem)
);
CREATE TABLE {lexicon} (
    token text COLLATE "C" NOT NULL, audience bigint NOT NULL, documents bigint NOT NULL, PRIMARY KEY (token, audience)
);
CREATE TABLE {words} (word text COLLATE "C" PRIMARY KEY);
CREATE TABLE {audiences} (audience bigint PRIMARY KEY, documents bigint NOT NULL, length bigint NOT NULL);
"""

# Made when a rebuild is published: filling a table without them takes a third of the time.
INDEXES = """
CREATE INDEX IF NOT EXISTS {documents_}_tokens ON {documents} USING gin (tokens) WITH (fastupdate = off);
CREATE INDEX IF NOT EXISTS {documents_}_at ON {documents} (at);
CREATE INDEX IF NOT EXISTS {documents_}_workspace ON {documents} (workspace, at);
CREATE INDEX IF NOT EXISTS {documents_}_account ON {documents} (account, at);
ANALYZE {documents};
ANALYZE {lexicon};
"""
NAMES = ("documents", "places", "lexicon", "words", "audiences")


class Tables(NamedTuple):
    """The tables of one index, as they stand in SQL."""

    schema: str
    number: int

    def named(self, sql: str) -> str:
        names = {name: f"{self.schema}.{name}_{self.number}" for name in NAMES}
        return sql.format(schema=self.schema, documents_=f"documents_{self.number}", **names)


class Lexemes(NamedTuple):
    """The tokens of a document as PostgreSQL takes them."""

    vector: str  # text of a tsvector
    weights: list[int]
    counted: list[str]  # what the lexicon counts the document for
    places: dict[str, tuple[int, ...]] | None  # positions of the stems where the vector has none


def row(document: Document) -> tuple[dict[str, Any], Lexemes]:
    """The columns of a document, and its tokens."""
    analysed = analysis.analyse(document.title, document.body)
    found = lexemes(analysed)
    columns = {
        "key": document.key,
        "fingerprint": fingerprint(document),
        "pk": document.pk,
        "at": document.at,
        "audience": document.audience,
        "account": document.account,
        "workspace": document.workspace,
        "author": document.author,
        "kind": document.kind,
        "categories": sorted({category for category in document.categories if category}),
        "length": analysed.length,
        "whole": found.places is None,
        "tokens": found.vector,
        "weights": found.weights,
    }
    return columns, found


def lexemes(analysed: Analysed) -> Lexemes:
    """Stems and, marked, words; what finds no room in a tsvector, as in hundreds of thousands of rare letters, is left out."""
    weights = {stem: found.weight for stem, found in analysed.stems.items()} | {WORD + word: n for word, n in analysed.words.items()}
    room = ROOM
    for token in list(weights):
        size = len(token.encode()) + 4
        room -= size
        if size > LONGEST or room < 0:
            del weights[token]
    ordered = sorted(weights, key=str.encode)  # as PostgreSQL orders them
    places = {stem: found.positions for stem, found in analysed.stems.items() if stem in weights}
    whole = all(len(found) <= PLACES and found[-1] < FARTHEST for found in places.values())
    whole = whole and sum(len(found) for found in places.values()) * 4 < room
    vector = " ".join(_lexeme(token, places.get(token, ()) if whole else ()) for token in ordered)
    return Lexemes(vector, [weights[token] for token in ordered], ordered, None if whole else places)


def quoted(token: str) -> str:
    """A lexeme within a tsvector or a tsquery."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _lexeme(token: str, positions: tuple[int, ...]) -> str:
    """Positions count from 1 there."""
    return quoted(token) + (":" + ",".join(str(position + 1) for position in positions) if positions else "")


def seal(secret: bytes) -> str:
    """Changes whenever an index of before can't be read or would answer differently, and is not to be had without the secret."""
    parts = (
        LAYOUT,
        analysis.VERSION,
        analysis.TITLE_WEIGHT,
        analysis.TITLE_TOKENS,
        analysis.BODY_TOKENS,
        analysis.BODY_START,
        analysis.LONGEST,
    )
    return blake2b(repr(parts).encode(), key=blake2b(secret).digest(), digest_size=12).hexdigest()

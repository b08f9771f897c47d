"""How well each engine ranks, on Cranfield's questions and what its judges found relevant: nDCG@10, in one run.

    MAINSTAY_TEST_DATA=… .venv/bin/python -m bench.cranfield            both engines, and SQLite's FTS5 beside them
    MAINSTAY_TEST_POSTGRESQL=postgresql+psycopg://… adds PostgreSQL      (a schema is made there and dropped)

Reads `search-cranfield` of the data directory. FTS5 stands as it comes: `porter unicode61`, bm25() with its own constants and the
title twice, any of the words.
"""

import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from math import log2
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from search.engines import Document, Query, SearchEngine, Tail, open_engine, parse
from search.engines.postgresql import PostgresqlEngine

SECRET, SCHEMA, AUDIENCE = b"bench", "mainstay_bench", 1
SHOWN = 10
POSTGRESQL = os.environ.get("MAINSTAY_TEST_POSTGRESQL", "")
Find = Callable[[str], list[int]]


def main() -> None:
    folder = Path(os.environ["MAINSTAY_TEST_DATA"]) / "search-cranfield"
    documents, questions, relevant = texts(folder), titles(folder / "cran.qry.xml"), judgments(folder / "qrels_001_150.txt")
    print(f"Cranfield: {len(documents)} documents, {len(relevant)} questions; nDCG@{SHOWN}")
    for name, find in engines(documents):
        print(f"{name:<12} {sum(ndcg(find(questions[number - 1]), found) for number, found in relevant.items()) / len(relevant):.4f}")


def texts(folder: Path) -> list[Document]:
    content = (folder / "cran.all.1400.xml").read_text()
    rows = zip(*(_between(content, tag) for tag in ("docno", "title", "text")), strict=True)
    return [document(int(number), title, body) for number, title, body in rows]


def titles(path: Path) -> list[str]:
    return [question.replace("-", " ") for question in _between(path.read_text(), "title")]


def judgments(path: Path) -> dict[int, set[int]]:
    """Question, counted in the order of the file -> relevant documents."""
    relevant: dict[int, set[int]] = {}
    for line in path.read_text().splitlines():
        question, _, number, grade = map(int, line.split())
        if grade > 0:
            relevant.setdefault(question, set()).add(number)
    return relevant


def ndcg(hits: list[int], relevant: set[int]) -> float:
    gain = sum(1 / log2(rank + 2) for rank, number in enumerate(hits) if number in relevant)
    return gain / sum(1 / log2(rank + 2) for rank in range(min(SHOWN, len(relevant))))


def engines(documents: list[Document]) -> Iterator[tuple[str, Find]]:
    for name, opened in (("Whoosh", whoosh), ("PostgreSQL", postgresql)):
        if name == "Whoosh" or POSTGRESQL:
            with opened() as engine:
                fill(engine, documents)
                yield name, asking(engine)
    yield "FTS5 bm25", fts5(documents)


def document(number: int, title: str, body: str, at: int = 0) -> Document:
    return Document(f"post:{number}", number, "post", AUDIENCE, 1, 1, 1, (), at or number, title, body)


def fill(engine: SearchEngine, documents: list[Document]) -> None:
    with engine.rebuild() as rebuild:
        for start in range(0, len(documents), 500):
            rebuild.add(documents[start : start + 500])


def asking(engine: SearchEngine) -> Find:
    def find(words: str) -> list[int]:
        hits = engine.search(Query(parse(words), limit=SHOWN), frozenset({AUDIENCE}), Tail()).hits
        return [int(hit.key.removeprefix("post:")) for hit in hits]

    return find


@contextmanager
def whoosh() -> Iterator[SearchEngine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"whoosh://{folder}/index", SECRET)
        yield engine
        engine.close()


@contextmanager
def postgresql() -> Iterator[SearchEngine]:
    server = create_engine(POSTGRESQL, poolclass=NullPool)
    engine = PostgresqlEngine(POSTGRESQL, SECRET, SCHEMA)
    try:
        yield engine
    finally:
        engine.close()
        with server.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def fts5(documents: list[Document]) -> Find:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE found USING fts5(title, body, tokenize = 'porter unicode61')")
    base.executemany("INSERT INTO found (rowid, title, body) VALUES (?, ?, ?)", [(one.pk, one.title, one.body) for one in documents])

    def find(words: str) -> list[int]:
        wanted = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", words))
        sql = "SELECT rowid FROM found WHERE found MATCH ? ORDER BY bm25(found, 2.0, 1.0), rowid LIMIT ?"
        return [number for (number,) in base.execute(sql, (wanted, SHOWN))]

    return find


def _between(content: str, tag: str) -> list[str]:
    return [unescape(found) for found in re.findall(rf"<{tag}>(.*?)</{tag}>", content, re.DOTALL | re.IGNORECASE)]


if __name__ == "__main__":
    main()

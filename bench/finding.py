"""From a message's POST until a search finds it, and how long a search takes.

The baseline of a search is SQLite's own full-text index over the same messages, asked in this process without rights, facets or hits'
snippets; so it says what looking words up costs here, not what a search page does.
"""

import json
import sqlite3
import statistics
import time
from urllib.parse import quote

from sqlalchemy import select

from bench.asking import Line
from bench.measuring import Row, cpu, spread, times
from bench.words import QUERIES
from bench.world import World, client, rep_of
from tests.running import Running
from workspaces.forums.models import Post

PATIENCE = 30.0


def searchable(server: Running, world: World, rounds: int) -> Row:
    """Messages with a word of their own: how long until each is found, by a colleague, and by how many questions."""
    writer, reader = Line(server.port, world.token(client(0, 0))), Line(server.port, world.token(client(0, 1)))
    took, first = [], 0
    for n in range(rounds):
        word = f"zyx{time.time_ns():x}q"
        began = time.perf_counter()
        status, _body = writer.ask(f"/api/v1/topics/{world.topics[n % len(world.topics)]}/posts", {"body": f"Look for {word} please."})
        assert status == 201, status
        asked = 0
        while not _found(reader, word):
            asked += 1
            assert time.perf_counter() - began < PATIENCE, word
        took.append(time.perf_counter() - began)
        first += asked == 0
    return {"posts": world.posts, "rounds": rounds, **spread(took), "found_at_first_question": f"{first} of {rounds}"}


def searches(server: Running, world: World, rounds: int) -> list[Row]:
    """By a client of one room, a rep of ten, and a manager of all."""
    bare = _bare(world, rounds)
    rows = []
    for who, address in (("a client", client(0, 0)), ("a rep", rep_of(0)), ("a manager", "manager@bench.example")):
        line = Line(server.port, world.token(address))
        took, hits = [], 0
        began = cpu(server.webs())
        for n in range(rounds):
            start = time.perf_counter()
            status, body = line.ask(f"/api/v1/search?q={quote(QUERIES[n % len(QUERIES)])}")
            took.append(time.perf_counter() - start)
            assert status == 200, body
            hits += json.loads(body)["total"]
        spent = (cpu(server.webs()) - began) * 1000 / rounds
        told = {"posts": world.posts, "who": who, "hits": round(hits / rounds), **spread(took), "cpu_ms": round(spent, 1)}
        rows.append(told | {"bare_fts5_ms": round(bare, 2), "p50_times_bare": times(told["p50_ms"], bare)})
    return rows


def _found(line: Line, word: str) -> bool:
    status, body = line.ask(f"/api/v1/search?q={word}")
    assert status == 200, body
    return any(item["kind"] == "post" for item in json.loads(body)["items"])


def _bare(world: World, rounds: int) -> float:
    """Milliseconds, the median, of the same words in an FTS5 table of the same messages: the best twenty of all, counted."""
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table post using fts5 (body)")
    with world.house.db.reading() as session:
        for (body,) in session.execute(select(Post.body).execution_options(yield_per=1000)):
            db.execute("insert into post values (?)", (body,))
    took = []
    for n in range(rounds):
        began = time.perf_counter()
        query = QUERIES[n % len(QUERIES)]
        db.execute("select rowid from post where post match ? order by rank limit 20", (query,)).fetchall()
        db.execute("select count(*) from post where post match ?", (query,)).fetchone()
        took.append((time.perf_counter() - began) * 1000)
    db.close()
    return statistics.median(took)

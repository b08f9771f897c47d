"""What takes everything through it: importing, indexing, exporting, backing up, restoring. Each is the command itself, from its start.

The baseline of an import is reading the same table and writing its rows, and nothing else, to an SQLite file, a thousand a transaction;
of a copy it is every file of the data directory read, hashed and written once more.
"""

import csv
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench import measuring
from bench.bare import copied
from bench.measuring import Row, Spent, cpu, mainstay, memory, times
from bench.pages import lag
from bench.world import World
from portal.accounts.models import Account
from workspaces.forums.models import Post

PATIENCE = 3 * 3600.0  # seconds for the index of a large world on a busy machine


def imported(world: World) -> Row:
    """`mainstay import messages`, as the world was made by it."""
    spent, (bare, bare_cpu) = world.imported, _rows_only(world)
    with world.house.db.reading() as session:
        there = session.scalar(select(func.count()).select_from(Post)) or 0
    assert there == world.posts, f"{there} of {world.posts} messages came: {spent.said[-500:]}"
    told = {"rows_per_s": round(world.posts / spent.seconds), "bare_rows_per_s": round(world.posts / bare)}
    return {"posts": world.posts, **_took(spent), **told, "cpu_times_bare": times(spent.cpu, bare_cpu)}


def indexed(world: World) -> Row:
    """A server started on what was imported, until nothing waits: documents a second, and what its worker needed."""
    waiting = lag(world.house)["index"]["waiting"]
    server = measuring.server(world.data)
    began = time.perf_counter()
    server.start()
    try:
        until = time.monotonic() + PATIENCE
        while any(each["waiting"] for each in lag(world.house).values()):
            assert time.monotonic() < until, server.log.read_text()[-2000:]
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        worker = [each for each in (server.worker(),) if each]
        told = {"cpu_s": round(cpu(worker), 1), "mb": memory(worker)}
    finally:
        server.stop()
    size = sum(each.stat().st_size for each in (world.data / "index").rglob("*") if each.is_file()) / 1e6
    return {
        "posts": world.posts,
        "documents": waiting,
        "seconds": round(seconds, 1),
        "per_s": round(waiting / seconds),
        **told,
        "index_mb": round(size, 1),
    }


def moved(world: World, scratch: Path) -> list[Row]:
    """An account exported, everything backed up, and restored into an empty place."""
    size = sum(each.stat().st_size for each in world.data.rglob("*") if each.is_file())
    bare = copied(world.data, scratch / "copied")
    backup, back = scratch / "everything.tar", scratch / "restored"
    back.mkdir()
    with world.house.db.reading() as session:
        accounts = session.scalar(select(func.count()).select_from(Account)) or 1
    commands: list[tuple[str, float, tuple[Any, ...], Path]] = [
        ("export one account", size / accounts, ("export", "account", world.account, scratch / "account"), world.data),
        ("backup", size, ("backup", backup), world.data),
        ("restore", size, ("restore", backup), back),
    ]
    rows = [
        {"posts": world.posts, "what": "a bare copy", "mb": round(size / 1e6, 1), "seconds": round(bare[0], 2), "cpu_s": round(bare[1], 2)}
    ]
    for what, about, words, data in commands:
        spent = mainstay(data, *map(str, words))
        told = {"cpu_times_bare": times(spent.cpu, bare[1] * about / size)}
        rows.append({"posts": world.posts, "what": what, "mb": round(about / 1e6, 1), **_took(spent), **told})
    return rows


def _took(spent: Spent) -> Row:
    return {"seconds": round(spent.seconds, 2), "cpu_s": round(spent.cpu, 2), "peak_mb": spent.peak_mb}


def _rows_only(world: World) -> tuple[float, float]:
    began, spent = time.perf_counter(), time.process_time()
    db = sqlite3.connect(world.data.parent / f"{world.data.name}.bare")
    db.execute("pragma journal_mode=WAL")
    db.execute("pragma synchronous=FULL")
    db.execute("create table post (id text, room text, forum text, topic text, email text, name text, at text, body text)")
    with (world.data.parent / f"{world.data.name}.csv").open(encoding="utf-8", newline="") as file:
        for n, row in enumerate(csv.DictReader(file)):
            db.execute("insert into post values (?, ?, ?, ?, ?, ?, ?, ?)", tuple(row.values()))
            if n % 1000 == 999:
                db.commit()
    db.commit()
    db.close()
    return time.perf_counter() - began, time.process_time() - spent

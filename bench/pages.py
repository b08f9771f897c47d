"""What pages cost, measured on the demo's data, beside a bare Flask page in the same run.

    .venv/bin/python -m bench.pages            a table
    .venv/bin/python -m bench.pages --json     the same as one JSON object

Times of pages are CPU time of this process (median), so that a busy machine disturbs them little; starting, memory and search are of a real
`mainstay serve`, by the clock. Needs the development dependencies (`make env`).
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import wsgi
from bench.bare import bare_app
from portal.kernel import logs, migrations, outbox
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from portal.people import sign_ins
from portal.people.models import Person
from portal.web.launcher import collect_seldom
from search.demo import teller
from tests.counting import counting
from tests.running import Running
from workspaces.forums.models import Topic

WARM, ROUNDS = 5, 40
PATIENCE = 120.0  # seconds for indexing the story
IDLE = 10.0  # seconds that a server is left alone before its memory is read
WORDS = ("battery", "gateway", "24 V", "price", "frost", "quote", "leak", "board paper", "warranty", "Easter Moor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    logs.set_up("warning")  # a line per request would be written to wherever this is called from
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        house = wsgi.build_house(prepared(Settings(data_dir=data)))
        told = tell(house)
        index(data, house)
        found = {"machine": machine(), "story_seconds": told, "server": serving(data, house), "pages": pages(house)}
    print(json.dumps(found, indent=2) if as_json else "\n".join(lines(found)))


def tell(house: House) -> float:
    """The demo's story, told anew; seconds."""
    began = time.perf_counter()
    migrations.migrate(house)
    teller.tell(house)
    return round(time.perf_counter() - began, 1)


def index(data: Path, house: House) -> None:
    """Let a server index what was told."""
    with serve(data):
        until = time.monotonic() + PATIENCE
        while any(each["waiting"] for each in lag(house).values()):
            assert time.monotonic() < until, (data / "test.log").read_text()[-2000:]
            time.sleep(0.2)


def lag(house: House) -> dict[str, dict[str, Any]]:
    with house.db.reading() as session:
        return outbox.lag(session)


# --- A server, by the clock ---------------------------------------------------------------------------------------------


def serving(data: Path, house: House) -> dict[str, Any]:
    """Seconds from the command to the first page, memory when nothing happens, and how long a search takes."""
    began = time.perf_counter()
    with serve(data) as server:
        assert server.asks("/sign-in") == 200
        first = time.perf_counter() - began
        spent = sum(sum(each.cpu_times()[:2]) for each in server.family())
        time.sleep(IDLE)
        idle = {
            "processes": len(server.family()),
            "unique_mb": megabytes(each.memory_full_info().uss for each in server.family()),
            "proportional_mb": megabytes(each.memory_full_info().pss for each in server.family()),
        }
        return {
            "first_page_seconds": round(first, 2),
            "first_page_cpu_seconds": round(spent, 2),
            "idle": idle,
            "search": searching(server, house),
        }


def searching(server: Running, house: House) -> dict[str, Any]:
    """Milliseconds by the clock of /api/v1/search over HTTP, as the successor, over a list of plain queries."""
    with house.db.writing() as session:
        token = sign_ins.begin(session, one(session, "nora@"))[1]
    taken = []
    for n in range(WARM + ROUNDS):
        query = WORDS[n % len(WORDS)].replace(" ", "+")
        began = time.perf_counter()
        status, _body = server.ask("GET", f"/api/v1/search?q={query}", Authorization=f"Bearer {token}")
        assert status == 200, status
        taken.append((time.perf_counter() - began) * 1000)
    kept = sorted(taken[WARM:])
    return {"n": len(kept), "p50_ms": round(statistics.median(kept), 1), "p95_ms": round(kept[int(len(kept) * 0.95)], 1)}


@contextmanager
def serve(data: Path) -> Iterator[Running]:
    server = Running(data)
    server.start()
    try:
        yield server
    finally:
        server.stop()


# --- Pages, by CPU time -------------------------------------------------------------------------------------------------


def pages(house: House) -> dict[str, dict[str, Any]]:
    """By page: CPU ms, how many times a bare page that is, queries, bytes as they are and gzipped."""
    app = wsgi.create_app(house=house)
    petra, nora = signed_in(app, house, "petra@"), signed_in(app, house, "nora@")
    with house.db.reading() as session:
        topic = session.scalars(select(Topic).where(Topic.removed_at.is_(None)).order_by(Topic.post_count.desc()).limit(1)).one()
        room, account = topic.workspace.path, f"/accounts/{topic.account.id}" if topic.account else ""
        asked = [
            ("sign-in", app.test_client(), "/sign-in"),
            ("home of a workspace, a client", petra, room),
            ("discussions, a client", petra, f"{room}discussions"),
            (f"a discussion of {topic.post_count} messages, a client", petra, topic.path),
            (f"a discussion of {topic.post_count} messages, a rep", nora, topic.path),
            ("files, a client", petra, f"{room}files/"),
            ("people, a client", petra, f"{room}people"),
            ("search, a rep", nora, "/search?q=battery"),
            ("the same by the API", nora, "/api/v1/search?q=battery"),
            ("Today, a rep", nora, "/today"),
            ("an account, a rep", nora, account),
            ("its trail, a rep", nora, f"{account}/trail"),
        ]
    collect_seldom()  # as a server does
    bare_page = cost(lambda: bare.get("/")) if (bare := bare_app().test_client()) else {}
    found = {"a bare Flask page, 30 lines": bare_page | {"times_bare": 1.0, "queries": 0}}
    for name, client, path in asked:
        measured = cost(lambda client=client, path=path: client.get(path))  # type: ignore[misc]
        with counting(house) as statements:
            client.get(path)
        ratio = round(measured["cpu_ms"] / bare_page["cpu_ms"], 1)
        found[name] = measured | {"times_bare": ratio, "queries": len(statements)}
    return found


def cost(ask: Callable[[], Any]) -> dict[str, Any]:
    """Median CPU milliseconds of asking, and the size of the answer."""
    taken = []
    for _n in range(WARM + ROUNDS):
        began = time.process_time()
        answer = ask()
        taken.append((time.process_time() - began) * 1000)
        assert answer.status_code == 200, (answer.request.path, answer.status)
    body = answer.get_data()
    return {"cpu_ms": round(statistics.median(taken[WARM:]), 2), "bytes": len(body), "gzipped": len(gzip.compress(body, 6))}


def signed_in(app: Flask, house: House, email: str) -> FlaskClient:
    """A browser of whoever has an address that begins so."""
    client = app.test_client()
    with house.db.writing() as session:
        token = sign_ins.begin(session, one(session, email))[1]
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


def one(session: Any, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email.startswith(email))).one()


# --- What is said of it -------------------------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """Where this was measured, and how busy it was meanwhile."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    load = round(os.getloadavg()[0], 1)
    return {"cores": len(os.sched_getaffinity(0)), "cpu": model, "python": platform.python_version(), "load_before": load}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The findings as Markdown."""
    server = found["server"]
    yield f"{found['machine']}"
    yield f"the story was told in {found['story_seconds']} s"
    yield f"first page after {server['first_page_seconds']} s ({server['first_page_cpu_seconds']} s of CPU)"
    yield f"idle {server['idle']}"
    yield f"search {server['search']}"
    yield "\n| page | CPU ms | × bare | queries | bytes | gzipped |\n| --- | --- | --- | --- | --- | --- |"
    for name, each in found["pages"].items():
        yield f"| {name} | {each['cpu_ms']} | {each['times_bare']} | {each['queries']} | {each['bytes']} | {each['gzipped']} |"


def megabytes(sizes: Iterator[int]) -> int:
    return round(sum(sizes) / 2**20)


if __name__ == "__main__":
    main()

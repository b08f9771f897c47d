"""What the main pages cost at so many messages in all: CPU, queries and bytes asked in this process, requests a second and p95 of a server.

Beside them in the same run a bare Flask page of thirty lines: in this process for the CPU, behind the same gunicorn for the rest.
"""

import time
from collections.abc import Callable, Iterator

import wsgi
from bench import measuring
from bench.asking import Line, load
from bench.bare import bare_app, running
from bench.measuring import Row, cpu, memory, times
from bench.pages import cost, signed_in
from bench.world import World, client, rep_of
from portal.web.launcher import collect_seldom
from tests.counting import counting
from tests.running import Running

MANAGER = "manager@bench.example"


def in_process(world: World) -> list[Row]:
    """A row a page."""
    app = wsgi.create_app(house=world.house)
    bare_client = bare_app().test_client()
    collect_seldom()  # as a server does
    bare = cost(lambda: bare_client.get("/"))
    rows = [{"posts": world.posts, "page": "a bare Flask page", **bare, "times_bare": 1, "queries": 0}]
    browsers = {address: signed_in(app, world.house, address) for address in (client(0, 0), rep_of(0), MANAGER)}
    for name, address, path in pages(world):
        browser = browsers[address]
        found = cost(lambda browser=browser, path=path: browser.get(path))  # type: ignore[misc]
        with counting(world.house) as statements:
            browser.get(path)
        told = {"times_bare": times(found["cpu_ms"], bare["cpu_ms"]), "queries": len(statements)}
        rows.append({"posts": world.posts, "page": name, **found, **told})
    return rows


def served(server: Running, world: World, connections: list[int], seconds: float) -> list[Row]:
    """Pages as a browser asks for them, and a bare page, on so many connections."""
    app = wsgi.create_app(house=world.house)
    browser = signed_in(app, world.house, client(0, 0))
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = f"{name}={browser.get_cookie(name).value}"  # type: ignore[union-attr]
    rows: list[Row] = []
    for count in connections:
        with running("page") as (port, process):
            found = load([Line(port) for _n in range(count)], seconds, _asking("/"))
            family = [process, *process.children(recursive=True)]
            bare = len(found.took) / found.seconds
            rows.append({"posts": world.posts, "page": "a bare Flask page", "connections": count, **found.told(), "mb": memory(family)})
        for page, path in ((page, path) for page, address, path in pages(world) if address == client(0, 0)):
            began = cpu(server.webs())
            found = load([Line(server.port, cookie=cookie) for _n in range(count)], seconds, _asking(path))
            spent = (cpu(server.webs()) - began) * 1000 / max(1, len(found.took))
            told = {"cpu_ms": round(spent, 1), "times_slower_than_bare": times(bare, len(found.took) / found.seconds)}
            rows.append({"posts": world.posts, "page": page, "connections": count, **found.told(), **told, "mb": memory(server.webs())})
    return rows


def _asking(path: str) -> Callable[[Line, int], int]:
    return lambda line, _number: line.ask(path)[0]


def cold(world: World) -> Row:
    """From the command to the first page, and the same of a bare page."""
    began = time.perf_counter()
    with running("page") as (port, process):
        assert Line(port).ask("/")[0] == 200
        bare = time.perf_counter() - began
        bare_cpu = cpu([process, *process.children(recursive=True)])
    server = measuring.server(world.data)
    began = time.perf_counter()
    server.start()
    try:
        assert server.asks("/sign-in") == 200
        first, spent = time.perf_counter() - began, cpu(server.family())
    finally:
        server.stop()
    return {
        "posts": world.posts,
        "first_page_s": round(first, 2),
        "cpu_s": round(spent, 2),
        "bare_s": round(bare, 2),
        "bare_cpu_s": round(bare_cpu, 2),
        "cpu_times_bare": times(spent, bare_cpu),
    }


def pages(world: World) -> Iterator[tuple[str, str, str]]:
    """Name, who asks, path."""
    petra, rep = client(0, 0), rep_of(0)
    topic = f"{world.room}discussions/{world.topics[0]}"
    yield "home of a room, a client", petra, world.room
    yield "discussions, a client", petra, f"{world.room}discussions"
    yield "a discussion of 20, a client", petra, topic
    yield "a discussion of 20, a rep", rep, topic
    yield "files, a client", petra, f"{world.room}files/"
    yield "people, a client", petra, f"{world.room}people"
    yield "notices, a client", petra, "/me/notifications"
    yield "search, a client", petra, "/search?q=battery"
    yield "search, a rep", rep, "/search?q=battery"
    yield "search, who sees all", MANAGER, "/search?q=battery"
    yield "Today, a rep", rep, "/today"
    yield "accounts, a rep", rep, "/accounts"
    yield "an account, a rep", rep, f"/accounts/{world.account}"
    yield "its trail, a rep", rep, f"/accounts/{world.account}/trail"
    yield "its brief, a rep", rep, f"/accounts/{world.account}/brief"

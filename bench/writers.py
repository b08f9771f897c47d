"""Messages a second over HTTP, by one writer and by several, each in a discussion of the room, while clients watch one of them.

Beside it, in the same run, as many threads that write a bare row each to an SQLite file with the same settings.
"""

import tempfile
import threading
from pathlib import Path

from bench import measuring
from bench.asking import Line, load
from bench.bare import transactions
from bench.measuring import Row, cpu, times
from bench.watchers import Crowd, watching
from bench.words import Talk
from bench.world import World
from portal.web.launcher import RESERVED
from tests.running import Running


def measure(world: World, writers: int, watchers: int, seconds: float) -> list[Row]:
    tokens = world.tokens(max(writers, watchers))
    server = measuring.server(world.data)
    server.start("--threads", str(watchers + writers + RESERVED + 16))
    try:
        with Crowd() as crowd:
            for token in tokens[:watchers]:
                crowd.join(server.port, *watching(token, world.topics[0]))
            return [_at(server, world, crowd, tokens[:count], seconds) for count in sorted({1, writers})]
    finally:
        server.stop()


def _at(server: Running, world: World, crowd: Crowd, tokens: list[str], seconds: float) -> Row:
    talks = [Talk(100 + n) for n in range(len(tokens))]

    def write(line: Line, number: int) -> int:
        topic = world.topics[number % len(world.topics)]
        return line.ask(f"/api/v1/topics/{topic}/posts", {"body": talks[number].message()})[0]

    over, heard = threading.Event(), list[int]()
    listening = threading.Thread(target=lambda: heard.append(crowd.listen(lambda: not over.is_set())))
    listening.start()
    before = server.log.read_text().count("locked")
    began = cpu(server.webs())
    try:
        made = load([Line(server.port, token) for token in tokens], seconds, write)
        spent = cpu(server.webs()) - began
    finally:
        over.set()
        listening.join()
    with tempfile.TemporaryDirectory() as folder:
        bare = transactions(Path(folder), len(tokens), min(seconds, 3))
    return {
        "writers": len(tokens),
        "watchers": len(crowd.watchers),
        **made.told(),
        "locked": server.log.read_text().count("locked") - before,
        "cpu_ms_per_post": round(spent * 1000 / max(1, len(made.took)), 2),
        "live_events": heard[0],
        "bare_per_s": round(bare),
        "times_slower_than_bare": times(bare, len(made.took) / made.seconds),
    }

"""From a message's POST until it has reached everybody who watches: 1, 100, 1,000 Socket.IO clients, each somebody else's.

Beside it, in the same run and with the same clients and as many bytes, the floor: a process that writes a ready frame to each socket.
"""

import json
import statistics

from bench import measuring
from bench.bare import running
from bench.measuring import Row, cpu, memory, spread, times
from bench.telling import WARM, rounds_at
from bench.watchers import Crowd, Round, watching
from bench.world import World, client
from portal.web.launcher import RESERVED
from tests.running import Running


def measure(world: World, watchers: list[int], rounds: int) -> list[Row]:
    """A row for each number of watchers."""
    rows: list[Row] = []
    tokens = world.tokens(max(watchers))
    writer = world.token(client(0, 0))
    server = measuring.server(world.data)
    server.start("--threads", str(max(watchers) + RESERVED + 16))
    try:
        for count in watchers:
            rows.append(_at(server, world, tokens[:count], writer, rounds))
    finally:
        server.stop()
    first = rows[0]
    for row in rows[1:]:
        more = row["watchers"] - first["watchers"]
        row["cpu_us_per_delivery"] = round((row["cpu_ms_per_post"] - first["cpu_ms_per_post"]) * 1000 / more, 1)
        row["floor_cpu_us"] = round((row["floor_cpu_ms"] - first["floor_cpu_ms"]) * 1000 / more, 1)
    return rows


def _at(server: Running, world: World, tokens: list[str], writer: str, rounds: int) -> Row:
    topic = world.topics[0]
    before = memory(server.webs())
    with Crowd() as crowd:
        for token in tokens:
            crowd.join(server.port, *watching(token, topic))
        grown = memory(server.webs()) - before
        began = 0.0
        made: list[Round] = []
        for n in range(-WARM, rounds):
            began = cpu(server.webs()) if n == 0 else began
            sign = f"sign{n + WARM}of{len(tokens)}x"
            found = crowd.round(server.port, _post(topic, writer, sign), sign.encode())
            made += [found] if n >= 0 else []
        spent = cpu(server.webs()) - began
    at_floor, floor_cpu = _floor(len(tokens), made[-1].payload, rounds)
    told, floor = _receipts(made), _receipts(at_floor)
    return {
        "watchers": len(tokens),
        "rounds": rounds,
        **told,
        "last_p50_ms": round(statistics.median(max(each.received) for each in made) * 1000, 2),
        "answered_p50_ms": round(statistics.median(each.answered for each in made) * 1000, 2),
        "floor_p95_ms": floor["p95_ms"],
        "p95_times_floor": times(told["p95_ms"], floor["p95_ms"]),
        "after_the_first_times_floor": times(told["after_the_first_p95_ms"], floor["after_the_first_p95_ms"]),
        "lost": sum(each.lost for each in made),
        "bytes": len(made[-1].payload),
        "cpu_ms_per_post": round(spent / rounds * 1000, 2),
        "floor_cpu_ms": round(floor_cpu / rounds * 1000, 3),
        "mb_more": grown,
    }


def _receipts(made: list[Round]) -> Row:
    """When messages were there; and how long after whoever had it first, which is the telling alone, without storing it before."""
    after = [moment - min(each.received) for each in made for moment in each.received]
    return spread([moment for each in made for moment in each.received]) | {"after_the_first_p95_ms": spread(after)["p95_ms"]}


def _floor(watchers: int, payload: bytes, rounds: int) -> tuple[list[Round], float]:
    """The same rounds at the floor, and the CPU seconds of its process."""
    with running("floor") as (port, process), Crowd() as crowd:
        for _n in range(watchers):
            crowd.join(port)
        return rounds_at(port, [process], crowd, payload, rounds)


def _post(topic: str, token: str, sign: str) -> bytes:
    """A message of some 200 bytes."""
    body = json.dumps({"body": f"{sign} " + "a few words of an answer " * 8}).encode()
    head = (
        f"POST /api/v1/topics/{topic}/posts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body

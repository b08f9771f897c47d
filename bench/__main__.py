"""Everything that is measured, in one run.

    .venv/bin/python -m bench                                     small sizes, to see that it goes
    .venv/bin/python -m bench --full                              10,000 and 100,000 messages; 1, 100 and 1,000 watchers
    .venv/bin/python -m bench --posts 10000 --only live,writers   some of it, at sizes of one's own
    .venv/bin/python -m bench --json                              for machines
    .venv/bin/python -m bench --write                             the tables into docs/figures.md, in place of those there

docs/figures.md says how each figure is made. Everything is written to a temporary directory (TMPDIR), about 10 MB a thousand messages.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import carrying, finding, live, measuring, moving, sizes, telling, world, writers
from bench.measuring import Row
from portal.kernel import logs

PARTS = ("import", "cold", "pages", "served", "find", "tell", "live", "write", "carry", "move")


@dataclass(frozen=True)
class Sizes:
    """How much of everything."""

    posts: tuple[int, ...] = (1000,)
    files: int = 10
    file_size: int = 100_000  # bytes
    carried: int = 32_000_000  # bytes of the one file that is sent and fetched
    watchers: tuple[int, ...] = (1, 20)
    rounds: int = 10
    writers: int = 8
    writers_watchers: int = 20
    seconds: float = 3.0
    connections: tuple[int, ...] = (1, 8)


FIGURES = Path(__file__).parent.parent / "docs" / "figures.md"
RESULTS = "## Results\n"
FULL = Sizes((10_000, 100_000), 200, 100_000, 512_000_000, (1, 100, 1000), 100, 8, 100, 15.0, (1, 8))


def main() -> None:
    told = _options()
    logs.set_up("warning")
    results: dict[str, list[Row]] = {}
    before, began = measuring.circumstances(), time.monotonic()
    if "tell" in told.only:
        results["One event to many, and nothing else"] = telling.measure(list(told.sizes.watchers), told.sizes.rounds)
    with tempfile.TemporaryDirectory() as folder:
        for count in told.sizes.posts if told.only - {"tell"} else ():
            measure(Path(folder) / str(count), count, told.sizes, told.only, results, live_too=count == told.sizes.posts[0])
    after = {
        "load_after": round(os.getloadavg()[0], 1),
        "minutes": round((time.monotonic() - began) / 60),
        "options": " ".join(sys.argv[1:]),
    }
    found = {"circumstances": before | after, "sizes": vars(told.sizes), "results": results}
    print(json.dumps(found, indent=2) if told.json else _page(found))
    if told.write:
        kept = FIGURES.read_text().partition(RESULTS)[0]
        FIGURES.write_text(f"{kept}{RESULTS}{_page(found)}\n")


def _page(found: dict[str, Any]) -> str:
    """The findings as Markdown, with where and when they were made."""
    where = found["circumstances"]
    told = (
        f"{where['at']}, {where['cores']} cores of {where['cpu']}, Python {where['python']}; load {where['load_before']} when it began and"
        f" {where['load_after']} when it ended, {where['minutes']} minutes later. Made by `.venv/bin/python -m bench {where['options']}`."
    )
    return "\n".join([told, *measuring.tables(found["results"])])


def measure(folder: Path, posts: int, told: Sizes, only: set[str], results: dict[str, list[Row]], *, live_too: bool) -> None:
    """Everything at one size. What does not depend on it is measured at the first alone."""
    folder.mkdir()

    def part(name: str, title: str, find: Callable[[], list[Row]]) -> None:
        if name in only:
            print(f"{posts} messages: {title}", file=sys.stderr)
            results.setdefault(title, []).extend(find())

    print(f"{posts} messages: written by mainstay import", file=sys.stderr)
    made = world.make(folder / "data", posts, told.files, told.file_size)
    part("import", "Importing messages", lambda: [moving.imported(made)])
    results.setdefault("Indexing what was imported", []).append(moving.indexed(made))
    part("cold", "Cold start", lambda: [sizes.cold(made)])
    part("pages", "Pages, CPU of one request", lambda: sizes.in_process(made))
    if only & {"served", "find"}:
        server = measuring.server(made.data)
        server.start()
        try:
            part("served", "Pages over HTTP", lambda: sizes.served(server, made, list(told.connections), told.seconds))
            part("find", "Searching", lambda: finding.searches(server, made, told.rounds))
            part("find", "From a message to a search that finds it", lambda: [finding.searchable(server, made, told.rounds)])
        finally:
            server.stop()
    part("move", "Export, backup, restore", lambda: moving.moved(made, folder))
    if live_too:
        part("carry", "A large file, sent and fetched", lambda: carrying.measure(made, told.carried, 3))
        part("write", "Messages a second", lambda: writers.measure(made, told.writers, told.writers_watchers, told.seconds))
        part("live", "From a message to everybody who watches", lambda: live.measure(made, list(told.watchers), told.rounds))
    made.house.close()
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Told:
    sizes: Sizes
    only: set[str]
    json: bool
    write: bool


def _options() -> Told:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the sizes that the figures are of; hours on a small machine")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/figures.md")
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    for name, kind in (("posts", _numbers), ("watchers", _numbers), ("connections", _numbers), ("seconds", float)):
        parser.add_argument(f"--{name}", type=kind)
    for name in ("rounds", "writers", "files", "file-size", "carried", "writers-watchers"):
        parser.add_argument(f"--{name}", type=int)
    found = vars(parser.parse_args())
    as_json, write, full, only = found.pop("json"), found.pop("write"), found.pop("full"), set(found.pop("only").split(","))
    if unknown := only - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    given = {name: value for name, value in found.items() if value is not None}
    return Told(replace(FULL if full else Sizes(), **given), only, as_json, write)


def _numbers(told: str) -> tuple[int, ...]:
    return tuple(sorted(int(each.replace("_", "")) for each in told.split(",")))


if __name__ == "__main__":
    main()

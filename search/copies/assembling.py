"""A copy, piece by piece, into a folder or an archive: the chapters that features have, an index, and a style of its own."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.copying import Bytes, Chapter, Data, Lines, Page, Scope, chapters, rows_of
from portal.kernel.house import House
from portal.people.queries import vendor
from search.copies.rendering import STYLE, rendered

PIECE = 1 << 20  # bytes


class Target(Protocol):
    """What a copy is written to."""

    def add(self, path: str, pieces: Iterable[bytes]) -> None:
        """One file of the copy."""


def assemble(house: House, actor: Actor, scope: Scope, target: Target, *, told: Callable[[bytes], Any] | None = None, **more: Any) -> None:
    """Write every chapter for this actor. A workspace's copy has its JSON too; what of it is in there is given to
    `told`, a line each (see `search.copies.standing`). `more` is for the index."""
    parts = chapters(scope)
    common = {"vendor": vendor(actor).name, "made_at": now(), "scope": scope, "chapters": [(made.title(), made.path) for made in parts]}
    counts = {made.name: made.count(actor, scope) for made in parts}
    index = {"parts": [(made.title(), made.path, counts[made.name]) for made in parts]} | more
    target.add("index.html", rendered(Page("index.html", "copies/index.html", index), common))
    target.add("style.css", [STYLE.read_bytes()])
    for made in parts:
        _add(house, actor, scope, target, made, common, told)


def _add(
    house: House, actor: Actor, scope: Scope, target: Target, made: Chapter, common: dict[str, Any], told: Callable[[bytes], Any] | None
) -> None:
    for data in made.data(scope) if scope.workspace is not None else ():
        target.add(data.path, _lines(actor, data, told))
    for item in made.items(actor, scope):
        match item:
            case Page():
                target.add(item.path, rendered(item, common))
            case Lines():
                target.add(item.path, (line_of(row) for row in item.rows))
            case Bytes():
                target.add(item.path, bytes_of(house, item.sha256))


def bytes_of(house: House, sha256: str) -> Iterator[bytes]:
    with house.storage.open(sha256) as file:
        while piece := file.read(PIECE):
            yield piece


def line_of(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def stamp_of(row: Mapping[str, Any]) -> str:
    """What a thing said, in a word: another one means that it says something else now."""
    return hashlib.sha256(line_of(row)).hexdigest()[:16]


def _lines(actor: Actor, data: Data, told: Callable[[bytes], Any] | None) -> Iterator[bytes]:
    for rows in rows_of(actor, data):
        for row in data.show(actor, rows):
            if told is not None:
                told(f"{data.path} {row['id']} {stamp_of(row)}\n".encode())
            yield line_of(row)

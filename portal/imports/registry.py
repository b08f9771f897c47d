"""Importers: what can be read from other systems. Features register theirs; pages, commands and the worker know no feature."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Field:
    """Something that an importer can take from a column. `headings` are the words other systems use for it, the likeliest first."""

    name: str
    label: str
    headings: tuple[str, ...] = ()
    gathers: bool = False  # takes every column that is named for it, not the first one that says something


@dataclass(frozen=True)
class Option:
    """A choice for the whole file. `choices` are (value, words); without them it is a line of text."""

    name: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False

    @property
    def default(self) -> str:
        return self.choices[0][0] if self.choices else ""


@dataclass
class Row:
    """One row on its way in. `cells` is how it stood in the file, `told` what it says field by field; the outcome comes later."""

    line: int
    told: dict[str, Any] = field(default_factory=dict)
    cells: list[str] = field(default_factory=list)
    outcome: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Source:
    """What is read: `open()` gives the bytes from the start, each time it is called; `path` where it is a file or folder of ours."""

    name: str
    open: Callable[[], BinaryIO]
    path: Path | None = None
    size: int = 0


@dataclass(frozen=True)
class Plan:
    """How it is read: which column says what, and the choices for the whole file."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)  # what every row says that does not say it itself

    def option(self, name: str) -> str:
        return self.options.get(name, "")


@dataclass(frozen=True)
class Importer:
    """A kind of import.

    `check(session, plan)` raises Invalid where the choices make no sense. `write(work, rows)` takes one batch within one transaction and
    gives each row its outcome. `take_back` undoes: kind of thing -> function (work, ImportedThing) that returns why the thing was left,
    or ''. `rows` reads what is no table; `arrange` puts rows into the order in which they must be written.
    """

    kind: str
    label: str
    meaning: str
    fields: tuple[Field, ...]
    write: Callable[[Any, list[Row]], None]
    take_back: Mapping[str, Callable[[Any, Any], str]]
    options: tuple[Option, ...] = ()
    required: tuple[tuple[str, ...], ...] = ()  # of each of these groups a column for one field must be there
    check: Callable[[Session, Plan], None] = lambda session, plan: None
    rows: Callable[[Any, Source, Plan], Iterator[Row]] | None = None  # (house, source, plan)
    arrange: Callable[[Iterable[Row], Plan], Iterator[Row]] = lambda rows, plan: iter(rows)
    batch: int = 200

    @property
    def is_table(self) -> bool:
        return self.rows is None


IMPORTERS: dict[str, Importer] = {}


def importer(made: Importer) -> Importer:
    """Register an importer, once."""
    IMPORTERS[made.kind] = made
    return made

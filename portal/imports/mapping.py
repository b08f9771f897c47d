"""Which column says what: recognised by the words that other systems use, or told by a person or a file."""

import tomllib
from collections.abc import Iterator
from typing import Any

from portal.imports.reading import Table
from portal.imports.registry import Field, Importer, Plan, Row, Source
from portal.kernel.errors import Invalid
from portal.kernel.names import key
from portal.kernel.tables import as_it_was
from portal.kernel.words import gettext as _

SAMPLES = 3


def recognised(importer: Importer, headings: list[str]) -> dict[str, list[str]]:
    """Field -> headings, of those that are known; a heading is taken once, by the field that knows it best."""
    by_key: dict[str, list[str]] = {}
    for heading in headings:
        by_key.setdefault(key(heading), []).append(heading)
    found: dict[str, list[str]] = {}
    taken: set[str] = set()
    for field in importer.fields:
        for known in (field.name, field.label, *field.headings):
            for heading in by_key.get(key(known), []):
                if heading and heading not in taken:
                    found.setdefault(field.name, []).append(heading)
                    taken.add(heading)
    return found


def plan_of(importer: Importer, told: bytes) -> Plan:
    """The plan that a TOML file tells: tables `columns`, `fixed` and `options`. Raises Invalid for anything it does not know."""
    try:
        said = tomllib.loads(told.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(("map", _("This is no TOML: %(why)s", why=str(error)[:200]))) from None
    if strange := said.keys() - {"columns", "fixed", "options"}:
        raise Invalid(("map", _("There is no table “%(name)s” in a map: columns, fixed, options.", name=sorted(strange)[0])))
    fields, options = {each.name for each in importer.fields}, {each.name for each in importer.options}
    return Plan(
        {name: _words(value) for name, value in _known(said, "columns", fields).items()},
        {name: str(value) for name, value in _known(said, "options", options).items()},
        {name: str(value) for name, value in _known(said, "fixed", fields).items()},
    )


def _known(said: dict[str, Any], table: str, names: set[str]) -> dict[str, Any]:
    told = said.get(table, {})
    if not isinstance(told, dict):
        raise Invalid(("map", _("“%(name)s” must be a table.", name=table)))
    if strange := told.keys() - names:
        known = ", ".join(sorted(names)) or _("none")
        raise Invalid(("map", _("“%(name)s” is not known here. Known are: %(known)s.", name=sorted(strange)[0], known=known)))
    return told


def _words(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def ready(importer: Importer, headings: list[str], plan: Plan) -> Plan:
    """The plan with what is recognised where nothing was told. Raises Invalid for columns that are not there, or missing ones."""
    columns = recognised(importer, headings) | plan.columns
    there = set(headings)
    for field, names in columns.items():
        if absent := [name for name in names if name not in there]:
            raise Invalid((field, _("There is no column “%(name)s” in this file.", name=absent[0][:80])))
    for group in importer.required:
        if not any(columns.get(name) or plan.fixed.get(name) for name in group):
            labels = [_(field.label) for field in importer.fields if field.name in group]
            raise Invalid((group[0], _("No column says this: %(what)s. Choose one.", what=_(" or ").join(labels))))
    return Plan({name: names for name, names in columns.items() if names}, plan.options, plan.fixed)


def rows_of(importer: Importer, source: Source, plan: Plan) -> Iterator[Row]:
    """The rows of a table, each with what it says by field; one that cannot be read has its reason already."""
    with source.open() as file:
        table = Table(file)
        plan = ready(importer, table.headings, plan)
        where = {heading: n for n, heading in reversed(list(enumerate(table.headings)))}
        takes = [(field, [where[name] for name in plan.columns.get(field.name, [])]) for field in importer.fields]
        for line, cells in table.rows():
            if cells is None:
                yield Row(line, reason=_("This row cannot be read: a cell is too long, or a quotation mark is not closed."))
            elif len(cells) > len(table.headings) and any(cells[len(table.headings) :]):
                yield Row(line, cells=cells, reason=_("There are more cells than headings."))
            else:
                yield Row(line, _told(takes, cells, table.headings, plan.fixed), cells)


def _told(takes: list[tuple[Field, list[int]]], cells: list[str], headings: list[str], fixed: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field, places in takes:
        said = [(headings[n], as_it_was(cells[n].strip())) for n in places if n < len(cells) and cells[n].strip()]
        if field.gathers:
            if said:
                told[field.name] = said
        elif said or fixed.get(field.name):
            told[field.name] = said[0][1] if said else fixed[field.name]
    return told


def samples(source: Source) -> tuple[list[str], dict[str, list[str]]]:
    """The headings of a table, and a few different values of each column. Raises Invalid for what is no table."""
    with source.open() as file:
        table = Table(file)
        shown: dict[str, list[str]] = {heading: [] for heading in table.headings}
        for number, (_line, cells) in enumerate(table.rows()):
            for heading, cell in zip(table.headings, cells or [], strict=False):
                value = " ".join(cell.split())[:60]
                if value and value not in shown[heading] and len(shown[heading]) < SAMPLES:
                    shown[heading].append(value)
            if number >= 50:
                break
    return table.headings, shown

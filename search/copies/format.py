"""How rows are written into an account's copy and read from it. Version 1; docs/copies.md describes it for others.

A file for each table, `data/<table>.jsonl`, a row a line. A column that points at another row holds that row's id under the column's
name without `_pk`; moments are RFC 3339 in UTC. Inner keys are not in it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Date, Table

from portal.kernel.clock import rfc3339
from portal.kernel.copying import COPIED
from portal.kernel.db import Base, Moment

FORMAT, VERSION = "mainstay-account", 1
SUBJECTS = {"workspace": "workspace", "group": "member_group", "account": "account"}  # what audiences are of, by their kind


@dataclass(frozen=True)
class Field:
    """A column as it is in a copy. `table`: of the row it points at. `late`: that row may come after this one."""

    column: Column[Any]
    name: str
    table: str = ""
    late: bool = False

    @property
    def is_moment(self) -> bool:
        return isinstance(self.column.type, Moment)

    @property
    def is_day(self) -> bool:
        return isinstance(self.column.type, Date)


def tables() -> list[Table]:
    """The tables of a copy in an order in which they can be read: what is pointed at comes first."""
    return [table for table in Base.metadata.sorted_tables if table.name in COPIED]


@cache
def fields_of(name: str) -> tuple[Field, ...]:
    """The columns of a table that are in a copy."""
    table = Base.metadata.tables[name]
    return tuple(_field(column) for column in table.columns if column.name not in COPIED[name].kept and not _own_key(column))


def written(name: str, row: Any, ids: dict[str, dict[int, str]]) -> dict[str, Any]:
    """A row as it goes into the copy; `ids` are those of what it points at, by table and key."""
    told: dict[str, Any] = {}
    for field in fields_of(name):
        value = getattr(row, field.column.name)
        if value is not None and field.table:
            value = ids[field.table][value]
        elif isinstance(value, datetime):
            value = rfc3339(value)
        elif isinstance(value, date):
            value = value.isoformat()
        told[field.name] = value
    return told


def _own_key(column: Column[Any]) -> bool:
    """An inner key that is the row's own and points at nothing."""
    return column.name == "pk" or (column.table.name == "audience" and column.name == "subject_pk")


def _field(column: Column[Any]) -> Field:
    target = _target(column)
    if target is None:
        return Field(column, column.name)
    late = target is column.table or any(key.use_alter for key in column.foreign_keys)
    return Field(column, column.name.removesuffix("_pk"), target.name, late)


def _target(column: Column[Any]) -> Table | None:
    """The table with ids that a column points at, perhaps through another table's column."""
    for key in sorted(column.foreign_keys, key=lambda key: key.column.name != "pk"):
        if key.column.name == "pk" and "id" in key.column.table.c:
            return key.column.table
        if (found := _target(key.column)) is not None:
            return found
    return None

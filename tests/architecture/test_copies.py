"""Everything that is kept is in an account's copy, or says why it is not."""

import wsgi
from portal.kernel.copying import COPIED, LEFT_OUT
from portal.kernel.db import Base
from search.copies.format import SUBJECTS, fields_of, tables

assert wsgi  # the composition root imports every model


def test_every_table_is_in_a_copy_or_says_why_not() -> None:
    known = set(Base.metadata.tables)
    assert known - COPIED.keys() - LEFT_OUT.keys() == set(), "copied(…) or left_out(…) it in its feature's copies.py"
    assert COPIED.keys() | LEFT_OUT.keys() <= known
    assert COPIED.keys() & LEFT_OUT.keys() == set()


def test_what_is_in_a_copy_points_only_at_what_is_too() -> None:
    for table in tables():
        assert {field.table for field in fields_of(table.name) if field.table} <= COPIED.keys(), table.name
        assert table.name in SUBJECTS.values() or "subject_pk" not in table.c or table.name == "audience"


def test_what_stays_at_home_can_be_left_empty() -> None:
    for name, made in COPIED.items():
        for column in made.kept:
            there = Base.metadata.tables[name].c[column]
            assert there.nullable or there.default is not None, f"{name}.{column}"

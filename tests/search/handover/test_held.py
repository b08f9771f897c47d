"""Nothing that points at a person is forgotten: neither handed over nor kept on purpose."""

from portal.kernel.db import Base
from search.handover.held import ENDS, HELD, MOVES, STAYS


def columns() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.target_fullname == "person.pk" for key in column.foreign_keys)
    }


def test_every_column_that_points_at_a_person_says_what_becomes_of_it() -> None:
    assert columns() - HELD.keys() == set(), "say in search/handover/held.py whether it moves, ends or stays, and why"
    assert HELD.keys() - columns() == set(), "these are no more"
    assert {fate for fate, _why in HELD.values()} == {MOVES, ENDS, STAYS}
    assert all(why for _fate, why in HELD.values())

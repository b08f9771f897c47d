"""verify: each invariant, shown to be seen when it is broken."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from portal.kernel import checks
from portal.kernel.house import House

# What a hand on the disk could do, and the check that says so.
BREAKS: dict[str, str] = {
    "UPDATE event SET kind = 'post.edited' WHERE seq = 3": "chains",
    "DELETE FROM event WHERE pk = (SELECT max(pk) FROM event)": "chains",
    "UPDATE event SET facts = '{}' WHERE facts != '{}' AND seq = 2": "chains",
    "UPDATE chain SET seq = seq - 1": "chains",
    "DELETE FROM reporting WHERE person_pk != holder_pk": "reporting",
    "UPDATE person SET manager_pk = NULL": "reporting",
}


@pytest.mark.parametrize(("statement", "name"), BREAKS.items())
def test_a_break_is_seen(house: House, statement: str, name: str) -> None:
    assert checks.breaches(house, [name]) == {name: []}, "it held before"
    if not house.db.is_sqlite and "facts" in statement:
        statement = statement.replace("facts != '{}'", "facts::text != '{}'")
    with house.db.writing() as session:
        assert session.execute(text(statement)).rowcount > 0  # type: ignore[attr-defined]
    assert checks.breaches(house, [name])[name]


def test_a_row_that_points_nowhere_is_seen(house: House) -> None:
    if not house.db.is_sqlite:
        pytest.skip("PostgreSQL never lets it happen")
    assert checks.breaches(house, ["references"]) == {"references": []}
    with closing(sqlite3.connect(house.settings.data_dir / "mainstay.db")) as connection:  # foreign keys are off by default
        connection.execute("UPDATE post SET author_pk = 999 WHERE pk = 1")
        connection.commit()
    assert checks.breaches(house, ["references"]) == {"references": ["post row 1 points at a row of person that is not there"]}


def test_other_words_than_were_said_are_seen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.kernel import sources
    from workspaces.forums.models import Post
    from workspaces.forums.policy import May

    def said(session: object, event: object) -> str:
        return "something else"

    assert checks.breaches(house, ["words"]) == {"words": []}
    planted = sources.Source("post", Post, May.READ_POST, url=lambda row: "", title=lambda row: "", words=said)
    monkeypatch.setitem(sources.SOURCES, "post", planted)
    assert checks.breaches(house, ["words"])["words"]

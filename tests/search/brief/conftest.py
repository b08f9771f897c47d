"""What is written is looked at by the worker's own way."""

import pytest

from tests.search.categories.conftest import mainstay, say, settings

__all__ = ["mainstay", "say", "settings"]


@pytest.fixture
def brief(door, world):
    """`brief("rhea", as_of="…")`: the sections as the API has them, by key, each a list of lines."""

    def of(name: str, account: str = "calder", **asked: str) -> dict[str, list[dict]]:
        told = door(name).get(f"/api/v1/accounts/{world.ids[account]}/brief", query_string=asked)
        assert told.status_code == 200, told.text
        return {section["key"]: section["lines"] for section in told.json["sections"]}

    return of


@pytest.fixture
def texts(brief):
    """`texts("rhea", "owed")`: what a section says, line by line."""

    def of(name: str, key: str, **asked: str) -> list[str]:
        return [line["text"] for line in brief(name, **asked)[key]]

    return of

"""What is written is looked at by the worker's own way, at whatever day a test says."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from tests.search.categories.conftest import say

__all__ = ["say"]

START = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def on_day():
    """`with on_day(30):` at noon of the 30th day after the cast's world was made; days are counted from today."""
    return lambda number: time_machine.travel(START + timedelta(days=number), tick=True)


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
    """`texts("rhea", "ours")`: what a section says, line by line."""
    return lambda name, key, **asked: [line["text"] for line in brief(name, **asked)[key]]


@pytest.fixture
def known(acting, world):
    """`known("petra", "decides")`: one of the clients, or somebody by name, as a contact of Calder Water."""

    def add(name: str, *roles: str, title: str = "") -> str:
        with acting("rhea") as rhea:
            account = rhea.session.get_one(Account, world.pks["calder"])
            email = f"{name}@calder.example" if name in world.pks else ""
            full = {"petra": "Petra Prospect", "mark": "Mark Moderator", "rolf": "Rolf Reader"}.get(name, name)
            return accounts.add_contact(rhea, account, name=full, email=email, title=title, roles=roles).id

    return add

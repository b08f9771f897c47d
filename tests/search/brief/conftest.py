"""What is written is looked at by the worker's own way, at whatever day a test says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.events import Event
from portal.kernel.house import House
from tests.search.categories.conftest import say

__all__ = ["say"]

BEGAN: list[datetime] = []


@pytest.fixture(autouse=True)
def _the_worlds_own_day(house: House) -> Iterator[None]:
    """The day on which the cast's world was made, however long the suite has run since."""
    with house.db.reading() as session:
        BEGAN[:] = [session.scalars(select(func.max(Event.at))).one()]
    with time_machine.travel(BEGAN[0] + timedelta(seconds=1), tick=True):
        yield


def start() -> datetime:
    """Noon of that day."""
    return BEGAN[0].replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def on_day():
    """`with on_day(30):` at noon of the 30th day after the cast's world was made; days are counted from it."""
    return lambda number: time_machine.travel(start() + timedelta(days=number), tick=True)


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

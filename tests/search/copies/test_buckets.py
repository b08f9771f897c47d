"""The same copies where files lie in S3 buckets: an account from one bucket into another, a workspace's zip into one and out of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.kernel import checks
from portal.kernel.bucket import Bucket
from portal.kernel.house import House
from portal.kernel.settings import Settings
from tests.buckets import KEYS, S3
from tests.cast import World
from tests.conftest import Door
from tests.search.copies import test_accounts, test_workspaces
from tests.search.copies.test_accounts import Ours, SignedIn, copy
from tests.search.copies.test_workspaces import filled

__all__ = ["copy", "filled"]


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    made = S3()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def stored_in(s3: S3) -> Callable[[], str]:
    return s3.bucket


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    return replace(settings, storage_url=s3.bucket())


def test_an_account_goes_from_one_bucket_into_another(ours: Ours, copy: Path, elsewhere: House, signed_in: SignedIn) -> None:
    assert isinstance(ours[0].storage, Bucket)
    assert isinstance(elsewhere.storage, Bucket)
    test_accounts.test_the_trail_and_every_day_of_it_are_equal_elsewhere(ours, copy, elsewhere, signed_in)
    assert {name: lines for name, lines in checks.breaches(elsewhere).items() if lines} == {}
    assert list(elsewhere.storage.names())


def test_a_workspace_is_taken_out_of_a_bucket(house: House, door: Door, filled: World) -> None:
    assert isinstance(house.storage, Bucket)
    test_workspaces.test_a_client_takes_what_they_may_read_and_nothing_else(house, door, filled)

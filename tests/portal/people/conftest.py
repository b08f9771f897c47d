"""Cheap password hashes: what is tested is what happens around them."""

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from portal.people import passwords


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch):
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    monkeypatch.setattr(passwords, "HASHER", cheap)
    monkeypatch.setattr(passwords, "NOBODY", cheap.hash("nobody"))

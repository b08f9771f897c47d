"""How far events can be read is asked with every request, so the statement that asks it is built once."""

from sqlalchemy import select

from portal.kernel.horizon import Reached
from portal.people import sign_ins


def test_what_every_request_asks_is_built_once() -> None:
    for statement in (select(Reached()), sign_ins._LIVE):
        assert statement._generate_cache_key() is not None

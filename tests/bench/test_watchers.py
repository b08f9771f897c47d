"""What measures must not miss anything, nor say that something came which did not."""

import pytest

from bench import watchers
from bench.bare import running
from bench.watchers import Crowd

pytestmark = pytest.mark.crash


@pytest.mark.parametrize("size", [20, 300, 70_000])
def test_each_receipt_is_counted_once_and_what_does_not_come_is_lost(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"sign" + b"x" * size
    request = b"POST / HTTP/1.1\r\nHost: floor\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with running("floor") as (port, _process), Crowd() as crowd:
        for _n in range(3):
            crowd.join(port)
        found = crowd.round(port, request, b"sign")
        assert (len(found.received), found.lost, found.payload) == (3, 0, body)
        assert 0 < min(found.received) <= max(found.received)
        monkeypatch.setattr(watchers, "PATIENCE", 0.3)
        found = crowd.round(port, request, b"another sign")
        assert (found.received, found.lost) == ([], 3)

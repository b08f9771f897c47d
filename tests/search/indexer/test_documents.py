"""Documents of findable things."""

from datetime import UTC, datetime

from portal.kernel.indexing import FINDABLE, Findable
from search.indexer.documents import document


def _of(kind: str, pk: int) -> int:
    return document(FINDABLE[kind], Findable(kind, f"{kind}{pk}", pk, 1, 1, 1, 1, datetime(2026, 3, 2, tzinfo=UTC), "", "")).pk


def test_what_ties_stands_in_an_order_that_counts_nothing(house):
    """A file and its page tie; which comes first must not depend on how many files or pages others have."""
    assert {_of("file", 3) < _of("page", 900), _of("file", 900) < _of("page", 3)} == {True}
    numbers = [_of(kind, pk) for kind in FINDABLE for pk in (1, 2, 16, 2**40)]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) < 2**63

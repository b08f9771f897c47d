"""Each way in which PostgreSQL could tell of what is hidden would be seen."""

from pathlib import Path
from typing import Any

import pytest

from search.engines.answering import matching
from search.engines.answering.parts import Array
from search.engines.answering.view import View
from search.engines.postgresql import asking, counts, part, view
from search.engines.postgresql.asking import Condition
from search.engines.postgresql.counts import Counts
from search.engines.postgresql.view import LexiconView
from tests.search.engines.conftest import needs_postgresql, postgresql
from tests.search.engines.worlds import Factory, differences

pytestmark = [needs_postgresql, pytest.mark.postgresql]


@pytest.fixture
def kind() -> Any:
    return postgresql


@pytest.mark.parametrize("seed", range(2))
def test_an_outsider_cannot_tell_the_worlds_apart_by_a_cut(
    make: Factory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The newest matches are cut after the mask, from the index and the tail together."""
    monkeypatch.setattr(view, "RANKED", 25)
    assert differences(make, tmp_path, seed, asked=100) == 0


_init, _most_frequent, _gathered, _visible = LexiconView.__init__, View.most_frequent, matching._gathered, asking.visible


def _without_tail(self: LexiconView, held: Counts, tail: View, *rest: Any) -> None:
    _init(self, held, tail, *rest)
    self.count = held.documents or 1


def _everybodys(sql: str) -> str:
    return sql.replace("audience = ANY(%s)", "(true OR audience = ANY(%s))")


def _cut_before_mask(held: Counts) -> Condition:
    newest = "number IN (SELECT number FROM {documents} ORDER BY at DESC, number FETCH FIRST 60 ROWS ONLY)"
    return _visible(held).and_(newest)


def _document_number(view_: View, name: str, parts: Array, ids: Array) -> Array:
    if name != "pk":
        return _gathered(view_, name, parts, ids)
    return _gathered(view_, "number", parts, ids) if all(isinstance(one, part.CandidatesPart) for one in view_.parts) else ids


LEAKS = {
    "number and length of all documents": (counts, "SIZE", _everybodys(counts.SIZE)),
    "frequency in all documents, hidden words": (counts, "HOLDING", _everybodys(counts.HOLDING)),
    "masked documents of others are taken off": (counts, "MASKED", _everybodys(counts.MASKED)),
    "cut before the mask": (asking, "visible", _cut_before_mask),
    "ties by document number": (matching, "_gathered", _document_number),
    "number of documents without the tail": (LexiconView, "__init__", _without_tail),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_each_leak_would_be_seen(make: Factory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leak: str) -> None:
    monkeypatch.setattr(*LEAKS[leak])
    assert differences(make, tmp_path, seed=1, asked=60) > 0

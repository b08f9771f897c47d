"""Hidden documents change no byte of any answer; and if they did, these tests would see it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.engines.answering import matching, units
from search.engines.answering.parts import Array
from search.engines.answering.tail import TailPart
from search.engines.answering.view import View
from search.engines.ranking import idf
from tests.search.engines.conftest import whoosh
from tests.search.engines.worlds import Factory, differences


@pytest.mark.parametrize("seed", range(4))
def test_an_outsider_cannot_tell_the_worlds_apart(make: Factory, tmp_path: Path, seed: int) -> None:
    assert differences(make, tmp_path, seed, asked=120) == 0


def _everything(view: View, field: str, token: str) -> int:
    """Documents with a token, hidden and deleted ones too."""
    return sum(len(part.postings(field, token).ids) for part in view.parts)


def _counted(change: Callable[[View], None]) -> Callable[..., None]:
    original = View.__init__

    def init(self: View, *arguments: Any) -> None:
        original(self, *arguments)
        change(self)

    return init


def _count_all(view: View) -> None:
    view.count = sum(part.size for part in view.parts)


def _average_of_all(view: View) -> None:
    total = sum(int(part.column("length").sum()) for part in view.parts)
    view.length = total * view.count // max(1, sum(part.size for part in view.parts))


def _without_tail(view: View) -> None:
    view.count = sum(int(mask.sum()) for part, mask in view._pairs() if not isinstance(part, TailPart)) or 1


def _frequency_of_all(view: View, tokens: tuple[str, ...], prefix: bool, required: bool) -> units.Unit:
    original = _unit(view, tokens, prefix, required)
    number = sum(_everything(view, "stems", token) for token in tokens)
    return units.Unit(original.found, idf(view.count, number), required)


_unit, _gathered, _most_frequent = units._unit, matching._gathered, View.most_frequent


def _cut_before_mask(self: View, field: str, tokens: Iterable[str], limit: int) -> list[str]:
    first = sorted(set(tokens), key=lambda token: (-_everything(self, field, token), token))[: min(limit, 2)]
    return _most_frequent(self, field, first, limit)


def _hidden_words_too(self: View, field: str, tokens: Iterable[str], limit: int) -> list[str]:
    return sorted(set(tokens), key=lambda token: (-_everything(self, field, token), token))[:limit]


def _document_number(view: View, name: str, parts: Array, ids: Array) -> Array:
    return np.arange(len(ids)) if name == "pk" else _gathered(view, name, parts, ids)


LEAKS = {
    "number of all documents": (View, "__init__", _counted(_count_all)),
    "average length of all documents": (View, "__init__", _counted(_average_of_all)),
    "frequency in all documents": (units, "_unit", _frequency_of_all),
    "cut before the mask": (View, "most_frequent", _cut_before_mask),
    "ties by document number": (matching, "_gathered", _document_number),
    "suggestions from hidden words": (View, "most_frequent", _hidden_words_too),
    "number of documents without the tail": (View, "__init__", _counted(_without_tail)),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_each_leak_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leak: str) -> None:
    monkeypatch.setattr(*LEAKS[leak])
    assert differences(whoosh, tmp_path, seed=1, asked=60) > 0

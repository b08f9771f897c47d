"""Scores equal those of a BM25 in plain Python over the visible documents."""

from math import log
from pathlib import Path
from random import Random

import pytest

from search.engines import Document, Query, Tail, parse
from search.engines.analysis import tokens
from tests.search.engines.worlds import COMMON, HIDDEN, MINE, RARE, Factory, build, some_documents


def _scores(documents: list[Document], stems: list[str]) -> dict[str, float]:
    """Key -> score, by the textbook: B 0.6, K1 1.6, a word in the title as two in the body."""
    texts = {one.key: ([t.stem for t in tokens(one.title)], [t.stem for t in tokens(one.body)]) for one in documents}
    average = sum(len(title) + len(body) for title, body in texts.values()) / len(texts)
    scores: dict[str, float] = {}
    for stem in sorted(stems):
        holding = sum(stem in title or stem in body for title, body in texts.values())
        idf = log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        for key, (title, body) in texts.items():
            if times := 2 * title.count(stem) + body.count(stem):
                norm = 1.6 * (1 - 0.6 + 0.6 * (len(title) + len(body)) / average)
                scores[key] = scores.get(key, 0) + idf * 2.6 * times / (times + norm)
    return scores


@pytest.mark.parametrize("seed", range(3))
def test_equals_the_textbook(make: Factory, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    shown = some_documents(random, range(1, 120), sorted(MINE), COMMON * 3 + RARE)
    hidden = some_documents(random, range(200, 320), HIDDEN, COMMON)
    engine = build(make(tmp_path), [shown[:50] + hidden, shown[50:100]])
    for words in (
        ["pump"],
        ["negotiable"],
        ["valves", "fixed"],
        ["weeks", "contract", "cafe"],
        ["renewal", "pricing", "until"],
    ):
        results = engine.search(Query(parse(" ".join(words)), limit=500), MINE, Tail(shown[100:]))
        expected = _scores(shown, [token.stem for word in words for token in tokens(word)])
        for hit in results.hits:
            assert hit.score == pytest.approx(expected[hit.key], rel=1e-12)
        if len(words) == 1 or results.total == len(expected):
            assert {hit.key for hit in results.hits} == set(expected)
    engine.close()

"""Ranking is as good as it was: Cranfield's questions and what its judges found relevant."""

import os
import re
from html import unescape
from math import log2
from pathlib import Path

import pytest

from search.engines import Query, parse
from tests.search.engines.worlds import MINE, NO_TAIL, Factory, build, document

DATA = os.environ.get("MAINSTAY_TEST_DATA")
REACHED = 0.373  # nDCG@10, no unit; a little below what was measured (0.378)


def _texts(content: str, tag: str) -> list[str]:
    return [unescape(text) for text in re.findall(rf"<{tag}>(.*?)</{tag}>", content, re.DOTALL | re.IGNORECASE)]


def _judgments(path: Path) -> dict[int, set[int]]:
    """Question, counted in the order of the file -> relevant documents."""
    relevant: dict[int, set[int]] = {}
    for line in path.read_text().splitlines():
        question, _, number, grade = map(int, line.split())
        if grade > 0:
            relevant.setdefault(question, set()).add(number)
    return relevant


@pytest.mark.skipif(not DATA, reason="MAINSTAY_TEST_DATA is not set")
def test_ranks_cranfield(make: Factory, tmp_path: Path) -> None:
    folder = Path(DATA or "") / "search-cranfield"
    content = (folder / "cran.all.1400.xml").read_text()
    rows = zip(*(_texts(content, tag) for tag in ("docno", "title", "text")), strict=True)
    engine = build(make(tmp_path), [[document(int(number), text, title) for number, title, text in rows]])
    questions = _texts((folder / "cran.qry.xml").read_text(), "title")
    scores = []
    for number, relevant in _judgments(folder / "qrels_001_150.txt").items():
        hits = engine.search(Query(parse(questions[number - 1].replace("-", " ")), limit=10), MINE, NO_TAIL).hits
        gain = sum(1 / log2(rank + 2) for rank, hit in enumerate(hits) if int(hit.key.split(":")[1]) in relevant)
        scores.append(gain / sum(1 / log2(rank + 2) for rank in range(min(10, len(relevant)))))
    assert sum(scores) / len(scores) >= REACHED
    engine.close()

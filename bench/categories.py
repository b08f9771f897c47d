"""How well messages are categorised: precision, recall and F1 for each category, on sentences that were never learned from.

    .venv/bin/python -m bench.categories              the judging part of our own sentences, and the public sets where they are
    .venv/bin/python -m bench.categories --train      learn anew from bench/sentences/learned-*.tsv, then the same
    .venv/bin/python -m bench.categories --speed      milliseconds a message as well

Learning needs scikit-learn 1.9, and nothing else does: what was learned is kept as numbers. The threshold of each category is the one
with the best F1 over five folds of what is learned from; the judging part (judged.tsv) has no say. Public sets are read from
`labelled-sentences` in MAINSTAY_TEST_DATA; theirs are other labels, so each is a proxy.
"""

import csv
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from search.categories.features import features
from search.categories.labels import Category
from search.categories.machine import guesses
from search.categories.weights import keep, weight

HERE = Path(__file__).parent / "sentences"
ORDER = tuple(Category)
REGULAR, POSITIVE = 60.0, 1.5  # of the regression: its C, and how much more a sentence that is one weighs
SEEN = 2  # sentences that must have a feature
LEAST = np.arange(0.2, 0.35, 0.05)  # where a cue says it too: a promise that is overlooked costs more than one that is denied


@dataclass(frozen=True)
class Row:
    """One sentence, and what it is."""

    text: str
    before: str = ""
    side: str = ""
    labels: frozenset[str] = frozenset()


@dataclass
class Score:
    """How often it was right."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def main() -> None:
    if "--train" in sys.argv:
        train([row for path in sorted(HERE.glob("learned-*.tsv")) for row in read(path)])
    own = read(HERE / "judged.tsv")
    show(f"Our own judging part, {len(own)} sentences", own, [each.value for each in Category])
    if "MAINSTAY_TEST_DATA" in os.environ:
        for title, category, rows in public(Path(os.environ["MAINSTAY_TEST_DATA"]) / "labelled-sentences"):
            show(f"{title}, {len(rows)} sentences", rows, [category])
    if "--speed" in sys.argv:
        began = time.process_time()
        for row in own:
            guesses(row.text, before=row.before, side=row.side)
        print(f"{(time.process_time() - began) * 1000 / len(own):.2f} ms CPU a sentence")


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Row(row["text"], row["before"] or "", row["side"], frozenset(filter(None, (row["labels"] or "").split(",")))) for row in rows
        ]


def show(title: str, rows: list[Row], categories: Iterable[str]) -> None:
    """A table of the scores of these categories."""
    scores = judge(rows, lambda row: {guess.category.value for guess in guesses(row.text, before=row.before, side=row.side)})
    print(f"\n{title}\n{'':<12}{'n':>6}{'precision':>11}{'recall':>8}{'F1':>6}")
    for name in categories:
        score = scores[name]
        print(f"{name:<12}{score.right + score.missed:>6}{score.precision:>11.2f}{score.recall:>8.2f}{score.f1:>6.2f}")


def judge(rows: Iterable[Row], guess: Callable[[Row], set[str]]) -> dict[str, Score]:
    scores = {each.value: Score() for each in Category}
    for row in rows:
        found = guess(row)
        for name, score in scores.items():
            score.right += name in found and name in row.labels
            score.wrong += name in found and name not in row.labels
            score.missed += name not in found and name in row.labels
    return scores


def public(folder: Path) -> Iterable[tuple[str, str, list[Row]]]:
    """Meetings: their questions and commitments. Specifications: requirements, against sentences of the meetings."""
    said = [line.split("|") for line in (folder / "meeting-dialogue-acts-val.txt").read_text(encoding="utf-8").splitlines()]
    said = [parts for parts in said if len(parts) == 5 and parts[3].strip() != "" and len(parts[1].split()) > 2][:6000]
    questions = [Row(parts[1], labels=frozenset({"question"} if parts[2] == "Q" else ())) for parts in said]
    yield "Meetings (ICSI, spoken), questions", "question", questions
    commits = [Row(parts[1], labels=frozenset({"commitment"} if "cc" in parts[4].split("^") or parts[3] == "cc" else ())) for parts in said]
    yield "Meetings (ICSI, spoken), commitments", "commitment", commits
    needs = [
        line.split(",", 1)[1].rsplit(",", 1)[0].strip("' ")
        for line in _lines(folder / "requirements-projects-1-9.csv")
        if line.count(",") > 1
    ]
    rows = [Row(text, labels=frozenset({"requirement"})) for text in needs if text] + [
        Row(parts[1]) for parts in said[:500] if parts[2] == "S"
    ]
    yield "Specifications (PROMISE) against meetings, requirements", "requirement", rows


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def train(rows: list[Row]) -> None:
    """Learn the weights, and the least chance of each category by five folds."""
    try:
        linear, folds = importlib.import_module("sklearn.linear_model"), importlib.import_module("sklearn.model_selection")
    except ImportError:
        sys.exit("Learning needs scikit-learn: .venv/bin/python -m pip install scikit-learn==1.9.1")
    wanted = np.array([[each.value in row.labels for each in ORDER] for row in rows])
    has = [features(row.text, row.before, row.side) for row in rows]
    chances = np.zeros(wanted.shape)
    for known, asked in folds.KFold(5, shuffle=True, random_state=1).split(rows):
        names, table, bias = _learn(linear, [has[n] for n in known], wanted[known])
        chances[asked] = [_chances(names, table, bias, has[n]) for n in asked]
    least = np.array([_best(chances[:, n], wanted[:, n]) for n in range(len(ORDER))])
    names, table, bias = _learn(linear, has, wanted)
    matters = np.abs(table).max(axis=1) > 0.02
    keep([name for name, does in zip(names, matters, strict=True) if does], table[matters], bias, least)
    print(f"Learned from {len(rows)} sentences: {int(matters.sum())} features.")
    print(json.dumps({each.value: round(float(least[n]), 2) for n, each in enumerate(ORDER)}))


def _learn(linear: Any, has: list[set[str]], wanted: Any) -> tuple[list[str], Any, Any]:
    seen: dict[str, int] = {}
    for one in has:
        for name in one:
            seen[name] = seen.get(name, 0) + 1
    names = sorted(name for name, times in seen.items() if times >= SEEN)
    of = {name: at for at, name in enumerate(names)}
    at = [(row, of[name]) for row, one in enumerate(has) for name in sorted(one) if name in of]
    rows, columns = zip(*at, strict=True)
    sparse = importlib.import_module("scipy.sparse")
    given = sparse.csr_matrix((np.array([weight(has[row]) for row in rows]), (rows, columns)), shape=(len(has), len(names)))
    made = [
        linear.LogisticRegression(C=REGULAR, class_weight={False: 1, True: POSITIVE}, max_iter=500, solver="liblinear").fit(
            given, wanted[:, n]
        )
        for n in range(wanted.shape[1])
    ]
    return names, np.array([each.coef_[0] for each in made]).T, np.array([each.intercept_[0] for each in made])


def _chances(names: list[str], table: Any, bias: Any, has: set[str]) -> Any:
    of = {name: at for at, name in enumerate(names)}
    return 1 / (1 + np.exp(-(bias + table[[of[name] for name in has if name in of]].sum(axis=0) * weight(has))))


def _best(chances: Any, wanted: Any) -> float:
    def f1(least: float) -> float:
        right, found = ((chances >= least) & wanted).sum(), (chances >= least).sum()
        return float(2 * right / (found + wanted.sum())) if right else 0.0

    return float(max(LEAST, key=f1))


if __name__ == "__main__":
    main()

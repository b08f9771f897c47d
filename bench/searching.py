"""How fast each engine answers, side by side in one run: Whoosh, and PostgreSQL where MAINSTAY_TEST_POSTGRESQL names a server.

    MAINSTAY_TEST_POSTGRESQL=postgresql+psycopg://… .venv/bin/python -m bench.searching [--documents 100000]

Documents are made: words by Zipf's law from a vocabulary of 30,000, 10 to 60 in each, in 500 workspaces of which the searcher sees
four fifths. Each class of question is asked with several words, of both engines by turns. Times are by the clock, in ms, of a
process that has asked before; on a busy machine trust the ratios.
"""

import argparse
import itertools
import os
import statistics
import time
from contextlib import ExitStack
from random import Random

from bench.cranfield import POSTGRESQL, fill, postgresql, whoosh
from search.engines import Document, Query, SearchEngine, Tail, parse

VOCABULARY, WORKSPACES, SEEN = 30_000, 500, 400
ROUNDS = 5  # of each question; the first is not counted
AUDIENCES = frozenset(range(1, SEEN + 1))
LETTERS = "aeioubcdfghklmnprst"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    number = parser.parse_args().documents
    random = Random(7)
    words = vocabulary(random)
    documents = made(random, words, number)
    print(f"{number} documents, load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores; ms p50 / p95 by the clock")
    with ExitStack() as opened:
        engines = [("Whoosh", opened.enter_context(whoosh()))]
        if POSTGRESQL:
            engines.append(("PostgreSQL", opened.enter_context(postgresql())))
        for name, engine in engines:
            began = time.perf_counter()
            fill(engine, documents)
            print(f"{name} built in {time.perf_counter() - began:.0f} s")
        print(f"{'':<22}" + "".join(f"{name:>18}" for name, _ in engines))
        for what, questions in classes(words, number).items():
            print(f"{what:<22}" + "".join(f"{told:>18}" for told in timed(engines, questions)), flush=True)


def vocabulary(random: Random) -> list[str]:
    """Words that stay themselves when they are stemmed, more or less."""
    made = {"".join(random.choices(LETTERS, k=random.randint(3, 9))) + "o" for _ in range(VOCABULARY)}
    return sorted(made, key=lambda word: random.random())


def made(random: Random, words: list[str], number: int) -> list[Document]:
    weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(len(words))))
    found = []
    for pk in range(1, number + 1):
        place = random.randint(1, WORKSPACES)
        body = " ".join(random.choices(words, cum_weights=weights, k=random.choice((10, 20, 30, 60))))
        found.append(Document(f"post:{pk}", pk, "post", place, place // 5 + 1, place, pk % 300, (), 1_700_000_000 + pk * 60, "", body))
    return found


def classes(words: list[str], number: int) -> dict[str, list[Query]]:
    """Words by their rank: the first are in most documents."""
    very, common, middle, rare = words[:4], words[20:24], words[400:404], words[9_000:9_004]
    few = frozenset(range(1, 4))
    asked = {
        "rare word": rare,
        "middling word": middle,
        "common word": common,
        "very common word": very,
        "two words": [f"{a} {b}" for a, b in zip(common, middle, strict=True)],
        "any of three": [f"{a} {b} {c}" for a, b, c in zip(common, middle, rare, strict=True)],
        "phrase": [f'"{a} {b}"' for a, b in zip(very, common, strict=True)],
        "prefix of four": [f"{word[:4]}*" for word in common],
        "misspelt": [word[:-1] + "qo" for word in middle],
    }
    queries = {what: [Query(parse(text)) for text in texts] for what, texts in asked.items()}
    queries["common, newest first"] = [Query(parse(word), order="newest") for word in common]
    queries["common, facets"] = [Query(parse(word), facets=("kind", "account", "workspace", "author")) for word in common]
    queries["common, 3 workspaces"] = [Query(parse(word), workspaces=few) for word in common]
    return queries


def timed(engines: list[tuple[str, SearchEngine]], questions: list[Query]) -> list[str]:
    times: dict[str, list[float]] = {name: [] for name, _ in engines}
    for turn in range(ROUNDS):
        for query in questions:
            for name, engine in engines:
                began = time.perf_counter()
                engine.search(query, AUDIENCES, Tail())
                if turn:
                    times[name].append((time.perf_counter() - began) * 1_000)
    return [f"{statistics.median(told):.1f} / {sorted(told)[int(len(told) * 0.95)]:.1f}" for told in times.values()]


if __name__ == "__main__":
    main()

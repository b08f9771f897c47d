"""Small worlds of documents for the engines' tests: what outsiders see of two of them must be the same to the byte."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from search.engines import Document, Query, SearchEngine, Tail, parse

Factory = Callable[[Path], SearchEngine]

SECRET = b"a secret of the tests"
NO_TAIL = Tail()
MINE = frozenset({1, 2})  # the searcher's audiences
HIDDEN = (3, 4, 90_000)

COMMON = [
    "the",
    "price",
    "of",
    "a",
    "pump",
    "is",
    "fixed",
    "until",
    "renewal",
    "and",
    "delivery",
    "of",
    "valves",
    "takes",
    "weeks",
]
RARE = [
    "gx-200/24",
    "negotiate",
    "negotiation",
    "negotiable",
    "pricing",
    "café",
    "contract",
    "contracts",
    "petra@acme.example",
    "1,200.50",
]
SECRETS = [
    "negotiator",
    "negotiating",
    "pricelist",
    "pumpkin",
    "valvex",
    "contraband",
    "renegotiate",
    "pricy",
    "delivered",
    "pumps",
]


def document(number: int, body: str = "", title: str = "", **fields: Any) -> Document:
    """A post with sensible fields; `number` gives key, pk and date."""
    given: dict[str, Any] = {
        "kind": "post",
        "audience": 1,
        "account": 1,
        "workspace": 1,
        "author": 1,
        "categories": (),
        "at": 1_000 + number,
    }
    return Document(key=f"post:{number}", pk=number, title=title, body=body, **(given | fields))


def build(engine: SearchEngine, batches: Sequence[Sequence[Document]] = ()) -> SearchEngine:
    """The engine with these documents, one commit for each batch."""
    with engine.rebuild():
        pass
    for batch in batches:
        engine.apply(batch, [])
    return engine


def found(engine: SearchEngine, text: str, audiences: frozenset[int] = MINE, tail: Tail = NO_TAIL, **fields: Any) -> list[int]:
    """The numbers of the documents that a search finds, in order."""
    results = engine.search(Query(parse(text), **fields), audiences, tail)
    return [int(hit.key.removeprefix("post:")) for hit in results.hits]


def some_documents(random: Random, numbers: Sequence[int], audiences: Sequence[int], words: Sequence[str]) -> list[Document]:
    """Random documents with many ties: few dates, few lengths, many repeated words."""
    return [
        document(
            number,
            " ".join(random.choices(words, k=random.choice((3, 3, 8, 40)))),
            " ".join(random.choices(words, k=random.choice((0, 2)))),
            audience=random.choice(audiences),
            account=random.randrange(4),
            author=random.randrange(1, 4),
            kind=random.choice(("post", "file")),
            categories=tuple(random.sample(("question", "promise", "GX"), k=random.randrange(3))),
            at=random.randrange(5),
        )
        for number in numbers
    ]


def queries(random: Random, count: int) -> Iterator[Query]:
    """Random queries of every sort, misspelt and hostile ones too."""
    for _ in range(count):
        text = " ".join(_term(random) for _ in range(random.randint(1, 3)))
        yield Query(
            parse(text),
            kinds=frozenset(random.choice(((), (), ("post",)))),
            accounts=frozenset(random.choice(((), (), (1, 2)))),
            categories=frozenset(random.choice(((), (), ("GX",)))),
            since=random.choice((None, None, 2)),
            order=random.choice(("relevance", "relevance", "newest")),
            offset=random.choice((0, 0, 3)),
            limit=random.choice((1, 5, 20)),
            facets=("kind", "account", "workspace", "author", "category"),
        )


def _term(random: Random) -> str:
    word = random.choice([*COMMON, *RARE, *SECRETS])
    return random.choice(
        (
            word,
            word,
            word,
            f"-{word}",
            f"{word[:3]}*",
            f"{word[:4]}*",
            f'"{word} {random.choice(COMMON)}"',
            word[:-1] + "z",
            word[1:2] + word[:1] + word[2:],
            f"*:* ) OR (audience:{random.choice(HIDDEN)}",
        )
    )


def answers(engine: SearchEngine, tail: Tail, asked: Sequence[Query]) -> list[str]:
    """Everything an engine says to the searcher, letter by letter."""
    said = [repr(engine.search(query, MINE, tail)) for query in asked]
    return said + [repr(engine.complete(word[:3], MINE, tail)) for word in sorted({*COMMON, *RARE, *SECRETS})]


def differences(make: Factory, folder: Path, seed: int, asked: int) -> int:
    """Answers that tell a world with hidden documents from one without, of a random pair of worlds."""
    random = Random(seed)
    shown = some_documents(random, range(1, 300, 3), sorted(MINE), COMMON * 2 + RARE)
    hidden = some_documents(random, range(2, 300, 2), HIDDEN, COMMON + RARE + SECRETS * 3)
    hidden = [one for one in hidden if one.key not in {other.key for other in shown}]
    before = [replace(one, body=f"{one.body} {random.choice(SECRETS)}", audience=random.choice(HIDDEN)) for one in shown[:9]]
    questions = list(queries(random, asked))
    with_hidden = build(make(folder / "with"), _batches(random, [*before, *hidden]))
    for batch in _batches(random, shown[10:]):
        with_hidden.apply([*batch, *random.sample(hidden, 2)], [one.key for one in random.sample(hidden, 2)])
    tail = Tail(_shuffled(random, [*shown[:10], *random.sample(hidden, 5)]), [hidden[0].key])
    without = build(make(folder / "without"), _batches(random, shown[:-7]))
    said, expected = answers(with_hidden, tail, questions), answers(without, Tail(shown[-7:]), questions)
    with_hidden.close()
    without.close()
    return sum(one != other for one, other in zip(said, expected, strict=True))


def _batches(random: Random, documents: Sequence[Document]) -> list[list[Document]]:
    shuffled = _shuffled(random, documents)
    cuts = sorted(random.sample(range(1, len(shuffled)), 3))
    return [shuffled[first:last] for first, last in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]


def _shuffled(random: Random, documents: Sequence[Document]) -> list[Document]:
    return random.sample(list(documents), len(documents))

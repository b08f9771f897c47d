"""How a document lies in Whoosh."""

import sys
from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from whoosh import __version__ as whoosh_version
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Format

from search.engines import analysis
from search.engines.answering.parts import CATEGORIES, COLUMNS, KINDS, STEMS, WORDS
from search.engines.interface import Document, fingerprint

LAYOUT = "1"  # raise it with any change below
KEYS = "keys"  # a field beside those that are answered from

Item = tuple[str, int, bytes]  # token, weight, what is stored with it


class Stored(Format):  # type: ignore[misc]
    """Postings with bytes of our own for each document."""

    posting_size = -1


class Bare(Format):  # type: ignore[misc]
    """Postings of a weight only."""

    posting_size = 0


class Tokens(FieldType):  # type: ignore[misc]
    """A field that is given what to store instead of text: our analyser has run already."""

    def __init__(self, format: Format):
        super().__init__(format, None)

    def index(self, value: Iterable[Item], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for token, weight, stored in value:
            yield token.encode(), 1, float(weight), stored


def schema() -> Schema:
    """Tokens with positions, words without, filters as tokens, numbers as columns; no text."""
    numbers = {name: COLUMN(NumericColumn(code)) for name, code in NUMBERS.items()}
    tokens = {name: Tokens(Bare()) for name in (WORDS, KINDS, CATEGORIES, KEYS)}
    return Schema(stems=Tokens(Stored()), key=COLUMN(VarBytesColumn()), **tokens, **numbers)


NUMBERS = {**COLUMNS, "fingerprint": "Q"}  # length: tokens, exact; Whoosh's own lengths are rounded


def fields(document: Document) -> dict[str, Any]:
    """What Whoosh's writer is given for a document."""
    analysed = analysis.analyse(document.title, document.body)
    return {
        STEMS: [(stem, found.weight, array("I", found.positions).tobytes()) for stem, found in analysed.stems.items()],
        WORDS: [(word, weight, b"") for word, weight in analysed.words.items()],
        KINDS: [(document.kind, 1, b"")],
        CATEGORIES: [(category, 1, b"") for category in sorted(set(document.categories)) if category],
        KEYS: [(document.key, 1, b"")],
        "key": document.key.encode(),
        "pk": document.pk,
        "at": document.at,
        "audience": document.audience,
        "account": document.account,
        "workspace": document.workspace,
        "author": document.author,
        "length": analysed.length,
        "fingerprint": int(fingerprint(document), 16),
    }


def version() -> str:
    """Changes whenever an index of before can't be read or would answer differently."""
    parts = (
        LAYOUT,
        analysis.VERSION,
        analysis.TITLE_WEIGHT,
        analysis.TITLE_TOKENS,
        analysis.BODY_TOKENS,
        analysis.BODY_START,
        analysis.LONGEST,
        sorted(NUMBERS.items()),
        whoosh_version[:2],
        sys.byteorder,
    )
    return blake2b(repr(parts).encode(), digest_size=6).hexdigest()

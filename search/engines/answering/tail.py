"""The tail: documents that are committed but not indexed yet, in memory, as one more part of the index."""

from array import array
from functools import lru_cache

import numpy as np

from search.engines import analysis
from search.engines.answering.parts import CATEGORIES, COLUMNS, KINDS, NONE, NOWHERE, PLACES, STEMS, WORDS, Array, Postings
from search.engines.interface import Document, Tail

_analyse = lru_cache(1_000)(analysis.analyse)  # a document stays in the tail for several searches


class TailPart:
    """The documents of a tail, and the keys whose indexed versions it masks."""

    def __init__(self, tail: Tail):
        newest = {document.key: document for document in tail.documents}
        self.masked = tuple(sorted({*newest, *tail.deleted}))
        self.documents = [document for key, document in newest.items() if key not in set(tail.deleted)]
        self.size = len(self.documents)
        self._analysed = [_analyse(document.title, document.body) for document in self.documents]
        self._tokens = [self._fields(document, analysed) for document, analysed in zip(self.documents, self._analysed, strict=True)]

    def column(self, name: str) -> Array:
        if name == "length":
            values = [analysed.length for analysed in self._analysed]
        else:
            values = [getattr(document, name) for document in self.documents]
        return np.array(values, np.dtype(COLUMNS[name]))

    def postings(self, field: str, token: str) -> Postings:
        found = [(number, fields[field][token]) for number, fields in enumerate(self._tokens) if token in fields[field]]
        if not found:
            return NONE
        ids, weights = zip(*found, strict=True)
        return Postings(np.array(ids, "i4"), np.array(weights, "f4"))

    def positions(self, stem: str) -> Array:
        places = array("q")
        for number, analysed in enumerate(self._analysed):
            if found := analysed.stems.get(stem):
                places.extend(number << PLACES | position for position in found.positions)
        return np.array(places, "i8") if places else NOWHERE

    def tokens(self, field: str, prefix: str = "") -> list[str]:
        return sorted({token for fields in self._tokens for token in fields[field] if token.startswith(prefix)})

    def keys(self, ids: Array) -> list[str]:
        return [self.documents[int(number)].key for number in ids]

    @staticmethod
    def _fields(document: Document, analysed: analysis.Analysed) -> dict[str, dict[str, int]]:
        """Field -> token -> weight."""
        return {
            STEMS: {stem: found.weight for stem, found in analysed.stems.items()},
            WORDS: analysed.words,
            KINDS: {document.kind: 1},
            CATEGORIES: dict.fromkeys(filter(None, document.categories), 1),
        }

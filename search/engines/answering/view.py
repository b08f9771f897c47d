"""What one searcher sees of one generation. The only place where documents are counted: every number comes from
masked arrays."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from search.engines.answering.parts import NONE, WORDS, Array, Part, Postings
from search.engines.interface import NOBODY
from search.engines.ranking import EXPANSIONS, K1, B

REMEMBERED = 20_000  # document frequencies kept per view


class View:
    """Parts of an index with a mask each; immutable, so what it remembers needs no invalidation."""

    most: int | None = None  # of more matches only the newest so many are ranked

    def __init__(self, parts: Sequence[Part], masks: Sequence[Array]):
        self.parts, self.masks = list(parts), list(masks)  # masks: bool, one per document of the part
        self.count = sum(int(np.count_nonzero(mask)) for mask in self.masks)  # visible documents
        self.length = sum(int(part.column("length")[mask].sum(dtype="i8")) for part, mask in self._pairs())
        self._whole = [bool(mask.all()) for mask in self.masks]
        self._holding: dict[tuple[str, str], int] = {}

    def postings(self, field: str, token: str) -> list[Postings]:
        """The visible postings, one entry per part."""
        found = []
        for part, mask, whole in zip(self.parts, self.masks, self._whole, strict=True):
            postings = part.postings(field, token)
            if not whole and len(postings.ids):
                keep = mask[postings.ids]
                postings = Postings(postings.ids[keep], postings.weights[keep])
            found.append(postings)
        return found

    def holding(self, field: str, token: str) -> int:
        """Visible documents with the token."""
        number = self._holding.get((field, token))
        if number is None:
            if len(self._holding) >= REMEMBERED:
                self._holding.clear()
            number = self._holding[field, token] = sum(len(postings.ids) for postings in self.postings(field, token))
        return number

    def most_frequent(self, field: str, tokens: Iterable[str], limit: int) -> list[str]:
        """Those of the tokens that visible documents have, most frequent first; cut only after counting."""
        visible = [token for token in set(tokens) if self.holding(field, token)]
        return sorted(visible, key=lambda token: (-self.holding(field, token), token))[:limit]

    def tokens(self, field: str, prefix: str = "") -> set[str]:
        """Candidates, hidden ones too: to be counted before any is shown."""
        return {token for part in self.parts for token in part.tokens(field, prefix)}

    def resembling(self, word: str) -> set[str]:
        """Words of which one may have been meant, hidden ones too."""
        return self.tokens(WORDS)

    def beginning(self, prefix: str) -> list[Postings]:
        """The words that begin so as if they were one word, one entry per part."""
        return self.any_of(WORDS, self.most_frequent(WORDS, self.tokens(WORDS, prefix), EXPANSIONS))

    def any_of(self, field: str, tokens: Sequence[str]) -> list[Postings]:
        """Several tokens as if they were one, one entry per part."""
        if not tokens:
            return [NONE] * len(self.parts)
        return [_union(found) for found in zip(*(self.postings(field, token) for token in tokens), strict=True)]

    def frequency(self, tokens: tuple[str, ...], prefix: bool, found: Sequence[Postings]) -> int:
        """Visible documents that have the unit of these tokens, which was found at these places."""
        return sum(len(postings.ids) for postings in found)

    def norms(self, number: int, ids: Array) -> Array:
        """BM25's part of length for documents of a part, from the average length of what is visible."""
        average = self.length / self.count or 1.0
        return K1 * (1 - B + B * self.parts[number].column("length")[ids].astype("f8") / average)

    def _pairs(self) -> Iterator[tuple[Part, Array]]:
        return zip(self.parts, self.masks, strict=True)


def _union(found: Sequence[Postings]) -> Postings:
    """Several tokens of one part as if they were one."""
    ids, places = np.unique(np.concatenate([postings.ids for postings in found]), return_inverse=True)
    weights = np.bincount(places, np.concatenate([postings.weights for postings in found]), len(ids))
    return Postings(ids, weights.astype("f4"))


def visible(part: Part, live: Array, audiences: frozenset[int]) -> Array:
    """The mask of a part: documents that are live and in one of the audiences."""
    allowed = np.array(sorted(audience for audience in audiences if audience > NOBODY), "i8")
    return live & np.isin(part.column("audience"), allowed)

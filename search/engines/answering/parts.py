"""Documents as arrays: what an engine has to offer of them, a part at a time."""

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
STEMS, WORDS, KINDS, CATEGORIES = "stems", "words", "kinds", "categories"  # fields
COLUMNS = {"pk": "q", "at": "q", "audience": "I", "account": "I", "workspace": "I", "author": "I", "length": "I"}
PLACES = 24  # bits for a position; the document number is above them


class Postings(NamedTuple):
    """Where a token occurs in one part."""

    ids: Array  # int32 numbers of documents in the part, ascending
    weights: Array  # float32, whole numbers


NONE = Postings(np.empty(0, "i4"), np.empty(0, "f4"))
NOWHERE = np.empty(0, "i8")


class Part(Protocol):
    """Documents numbered from 0, never changing."""

    size: int

    def column(self, name: str) -> Array: ...

    def postings(self, field: str, token: str) -> Postings: ...

    def positions(self, stem: str) -> Array:
        """Each occurrence as document number << PLACES | position, ascending."""

    def tokens(self, field: str, prefix: str = "") -> list[str]:
        """The tokens of a field that begin so, hidden ones too: for use inside only."""

    def keys(self, ids: Array) -> list[str]: ...

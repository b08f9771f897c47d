"""Where names stand in a text: the same letters and digits in the same order, however they are joined, as GX-200, GX 200 and gx200.

The work grows with the text, not with how many names there are.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

PIECE = re.compile(r"[^\W\d_]+|\d+")
JOIN = re.compile(r"[\s\-–—_/.&+@'’]{0,3}")  # what may stand between the pieces of a name


class Piece(NamedTuple):
    """Letters or digits that belong together."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Named:
    """What a name is of. `exact`: only in the letters that it is written in here."""

    id: str
    name: str
    kind: str
    category: str = ""
    said: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True)
class Mention:
    """A name in a text, from `start` to `end`."""

    of: Named
    start: int
    end: int


class Known:
    """The names that are listened for."""

    def __init__(self, named: Iterable[Named]) -> None:
        self._by_first: dict[str, list[tuple[list[str], Named]]] = defaultdict(list)
        for each in named:
            for said in each.said:
                if pieces := [piece.text for piece in pieces_of(said)]:
                    self._by_first[pieces[0].casefold()].append((pieces, each))
        for candidates in self._by_first.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))

    def mentions(self, text: str) -> Iterator[Mention]:
        """Each name in the text, in order; of names that begin at the same place the longest."""
        if not self._by_first:
            return
        pieces, at = list(pieces_of(text)), 0
        while at < len(pieces):
            found = self._at(text, pieces, at)
            if found is not None:
                of, many = found
                yield Mention(of, pieces[at].start, pieces[at + many - 1].end)
                at += many
            else:
                at += 1

    def _at(self, text: str, pieces: list[Piece], at: int) -> tuple[Named, int] | None:
        first = pieces[at].text.casefold()
        for start in dict.fromkeys((first, first.removesuffix("s"))):
            for said, of in self._by_first.get(start, ()):
                if _stands(text, pieces[at : at + len(said)], said, exact=of.exact):
                    return of, len(said)
        return None


def pieces_of(text: str) -> Iterator[Piece]:
    return (Piece(found[0], found.start(), found.end()) for found in PIECE.finditer(text))


def _stands(text: str, pieces: list[Piece], said: list[str], *, exact: bool) -> bool:
    """Whether these pieces are the name, and no part of a longer word; a plural is the name too."""
    if len(pieces) < len(said):
        return False
    before, after = text[: pieces[0].start][-1:], text[pieces[-1].end : pieces[-1].end + 2]
    if _is_of_word(before) or (_is_of_word(after[:1]) and not (after[:1] == "s" and not _is_of_word(after[1:]))):
        return False
    same = all(_equal(piece.text, word, exact) for piece, word in zip(pieces[:-1], said[:-1], strict=True))
    last = pieces[-1].text
    return (
        same
        and (_equal(last, said[-1], exact) or (last[-1:] == "s" and _equal(last[:-1], said[-1], exact)))
        and all(JOIN.fullmatch(text, one.end, other.start) for one, other in pairwise(pieces))
    )


def _is_of_word(sign: str) -> bool:
    return bool(sign) and (sign.isalnum() or sign == "_")


def _equal(one: str, other: str, exact: bool) -> bool:
    return one == other if exact else one.casefold() == other.casefold()


NO_NAMES = Known(())

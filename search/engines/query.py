"""What a person typed, understood: words, "phrases", -word and prefix*. Nothing typed is an error."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from search.engines.analysis import Token, normal, tokens

MOST_TERMS = 12  # of all sorts together; what is typed after them is left out, fillers first
PHRASE_TOKENS = 32
LONGEST_TEXT = 1_000  # characters
SHORTEST_PREFIX = 3  # letters

_FILLERS = frozenset(
    "a about an and any are as at be been by can could did do does for from had has have how i if in into is"
    " it its me my no not of on or our so some such that the their them there these they this to us was we"
    " were what when where which who why will with would you your".split()
)
_PIECE = re.compile(r'(-*)(?:"([^"]*)"?|([^\s"]+))')
_QUOTES = str.maketrans("“”„«»", '"""""')
_JOINED = re.compile(r"[-/.@+:&#]?")  # between the parts of a part number, an address, a path, a time
_DIGITS_JOINED = re.compile(r"\d,\d")


class Word(NamedTuple):
    """A word as typed: several tokens where it is compound, as GX-200/24 is; they have to stand side by side."""

    tokens: tuple[str, ...]
    folded: tuple[str, ...]  # the same, not stemmed
    start: int  # in characters of ParsedText.text
    end: int


Term = tuple[tuple[str, tuple[str, ...]], Word]  # (sort, stems), as typed


@dataclass(frozen=True)
class ParsedText:
    """A document found has the phrases and prefixes, none of the excluded words, and the plain words.

    If few documents have all the plain words, documents with any of them follow.
    """

    text: str = ""
    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    prefixes: tuple[str, ...] = ()  # folded, not stemmed
    excluded: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """What `highlight` marks: stems, and prefixes with a star behind."""
        stems = {token for word in self.words for token in word.tokens} | {token for phrase in self.phrases for token in phrase}
        return tuple(sorted(stems | {prefix + "*" for prefix in self.prefixes}))


def parse(text: str) -> ParsedText:
    """Understands what was typed (fields such as author:x already taken out). Other signs only separate words."""
    text = normal(text[:LONGEST_TEXT]).translate(_QUOTES)
    terms: dict[tuple[str, tuple[str, ...]], Word] = {}
    for sort, word in _terms(text):
        terms.setdefault((sort, word.tokens), word)
    kept = _most_telling(list(terms.items()))
    sorts = {sort: tuple(tokens for (other, tokens), _ in kept if other == sort) for sort in ("phrase", "excluded")}
    words = tuple(word for (sort, _), word in kept if sort == "word")
    prefixes = tuple(prefix for (sort, (prefix, *_)), _ in kept if sort == "prefix")
    return ParsedText(text, words, sorts["phrase"], prefixes, sorts["excluded"])


def _most_telling(terms: list[Term]) -> list[Term]:
    """The first so many; of a whole sentence, those that say something: half its words are in every document."""
    if len(terms) > MOST_TERMS:
        terms = [term for term in terms if term[0][0] != "word" or term[1].folded[0] not in _FILLERS]
    return terms[:MOST_TERMS]


def _terms(text: str) -> Iterator[tuple[str, Word]]:
    """(sort, word) for each term; a minus counts only where a word begins."""
    for match in _PIECE.finditer(text):
        minus, quoted, plain = match.groups()
        if quoted is not None:
            phrase = _joined(list(tokens(quoted)), match.start(2))
            if phrase.tokens:
                yield "excluded" if minus else "phrase", phrase
            continue
        if not minus and (prefix := _prefix(plain)):
            yield "prefix", Word((prefix,), (prefix,), *match.span(3))
            continue
        for word in _compounds(plain, match.start(3)):
            yield "excluded" if minus else "word", word


def _prefix(typed: str) -> str | None:
    """The folded letters before a star at the end, if they are one word and enough."""
    if not typed.endswith("*"):
        return None
    words = [token.word for token in tokens(typed)]
    return words[0] if len(words) == 1 and len(words[0]) >= SHORTEST_PREFIX else None


def _compounds(typed: str, offset: int) -> Iterator[Word]:
    """Words without spaces between them: those joined by one sign belong together."""
    together: list[Token] = []
    for token in tokens(typed):
        if together and not _belong(typed, together[-1].end, token.start):
            yield _joined(together, offset)
            together = []
        together.append(token)
    if together:
        yield _joined(together, offset)


def _belong(typed: str, end: int, start: int) -> bool:
    return bool(_JOINED.fullmatch(typed[end:start]) or _DIGITS_JOINED.fullmatch(typed[end - 1 : start + 1]))


def _joined(parts: list[Token], offset: int) -> Word:
    """One word of these tokens, or of none."""
    parts = parts[:PHRASE_TOKENS]
    if not parts:
        return Word((), (), offset, offset)
    stems, folded = tuple(part.stem for part in parts), tuple(part.word for part in parts)
    return Word(stems, folded, parts[0].start + offset, parts[-1].end + offset)

"""From text to tokens: one analyser for indexes, the tail, queries and highlighting, of every engine.

A word is a run of letters, digits and marks in any script, with apostrophes inside; everything else separates. So
GX-200/24 and an e-mail address are several tokens side by side, and a query for them asks for the parts side by side
(`query.parse`). Chinese, Japanese and Thai, written without spaces, give one token per character. A token is folded
(case, Latin accents, ligatures) and stemmed by Snowball's English
(https://snowballstem.org/algorithms/english/stemmer.html).
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from snowballstemmer.english_stemmer import EnglishStemmer

VERSION = "1"  # part of an index's name: raise it with any change to what tokens come out
LONGEST = 64  # characters of a token that count
TITLE_WEIGHT = 2  # a word in the title counts as so many in the body
TITLE_TOKENS, BODY_TOKENS = 1_000, 100_000  # per document; what is beyond is not searchable
BODY_START = 4_096  # position of the first token of the body: no phrase crosses from the title, and titles can be told
MEMO = 200_000  # words remembered with their stems


class Token(NamedTuple):
    """One token of a text."""

    stem: str  # what is matched
    word: str  # folded, not stemmed: what is suggested and completed
    position: int  # counted in tokens
    start: int  # in characters of `normal(text)`
    end: int


class Occurrence(NamedTuple):
    """A token in one document."""

    weight: int  # times in the body + TITLE_WEIGHT x times in the title
    positions: tuple[int, ...]  # ascending; those of the body from BODY_START


class Analysed(NamedTuple):
    """A document as an engine sees it."""

    stems: dict[str, Occurrence]
    words: dict[str, int]  # unstemmed word -> weight
    length: int  # tokens of title and body


def _marks() -> str:
    """Combining marks of living scripts as ranges of a character class: Python's \\w leaves them out, cutting words."""
    marks = [code for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) in ("Mn", "Mc")]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in ranges)


_LETTER = rf"[\w{_marks()}]"
_WORD = re.compile(rf"{_LETTER}+(?:['\u2019]{_LETTER}+)*")
_ASCII_WORD = re.compile(r"[0-9A-Za-z]+(?:'[0-9A-Za-z]+)*")
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[{_UNSPACED}]|[^{_UNSPACED}]+")
_HAS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_ACCENT = re.compile("[\u0300-\u036f]")
_stemmer, _stemming = EnglishStemmer(), Lock()  # the stemmer keeps its word in itself


def normal(text: str) -> str:
    """The text as tokens count its characters: composed accents, and no underscores within words."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).replace("_", "-")


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text in order."""
    text = normal(text)
    position = 0
    for start, end in _spans(text):
        stem, word = _forms(text[start : min(end, start + LONGEST)])
        if stem:
            yield Token(stem, word, position, start, end)
            position += 1


def fold(word: str) -> str:
    """Without case, Latin accents, ligatures and width; a typographic apostrophe becomes a plain one."""
    if word.isascii():
        return word.lower()
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", word.replace("\u2019", "'").casefold()))
    return unicodedata.normalize("NFC", bare).casefold()


def analyse(title: str, body: str) -> Analysed:
    """Tokens of a document with weights and positions."""
    places: dict[str, list[int]] = {}
    words: dict[str, int] = {}
    length = 0
    parts = ((title, TITLE_TOKENS, 0, TITLE_WEIGHT), (body, BODY_TOKENS, BODY_START, 1))
    for text, most, offset, weight in parts:
        for token in tokens(text):
            if token.position == most:
                break
            places.setdefault(token.stem, []).append(token.position + offset)
            words[token.word] = words.get(token.word, 0) + weight
            length += 1
    return Analysed({stem: _occurrence(found) for stem, found in places.items()}, words, length)


def _occurrence(positions: list[int]) -> Occurrence:
    titles = sum(position < BODY_START for position in positions)
    return Occurrence(len(positions) + (TITLE_WEIGHT - 1) * titles, tuple(positions))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    if text.isascii():
        for match in _ASCII_WORD.finditer(text):
            yield match.span()
        return
    for match in _WORD.finditer(text):
        if _HAS_UNSPACED.search(match[0]):
            for piece in _PIECE.finditer(text, *match.span()):
                yield piece.span()
        else:
            yield match.span()


def stem(word: str) -> str:
    """What is matched of one word."""
    return _forms(word)[0]


@lru_cache(MEMO)
def _forms(written: str) -> tuple[str, str]:
    """(stem, folded word) of a word as written."""
    word = sys.intern(fold(written))
    if not word.isascii() or any(map(str.isdigit, word)):
        return word, word
    with _stemming:
        return sys.intern(_stemmer.stemWord(word)), word

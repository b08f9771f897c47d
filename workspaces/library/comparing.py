"""The text of two versions side by side: what went on the left, what is new on the right, and a little of what is around it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement, literal

from portal.kernel.actor import Actor
from portal.kernel.storage import Storage
from workspaces.library.content_types import TEXT
from workspaces.library.models import FileVersion

LARGEST = 512 * 1024  # bytes or characters of either text that are compared while somebody waits
MOST_LINES = 4000
AROUND = 2  # lines shown before and after a change
LONGEST = 600  # words of a line within which single words are marked

Pieces = list[tuple[str, bool]]  # text, and whether it is only on this side


@dataclass(frozen=True)
class Side:
    """A line on one side: its number, or its page where there are several."""

    at: int
    pieces: Pieces


@dataclass(frozen=True)
class Row:
    """A line of both; None where one has nothing there. A gap stands for equal lines that are not shown."""

    before: Side | None = None
    after: Side | None = None
    gap: bool = False

    @property
    def equal(self) -> bool:
        """Whether both have the same there."""
        if self.before is None or self.after is None:
            return False
        return not any(only for _text, only in [*self.before.pieces, *self.after.pieces])


@dataclass
class WordsPort:
    """What is asked of the feature that reads files of other kinds, which stands above the library and puts its answers here."""

    # The condition that the words of bytes, by the column of their SHA-256, are known to their end: asked with the versions themselves.
    known: Callable[[Any], ColumnElement[bool]] = lambda sha256: literal(False)
    # The words of a version, page by page; None where they are not known to their end, or more characters than that.
    pages: Callable[[Actor, FileVersion, int], list[str] | None] = lambda actor, version, most: None


PORT = WordsPort()


def comparable(versions: Sequence[tuple[FileVersion, bool]]) -> set[int]:
    """The pks of those that there is text of to compare; with each whether its words are known. What is held back nobody reads."""
    return {each.pk for each, known in versions if not each.held and (known or _plain(each))}


def pages_of(actor: Actor, storage: Storage, version: FileVersion) -> list[str] | None:
    """The text of a version, page by page; None where it has none, or more than is compared. Raises OSError where it cannot be read."""
    if not _plain(version):
        return PORT.pages(actor, version, LARGEST)
    with storage.open(version.sha256) as file:
        return [file.read().decode("utf-8-sig", errors="replace")]


def compared(before: list[str], after: list[str]) -> list[Row] | None:
    """Where the two differ; nothing where they do not, None where they are too long."""
    old, new = list(_lines(before)), list(_lines(after))
    if max(len(old), len(new)) > MOST_LINES:
        return None
    matcher = SequenceMatcher(None, [line for _at, line in old], [line for _at, line in new])
    rows: list[Row] = []
    for group in matcher.get_grouped_opcodes(AROUND):
        if group[0][1] or group[0][3]:
            rows.append(Row(gap=True))
        for tag, i, i_end, j, j_end in group:
            rows += _block(old[i:i_end], new[j:j_end], equal=tag == "equal")
    return rows


def _plain(version: FileVersion) -> bool:
    """Whether its bytes are its text, and not too many."""
    return version.mime == TEXT and version.size <= LARGEST


def _lines(pages: list[str]) -> Iterator[tuple[int, str]]:
    for page, text in enumerate(pages, 1):
        for number, line in enumerate(text.splitlines(), 1):
            yield (page if len(pages) > 1 else number), line.rstrip()


def _block(old: list[tuple[int, str]], new: list[tuple[int, str]], *, equal: bool) -> Iterator[Row]:
    for n in range(max(len(old), len(new))):
        before, after = old[n] if n < len(old) else None, new[n] if n < len(new) else None
        left, right = _marked(before[1] if before else "", after[1] if after else "", equal)
        yield Row(Side(before[0], left) if before else None, Side(after[0], right) if after else None)


def _marked(before: str, after: str, equal: bool) -> tuple[Pieces, Pieces]:
    """Both lines in pieces. Single words are marked where the lines have something in common."""
    if equal:
        return [(before, False)], [(after, False)]
    left, right = _words(before), _words(after)
    if not left or not right or max(len(left), len(right)) > LONGEST:
        return [(before, True)], [(after, True)]
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        _joined((left[i:i_end], tag != "equal") for tag, i, i_end, _j, _j_end in codes),
        _joined((right[j:j_end], tag != "equal") for tag, _i, _i_end, j, j_end in codes),
    )


def _words(line: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", line)


def _joined(parts: Iterable[tuple[list[str], bool]]) -> Pieces:
    return [("".join(words), only) for words, only in parts if words]

"""The sentences of a message that are its author's own, with where they stand: quoted lines, code and signatures are left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 600  # characters of a sentence that are looked at
MOST = 400  # sentences of a message that are looked at
END = re.compile(r"(?<=[.!?…])[\"”')\]]*\s+(?=[\"“'(\[]?[A-ZÀ-Þ0-9a-z])")
ABBREVIATED = re.compile(
    r"\b(?:e\.g|i\.e|etc|approx|incl|excl|no|nos|vs|mr|mrs|ms|dr|st|inc|ltd|corp|co|fig|dept|cf|resp|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.$",
    re.IGNORECASE,
)
FENCE = re.compile(r"^\s*(?:```|~~~)")
MARK = re.compile(r"^\s*(?:#{1,6}|[-*+]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?")
CITED = re.compile(r"^\s*(?:On .{6,120} wrote:|-{3,}\s*Original Message\s*-{3,}|From: .+)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """`text` stands in the body from `start` to `end`, in characters."""

    text: str
    start: int
    end: int


def sentences(body: str) -> list[Sentence]:
    """At most 400, in order."""
    found: list[Sentence] = []
    for text, start in _paragraphs(body):
        for piece, offset in _pieces(text):
            found.append(Sentence(piece[:LONGEST], start + offset, start + offset + len(piece)))
            if len(found) == MOST:
                return found
    return found


def _paragraphs(body: str) -> Iterator[tuple[str, int]]:
    """Lines that belong together, as one text: a sentence may be wrapped. Stops at a signature or at a cited mail."""
    at, code, held, held_at = 0, False, "", 0
    for line in body.split("\n"):
        own = not code and not line.lstrip().startswith(">") and not line.startswith(("    ", "\t"))
        if FENCE.match(line):
            code, own = not code, False
        if line.rstrip() == "--" or line == "-- " or CITED.match(line):
            break
        mark = MARK.match(line)
        if held and (not own or mark or not line.strip() or line.lstrip().startswith("|")):
            yield held, held_at
            held = ""
        if own and line.strip():
            skipped = mark.end() if mark else 0
            if held:
                held += "\n" + line
            else:
                held, held_at = line[skipped:], at + skipped
        at += len(line) + 1
    if held:
        yield held, held_at


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    begin = 0
    for found in END.finditer(text):
        if ABBREVIATED.search(text[begin : found.start()]):
            continue
        yield from _trimmed(text, begin, found.start() + len(found[0].rstrip()))
        begin = found.end()
    yield from _trimmed(text, begin, len(text))


def _trimmed(text: str, begin: int, end: int) -> Iterator[tuple[str, int]]:
    piece = text[begin:end]
    bare = piece.strip()
    if bare:
        yield bare, begin + len(piece) - len(piece.lstrip())
